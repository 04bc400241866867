from odoo import models

LOOKED_AT = ("clock", "off_zone")


class LoyaltyDeliveryTrip(models.Model):
    """What was told oddly concerns nobody once the trip is settled."""

    _inherit = "loyalty.delivery.trip"

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        over = self.filtered(lambda trip: trip.state in ("settled", "cancelled"))
        if over:
            domain = [
                ("trip_id", "in", over.ids),
                ("kind", "in", LOOKED_AT),
                ("state", "!=", "resolved"),
            ]
            self.env["loyalty.delivery.alert"].sudo().search(domain)._close()
        return result
