from odoo import fields, models


class LoyaltyDeliveryPlan(models.Model):
    """A proposal comes from the engines alone, in the rights of who asked for it."""

    _name = "loyalty.delivery.plan"
    _inherit = ["loyalty.delivery.plan", "loyalty.delivery.steps"]

    # The scheduler works as this user: nobody asks in another's name.
    user_id = fields.Many2one(copy=False)
