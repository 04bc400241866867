"""Real parallel transactions of phones; they commit: the database is a clone."""

import threading
from functools import partial
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..engine.phone_events import milliseconds
from ..models.loyalty_delivery_access import TRIES


@tagged("post_install", "-at_install", "database_breaking")
class TestCourierConcurrency(BaseCase):
    """A phone that lost the network sends again; somebody guesses PINs in parallel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.trip_id, cls.stop_ids = cls._in_own_transaction(cls._make_trip)
        cls.addClassCleanup(cls._in_own_transaction, cls._retire)

    @classmethod
    def _make_trip(cls, env):
        company = env.company
        depot = env["loyalty.delivery.depot"].create({"name": f"Depot {uuid4()}"})
        courier = env["loyalty.delivery.courier"].create(
            {"partner_id": env["res.partner"].create({"name": "Levon"}).id}
        )
        trip = env["loyalty.delivery.trip"].create(
            {
                "courier_id": courier.id,
                "depot_id": depot.id,
                "company_id": company.id,
                "date": "2026-03-06",
            }
        )
        stops = env["loyalty.delivery.stop"].create(
            [
                {
                    "state": "ready",
                    "date": "2026-03-06",
                    "depot_id": depot.id,
                    "contact_name": "Ani",
                    "cod_due": 23000,
                }
                for _each in range(2)
            ]
        )
        stops._transition("planned", {"trip_id": trip.id})
        trip._transition("planned")
        return trip.id, stops.ids

    @classmethod
    def _retire(cls, env):
        trip = env["loyalty.delivery.trip"].browse(cls.trip_id)
        trip.courier_id.active = False
        trip.depot_id.active = False

    @classmethod
    def _in_own_transaction(cls, work):
        """Run ``work(env)`` as a request would."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = retrying(partial(work, env), env)
            cr.commit()  # pylint: disable=invalid-commit
            return result

    def _at_once(self, works):
        """Run each ``work(env)`` in a thread; their snapshots are taken together."""
        barrier = threading.Barrier(len(works))
        results = [None] * len(works)

        def run(index, work):
            first = [True]

            def attempt(env):
                env.cr.execute("SELECT 1")
                if first:
                    first.clear()
                    barrier.wait(timeout=60)
                return work(env)

            results[index] = self._in_own_transaction(attempt)

        threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return results

    def _event(self, stop_id, uuid=None):
        return {
            "uuid": uuid or str(uuid4()),
            "kind": "deliver",
            "stop": stop_id,
            "client_ms": milliseconds(fields.Datetime.now()),
            "payload": {"cod": 23000, "method": "cash"},
        }

    def _send(self, event):
        def send(env):
            trip = env["loyalty.delivery.trip"].browse(self.trip_id)
            [answer] = env["loyalty.delivery.event"]._receive(trip, [event])
            return answer["status"]

        return send

    def _collected(self, stop_id):
        def read(env):
            stop = env["loyalty.delivery.stop"].browse(stop_id)
            applied = stop.event_ids.filtered(lambda each: each.outcome == "applied")
            return stop.state, stop.cod_collected, len(applied)

        return self._in_own_transaction(read)

    def test_the_same_event_sixteen_times_at_once_is_applied_once(self):
        stop_id = self.stop_ids[0]
        told = self._at_once([self._send(self._event(stop_id, str(uuid4())))] * 16)
        self.assertEqual(sorted(told), ["applied"] + ["dup"] * 15)
        self.assertEqual(self._collected(stop_id), ("delivered", 23000, 1))

    def test_two_tabs_at_once_confirm_once(self):
        stop_id = self.stop_ids[1]
        events = [self._event(stop_id) for _each in range(4)]
        told = self._at_once([self._send(event) for event in events])
        self.assertEqual(told.count("applied"), 1, told)
        self.assertLessEqual(set(told), {"applied", "conflict", "retry"})
        # Who was asked to send again does, and then hears that it was done.
        again = [self._in_own_transaction(self._send(event)) for event in events]
        self.assertLessEqual(set(again), {"dup", "conflict"})
        self.assertEqual(self._collected(stop_id), ("delivered", 23000, 1))

    def test_guesses_at_once_have_no_more_tries(self):
        def issue(env):
            trip = env["loyalty.delivery.trip"].browse(self.trip_id)
            return env["loyalty.delivery.access"]._issue(trip)

        token, _pin = self._in_own_transaction(issue)

        def guess(env):
            return env["loyalty.delivery.access"]._by_token(token)._open("none", None)

        left = self._at_once([guess] * 4)
        self.assertEqual(
            sorted(tries for _secret, tries in left),
            [TRIES - 4, TRIES - 3, TRIES - 2, TRIES - 1],
        )
