"""What the form of a template shows: all languages at once, and a real customer."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import wording


class LoyaltySmsTemplate(models.Model):
    _inherit = "loyalty.sms.template"

    texts = fields.Json(
        "Text in all languages",
        compute="_compute_texts",
        inverse="_inverse_texts",
        help="By language code. An empty text is a missing one: customers who read that"
        " language get the company's language, or English.",
    )
    missing_langs = fields.Char("Missing languages", compute="_compute_missing_langs")

    @api.depends("body")
    def _compute_texts(self):
        for template in self:
            template.texts = template._origin._texts("body") if template._origin else {}

    def _inverse_texts(self):
        for template in self:
            texts = {
                lang: (text or "").strip() or False
                for lang, text in (template.texts or {}).items()
            }
            first = next(filter(None, texts.values()), False)
            if not first:
                raise UserError(self.env._("Write the text in one language at least."))
            # Without an English text another stands in, as the ERP wants a source.
            own = texts.get(template.env.company.partner_id.lang)
            texts["en_US"] = texts.get("en_US") or own or first
            template.update_field_translations("body", texts)
        self.invalidate_recordset(["texts"])

    @api.depends("body")
    def _compute_missing_langs(self):
        installed = dict(self.env["res.lang"].get_installed())
        for template in self:
            texts = template._origin._texts("body") if template._origin else {}
            template.missing_langs = ", ".join(
                name for code, name in installed.items() if code not in texts
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            texts = vals.get("texts") or {}
            if texts and not vals.get("body"):
                lang = self.env.lang or "en_US"
                vals["body"] = texts.get(lang) or next(filter(None, texts.values()), "")
        return super().create(vals_list)

    @api.model
    def editor_facts(self):
        """Languages and variables, for the form.

        :return: ``{"languages": [...], "variables": [...]}``
        """
        self._check_editor()
        languages = self.env["res.lang"].search([("active", "=", True)])
        return {
            "languages": [
                {
                    "code": lang.code,
                    # As its readers call it: "Armenian / Հայերեն".
                    "name": lang.name.split(" / ")[-1],
                    "rtl": lang.direction == "rtl",
                }
                for lang in languages
            ],
            "variables": [
                {
                    "name": variable.name,
                    "label": str(variable.label),
                    "secret": variable.is_secret,
                }
                for variable in self._variables().values()
            ],
        }

    @api.model
    def editor_values(self, partner_id, lang, company_id=False):
        """Facts of a customer as a text in ``lang`` would show them.

        Samples stand where there is no customer, and for what must not be real.

        :return: ``{variable: {format: words}}``; the format ``""`` is the usual one
        """
        self._check_editor()
        company = self._editor_company(company_id)
        partner = self.env["res.partner"].browse(partner_id or [])
        partner.check_access("read")
        variables = self._variables()
        facts = {name: variable.sample for name, variable in variables.items()}
        if partner:
            samples = self._samples()
            own = set(facts) - set(samples)
            known = self.with_context(lang=lang)._member_values(partner, own, company)
            facts = {**dict.fromkeys(own), **known[partner.id], **samples}
        kinds = self._value_kinds(company)
        style = self._styles(partner, lang, company)[partner.tz]
        return {
            name: self._shown(value, kinds[name], style)
            for name, value in facts.items()
        }

    def _shown(self, value, kind, style):
        """``{format: words}`` of one value."""
        if value is None or value is False or value == "":
            return {"": ""}
        shown = {name: wording.show(value, name, style) for name in wording.FORMATS}
        return {"": shown[kind], **shown}

    def _editor_company(self, company_id):
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        if company not in self.env.companies:
            raise AccessError(
                self.env._("Choose a company that you work in to see its messages.")
            )
        return company

    def _check_editor(self):
        if not self.env.user.has_group("loyalty_sms.group_sms_user"):
            raise AccessError(
                self.env._("Texts of messages are written by marketing users.")
            )
