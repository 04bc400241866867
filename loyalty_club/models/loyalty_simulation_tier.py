from odoo import fields, models


class LoyaltySimulationTier(models.Model):
    """How many members would have been in a tier at the end of a month."""

    _name = "loyalty.simulation.tier"
    _description = "Tier in a simulation"
    _order = "simulation_id, month, tier_id"
    _rec_name = "tier_id"

    simulation_id = fields.Many2one(
        "loyalty.simulation", required=True, index=True, ondelete="cascade"
    )
    month = fields.Date(required=True)
    tier_id = fields.Many2one("loyalty.tier", ondelete="cascade")
    member_count = fields.Integer("Members")
