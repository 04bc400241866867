from datetime import timedelta

from odoo import api, fields, models

from ..engine import slots


class LoyaltyDeliveryStopAgain(models.TransientModel):
    """Try failed deliveries again, at another time."""

    _name = "loyalty.delivery.stop.again"
    _description = "Try deliveries again"

    stop_ids = fields.Many2many(
        "loyalty.delivery.stop",
        required=True,
        domain=[("state", "=", "failed")],
        default=lambda self: self.env.context.get("active_ids"),
    )
    count = fields.Integer(compute="_compute_count")
    date = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=1),
    )
    hour_from = fields.Float(
        "From",
        required=True,
        default=lambda self: self.env.company.delivery_hour_from,
        help="In the time zone of the depot.",
    )
    hour_to = fields.Float(
        "To", required=True, default=lambda self: self.env.company.delivery_hour_to
    )

    _hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "A window ends after it begins.",
    )

    @api.depends("stop_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.stop_ids)

    def action_apply(self):
        """Make the next attempt of each."""
        self.ensure_one()
        self.stop_ids.check_access("write")
        again = self.stop_ids.browse()
        for depot, stops in self.stop_ids.grouped("depot_id").items():
            tz = depot.tz or self.env.company.partner_id.tz or "UTC"
            again |= stops._try_again(
                slots.moment(self.date, self.hour_from, tz),
                slots.moment(self.date, self.hour_to, tz),
                date=self.date,
            )
        return again.action_view_attempts()
