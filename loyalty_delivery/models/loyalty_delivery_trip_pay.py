from odoo import api, fields, models

from ..engine import pay
from .constants import PAYERS, STOP_FINISHED


class LoyaltyDeliveryTrip(models.Model):
    _inherit = "loyalty.delivery.trip"

    pay_line_ids = fields.One2many(
        "loyalty.delivery.pay.line", "trip_id", "Pay", readonly=True, groups=PAYERS
    )
    pay_amount = fields.Monetary(
        "Courier's pay", compute="_compute_pay_amount", groups=PAYERS
    )

    @api.depends("pay_line_ids.amount")
    def _compute_pay_amount(self):
        for trip in self:
            trip.pay_amount = sum(trip.pay_line_ids.mapped("amount"))

    def _to_pay(self):
        """The trip as the engine of pay wants it."""
        self.ensure_one()
        seconds = 0
        if self.started_at and self.returned_at:
            seconds = int((self.returned_at - self.started_at).total_seconds())
        finished = self.stop_ids.filtered(lambda stop: stop.state in STOP_FINISHED)
        return pay.Trip(
            tuple(stop._to_pay() for stop in finished),
            metres=self.planned_m,
            seconds=seconds,
        )
