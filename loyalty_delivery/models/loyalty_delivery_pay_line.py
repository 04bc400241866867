from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import pay
from .loyalty_delivery_pay_rate import BASES

BACK = ("returned", "settled")


class LoyaltyDeliveryPayLine(models.Model):
    """What a courier earned, computed when the trip is back and fixed when settled."""

    _name = "loyalty.delivery.pay.line"
    _description = "Pay of a courier"
    _order = "date desc, trip_id, id"
    _check_company_auto = True

    trip_id = fields.Many2one(
        "loyalty.delivery.trip",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        "Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    courier_id = fields.Many2one(
        related="trip_id.courier_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="trip_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="trip_id.date", store=True, precompute=True)
    basis = fields.Selection(BASES, "For", required=True, readonly=True)
    rate_id = fields.Many2one(
        "loyalty.delivery.pay.rate",
        "Rate of the scheme",
        readonly=True,
        ondelete="set null",
    )
    quantity = fields.Float(readonly=True, digits=(16, 3), aggregator=None)
    rate = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    amount = fields.Monetary(readonly=True)
    bill_id = fields.Many2one(
        "account.move",
        "Vendor bill",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_open()

    def write(self, vals):
        if set(vals) - {"bill_id"}:
            self._check_open()
        return super().write(vals)

    def _check_open(self):
        closed = self.trip_id.filtered("is_closed")
        if closed or self.sudo().bill_id:
            raise UserError(
                self.env._(
                    "The pay of %s is settled or billed. A manager cancels the"
                    " settlement or the bill first.",
                    ", ".join((closed or self.trip_id).mapped("name")),
                )
            )

    # -- computed ---------------------------------------------------------------
    @api.model
    def _refresh(self, trips):
        """Compute the pay of trips that are back and not settled anew."""
        trips = trips.filtered(lambda t: t.state in BACK)
        for (courier, day), some in trips.grouped(
            lambda trip: (trip.courier_id, trip.date)
        ).items():
            self._refresh_day(courier, day, some.company_id)

    @api.model
    def _refresh_day(self, courier, day, company):
        """All trips of a courier's day: the minimum is one for them together."""
        lines_sudo = self.sudo()
        trips_sudo = (
            self.env["loyalty.delivery.trip"]
            .sudo()
            .search(
                [
                    ("courier_id", "=", courier.id),
                    ("date", "=", day),
                    ("state", "in", BACK),
                ],
                order="returned_at, id",
            )
        )
        open_trips_sudo = trips_sudo.filtered(lambda trip: not trip.is_closed)
        if not open_trips_sudo:
            return
        before = lines_sudo.search([("trip_id", "in", trips_sudo.ids)])
        kept = before.filtered(lambda line: line.trip_id.is_closed or line.bill_id)
        (before - kept).unlink()
        scheme = (
            self.env["loyalty.delivery.pay.assignment"].sudo()._scheme(courier, day)
        )
        rules = scheme._rules()
        step = Decimal(str(company.currency_id.rounding or 0.01))
        earned = Decimal(str(sum(kept.mapped("amount"))))
        values = []
        for trip in open_trips_sudo - kept.trip_id:
            lines = pay.pay(rules, trip._to_pay(), step)
            earned += sum((line.amount for line in lines), Decimal(0))
            values += [self._prepare_values(trip, line) for line in lines]
        if lacking := pay.top_up(rules, earned):
            values.append(self._prepare_values(open_trips_sudo[-1], lacking))
        lines_sudo.create(values)

    @api.model
    def _prepare_values(self, trip, line):
        return {
            "trip_id": trip.id,
            "stop_id": line.stop,
            "basis": line.basis,
            "rate_id": line.rule,
            "quantity": float(line.quantity),
            "rate": float(line.rate),
            "amount": float(line.amount),
        }
