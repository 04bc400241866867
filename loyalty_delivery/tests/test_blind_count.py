from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .books_common import BooksCommon


@freeze_time("2026-03-06 18:00:00")
class TestBlindCount(BooksCommon):
    """A cashier learns nowhere what a courier should bring before it is counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.delivery_till_journal_id = cls.cash
        cls.cashier = cls._user("blind", "loyalty_delivery.group_delivery_cashier")
        cls.trip._transition("planned")
        cls.stop = cls._make_stops(1, cod_due=23000)
        cls.stop._transition("planned", {"trip_id": cls.trip.id})
        cls.trip._transition("en_route")
        cls.stop._transition("out")
        cls._deliver(cls.stop, cod_collected=23000)
        cls.trip._transition("returned", {"returned_at": "2026-03-06 16:00:00"})

    def test_no_list_tells_the_sum(self):
        env = self.env(user=self.cashier)
        self.assertFalse(env["loyalty.delivery.stop"].search([]))
        self.assertFalse(env["loyalty.delivery.event"].search([]))
        for model in (
            "loyalty.delivery.day",
            "loyalty.delivery.report",
            "loyalty.delivery.booking",
            "loyalty.delivery.alert",
            "loyalty.delivery.change",
            "loyalty.delivery.plan",
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                env[model].search_read([])

    def test_no_question_to_trips_tells_the_sum(self):
        trips = self.env["loyalty.delivery.trip"].with_user(self.cashier)
        for path in ("stop_ids.cod_collected", "stop_ids.cod_due"):
            self.assertFalse(trips.search([(path, ">", 0)]))
        trip = trips.browse(self.trip.id)
        trip.invalidate_recordset()
        self.assertEqual(trip.cod_due, 0)
        for name in ("profit_amount", "booking_ids"):
            with self.subTest(name), self.assertRaises(AccessError):
                trip.read([name])
        with self.assertRaises(AccessError):
            trip.courier_id.read(["cash_carried"])

    def test_what_is_no_sum_of_cash_is_not_counted(self):
        settles = self.env["loyalty.delivery.settle"].with_user(self.cashier)
        for counted in (-1, 1e15):
            settle = settles.create({"courier_id": self.levon.id, "counted": counted})
            with self.subTest(counted), self.assertRaises(UserError):
                settle.action_count()
        self.assertFalse(self.trip.settlement_id)

    def test_photos_of_doors_are_not_for_cashiers(self):
        event = self.env["loyalty.delivery.event"].create(
            {
                "client_uuid": "blind",
                "kind": "deliver",
                "trip_id": self.trip.id,
                "stop_id": self.stop.id,
                "company_id": self.company.id,
                "client_time": "2026-03-06 10:00:00",
                "server_time": "2026-03-06 10:00:00",
                "outcome": "applied",
            }
        )
        self.env["loyalty.delivery.proof"].create(
            {
                "client_uuid": "blind",
                "event_id": event.id,
                "stop_id": self.stop.id,
                "kind": "photo",
                "image": b"aGk=",
            }
        )
        proofs = self.env["loyalty.delivery.proof"]
        self.assertFalse(proofs.with_user(self.cashier).search([]))
        self.assertTrue(proofs.with_user(self.dispatcher).search([]))
