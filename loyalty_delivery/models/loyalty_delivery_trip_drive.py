from odoo import models


class LoyaltyDeliveryTrip(models.Model):
    """A trip on the road, as its courier's phone moves it."""

    _inherit = "loyalty.delivery.trip"

    def _drive(self, at):
        """Leave the depot, unless that was told before; the stops are on their way."""
        self.ensure_one()
        if self.state not in ("planned", "loaded"):
            return
        self._transition("en_route", {"started_at": at})
        self.stop_ids.filtered(lambda stop: stop.state == "planned")._transition("out")

    def _tell_dispatcher(self, text):
        """A fact from the road that somebody has to look at."""
        self.message_post(body=text, author_id=self.courier_id.partner_id.id)
