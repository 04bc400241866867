from odoo import fields, models


class OnecProofLeave(models.TransientModel):
    """Why documents stay out of 1C."""

    _name = "onec.proof.leave"
    _description = "Leave documents out of 1C"

    count = fields.Integer("Number of documents", compute="_compute_count")
    reason = fields.Char(required=True)

    def _compute_count(self):
        self.count = len(self.env.context.get("active_ids") or [])

    def action_leave_out(self):
        """Leave them out; the reason stays with each document."""
        self.ensure_one()
        self.env["onec.proof"].browse(self.env.context.get("active_ids"))._leave_out(
            self.reason
        )
