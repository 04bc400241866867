"""What a delivery carries and what is to be paid: read off transfers and orders."""

from odoo import api, models
from odoo.tools import float_repr

from .constants import STOP_FINISHED, STOP_OPEN


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    @api.model
    def _content_values(self, sources):
        """The values of deliveries that follow from what they carry.

        :param sources: list of ``(stop or empty, transfers, orders)``
        :return: list of values in the same order
        """
        orders = self.env["sale.order"].union(*(source[2] for source in sources))
        first_of, asked = self._order_shares(orders)
        values = []
        for stop, pickings, some_orders in sources:
            content = {
                "items": "\n".join(pickings._delivery_item_lines()),
                "weight_kg": sum(pickings.mapped("weight")),
                "volume_m3": pickings._delivery_volume(),
                "parcels": pickings._delivery_parcels(),
                "amount_total": 0.0,
                "cod_due": 0.0,
                "fee_amount": 0.0,
                "perk_amount": 0.0,
            }
            goods = pickings._delivery_goods_amounts()
            if not pickings:
                content["items"] = "\n".join(some_orders._delivery_item_lines())
                content["weight_kg"] = sum(some_orders.mapped("shipping_weight"))
            for order in some_orders:
                amount = goods.get(order, 0.0)
                # What has no transfer of its own goes with the first delivery.
                is_first = first_of.setdefault(order.id, stop.id) == stop.id
                if is_first and stop.id is False:
                    first_of[order.id] = -1
                if is_first:
                    amount += order._delivery_other_amount(bool(pickings))
                    content["fee_amount"] += order._delivery_in_company(
                        order._delivery_fee()
                    )
                    content["perk_amount"] += order._delivery_in_company(
                        order.delivery_perk_amount
                    )
                before = sum(
                    due
                    for key, due in asked.get(order.id, {}).items()
                    if key != stop.id
                )
                amount = order._delivery_in_company(amount)
                due = max(min(order._delivery_cod_due() - before, amount), 0.0)
                asked.setdefault(order.id, {})[stop.id or object()] = due
                content["amount_total"] += amount
                content["cod_due"] += due
            if not some_orders:
                content["amount_total"] = pickings._delivery_goods_value()
            values.append(content)
        return values

    @api.model
    def _order_shares(self, orders):
        """Which delivery of each order is the first, and what its others ask for.

        :return: ``({order id: stop id}, {order id: {stop id: amount}})``
        """
        first_of, asked = {}, {}
        stops = self.sudo().search(
            [("sale_ids", "in", orders.ids), ("state", "!=", "cancelled")], order="id"
        )
        wanted = set(orders.ids)
        for stop in stops:
            # Failed goods come again with another attempt, or not at all.
            if stop.state == "failed":
                continue
            open_or_done = stop.state in STOP_OPEN or stop.state in STOP_FINISHED
            for order_id in wanted.intersection(stop.sale_ids.ids):
                first_of.setdefault(order_id, stop.id)
                if open_or_done and len(stop.sale_ids) == 1:
                    due = stop.cod_due if stop.state in STOP_OPEN else 0.0
                    asked.setdefault(order_id, {})[stop.id] = due
        return first_of, asked

    @api.model
    def _quantity_text(self, quantity, uom):
        text = float_repr(quantity, 3).rstrip("0").rstrip(".")
        unit_id = self.env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_unit")
        return f"{text} ×" if uom.id == unit_id else f"{text} {uom.name}"
