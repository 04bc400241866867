from odoo import api, fields, models
from odoo.exceptions import UserError

from .loyalty_delivery_access import ROAD_STATES


class LoyaltyDeliveryTrip(models.Model):
    """The link with a PIN that a trip has for couriers without an account."""

    _inherit = "loyalty.delivery.trip"

    access_ids = fields.One2many("loyalty.delivery.access", "trip_id", "Links")
    link_state = fields.Selection(
        [
            ("none", "No link"),
            ("new", "Not opened yet"),
            ("open", "Open on a phone"),
            ("locked", "Locked after wrong PINs"),
        ],
        "Courier's link",
        compute="_compute_link_state",
    )

    @api.depends("access_ids.is_revoked", "access_ids.tries", "access_ids.opened_at")
    def _compute_link_state(self):
        for trip in self:
            access = trip.access_ids.filtered(lambda each: not each.is_revoked)[:1]
            trip.link_state = access._shown_state()

    def action_courier_link(self):
        """Make a new link and PIN and show them, once; the link before it ends.

        :raise AccessError: the user is no dispatcher
        :raise UserError: the trip is not released, or over
        """
        self.ensure_one()
        self._check_dispatcher()
        if self.state not in ROAD_STATES:
            raise UserError(
                self.env._(
                    "Trip %(trip)s is not on its way: a link is made from its release"
                    " until it is back.",
                    trip=self.name,
                )
            )
        token, pin = self.env["loyalty.delivery.access"].sudo()._issue(self)
        self.message_post(body=self.env._("A new link with a PIN was made."))
        return self.env["loyalty.delivery.link"]._shown(self, token, pin)

    def action_courier_link_revoke(self):
        """End the trip's links: phones that opened one are out at once."""
        self._check_dispatcher()
        self.sudo().access_ids._revoke()
        for trip in self:
            trip.message_post(body=self.env._("The courier's link was ended."))
