from odoo import models
from odoo.exceptions import UserError


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
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise UserError(
                self.env._(
                    "Latitude goes from -90 to 90, longitude from -180 to 180:"
                    " %(latitude)s, %(longitude)s is no place on Earth.",
                    latitude=latitude,
                    longitude=longitude,
                )
            )
        self._pin(latitude, longitude)
