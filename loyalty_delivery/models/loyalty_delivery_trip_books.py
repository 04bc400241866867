from odoo import fields, models

from .constants import BOOKERS


class LoyaltyDeliveryTrip(models.Model):
    _inherit = "loyalty.delivery.trip"

    booking_ids = fields.One2many(
        "loyalty.delivery.booking",
        "trip_id",
        "Bookings",
        readonly=True,
        groups=BOOKERS,
    )

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        trips = self.browse([trip.id for trip in old_states])
        at_loading = trips.filtered(
            lambda trip: trip.company_id.delivery_stock_policy == "at_loading"
        )
        bookings = self.env["loyalty.delivery.booking"]
        loaded = at_loading.filtered(lambda trip: trip.state in ("loaded", "en_route"))
        bookings._ask(
            loaded.stop_ids.filtered(lambda stop: not stop.sudo().booking_ids),
            "load",
            fields.Datetime.now(),
        )
        back = at_loading.filtered(lambda trip: trip.state == "returned")
        back._book_what_came_back()
        return result

    def _book_what_came_back(self):
        """The goods of failed deliveries are at the depot now."""
        waiting_sudo = self.sudo().booking_ids.filtered(
            lambda row: row.state == "waiting" and row.stop_id.state == "failed"
        )
        waiting_sudo.due_at = now = fields.Datetime.now()
        if waiting_sudo:
            self.env.ref("loyalty_delivery.cron_bookings").sudo()._trigger(now)
