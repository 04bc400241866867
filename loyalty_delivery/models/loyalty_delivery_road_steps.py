from odoo import models


class LoyaltyDeliveryRoadNetwork(models.Model):
    """Where a build lies on the server is not for users to say."""

    _name = "loyalty.delivery.road.network"
    _inherit = ["loyalty.delivery.road.network", "loyalty.delivery.steps"]
