from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyTierSet(models.TransientModel):
    """Give a member a tier by hand, with a reason and maybe an end."""

    _name = "loyalty.tier.set"
    _description = "Set the tier by hand"

    card_id = fields.Many2one(
        "loyalty.card", required=True, domain="[('is_club', '=', True)]"
    )
    program_id = fields.Many2one(related="card_id.program_id")
    current_tier_id = fields.Many2one(related="card_id.tier_id", string="Tier now")
    tier_id = fields.Many2one(
        "loyalty.tier",
        "New tier",
        required=True,
        domain="[('program_id', '=', program_id)]",
    )
    until = fields.Date(
        help="Afterwards the figures decide again. Empty: until set free."
    )
    reason = fields.Char(required=True)

    @api.onchange("card_id")
    def _onchange_card_id(self):
        if self.tier_id.program_id != self.program_id:
            self.tier_id = False

    def action_set_tier(self):
        """Set the tier; the method of the card checks the rights."""
        self.ensure_one()
        if self.tier_id.program_id != self.card_id.program_id:
            raise UserError(
                self.env._(
                    "%(tier)s is no tier of %(program)s.",
                    tier=self.tier_id.name,
                    program=self.card_id.program_id.name,
                )
            )
        if self.until and self.until < self.card_id.program_id._today():
            raise UserError(self.env._("Choose an end that is not over yet."))
        self.card_id.check_access("read")
        self.card_id._set_tier(self.tier_id, self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
