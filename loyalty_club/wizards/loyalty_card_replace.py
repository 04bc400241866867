from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyCardReplace(models.TransientModel):
    """Block the code of a lost card and give the member another."""

    _name = "loyalty.card.replace"
    _description = "Replace a card"

    card_id = fields.Many2one("loyalty.card", required=True, readonly=True)
    partner_id = fields.Many2one(related="card_id.partner_id", string="Member")
    masked_code = fields.Char("Card to block", compute="_compute_masked_code")
    reason = fields.Selection(
        [("lost", "Lost"), ("stolen", "Stolen"), ("damaged", "Damaged")],
        required=True,
        default="lost",
    )
    new_code = fields.Char(
        "New card", help="Scan a blank card. Empty: a new code is made, to be printed."
    )
    note = fields.Char()

    def _compute_masked_code(self):
        for wizard in self:
            wizard.masked_code = wizard.card_id.sudo().masked_code

    def action_replace(self):
        """Give the card its new code; who scans the old one is told."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_loyalty_cashier"):
            raise AccessError(self.env._("Only loyalty staff may replace a card."))
        self._check_new_code()
        code = self.card_id.action_replace_code(self.reason, self.note, self.new_code)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The new card of %(member)s is %(code)s. Balance, tier and history"
                    " stay.",
                    member=self.card_id.display_name,
                    code=code,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_new_code(self):
        if not self.new_code:
            return
        found, message = self.env["loyalty.card"]._find_by_code(self.new_code)
        if message:
            raise UserError(message)
        if found:
            raise UserError(
                self.env._(
                    "The card %s belongs to a member already. Scan a blank card.",
                    found.sudo().masked_code,
                )
            )
