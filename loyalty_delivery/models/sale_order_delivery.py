"""Orders and their deliveries."""

from odoo import api, fields, models

from .constants import STOP_OPEN


class SaleOrder(models.Model):
    _inherit = "sale.order"

    delivery_stop_ids = fields.Many2many(
        "loyalty.delivery.stop",
        "loyalty_delivery_stop_sale_rel",
        "order_id",
        "stop_id",
        "Deliveries",
        copy=False,
        groups="loyalty_delivery.group_delivery_dispatcher",
    )
    delivery_stop_count = fields.Integer(
        compute="_compute_delivery_stop", compute_sudo=True
    )
    delivery_stop_text = fields.Char(
        "Delivery", compute="_compute_delivery_stop", compute_sudo=True
    )

    @api.depends("delivery_stop_ids.state")
    def _compute_delivery_stop(self):
        for order in self:
            stops = order.delivery_stop_ids.filtered(
                lambda stop: stop.state != "cancelled"
            ).sorted("id")
            order.delivery_stop_count = len(stops)
            order.delivery_stop_text = stops[-1:]._status_text()

    def action_view_deliveries(self):
        """The deliveries of these orders."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_delivery.loyalty_delivery_stop_action"
        )
        domain = [("sale_ids", "in", self.ids)]
        return dict(action, domain=domain, context={"create": False})

    # -- orders without transfers -----------------------------------------------------
    def _action_confirm(self):
        result = super()._action_confirm()
        self._delivery_collect()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        stops = self.env["loyalty.delivery.stop"].sudo()
        stops.search(
            [("sale_ids", "in", self.ids), ("state", "in", STOP_OPEN)]
        )._withdraw(
            self.env["stock.picking"],
            self.sudo(),
            self.env._("The order was cancelled."),
        )
        return result

    def _delivery_collect(self):
        """Make deliveries of confirmed orders that have nothing in stock."""
        orders = self.filtered(
            lambda order: (
                order.state == "sale"
                and order.carrier_id.delivery_type == "own_courier"
                and not order._delivery_has_goods()
            )
        )
        stops = self.env["loyalty.delivery.stop"].sudo()
        return stops._collect(self.env["stock.picking"].sudo(), orders.sudo())

    def _delivery_has_goods(self):
        self.ensure_one()
        return any(
            line.product_id.type != "service"
            for line in self.order_line
            if line.product_id and not line.display_type
        )

    def write(self, vals):
        result = super().write(vals)
        if {"partner_shipping_id", "commitment_date"} & set(vals):
            self._delivery_changed()
        return result

    def _delivery_changed(self):
        stops = self.env["loyalty.delivery.stop"].sudo()
        stops.search(
            [("sale_ids", "in", self.ids), ("state", "in", STOP_OPEN)]
        )._refresh()

    # -- what they carry and cost -----------------------------------------------------
    def _delivery_item_lines(self):
        text = self.env["loyalty.delivery.stop"]._quantity_text
        return [
            f"{text(line.product_uom_qty, line.product_uom_id)}"
            f" {line.product_id.display_name}"
            for line in self.order_line
            if line.product_id
            and not line.display_type
            and not line.is_delivery
            and line.price_total >= 0
        ]

    def _delivery_other_amount(self, has_transfers):
        """What no transfer carries: services, discounts, the delivery itself."""
        self.ensure_one()
        if not has_transfers:
            return self.amount_total
        return sum(
            line.price_total
            for line in self.order_line
            if not line.display_type and line.product_id.type == "service"
        )

    def _delivery_fee(self):
        self.ensure_one()
        return sum(self.order_line.filtered("is_delivery").mapped("price_total"))

    def _delivery_in_company(self, amount):
        """An amount of the order in its company's currency."""
        self.ensure_one()
        return self.currency_id._convert(
            amount,
            self.company_id.currency_id,
            self.company_id,
            self.date_order or fields.Datetime.now(),
        )

    # -- what is still to be paid at the door -----------------------------------------
    def _delivery_cod_due(self):
        """What of the order is to be paid at the door, in the company's currency."""
        self.ensure_one()
        if not self._delivery_pays_at_door():
            return 0.0
        invoices = self.invoice_ids.filtered(lambda move: move.state == "posted")
        paid = 0.0
        for invoice in invoices:
            share = invoice.amount_total - invoice.amount_residual
            if invoice.move_type == "out_refund":
                share = -share
            paid += invoice.currency_id._convert(
                share, self.currency_id, self.company_id, invoice.date
            )
        for payment in self.transaction_ids:
            # A payment that was matched with the invoice is counted there.
            if payment.state in ("authorized", "done") and not (
                invoices and payment.payment_id.is_reconciled
            ):
                paid += payment.amount
        return self._delivery_in_company(max(self.amount_total - paid, 0.0))

    def _delivery_pays_at_door(self):
        """Whether the customer owes now, and not by a term or a transfer under way."""
        self.ensure_one()
        if not self.carrier_id.allow_cash_on_delivery:
            return False
        pending = self.transaction_ids.filtered(lambda tx: tx.state == "pending")
        if pending:
            return any(
                tx.provider_id.custom_mode == "cash_on_delivery" for tx in pending
            )
        term = self.payment_term_id
        return all(
            not line.nb_days and line.delay_type == "days_after"
            for line in term.line_ids
        )
