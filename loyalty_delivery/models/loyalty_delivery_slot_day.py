"""Places of a slot on a day: counted, and taken by one at a time."""

from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyDeliverySlotDay(models.Model):
    """The row that whoever takes a place writes; it counts nothing itself.

    The ERP reads in snapshots: two orders that only look at the places taken may both
    see the last one free. When both also write this row, the second one fails, is run
    again by the ERP, and then sees the truth.
    """

    _name = "loyalty.delivery.slot.day"
    _description = "Day of a slot"
    _log_access = False

    slot_id = fields.Many2one(
        "loyalty.delivery.slot", required=True, ondelete="cascade"
    )
    date = fields.Date(required=True)
    version = fields.Integer(default=0)

    _slot_date_uniq = models.UniqueIndex("(slot_id, date)")

    @api.model
    def _lock(self, slot, day):
        """Whoever comes second to a slot of a day starts again on fresh data."""
        self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_delivery_slot_day (slot_id, date, version)"
                " VALUES (%s, %s, 1) ON CONFLICT (slot_id, date)"
                " DO UPDATE SET version = loyalty_delivery_slot_day.version + 1"
                " RETURNING id",
                slot.id,
                day,
            )
        )

    @api.model
    def _taken(self, slots, first, last, but_order=None):
        """Places taken, in one query.

        A delivery takes one, and so does an order without a delivery yet: a confirmed
        one always, a quotation while its place is held.

        :param but_order: an order whose own place is not counted
        :return: ``{(slot id, day): (places, of them by the best tiers)}``
        """
        if not slots:
            return {}
        self.env["sale.order"].flush_model(
            [
                "delivery_slot_id",
                "delivery_slot_date",
                "delivery_slot_until",
                "delivery_slot_best",
                "state",
            ]
        )
        self.env["loyalty.delivery.stop"].flush_model(
            ["slot_id", "date", "state", "slot_best", "sale_ids"]
        )
        order_id = but_order.id if but_order else 0
        rows = self.env.execute_query(
            SQL(
                """
                SELECT slot_id, date, COUNT(*), COUNT(*) FILTER (WHERE best)
                  FROM (
                    SELECT s.slot_id, s.date, s.slot_best AS best
                      FROM loyalty_delivery_stop s
                     WHERE s.slot_id IN %(slots)s
                       AND s.date BETWEEN %(first)s AND %(last)s
                       AND s.state <> 'cancelled'
                       AND NOT EXISTS (
                            SELECT FROM loyalty_delivery_stop_sale_rel r
                             WHERE r.stop_id = s.id AND r.order_id = %(order)s)
                     UNION ALL
                    SELECT o.delivery_slot_id, o.delivery_slot_date,
                           o.delivery_slot_best
                      FROM sale_order o
                     WHERE o.delivery_slot_id IN %(slots)s
                       AND o.delivery_slot_date BETWEEN %(first)s AND %(last)s
                       AND o.id <> %(order)s
                       AND (o.state = 'sale' OR o.state IN ('draft', 'sent')
                            AND o.delivery_slot_until > %(now)s)
                       AND NOT EXISTS (
                            SELECT FROM loyalty_delivery_stop_sale_rel r
                              JOIN loyalty_delivery_stop s ON s.id = r.stop_id
                             WHERE r.order_id = o.id AND s.state <> 'cancelled')
                  ) places
                 GROUP BY slot_id, date
                """,
                slots=tuple(slots.ids),
                first=first,
                last=last,
                order=order_id,
                now=fields.Datetime.now(),
            )
        )
        return {(slot, day): (places, best) for slot, day, places, best in rows}
