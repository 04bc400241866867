from odoo import api, models

from ..demo import story


class LoyaltyDeliveryTrip(models.Model):
    _inherit = "loyalty.delivery.trip"

    @api.model
    def _load_demo(self):
        """Build the demonstration city, called when demonstration data load."""
        story.load(self.env)
