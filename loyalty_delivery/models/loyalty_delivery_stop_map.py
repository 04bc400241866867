from odoo import models


class LoyaltyDeliveryStop(models.Model):
    """The pin of a delivery on the map."""

    _inherit = "loyalty.delivery.stop"

    def action_pin(self, latitude, longitude):
        """Put a delivery where the dispatcher says, for its address from now on.

        :raise AccessError: the user may not write it
        :raise UserError: it is no place on Earth
        """
        self.ensure_one()
        self.check_access("write")
        self._pin(latitude, longitude)
