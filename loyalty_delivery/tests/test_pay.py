from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .books_common import BooksCommon


@freeze_time("2026-03-06 18:00:00")
class TestPay(BooksCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager", "loyalty_delivery.group_delivery_manager")
        cls.cashier = cls._user("cashier", "loyalty_delivery.group_delivery_cashier")

    @classmethod
    def _pay_by(cls, *rates, courier=None, **values):
        scheme = cls.env["loyalty.delivery.pay.scheme"].create(
            {
                "name": "City",
                "rate_ids": [
                    Command.create({"basis": basis, "rate": rate, **more})
                    for basis, rate, more in rates
                ],
            }
        )
        cls.env["loyalty.delivery.pay.assignment"].create(
            {
                "courier_id": (courier or cls.levon).id,
                "scheme_id": scheme.id,
                "date_from": "2026-03-01",
                **values,
            }
        )
        return scheme

    @classmethod
    def _drive(cls, states, trip=None, **values):
        """A trip back at the depot whose stops ended in these states."""
        trip = trip or cls.trip
        stops = cls._make_stops(len(states), **values)
        trip._transition("planned")
        stops._transition("planned", {"trip_id": trip.id})
        trip._transition("en_route", {"started_at": "2026-03-06 06:00:00"})
        stops._transition("out")
        for stop, state in zip(stops, states, strict=True):
            stop._transition(state, {"done_at": "2026-03-06 10:00:00"})
        trip._transition("returned", {"returned_at": "2026-03-06 10:00:00"})
        return stops

    def test_levon_earns_700_for_each_of_seven_stops(self):
        self._pay_by(("stop", 700, {}))
        self._drive(["delivered"] * 6 + ["partial", "failed"])
        self.assertEqual(self.trip.pay_amount, 4900)
        self.assertEqual(len(self.trip.pay_line_ids), 7)

    def test_km_and_hours_are_of_the_trip(self):
        self._pay_by(("km", 100, {}), ("hour", 1000, {}))
        self.trip.planned_m = 12345
        self._drive(["delivered"])
        amounts = {line.basis: line.amount for line in self.trip.pay_line_ids}
        self.assertEqual(amounts, {"km": 1234.5, "hour": 4000})

    def test_a_failed_attempt_is_paid_when_the_customer_caused_it(self):
        reasons = self.env["loyalty.delivery.reason"].create(
            [
                {"name": "Not at home", "customer_fault": True},
                {"name": "Goods broken", "customer_fault": False},
            ]
        )
        self._pay_by(("failed", 300, {}))
        stops = self._drive(["failed", "failed"])
        for stop, reason in zip(stops, reasons, strict=True):
            stop.reason_id = reason
        self.env["loyalty.delivery.pay.line"]._refresh(self.trip)
        self.assertEqual(self.trip.pay_line_ids.stop_id, stops[0])

    def test_the_minimum_of_a_day_is_one_for_all_its_trips(self):
        self._pay_by(("stop", 700, {}), ("minimum", 3000, {}))
        self._drive(["delivered"])
        second = self._make_trip()
        self._drive(["delivered"], trip=second)
        trips = self.trip | second
        self.assertEqual(sum(trips.mapped("pay_amount")), 3000)
        minimum = trips.pay_line_ids.filtered(lambda p: p.basis == "minimum")
        self.assertEqual(minimum.amount, 1600)

    def test_a_scheme_counts_from_its_day_on(self):
        self._pay_by(("stop", 700, {}))
        self._pay_by(("stop", 900, {}), date_from="2026-03-06")
        self._pay_by(("stop", 2000, {}), date_from="2026-03-07")
        self._drive(["delivered"])
        self.assertEqual(self.trip.pay_amount, 900)

    def test_a_correction_of_a_returned_trip_changes_the_pay(self):
        self._pay_by(("stop", 700, {}))
        stops = self._drive(["delivered", "delivered"])
        stops[0]._transition("failed")
        self.assertEqual(self.trip.pay_amount, 700)

    def test_a_freelancer_gets_one_bill_for_a_period(self):
        self.mher.kind = "freelance"
        self._pay_by(("stop", 700, {}), courier=self.mher)
        trips = self._make_trip(self.mher) | self._make_trip(self.mher)
        for trip in trips:
            self._drive(["delivered", "delivered"], trip=trip)
        lines = trips.pay_line_ids
        with self.assertRaisesRegex(UserError, "settled"):
            lines.with_user(self.manager).action_bill()
        till = self.cash
        settlement = self.env["loyalty.delivery.settlement"]._count(
            self.mher, trips, 0, till
        )
        settlement._settle()
        lines = trips.pay_line_ids
        with self.assertRaises(AccessError):
            lines.with_user(self.cashier).action_bill()
        self.assertFalse(lines.bill_id)
        lines.with_user(self.manager).action_bill()
        bill = lines.bill_id
        self.assertRecordValues(
            bill,
            [
                {
                    "move_type": "in_invoice",
                    "state": "draft",
                    "amount_total": 2800,
                    "partner_id": self.mher.partner_id.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "Nothing to bill"):
            lines.with_user(self.manager).action_bill()
        self.assertEqual(lines.bill_id, bill)

    def test_schemes_are_the_managers(self):
        scheme = self._pay_by(("stop", 700, {}))
        scheme.with_user(self.manager).rate_ids.rate = 800
        for user in (self.cashier, self.dispatcher):
            with self.subTest(user.login), self.assertRaises(AccessError):
                scheme.with_user(user).rate_ids.rate = 900
        self.assertEqual(scheme.rate_ids.rate, 800)

    def test_the_pay_sheet_is_printed_a_page_a_courier(self):
        self._pay_by(("stop", 700, {}))
        self._drive(["delivered"] * 7)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "loyalty_delivery.pay_sheet", self.trip.pay_line_ids.ids
        )[0]
        self.assertIn(b"4,900", html)
        self.assertIn(b"Levon", html)
