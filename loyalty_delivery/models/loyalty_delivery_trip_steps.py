from odoo import api, models
from odoo.exceptions import UserError


class LoyaltyDeliveryTrip(models.Model):
    """States, figures and settlements of trips change by the steps alone."""

    _name = "loyalty.delivery.trip"
    _inherit = ["loyalty.delivery.trip", "loyalty.delivery.steps"]

    def write(self, vals):
        if not self.env.su and "courier_id" in vals:
            self._check_courier_stays(vals["courier_id"])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        """Without the trip nobody would ask for the cash."""
        begun = self.filtered("started_at")
        if begun:
            raise UserError(
                self.env._(
                    "Trip %s has begun and stays in the list.",
                    ", ".join(begun.mapped("name")),
                )
            )

    def _check_courier_stays(self, courier_id):
        """Cash and goods are with who left the depot.

        :raise UserError: the trip has begun, and another courier is wanted
        """
        for trip in self.filtered("started_at"):
            if trip.courier_id.id != courier_id:
                raise UserError(
                    self.env._(
                        "Trip %(trip)s has begun: %(courier)s carries its goods and"
                        " cash. Move the deliveries that are left to another trip.",
                        trip=trip.name,
                        courier=trip.courier_id.name,
                    )
                )
