from odoo import api, models

# What a customer still tells when everything is settled.
TOLD_LATER = {"rating", "rating_comment", "rated_at", "tip_amount", "tip_points"}


class LoyaltyDeliveryStop(models.Model):
    """Deliveries of settled trips change for nobody."""

    _inherit = "loyalty.delivery.stop"

    @api.model_create_multi
    def create(self, vals_list):
        self._trips_of(vals_list)._check_not_closed()
        return super().create(vals_list)

    def write(self, vals):
        if not set(vals) <= TOLD_LATER:
            (self.trip_id | self._trips_of([vals]))._check_not_closed()
        return super().write(vals)

    @api.model
    def _trips_of(self, vals_list):
        trip_ids = [values["trip_id"] for values in vals_list if values.get("trip_id")]
        return self.env["loyalty.delivery.trip"].browse(trip_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self.trip_id._check_not_closed()

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        trips = self.browse([stop.id for stop in old_states]).trip_id
        self.env["loyalty.delivery.pay.line"]._refresh(
            trips.filtered(lambda trip: trip.state == "returned")
        )
        return result
