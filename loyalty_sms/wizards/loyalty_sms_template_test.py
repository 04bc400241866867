from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.constants import CHANNELS


class LoyaltySmsTemplateTest(models.TransientModel):
    """One message of a template to a number of one's own."""

    _name = "loyalty.sms.template.test"
    _description = "Test of a message template"

    template_id = fields.Many2one(
        "loyalty.sms.template", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    channel = fields.Selection(CHANNELS, required=True, default="sms")
    partner_id = fields.Many2one(
        "res.partner",
        "With the facts of",
        required=True,
        default=lambda self: self.env.user.partner_id,
        help="Name, points and language in the text are this customer's.",
    )
    number = fields.Char(
        "Send to", help="A telephone number, or an address for e-mail."
    )
    subject = fields.Char(compute="_compute_message")
    body = fields.Text("Text", compute="_compute_message")
    segments = fields.Integer(compute="_compute_message")
    problem = fields.Char(compute="_compute_message")

    @api.onchange("channel")
    def _onchange_channel(self):
        own = self.env.user.partner_id
        email = self.channel == "email"
        self.number = own.email_normalized if email else own.phone_sanitized

    @api.depends("template_id", "partner_id", "channel")
    def _compute_message(self):
        for test in self:
            rendered = test._rendered()
            test.subject = rendered and rendered.subject
            test.body = rendered and rendered.body
            test.segments = rendered and rendered.segments
            test.problem = test._explain(rendered)

    def _rendered(self):
        if not self.partner_id or not self.template_id:
            return None
        self._check_own()
        partner = self.partner_id._origin
        template = self.template_id.with_company(self.company_id)
        rendered = template._render_for(
            partner, self.channel, {partner.id: template._samples()}
        )
        return rendered[partner.id]

    def _check_own(self):
        """The user's own companies pay, for facts that the user may see."""
        self.template_id.check_access("read")
        self.partner_id._origin.check_access("read")
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("Choose a company that you work in to send its messages.")
            )

    def _explain(self, rendered):
        if not rendered:
            return False
        if rendered.problem == "too_long":
            return self.env._(
                "%(segments)s segments are more than the %(most)s that the template"
                " allows. Customers would not get it.",
                segments=rendered.segments,
                most=self.template_id.max_segments,
            )
        if rendered.problem:
            return self.env._("The template has no text for this customer.")
        return False

    def action_send(self):
        """Queue the message, as urgent as any that a customer waits for."""
        self.ensure_one()
        self._check_own()
        number = self._checked_number()
        rendered = self._rendered()
        if rendered.problem == "no_text":
            raise UserError(
                self.env._(
                    "“%(template)s” has no text for %(channel)s. Write one first.",
                    template=self.template_id.name,
                    channel=dict(CHANNELS)[self.channel],
                )
            )
        message = self.env["loyalty.message"]._enqueue(
            [self._message_values(number, rendered)]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The test to %s is in the queue.", message.sudo().number
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _message_values(self, number, rendered):
        return {
            "company_id": self.company_id.id,
            "partner_id": self.env.user.partner_id.id,
            "number": number,
            "channel": self.channel,
            "message_class": "transactional",
            "template_id": self.template_id.id,
            "lang": rendered.lang,
            "subject": rendered.subject,
            "body": rendered.body,
            "is_secret": rendered.is_secret,
            "provider_template": rendered.provider_template,
            "encoding": rendered.encoding,
            "segments": rendered.segments,
        }

    def _checked_number(self):
        if self.channel == "email":
            if not self.number or "@" not in self.number:
                raise UserError(self.env._("Write the address like name@example.com."))
            return self.number.strip().lower()
        number = self.env.user._phone_format(
            number=self.number,
            country=self.company_id.country_id,
            raise_exception=False,
        )
        if not number:
            raise UserError(
                self.env._(
                    "“%s” is no telephone number. Write it with the country's code, as"
                    " +37491234567.",
                    self.number or "",
                )
            )
        return number
