from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyDeliveryTrip(models.Model):
    _inherit = "loyalty.delivery.trip"

    settlement_id = fields.Many2one(
        "loyalty.delivery.settlement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_closed = fields.Boolean(
        compute="_compute_is_closed", help="Settled: nothing of it changes any more."
    )

    @api.depends("settlement_id.state")
    def _compute_is_closed(self):
        for trip in self:
            trip.is_closed = trip.sudo().settlement_id.state == "done"

    def write(self, vals):
        self._check_not_closed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_not_closed()

    def _check_not_closed(self):
        """Settled trips change for nobody; only a cancelled settlement opens them."""
        closed = self.filtered("is_closed")
        if closed:
            raise UserError(
                self.env._(
                    "Trip %(trip)s is settled by %(settlement)s and closed to change. A"
                    " manager may cancel the settlement.",
                    trip=closed[0].name,
                    settlement=closed[0].sudo().settlement_id.name,
                )
            )

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        trips = self.browse([trip.id for trip in old_states])
        self.env["loyalty.delivery.pay.line"]._refresh(
            trips.filtered(lambda trip: trip.state == "returned")
        )
        return result

    def _collected(self):
        """What customers paid on these trips, ``{way of paying: amount}``."""
        return {
            method or "cash": amount
            for method, amount in self.env["loyalty.delivery.stop"]
            .sudo()
            ._read_group(
                [("trip_id", "in", self.ids), ("cod_collected", ">", 0)],
                ["payment_method"],
                ["cod_collected:sum"],
            )
        }
