from decimal import Decimal

from odoo import api, fields, models

from ..engine import pay, profit
from .constants import BOOKERS, STOP_FINISHED

HANDED_OVER = ("delivered", "partial")


class LoyaltyDeliveryStop(models.Model):
    """What a delivery earns or loses, also before it is dispatched."""

    _inherit = "loyalty.delivery.stop"

    margin_amount = fields.Monetary(
        "Margin of the goods",
        readonly=True,
        copy=False,
        groups=BOOKERS,
        help="Without tax; kept when the delivery is booked.",
    )
    pay_amount = fields.Monetary(
        "Pay", compute="_compute_profit", compute_sudo=True, groups=BOOKERS
    )
    road_amount = fields.Monetary(
        "Cost of the way", compute="_compute_profit", compute_sudo=True, groups=BOOKERS
    )
    profit_amount = fields.Monetary(
        "Profit",
        compute="_compute_profit",
        compute_sudo=True,
        groups=BOOKERS,
        help="Margin and delivery price less the courier's pay, the way and points"
        " given as an apology. Before the trip is back the pay is an estimate.",
    )
    profit_warning = fields.Char(
        compute="_compute_profit_warning", compute_sudo=True, groups=BOOKERS
    )

    @api.depends(
        "state",
        "margin_amount",
        "fee_amount",
        "leg_m",
        "carrier_cost",
        "courier_id.cost_km",
        "trip_id.pay_line_ids.amount",
        "picking_ids.move_ids.product_uom_qty",
        "sale_ids.order_line.price_subtotal",
    )
    def _compute_profit(self):
        shares = self._pay_shares()
        apologies = self._apology_costs()
        for stop in self:
            figures = profit.Delivery(
                margin=stop._margin(),
                fee=0.0 if stop.state == "failed" else stop.fee_amount,
                pay=shares.get(stop, 0.0),
                metres=stop.leg_m,
                cost_km=stop.courier_id.cost_km,
                apology=apologies.get(stop, 0.0),
                carrier=stop.carrier_cost,
            )
            stop.pay_amount = figures.pay
            stop.road_amount = figures.road
            stop.profit_amount = figures.profit

    @api.depends("profit_amount")
    @api.depends_context("lang")
    def _compute_profit_warning(self):
        for stop in self:
            stop.profit_warning = stop.profit_amount < 0 and self.env._(
                "This delivery loses %s.",
                stop.currency_id.format(-stop.profit_amount),
            )

    # -- goods ------------------------------------------------------------------------
    def _margin(self):
        """Of what was handed over, or would be; a failed attempt has none."""
        self.ensure_one()
        if self.state == "failed":
            return 0.0
        if self.state in HANDED_OVER and self.margin_amount:
            return self.margin_amount
        moves = self.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        if moves:
            return self._margin_of_moves(moves)
        lines = self.sale_ids.order_line.filtered(
            lambda line: not line.display_type and not line.is_delivery
        )
        return sum(
            line.price_subtotal - self._cost(line) * line.product_uom_qty
            for line in lines
        )

    def _margin_of_moves(self, moves):
        told = self._delivered_quantities() if self.state == "partial" else None
        margin = 0.0
        for move in moves:
            quantity = move.product_uom_qty
            if move.state == "done":
                quantity = move.quantity
            elif told is not None:
                quantity = told.get(move.id, 0.0)
            line = move.sale_line_id
            ordered = line.product_uom_qty
            price = line.price_subtotal / ordered if ordered else 0.0
            cost = self._cost(line) if line else move.product_id.standard_price
            margin += (price - cost) * quantity
        return margin

    @api.model
    def _cost(self, line):
        """Of one unit sold: as on the order where margins are kept, or as of today."""
        if "purchase_price" in line._fields:
            return line.purchase_price
        product = line.product_id.with_company(line.company_id)
        return product.uom_id._compute_price(
            product.standard_price, line.product_uom_id
        )

    def _keep_margin(self):
        """Write down the margin: prices and costs change later."""
        for stop in self.filtered(lambda stop: stop.state in STOP_FINISHED):
            stop.margin_amount = 0.0
            stop.margin_amount = stop._margin()

    # -- pay --------------------------------------------------------------------------
    def _pay_shares(self):
        """Each delivery's part of its courier's pay, ``{stop: amount}``."""
        shares = {}
        for trip, stops in self.filtered("trip_id").grouped("trip_id").items():
            if trip.pay_line_ids:
                shares.update(trip._pay_by_stop())
            else:
                shares.update(stops._pay_expected(trip))
        return shares

    def _pay_expected(self, trip):
        assignments = self.env["loyalty.delivery.pay.assignment"]
        rules = assignments._scheme(trip.courier_id, trip.date)._rules()
        shares = {}
        for stop in self if rules else self.browse():
            seconds = stop.leg_s + stop.service_s
            work = pay.Trip((stop._to_pay_as_delivered(),), stop.leg_m, seconds)
            total = sum((line.amount for line in pay.pay(rules, work)), Decimal(0))
            shares[stop] = float(total)
        return shares

    def _apology_costs(self):
        return dict(
            self.env["loyalty.delivery.apology"]._read_group(
                [("stop_id", "in", self.ids), ("state", "=", "given")],
                ["stop_id"],
                ["cost:sum"],
            )
        )
