from odoo import models


class PosPayment(models.Model):
    """Payments of invoiced orders are documents of their own."""

    _inherit = "pos.payment"

    def _onec_otype(self):
        kind = self.payment_method_id.journal_id
        if not kind or self.payment_method_id.type == "pay_later":
            return None
        if self.payment_method_id.is_cash_count:
            return "cash_in" if self.amount >= 0 else "cash_out"
        return "card_payment"

    def _onec_facts(self):
        order = self.pos_order_id
        return {
            "document_name": f"{order.name} / {self.payment_method_id.name}",
            "document_date": order.session_id._onec_day(),
            "partner_id": order.partner_id.commercial_partner_id.id,
            "amount": abs(self.amount),
            "currency_id": self.currency_id.id,
        }
