from odoo import api, fields, models

from ..engine.roads.straight import SPEEDS_KMH


class LoyaltyDeliveryMatrixProviderCalibrate(models.TransientModel):
    """What was driven beside what was estimated, and the figures that would fit."""

    _name = "loyalty.delivery.matrix.provider.calibrate"
    _description = "Compare distances with what was driven"

    provider_id = fields.Many2one(
        "loyalty.delivery.matrix.provider", required=True, readonly=True
    )
    kind = fields.Selection(related="provider_id.kind")
    report = fields.Text(readonly=True)
    has_proposal = fields.Boolean(readonly=True)
    road_factor = fields.Float("Roads against the straight line", digits=(4, 2))
    speed_car = fields.Float("Speed of a car, km/h", digits=(4, 1))
    speed_bike = fields.Float("Speed of a bicycle, km/h", digits=(4, 1))
    speed_foot = fields.Float("Speed on foot, km/h", digits=(4, 1))
    time_factor = fields.Float("Traffic", digits=(4, 2))

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        provider = self.env["loyalty.delivery.matrix.provider"].browse(
            values.get("provider_id")
        )
        if provider:
            values |= provider._propose()
        return values

    def action_apply(self):
        """Take the figures over, as they stand here."""
        provider = self.provider_id
        if provider.kind == "straight":
            names = ["road_factor", *(f"speed_{profile}" for profile in SPEEDS_KMH)]
        else:
            names = ["time_factor"]
        provider.write({name: self[name] for name in names})
        return {"type": "ir.actions.act_window_close"}
