from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """Who orders against prepayment hears what to pay when the offer is sent."""
        res = super().write(vals)
        if vals.get("state") == "sent":
            for order in self.filtered(lambda o: o._loyalty_prepayment_only()):
                order._prepayment_event("prepayment_needed", order._prepayment_needed())
        return res

    def action_confirm(self):
        """An order that needed a prepayment is confirmed when it came."""
        res = super().action_confirm()
        for order in self.filtered(lambda o: o.state == "sale"):
            if order._loyalty_prepayment_only():
                paid = order._loyalty_prepaid_amount()
                order._prepayment_event("prepayment_received", paid)
        return res

    def _prepayment_needed(self):
        percent = self.company_id.loyalty_prepayment_percent or 1
        return self.currency_id.round(self.amount_total * percent)

    def _prepayment_event(self, code, amount):
        self.env["loyalty.sms.event"]._emit(
            code,
            self.partner_id,
            f"{code}:{self.id}",
            self,
            {
                "document": self.name,
                "amount": amount,
                "pay_link": f"{self.get_base_url()}{self.get_portal_url()}",
            },
        )
