from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from odoo.addons.loyalty_delivery.engine.roads.base import RoadsError

from .common import DOORS, DeliveryCommon

REQUESTS = "odoo.addons.loyalty_delivery.models.loyalty_delivery_geo_request"


class TestDeliveryGeoQueue(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                cls.registry["ir.cron"],
                "_commit_progress",
                lambda self, *args, **kwargs: float("inf"),
            )
        )
        cls.service = cls.env["loyalty.delivery.geo.service"].create(
            {"kind": "nominatim", "url": "http://127.0.0.1:1", "contact": "it@arev.am"}
        )
        cls.request = cls.env["loyalty.delivery.geo.request"]

    def _unknown(self, *addresses, **values):
        stops = self._make_stops(
            len(addresses), latitude=0, longitude=0, geo_quality="none", **values
        )
        for stop, address in zip(stops, addresses, strict=True):
            stop.address = address
        stops._locate()
        return stops

    def _run(self, answer):
        """The job, with a service that answers so; returns what it was asked for."""
        asked, slept = [], []

        def locate(service, address):
            asked.append(address.name)
            if isinstance(answer, Exception):
                raise answer
            return answer

        with (
            patch.object(
                self.registry["loyalty.delivery.geo.service"], "_locate", locate
            ),
            patch(f"{REQUESTS}.time.sleep", slept.append),
        ):
            self.request._cron_ask()
        self.slept = slept
        return asked

    def _requests(self):
        return self.request.search([("company_id", "=", self.company.id)])

    def test_an_unknown_address_is_asked_for_and_its_deliveries_go_there(self):
        stops = self._unknown("Abovyan 12", "Abovyan street 12")
        self.assertEqual(len(self._requests()), 1)
        self.assertEqual(self._run((*DOORS[0], "house")), ["Abovyan 12"])
        self.assertRecordValues(
            stops,
            [{"geo_quality": "house", "latitude": DOORS[0][0]}] * 2,
        )
        self.assertEqual(self._requests().state, "found")

    def test_two_questions_are_more_than_a_second_apart(self):
        self._unknown("Abovyan 1", "Abovyan 2", "Abovyan 3")
        self.assertEqual(len(self._run(None)), 3)
        self.assertEqual(len(self.slept), 2)
        # What was asked is stored in whole seconds, rounded up.
        self.assertGreaterEqual(min(self.slept), 1.1)

    def test_who_asks_again_soon_waits_too(self):
        self._unknown("Abovyan 1")
        self._run(None)
        self.assertEqual(self.slept, [])
        self._unknown("Abovyan 2")
        self._run(None)
        self.assertEqual(len(self.slept), 1)

    def test_while_another_process_asks_this_one_does_not(self):
        self._unknown("Abovyan 1")
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, 1)", [0x6C646C76])
            self.assertEqual(self._run((*DOORS[0], "house")), [])
            other.rollback()
        self.assertEqual(self._requests().state, "waiting")

    @mute_logger(REQUESTS)
    def test_trouble_is_shown_and_tried_again_later_and_at_last_given_up(self):
        with freeze_time("2026-03-06 08:00:00") as clock:
            self._unknown("Abovyan 1")
            trouble = RoadsError("HTTP 503", True)
            self.assertEqual(len(self._run(trouble)), 1)
            request = self._requests()
            self.assertRecordValues(
                request, [{"state": "waiting", "attempts": 1, "error": "HTTP 503"}]
            )
            self.assertEqual(self._run(trouble), [])
            for _attempt in range(4):
                clock.tick(timedelta(days=2))
                self.assertEqual(len(self._run(trouble)), 1)
            self.assertEqual((request.state, request.attempts), ("failed", 5))
            clock.tick(timedelta(days=2))
            self.assertEqual(self._run(trouble), [])
            request.action_ask_again()
            self._run((*DOORS[0], "street"))
            self.assertEqual(request.state, "found")
            self.assertFalse(request.error)

    def test_what_the_service_does_not_know_is_not_asked_again_at_once(self):
        self._unknown("Nowhere 1")
        self.assertEqual(len(self._run(None)), 1)
        self.assertEqual(self._requests().state, "unknown")
        self._unknown("Nowhere 1")
        self.assertEqual(self._run(None), [])
        self.assertEqual(len(self._requests()), 1)

    def test_a_pin_meanwhile_wins_over_the_answer(self):
        stop = self._unknown("Abovyan 1")
        stop._pin(*DOORS[5])
        self._run((*DOORS[0], "house"))
        self.assertEqual((stop.geo_quality, stop.latitude), ("manual", DOORS[5][0]))

    def test_a_delivery_on_its_way_is_not_moved(self):
        stop = self._unknown("Abovyan 1")
        stop.state = "out"
        self._run((*DOORS[0], "house"))
        self.assertEqual(stop.geo_quality, "none")

    def test_without_a_service_nobody_is_asked(self):
        self.service.active = False
        self._unknown("Abovyan 1")
        self.assertFalse(self._requests())

    def test_a_dispatcher_asks_again_and_a_cashier_does_not(self):
        self._unknown("Nowhere 1")
        self._run(None)
        request = self._requests()
        cashier = self._user("queue-c", "loyalty_delivery.group_delivery_cashier")
        with self.assertRaises(AccessError):
            request.with_user(cashier).action_ask_again()
        self.assertEqual(request.state, "unknown")
        dispatcher = self._user("queue-d", "loyalty_delivery.group_delivery_dispatcher")
        request.with_user(dispatcher).action_ask_again()
        self.assertEqual(request.state, "waiting")

    def test_the_general_settings_provider_is_asked_when_chosen(self):
        self.service.kind = "base"
        self.env["ir.config_parameter"].set_param(
            "base_geolocalize.geo_provider",
            self.env["base.geo_provider"].search([("tech_name", "=", "googlemap")]).id,
        )
        stop = self._unknown("Abovyan 12")
        coder = self.registry["base.geocoder"]
        with patch.object(coder, "_call_googlemap", lambda *a, **kw: DOORS[0]):
            self.request._cron_ask()
        self.assertEqual((stop.geo_quality, stop.latitude), ("street", DOORS[0][0]))

    @mute_logger(REQUESTS)
    def test_trouble_of_the_general_settings_provider_is_shown(self):
        self.service.kind = "base"
        self.env["ir.config_parameter"].set_param(
            "base_geolocalize.geo_provider",
            self.env["base.geo_provider"].search([("tech_name", "=", "googlemap")]).id,
        )
        self._unknown("Abovyan 12")
        self.request._cron_ask()
        self.assertIn("API key", self._requests().error)

    def test_old_answers_are_forgotten(self):
        self._unknown("Nowhere 1")
        self._run(None)
        self.request._gc_requests()
        self.assertTrue(self._requests())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_delivery_geo_request SET write_date = %s",
            [fields.Datetime.now() - timedelta(days=91)],
        )
        self.env.invalidate_all()
        self.request._gc_requests()
        self.assertFalse(self._requests())
