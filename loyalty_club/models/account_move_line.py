from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    loyalty_card_id = fields.Many2one(
        "loyalty.card", "Paid by card", index="btree_not_null", readonly=True
    )
    loyalty_points_cost = fields.Float("Points", digits=(16, 2), readonly=True)

    def _loyalty_cost(self, card):
        """Points that the amount of this line is worth; the amount is what counts."""
        program = card.program_id
        value = program.point_value if card.is_club else 1.0
        amount = self.move_id._loyalty_in_program(program, -self.price_total)
        return round(amount / (value or 1.0), 2)
