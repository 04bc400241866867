from odoo import api, fields, models

from .constants import BOOKERS, STOP_FINISHED


class LoyaltyDeliveryTrip(models.Model):
    """What a trip earns: its deliveries and the way back."""

    _inherit = "loyalty.delivery.trip"

    profit_amount = fields.Monetary(
        "Profit", compute="_compute_profit_amount", compute_sudo=True, groups=BOOKERS
    )

    @api.depends("stop_ids.profit_amount", "planned_m", "courier_id.cost_km")
    def _compute_profit_amount(self):
        for trip in self:
            stops = trip.stop_ids.filtered(lambda stop: stop.state != "cancelled")
            back_m = max(trip.planned_m - sum(stops.mapped("leg_m")), 0)
            back = back_m / 1000 * trip.courier_id.cost_km
            trip.profit_amount = sum(stops.mapped("profit_amount")) - back

    def _pay_by_stop(self):
        """The pay of the trip, what is for the trip as a whole in equal parts."""
        self.ensure_one()
        finished = self.stop_ids.filtered(lambda stop: stop.state in STOP_FINISHED)
        whole = sum(
            self.pay_line_ids.filtered(lambda p: not p.stop_id).mapped("amount")
        )
        shares = dict.fromkeys(finished, whole / len(finished) if finished else 0.0)
        for line in self.pay_line_ids.filtered("stop_id"):
            shares[line.stop_id] = shares.get(line.stop_id, 0.0) + line.amount
        return shares
