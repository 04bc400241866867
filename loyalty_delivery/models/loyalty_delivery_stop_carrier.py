from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .constants import BOOKERS


class LoyaltyDeliveryStop(models.Model):
    """Between cities: a delivery that another carrier takes over."""

    _inherit = "loyalty.delivery.stop"

    carrier_name = fields.Char("Handed over to", readonly=True, copy=False)
    carrier_ref = fields.Char("Tracking number", readonly=True, copy=False, index=True)
    carrier_cost = fields.Monetary(
        "Carrier's price", readonly=True, copy=False, groups=BOOKERS
    )

    def _hand_over_to(self, name, ref, cost):
        """Give deliveries that are not driven yet to a carrier.

        :raise UserError: one of them is on its way already; nothing is handed over
        """
        for stop in self:
            if stop.state not in ("ready", "planned"):
                raise UserError(
                    self.env._(
                        "Only deliveries that are ready or planned are handed over:"
                        " %(stop)s is not. Complete it or take it back first.",
                        stop=stop.display_name,
                    )
                )
        self.filtered(lambda stop: stop.state == "ready")._transition("planned")
        self._transition(
            "out",
            {
                "trip_id": False,
                "sequence": 0,
                "carrier_name": name,
                "carrier_ref": ref,
                "carrier_cost": cost,
            },
        )
        for stop in self:
            stop.sudo().picking_ids.carrier_tracking_ref = ref

    def action_carrier_delivered(self):
        """The carrier told that the goods are there."""
        self._check_carried()
        self._transition("delivered", {"done_at": fields.Datetime.now()})

    def action_carrier_failed(self):
        """The carrier could not deliver: the goods come back or are tried again."""
        self._check_carried()
        self._transition("failed", {"done_at": fields.Datetime.now()})

    def _check_carried(self):
        self._check_dispatcher()
        for stop in self:
            if not stop.carrier_name or stop.state != "out":
                raise UserError(
                    self.env._(
                        "%s is not with another carrier: its courier tells how it"
                        " went.",
                        stop.display_name,
                    )
                )

    @api.model
    def _check_dispatcher(self):
        user = self.env.user
        if not user.has_group("loyalty_delivery.group_delivery_dispatcher"):
            raise AccessError(
                self.env._("This is done by dispatchers. Ask one of them.")
            )
