from odoo import api, fields, models


class OnecConflictDismiss(models.TransientModel):
    """Why questions are closed without doing anything."""

    _name = "onec.conflict.dismiss"
    _description = "Dismiss conflicts"

    conflict_ids = fields.Many2many("onec.conflict", required=True)
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if self.env.context.get("active_model") == "onec.conflict":
            values["conflict_ids"] = self.env.context.get("active_ids", [])
        return values

    def action_dismiss(self):
        self.ensure_one()
        self.conflict_ids.with_context(onec_reason=self.reason).action_dismiss()
