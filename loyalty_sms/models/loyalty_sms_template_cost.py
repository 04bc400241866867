"""What a template would cost."""

from odoo import api, fields, models


class LoyaltySmsTemplate(models.Model):
    _inherit = "loyalty.sms.template"

    @api.model
    def editor_price(self, partner_id, message_class, company_id=False):
        """Price of a segment to a customer, or of the way most messages go.

        :return: ``{"amount": float, "currency_id": id, "digits": int}``, or False
            where no tariff says
        """
        self._check_editor()
        company = self._editor_company(company_id)
        partner = self.env["res.partner"].browse(partner_id or [])
        partner.check_access("read")
        number = partner.phone_sanitized or self._usual_number(company)
        gateway = self.env["loyalty.sms.route"]._resolve(
            company, "sms", number, message_class
        )[:1]
        if not gateway or "loyalty.sms.tariff" not in self.env:
            return False
        amount, currency = self.env["loyalty.sms.tariff"]._price(
            gateway, number, "sms", fields.Date.context_today(self)
        )
        if not amount:
            return False
        digits = max(currency.decimal_places, 2)
        return {"amount": amount, "currency_id": currency.id, "digits": digits}

    def _usual_number(self, company):
        """The beginning of numbers in the company's country."""
        return f"+{company.country_id.phone_code or ''}"
