from odoo import api, fields, models


class LoyaltyDeliveryStopCancel(models.TransientModel):
    """Cancel deliveries, saying why."""

    _name = "loyalty.delivery.stop.cancel"
    _description = "Cancel deliveries"

    stop_ids = fields.Many2many(
        "loyalty.delivery.stop",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    count = fields.Integer(compute="_compute_count")
    reason = fields.Char(required=True)

    @api.depends("stop_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.stop_ids)

    def action_apply(self):
        """Cancel them all, or none."""
        self.stop_ids.action_cancel(self.reason)
