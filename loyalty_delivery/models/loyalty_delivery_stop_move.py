from odoo import models
from odoo.exceptions import UserError

from .constants import STOP_FINISHED


class LoyaltyDeliveryStop(models.Model):
    """Which stops may be moved between routes."""

    _inherit = "loyalty.delivery.stop"

    def _check_movable(self):
        """:raise UserError: one of them is driven, cancelled or not complete"""
        self.check_access("write")
        names = dict(self._fields["state"]._description_selection(self.env))
        for stop in self:
            if stop.state in (*STOP_FINISHED, "arrived", "cancelled"):
                raise UserError(
                    self.env._(
                        "Delivery %(stop)s is “%(state)s” and stays where it is.",
                        stop=stop.display_name,
                        state=names[stop.state],
                    )
                )
            if stop.state == "draft":
                raise UserError(
                    self.env._(
                        "Delivery %(stop)s is not complete yet. Set its place on the"
                        " map, then plan it.",
                        stop=stop.display_name,
                    )
                )

    def _leave_route(self):
        """Out of every trip, ready for another one."""
        self._write_routes(
            [
                {
                    "id": stop.id,
                    "trip_id": False,
                    "sequence": 0,
                    "plan_eta": False,
                    "eta": False,
                    "leg_m": 0,
                    "leg_s": 0,
                    "lock": "none",
                }
                for stop in self
            ]
        )
        self._transition("ready")
