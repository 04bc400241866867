from freezegun import freeze_time

from odoo import Command

from .books_common import BooksCommon


@freeze_time("2026-03-06 18:00:00")
class TestProfit(BooksCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.levon.cost_km = 100
        scheme = cls.env["loyalty.delivery.pay.scheme"].create(
            {
                "name": "City",
                "rate_ids": [
                    Command.create({"basis": "stop", "rate": 700}),
                    Command.create({"basis": "failed", "rate": 300}),
                    Command.create({"basis": "hour", "rate": 1000}),
                ],
            }
        )
        cls.env["loyalty.delivery.pay.assignment"].create(
            {
                "courier_id": cls.levon.id,
                "scheme_id": scheme.id,
                "date_from": "2026-03-01",
            }
        )
        cls.cups.standard_price = 300

    def test_before_dispatch_a_delivery_says_what_it_loses(self):
        order = self._make_sale((self.cups, 2, 600))
        stop = self._make_delivery(order, fee_amount=0, service_s=1800)
        stop.write({"leg_m": 5000, "leg_s": 1800})
        # Margin 2 × (500 − 300) without VAT; pay 700 + an hour of 1 000; 5 km of 100.
        self.assertRecordValues(
            stop, [{"pay_amount": 1700, "road_amount": 500, "profit_amount": -1800}]
        )
        self.assertIn("1,800", stop.profit_warning)
        self.assertFalse(self._make_stops(1).profit_warning)

    def test_afterwards_the_pay_of_the_trip_is_shared(self):
        good = self._make_delivery(self._make_sale((self.cups, 2, 6000)))
        bad = self._make_delivery(self._make_sale((self.cups, 1, 6000)), fee_amount=900)
        good.write({"leg_m": 2000, "fee_amount": 1000})
        self.trip._transition("planned")
        self.trip._transition("en_route", {"started_at": "2026-03-06 08:00:00"})
        self._deliver(good)
        self._deliver(bad, "failed")
        self.trip._transition("returned", {"returned_at": "2026-03-06 12:00:00"})
        self._book()
        # Goods 2 × (5 000 − 300); 4 hours of 1 000 for two stops; 2 km of 100.
        self.assertRecordValues(
            good | bad,
            [
                {
                    "margin_amount": 9400,
                    "pay_amount": 2700,
                    "profit_amount": 9400 + 1000 - 2700 - 200,
                },
                {"margin_amount": 0, "pay_amount": 2300, "profit_amount": -2300},
            ],
        )
        self.assertEqual(self.trip.profit_amount, 7500 - 2300)
        report = self.env["loyalty.delivery.report"]
        for stop in good | bad:
            row = report.search([("stop_id", "=", stop.id)])
            self.assertAlmostEqual(row.profit, stop.profit_amount)
        totals = report.formatted_read_group(
            [("trip_id", "=", self.trip.id)],
            ["courier_id"],
            ["stops:sum", "delivered:sum", "failed:sum", "pay:sum"],
        )
        self.assertEqual(
            [totals[0][f"{name}:sum"] for name in ("stops", "delivered", "failed")],
            [2, 1, 1],
        )
        self.assertEqual(totals[0]["pay:sum"], 5000)

    def test_a_margin_that_was_booked_stays_when_prices_change(self):
        stop = self._make_delivery(self._make_sale((self.cups, 1, 6000)))
        self._deliver(stop)
        self._book()
        self.cups.standard_price = 4000
        self.assertEqual(stop.margin_amount, 4700)
        self.assertEqual(stop._margin(), 4700)

    def test_late_and_on_time_are_counted_against_the_promise(self):
        early, late = self._make_stops(
            2, promised_end="2026-03-06 10:30:00", window_start="2026-03-06 09:00:00"
        )
        for stop, hour in ((early, "10:20"), (late, "10:40")):
            stop._transition("planned", {"trip_id": self.trip.id})
            stop._transition("out")
            stop._transition("arrived", {"arrived_at": f"2026-03-06 {hour}:00"})
            self._deliver(stop, done_at="2026-03-06 10:50:00")
        rows = self.env["loyalty.delivery.report"].search(
            [("stop_id", "in", (early | late).ids)], order="id"
        )
        self.assertEqual(rows.mapped("late"), [0, 1])
        self.assertEqual(rows.mapped("on_time_percent"), [100, 0])
        self.assertEqual(rows.mapped("minutes_at_door"), [30, 10])

    def test_who_may_see_what_deliveries_earn(self):
        stop = self._make_delivery(self._make_sale((self.cups, 1, 6000)))
        stop.with_user(self.dispatcher).read(["profit_amount"])
        cashier = self._user("cashier", "loyalty_delivery.group_delivery_cashier")
        fields = self.env["loyalty.delivery.stop"].with_user(cashier).fields_get()
        self.assertNotIn("profit_amount", fields)
        self.assertFalse(
            self.env["loyalty.delivery.report"].with_user(cashier).has_access("read")
        )
