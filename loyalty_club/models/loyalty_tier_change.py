from odoo import fields, models


class LoyaltyTierChange(models.Model):
    """The history of a member's tiers, with the figure that decided."""

    _name = "loyalty.tier.change"
    _description = "Loyalty tier change"
    _order = "id desc"
    _rec_name = "card_id"

    card_id = fields.Many2one(
        "loyalty.card", required=True, readonly=True, index=True, ondelete="cascade"
    )
    program_id = fields.Many2one(related="card_id.program_id", store=True, index=True)
    partner_id = fields.Many2one(related="card_id.partner_id", store=True)
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    from_tier_id = fields.Many2one("loyalty.tier", readonly=True, ondelete="set null")
    to_tier_id = fields.Many2one("loyalty.tier", readonly=True, ondelete="set null")
    metric_value = fields.Float("Figure", digits=(16, 2), readonly=True)
    cause = fields.Selection(
        [
            ("upgrade", "Upgrade"),
            ("downgrade", "Downgrade"),
            ("manual", "By hand"),
            ("merge", "Cards merged"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
