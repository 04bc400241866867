"""Problem customers order against prepayment only."""

from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.depends("partner_id")
    def _compute_require_payment(self):
        result = super()._compute_require_payment()
        for order in self:
            if order._loyalty_prepayment_only():
                order.require_payment = True
        return result

    @api.depends("partner_id")
    def _compute_prepayment_percent(self):
        result = super()._compute_prepayment_percent()
        for order in self:
            if order._loyalty_prepayment_only():
                percent = order.company_id.loyalty_prepayment_percent
                order.prepayment_percent = percent or 1
        return result

    def _loyalty_prepayment_only(self):
        partner = self.partner_id.with_company(self.company_id)
        return partner.commercial_partner_id.prepayment_only

    def _loyalty_prepaid_amount(self):
        """What the customer has paid towards this order, in the order's currency.

        Online payments of the order, paid down payment invoices, and the customer's
        free receivable credit.
        """
        self.ensure_one()
        paid = self.amount_paid
        for invoice in self.sudo().invoice_ids:
            if invoice.state == "posted" and invoice.move_type == "out_invoice":
                paid += invoice.amount_total - invoice.amount_residual
        credit = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("amount_residual", "<", 0),
                    ("company_id", "=", self.company_id.id),
                ],
                [],
                ["amount_residual:sum"],
            )[0][0]
        )
        company_currency = self.company_id.currency_id
        return paid + company_currency._convert(
            -(credit or 0.0),
            self.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )

    def _loyalty_prepayment_message(self):
        if not self._loyalty_prepayment_only():
            return False
        needed = self.currency_id.round(
            self.amount_total * (self.company_id.loyalty_prepayment_percent or 1)
        )
        paid = self._loyalty_prepaid_amount()
        if self.currency_id.compare_amounts(paid, needed) >= 0:
            return False
        partner = self.partner_id.with_company(self.company_id).commercial_partner_id
        return self.env._(
            "%(customer)s orders against prepayment only (%(reason)s): %(needed)s is"
            " needed, %(paid)s is paid. Register the payment first.",
            customer=partner.display_name,
            reason=partner.loyalty_class_reason or self.env._("set by hand"),
            needed=self.currency_id.format(needed),
            paid=self.currency_id.format(paid),
        )

    def _confirmation_error_message(self):
        return super()._confirmation_error_message() or (
            self._loyalty_prepayment_message()
        )
