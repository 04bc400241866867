from odoo import models


class LoyaltyDeliveryPlan(models.Model):
    """A proposal comes from the engines alone."""

    _name = "loyalty.delivery.plan"
    _inherit = ["loyalty.delivery.plan", "loyalty.delivery.steps"]
