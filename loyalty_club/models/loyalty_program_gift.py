from odoo import fields, models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    gift_liability = fields.Monetary(
        "Liability",
        compute="_compute_gift_figures",
        help="What holders of gift cards and wallets may still spend.",
    )
    gift_active_count = fields.Integer("Cards in use", compute="_compute_gift_figures")
    gift_expired_amount = fields.Monetary(
        "On expired cards", compute="_compute_gift_figures"
    )

    def _compute_gift_figures(self):
        today = fields.Date.context_today(self)
        cards = self.env["loyalty.card"]
        figures = cards._read_group(
            [("program_id", "in", self.ids), ("points", ">", 0)],
            ["program_id"],
            ["points:sum", "__count"],
        )
        expired = dict(
            cards._read_group(
                [
                    ("program_id", "in", self.ids),
                    ("points", ">", 0),
                    ("expiration_date", "<", today),
                ],
                ["program_id"],
                ["points:sum"],
            )
        )
        by_program = {program: (points, n) for program, points, n in figures}
        for program in self:
            points, number = by_program.get(program, (0.0, 0))
            payment = program.is_payment_program
            lost = expired.get(program, 0.0) if payment else 0.0
            program.gift_expired_amount = lost
            program.gift_liability = points - lost if payment else 0.0
            program.gift_active_count = number if payment else 0
