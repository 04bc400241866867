from odoo import api, fields, models


class LoyaltySimulationGolive(models.TransientModel):
    """The last look before a simulation becomes balances."""

    _name = "loyalty.simulation.golive"
    _description = "Credit opening balances"

    simulation_id = fields.Many2one("loyalty.simulation", required=True, readonly=True)
    program_id = fields.Many2one(related="simulation_id.program_id")
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    member_count = fields.Integer("Members", compute="_compute_figures")
    points = fields.Float(digits=(16, 2), compute="_compute_figures")
    worth = fields.Monetary("They are worth", compute="_compute_figures")
    new_member_count = fields.Integer(
        "Of them without a card yet", compute="_compute_figures"
    )

    @api.depends("simulation_id")
    def _compute_figures(self):
        for dialog in self:
            simulation = dialog.simulation_id
            today = simulation.program_id._today()
            gaining = simulation.member_ids.filtered(
                lambda member, day=today: member._valid_lots(day)
            )
            known = self.env["loyalty.card"]._read_group(
                [
                    ("program_id", "=", simulation.program_id.id),
                    ("partner_id", "in", gaining.partner_id.ids),
                ],
                [],
                ["partner_id:count_distinct"],
            )
            dialog.member_count, dialog.points = simulation._live_figures()
            dialog.worth = dialog.points * simulation.program_id.point_value
            dialog.new_member_count = dialog.member_count - known[0][0]

    def action_go_live(self):
        """Begin to credit."""
        self.simulation_id._go_live()
        return {"type": "ir.actions.act_window_close"}
