from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import Form

from odoo.addons.loyalty_delivery.engine.geo import haversine_m

from .common import DOORS, DeliveryCommon
from .test_delivery_providers import Server


class TestDeliveryCalibrate(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls.env["loyalty.delivery.matrix.provider"].create(
            {"name": "Straight", "kind": "straight"}
        )
        cls.server = cls.env["loyalty.delivery.matrix.provider"].create(
            {"name": "Roads", "kind": "osrm_http", "url": "http://127.0.0.1:1"}
        )

    def _drive(self, kmh, factor=1.4, times=3, planned=1.0):
        """Trips past all doors, at this speed on roads that are so much longer."""
        today = fields.Date.today()
        for _time in range(times):
            stops = self._make_stops(len(DOORS), date=today)
            trip = self.env["loyalty.delivery.trip"].create(
                {
                    "date": today,
                    "courier_id": self.levon.id,
                    "depot_id": self.depot.id,
                }
            )
            clock = datetime.combine(today, datetime.min.time())
            before = DOORS[0]
            for stop, door in zip(stops, DOORS, strict=True):
                seconds = haversine_m(before, door) * factor / kmh * 3.6
                clock += timedelta(seconds=seconds)
                stop.write(
                    {
                        "trip_id": trip.id,
                        "state": "delivered",
                        "arrived_at": clock,
                        "done_at": clock + timedelta(minutes=5),
                        "leg_s": round(seconds / planned),
                    }
                )
                clock += timedelta(minutes=5)
                before = door

    def _wizard(self, provider):
        action = provider.action_calibrate()
        return Form(
            self.env[action["res_model"]].with_context(**action["context"])
        ).save()

    def test_couriers_tell_the_speed_and_a_manager_takes_it(self):
        self._drive(18)
        wizard = self._wizard(self.line)
        self.assertAlmostEqual(wizard.speed_car, 18, delta=0.3)
        self.assertEqual((wizard.road_factor, wizard.speed_bike), (1.4, 15))
        self.assertEqual(self.line.speed_car, 25)
        wizard.action_apply()
        self.assertAlmostEqual(self.line.speed_car, 18, delta=0.3)

    def test_roads_tell_the_factor(self):
        for number, door in enumerate(DOORS):
            self._make_stops(1, address=f"Abovyan {number}")._pin(*door)
        with patch.object(
            self.registry["loyalty.delivery.matrix.provider"],
            "_roads",
            lambda provider: Server(factor=1.6),
        ):
            wizard = self._wizard(self.line)
        self.assertEqual(wizard.road_factor, 1.6)
        self.assertAlmostEqual(wizard.speed_car, 36, delta=0.5)

    def test_traffic_is_what_was_driven_against_what_was_planned(self):
        self._drive(20, planned=1.3)
        wizard = self._wizard(self.server)
        self.assertAlmostEqual(wizard.time_factor, 1.3, delta=0.01)
        wizard.action_apply()
        self.assertAlmostEqual(self.server.time_factor, 1.3, delta=0.01)

    def test_with_nothing_driven_nothing_is_proposed(self):
        wizard = self._wizard(self.server)
        self.assertFalse(wizard.has_proposal)
        self.assertIn("Nothing to compare", wizard.report)
