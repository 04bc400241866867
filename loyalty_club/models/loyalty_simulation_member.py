from odoo import fields, models


class LoyaltySimulationMember(models.Model):
    """What one customer would have by the terms of a simulation."""

    _name = "loyalty.simulation.member"
    _description = "Member of a simulation"
    _order = "points_left desc, id"
    _rec_name = "partner_id"

    simulation_id = fields.Many2one(
        "loyalty.simulation", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    tier_id = fields.Many2one("loyalty.tier", ondelete="set null")
    purchase_count = fields.Integer("Purchases")
    amount = fields.Monetary("Turnover")
    points_issued = fields.Float("Points issued", digits=(16, 2))
    points_left = fields.Float("Points left", digits=(16, 2))
    lots = fields.Json(help="Points left and their last day, the soonest first.")
    credited = fields.Boolean(help="The points are on the member's card.")

    _waiting_idx = models.Index("(simulation_id, id) WHERE credited IS NOT TRUE")

    def _valid_lots(self, today):
        """``[(points, last day or None)]`` that can still be used ``today``."""
        self.ensure_one()
        lots = [
            (float(points), fields.Date.to_date(expires) if expires else None)
            for points, expires in self.lots or []
        ]
        return [lot for lot in lots if not lot[1] or lot[1] >= today]
