from odoo import api, fields, models
from odoo.exceptions import AccessError

from .origin import current, origin

GUARDED = {"points_cost", "coupon_id", "reward_id"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    coupon_id = fields.Many2one(index="btree_not_null")
    reward_id = fields.Many2one(index="btree_not_null")

    def _check_points_cost(self, vals_list):
        """What a reward costs is decided by the server, never sent by a client."""
        if self.env.su or current():
            return
        cards = self.env["loyalty.card"]
        for vals in vals_list:
            if GUARDED & set(vals):
                cards |= cards.browse(vals.get("coupon_id") or []) | self.coupon_id
        if any(card.is_club for card in cards.sudo()):
            raise AccessError(
                self.env._(
                    "What is paid with points is set by 'Pay with points' on the order."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_points_cost(vals_list)
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("coupon_id")}
        )
        if len(orders) == 1:
            with origin("sale.order", orders.id):
                lines = super().create(vals_list)
        else:
            lines = super().create(vals_list)
        lines.order_id._loyalty_sync_confirmed()
        return lines

    def write(self, vals):
        if GUARDED & set(vals):
            self._check_points_cost([vals])
        if "points_cost" in vals and any(
            state == "sale" for state in self.mapped("state")
        ):
            for order, lines in self.grouped("order_id").items():
                with origin("sale.order", order.id):
                    super(SaleOrderLine, lines).write(vals)
            res = True
        else:
            res = super().write(vals)
        if {"product_uom_qty", "price_unit", "discount", "tax_ids", "product_id"} & set(
            vals
        ):
            self.order_id._loyalty_sync_confirmed()
        return res

    def unlink(self):
        confirmed = self.order_id.filtered(lambda order: order.state == "sale")
        if not confirmed:
            return super().unlink()
        for order, lines in self.grouped("order_id").items():
            with origin("sale.order", order.id):
                super(SaleOrderLine, lines.exists()).unlink()
        confirmed._loyalty_sync_confirmed()
        return True

    def _reset_loyalty(self, complete=False):
        with self._order_origin():
            return super()._reset_loyalty(complete=complete)

    def _order_origin(self):
        order = self.order_id[:1]
        return origin("sale.order", order.id if len(self.order_id) == 1 else None)

    def _loyalty_is_delivery(self):
        return bool(self.is_delivery)

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if self.coupon_id and self.coupon_id.is_ledger:
            values.update(
                loyalty_card_id=self.coupon_id.id,
                loyalty_points_cost=self.points_cost,
            )
        return values
