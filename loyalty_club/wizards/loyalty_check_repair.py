from odoo import api, fields, models


class LoyaltyCheckRepair(models.TransientModel):
    """Repair differences, with the reason that the ledger keeps."""

    _name = "loyalty.check.repair"
    _description = "Repair the ledger"

    line_ids = fields.Many2many("loyalty.check.line", string="Differences")
    line_count = fields.Integer("Differences to repair", compute="_compute_line_count")
    reason = fields.Char(required=True)

    @api.depends("line_ids")
    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = len(wizard.line_ids)

    def action_repair(self):
        """Repair; the lines check the rights."""
        self.ensure_one()
        self.line_ids._repair(self.reason)
        return {"type": "ir.actions.act_window_close"}
