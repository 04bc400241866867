from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    loyalty_card_id = fields.Many2one(
        "loyalty.card", "Paid by card", index="btree_not_null", readonly=True
    )
    loyalty_points_cost = fields.Float("Points", digits=(16, 2), readonly=True)

    def _loyalty_cost(self, card):
        """Points that this line costs; its amount is what counts.

        Taxes that are rounded over the whole invoice may leave the amount a coin off
        what was agreed, and then the points agreed on stand.
        """
        program = card.program_id
        value = (program.point_value if card.is_club else 1.0) or 1.0
        amount = self.move_id._loyalty_in_program(program, -self.price_total)
        coins = 2 * self.move_id.currency_id.rounding
        coins = self.move_id._loyalty_in_program(program, coins)
        agreed = self.loyalty_points_cost
        if agreed and abs(abs(amount) - agreed * value) <= coins:
            return agreed if amount >= 0 else -agreed
        return round(amount / value, 2)
