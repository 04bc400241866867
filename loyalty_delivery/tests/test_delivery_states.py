from odoo.exceptions import UserError

from .common import DeliveryCommon


class TestDeliveryStates(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stops = cls._make_stops(2)
        cls.trip = cls.env["loyalty.delivery.trip"].create(
            {
                "date": "2026-03-06",
                "courier_id": cls.levon.id,
                "depot_id": cls.depot.id,
            }
        )

    def test_a_delivery_goes_from_state_to_state_with_its_values(self):
        self.stops._transition("planned", {"trip_id": self.trip.id})
        self.assertRecordValues(
            self.stops, [{"state": "planned", "courier_id": self.levon.id}] * 2
        )

    def test_a_forbidden_change_of_one_changes_none(self):
        self.stops[0]._transition("planned")
        with self.assertRaisesRegex(UserError, "Planned"):
            self.stops._transition("draft")
        self.assertEqual(self.stops.mapped("state"), ["planned", "ready"])

    def test_a_state_that_is_there_already_is_no_change(self):
        self.assertFalse(self.stops._transition("ready", {"note": "again"}))
        self.assertFalse(self.stops[0].note)

    def test_a_trip_is_settled_only_after_it_returned(self):
        self.trip._transition("planned")
        with self.assertRaises(UserError):
            self.trip._transition("settled")
        self.assertEqual(self.trip.state, "planned")

    def test_numbers_are_given_and_an_attempt_shows(self):
        self.assertRegex(self.stops[0].name, r"^D\d{6}$")
        self.stops[0].attempt_no = 2
        self.assertEqual(self.stops[0].display_name, f"{self.stops[0].name}/2")
