from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .books_common import BooksCommon


@freeze_time("2026-03-06 11:00:00")
class TestBetweenCities(BooksCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gyumri = cls.env["loyalty.delivery.depot"].create(
            {"name": "Gyumri", "latitude": 40.7894, "longitude": 43.8475}
        )
        cls.order = cls._make_sale((cls.beans, 1, 23000))
        cls.stop = cls._make_stops(
            1,
            sale_ids=cls.order.ids,
            picking_ids=cls.order.picking_ids.ids,
            address="Gyumri, Abovyan 1",
            window_start="2026-03-07 08:00:00",
            window_end="2026-03-07 10:00:00",
        )

    def _hand_over(self, user=None, **values):
        env = self.env(user=user or self.dispatcher)
        wizard = env["loyalty.delivery.handover"].create(
            {"stop_ids": self.stop.ids, **values}
        )
        return wizard.action_hand_over()

    def test_a_carrier_takes_over_and_tells_that_it_is_delivered(self):
        self._hand_over(carrier_name="Haypost", tracking_ref="HP123", cost=1500)
        self.assertRecordValues(
            self.stop, [{"state": "out", "carrier_name": "Haypost", "trip_id": False}]
        )
        self.assertEqual(self.order.picking_ids.carrier_tracking_ref, "HP123")
        profit = self.stop.profit_amount
        self.stop.carrier_cost = 0
        self.assertEqual(self.stop.profit_amount, profit + 1500)
        self.stop.with_user(self.dispatcher).action_carrier_delivered()
        self._book()
        self.assertEqual(self.order.picking_ids.state, "done")

    def test_what_is_on_the_road_is_not_handed_over(self):
        self.stop._transition("planned", {"trip_id": self.trip.id})
        self.stop._transition("out")
        with self.assertRaisesRegex(UserError, "ready or planned"):
            self._hand_over(carrier_name="Haypost", tracking_ref="HP123")
        with self.assertRaisesRegex(UserError, "courier tells"):
            self.stop.action_carrier_delivered()
        self.assertEqual(self.stop.state, "out")
        self.assertFalse(self.stop.carrier_name)

    def test_a_leg_makes_deliveries_ready_at_the_other_depot(self):
        self._hand_over(way="depot", depot_id=self.gyumri.id, date="2026-03-06")
        leg = self.stop.after_leg_id
        self.assertRecordValues(
            leg,
            [
                {
                    "state": "ready",
                    "depot_id": self.depot.id,
                    "leg_depot_id": self.gyumri.id,
                    "latitude": 40.7894,
                    "items": self.stop.display_name,
                }
            ],
        )
        self.assertRecordValues(
            self.stop, [{"state": "draft", "depot_id": self.gyumri.id}]
        )
        self.assertIn(leg.display_name, self.stop.missing)
        self.stop._check_ready()
        self.assertEqual(self.stop.state, "draft")
        leg._transition("planned", {"trip_id": self.trip.id})
        leg._transition("out")
        self._deliver(leg, payment_method=False)
        self.assertEqual(self.stop.state, "ready")

    def test_a_failed_leg_keeps_them_waiting_for_the_next_one(self):
        self._hand_over(way="depot", depot_id=self.gyumri.id, date="2026-03-06")
        leg = self.stop.after_leg_id
        leg._transition("planned", {"trip_id": self.trip.id})
        leg._transition("out")
        self._deliver(leg, "failed", payment_method=False)
        self.assertEqual(self.stop.state, "draft")
        self._book()
        again = leg._following()
        self.assertEqual(self.stop.after_leg_id, again)
        again._transition("planned", {"trip_id": self.trip.id})
        again._transition("out")
        self._deliver(again, payment_method=False)
        self.assertEqual(self.stop.state, "ready")

    def test_only_dispatchers_hand_over(self):
        cashier = self._user("cashier", "loyalty_delivery.group_delivery_cashier")
        with self.assertRaises(AccessError):
            self._hand_over(user=cashier, carrier_name="X", tracking_ref="1")
        with self.assertRaises(AccessError):
            self.stop.with_user(cashier).action_carrier_delivered()
        self.assertEqual(self.stop.state, "ready")
