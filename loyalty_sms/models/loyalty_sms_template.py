from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import fitting, wording
from .constants import MESSAGE_CLASSES

# Fields with placeholders in them.
TEXT_FIELDS = ("body", "subject", "email_body", "viber_body", "whatsapp_params")


class LoyaltySmsTemplate(models.Model):
    """Words of a message in several languages and channels."""

    _name = "loyalty.sms.template"
    _description = "Message template"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    message_class = fields.Selection(
        MESSAGE_CLASSES, "Class", required=True, default="service"
    )
    body = fields.Text(
        "Text",
        required=True,
        translate=True,
        help="Goes out as SMS, and in other channels which have no text of their own.",
    )
    encoding_policy = fields.Selection(
        [
            (fitting.SMART, "Plain signs where they save"),
            (fitting.AUTO, "Latin letters if they save a segment"),
            (fitting.TRANSLITERATE, "Always Latin letters"),
            (fitting.AS_IS, "As it is written"),
        ],
        "Letters",
        required=True,
        default=fitting.SMART,
        help="A typographic quote or dash can double the price of a text: by default it"
        " is sent as a plain one where that saves. Armenian, Georgian and Russian take"
        " half the segments in Latin letters; Persian is never changed.",
    )
    max_segments = fields.Integer(
        "At most segments",
        default=3,
        help="A longer SMS is not sent, and the history says so. 0 for no limit.",
    )
    subject = fields.Char(translate=True)
    email_body = fields.Html(
        "E-mail", translate=True, sanitize=True, sanitize_style=True
    )
    viber_body = fields.Text("Viber", translate=True)
    whatsapp_template = fields.Char(
        "Approved template",
        help="The name under which WhatsApp has approved the text.",
    )
    whatsapp_lang = fields.Char(
        "WhatsApp language",
        translate=True,
        help="Code under which the text in this language is approved (en, ru, ka)."
        " Empty for the language's own code.",
    )
    whatsapp_params = fields.Text(
        "Values for its gaps",
        help="One a line, for the gaps {{1}}, {{2}}… of the approved text in turn.",
    )
    is_secret = fields.Boolean(
        "Holds a code",
        compute="_compute_is_secret",
        help="The text is masked wherever messages are listed.",
    )

    _max_segments_range = models.Constraint(
        "CHECK(max_segments >= 0 AND max_segments <= 20)",
        "An SMS has from 1 to 20 segments; 0 sets no limit.",
    )

    @api.constrains(*TEXT_FIELDS)
    def _check_wording(self):
        for template in self:
            for name in TEXT_FIELDS:
                for lang, text in template._texts(name).items():
                    template._check_text(name, lang, text)

    def _check_text(self, name, lang, text):
        """Refuse what could not be filled in when the message is due."""
        try:
            wording.check(text, self._variables())
        except wording.WordingError as error:
            raise ValidationError(
                self.env._(
                    "%(field)s of “%(template)s” (%(lang)s): %(problem)s",
                    field=self._fields[name]._description_string(self.env),
                    template=self.name,
                    lang=lang,
                    problem=self._explain(error),
                )
            ) from error

    def _explain(self, error):
        if isinstance(error, wording.UnknownVariable):
            return self.env._(
                "there is no variable %(name)s. There are: %(allowed)s.",
                name=error.name,
                allowed=", ".join(error.allowed),
            )
        if isinstance(error, wording.UnknownFormat):
            return self.env._(
                "%(name)s cannot be shown as %(format)s, only as: %(known)s.",
                name=error.name,
                format=error.format,
                known=", ".join(wording.FORMATS),
            )
        return self.env._(
            "the braces in “%s” are no variable. Write {{ name }},"
            ' {{ points|number }} or {{ name or "friend" }}.',
            error.excerpt,
        )

    @api.depends(*TEXT_FIELDS)
    def _compute_is_secret(self):
        for template in self:
            secret = {
                name
                for name, variable in template._variables().items()
                if variable.is_secret
            }
            template.is_secret = bool(template._used_variables() & secret)

    def action_test(self):
        """Ask for a number and send the text there."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send a test"),
            "res_model": "loyalty.sms.template.test",
            "view_mode": "form",
            "target": "new",
            "context": {"default_template_id": self.id},
        }

    def _texts(self, name):
        """``{language: text}`` as stored, without what is missing."""
        self.ensure_one()
        field = self._fields[name]
        if not field.translate:
            return {"en_US": self[name]} if self[name] else {}
        if not self.id or not isinstance(self.id, int):
            return {self.env.lang or "en_US": self[name]} if self[name] else {}
        stored = field._get_stored_translations(self) or {}
        texts = {lang: text for lang, text in stored.items() if text}
        # The ERP copies the first text of any language to English, to have a source.
        others = [text for lang, text in texts.items() if lang != "en_US"]
        if texts.get("en_US") in others:
            del texts["en_US"]
        return texts

    def _used_variables(self):
        """Names of variables in any text of the template; broken texts have none."""
        used = set()
        for name in TEXT_FIELDS:
            for text in self._texts(name).values():
                try:
                    used |= wording.variables(text)
                except wording.WordingError:
                    continue  # told when the template is saved
        return used
