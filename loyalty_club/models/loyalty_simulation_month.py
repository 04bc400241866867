from odoo import fields, models


class LoyaltySimulationMonth(models.Model):
    """What a program would have given in a month."""

    _name = "loyalty.simulation.month"
    _description = "Month of a simulation"
    _order = "simulation_id, month"
    _rec_name = "month"

    simulation_id = fields.Many2one(
        "loyalty.simulation", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    month = fields.Date(required=True)
    purchase_count = fields.Integer("Purchases")
    amount = fields.Monetary("Turnover")
    buyer_count = fields.Integer("Buyers", aggregator=None)
    member_count = fields.Integer("Members", aggregator="max")
    points_issued = fields.Float("Points issued", digits=(16, 2))
    points_expired = fields.Float("Points expired", digits=(16, 2))
    points_spendable = fields.Float(
        "Points at the end", digits=(16, 2), aggregator="max"
    )
    points_pending = fields.Float("Pending", digits=(16, 2), aggregator="max")
    cost = fields.Monetary("Expected cost")
