"""When and where a transfer or an order is to be delivered."""

from odoo import fields, models

from ..engine import slots


def _depot(depots, company, warehouse):
    known = depots.get(company)
    if not known:
        return None
    return (
        known.filtered(lambda depot: depot.warehouse_id == warehouse)[:1] or known[:1]
    )


def _day(document, agreed, depot):
    tz = depot.tz if depot else document.company_id.partner_id.tz or "UTC"
    today = slots.local_day(fields.Datetime.now(), tz)
    return max(slots.local_day(agreed, tz), today) if agreed else today


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _delivery_key(self, depots):
        """Transfers with the same key go as one delivery."""
        self.ensure_one()
        company, order = self.company_id, self.sale_id
        depot = _depot(depots, company, self.picking_type_id.warehouse_id)
        slot, slot_day = order._delivery_slot_choice()
        day = slot_day or _day(self, self._delivery_agreed_time(), depot)
        return (
            company.id,
            depot.id if depot else False,
            self.partner_id.id,
            day,
            slot.id,
        )

    def _delivery_agreed_time(self):
        return self.sale_id.commitment_date or self.scheduled_date


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _delivery_key(self, depots):
        """Orders with the same key go as one delivery."""
        self.ensure_one()
        depot = _depot(depots, self.company_id, self.warehouse_id)
        slot, slot_day = self._delivery_slot_choice()
        return (
            self.company_id.id,
            depot.id if depot else False,
            self.partner_shipping_id.id,
            slot_day or _day(self, self._delivery_agreed_time(), depot),
            slot.id,
        )

    def _delivery_agreed_time(self):
        return self.commitment_date

    def _delivery_slot_choice(self):
        """The slot and its day, if the customer chose one that is still to come."""
        return self.env["loyalty.delivery.slot"], False
