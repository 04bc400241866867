from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import DeliveryCommon

DAY = "2026-03-06"


@tagged("post_install", "-at_install")
class TestDeliveryBoardLive(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._user(
            "live_dispatcher", "loyalty_delivery.group_delivery_dispatcher"
        )
        cls.manager = cls._user(
            "live_manager", "loyalty_delivery.group_delivery_manager"
        )
        cls.stops = cls._make_stops(2)
        cls.trip = cls.env["loyalty.delivery.trip"].create(
            {"date": DAY, "courier_id": cls.levon.id, "depot_id": cls.depot.id}
        )
        cls.trip.state = "en_route"

    def _read(self, day=DAY):
        board = self.env["loyalty.delivery.trip"].with_user(self.dispatcher)
        return board.board_read(day)

    def _alert(self, stop, **values):
        return self.env["loyalty.delivery.alert"].create(
            {
                "kind": "late",
                "subject": f"stop,{stop.id}",
                "company_id": self.company.id,
                "stop_id": stop.id,
                "severity": "2",
                "minutes": 12,
                "date": fields.Datetime.now(),
                **values,
            }
        )

    def test_the_board_shows_where_couriers_on_the_road_were_last(self):
        positions = self.env["loyalty.delivery.position"]
        for latitude in (40.18, 40.19):
            positions.create(
                {
                    "trip_id": self.trip.id,
                    "company_id": self.company.id,
                    "latitude": latitude,
                    "longitude": 44.5,
                    "time": fields.Datetime.now(),
                }
            )
        (position,) = self._read()["positions"]
        self.assertEqual(
            (position["courier_id"], position["trip_id"], position["latitude"]),
            (self.levon.id, self.trip.id, 40.19),
        )

    def test_a_trip_that_is_over_has_no_position(self):
        self.env["loyalty.delivery.position"].create(
            {
                "trip_id": self.trip.id,
                "company_id": self.company.id,
                "latitude": 40.18,
                "longitude": 44.5,
                "time": fields.Datetime.now(),
            }
        )
        self.trip.state = "returned"
        self.assertEqual(self._read()["positions"], [])

    def test_the_board_shows_alerts_of_its_day_until_they_are_settled(self):
        alert = self._alert(self.stops[0])
        (shown,) = self._read()["alerts"]
        self.assertEqual(
            (shown["id"], shown["stop_id"], shown["state"], shown["severity"]),
            (alert.id, self.stops[0].id, "open", "2"),
        )
        self.assertIn("12 min late", shown["text"])
        self.assertEqual(self._read("2026-03-07")["alerts"], [])
        alert.with_user(self.dispatcher).action_acknowledge()
        self.assertEqual(self._read()["alerts"][0]["state"], "acknowledged")
        alert.with_user(self.dispatcher).action_resolve()
        self.assertEqual(self._read()["alerts"], [])

    def test_a_manager_says_where_the_pictures_of_maps_come_from(self):
        settings = self.env["loyalty.delivery.settings"].with_user(self.manager)
        settings.create({"delivery_tile_url": False}).action_save()
        self.assertFalse(self.company.delivery_tile_url)

    def test_settings_refuse_what_is_no_address_of_pictures(self):
        before = self.company.delivery_tile_url
        settings = self.env["loyalty.delivery.settings"].with_user(self.manager)
        with self.assertRaises(ValidationError):
            settings.create({"delivery_tile_url": "https://example.com"}).action_save()
        self.company.invalidate_recordset()
        self.assertEqual(self.company.delivery_tile_url, before)

    def test_a_dispatcher_does_not_choose_the_pictures(self):
        settings = self.env["loyalty.delivery.settings"]
        with self.assertRaises(AccessError):
            settings.with_user(self.dispatcher).create({}).action_save()
