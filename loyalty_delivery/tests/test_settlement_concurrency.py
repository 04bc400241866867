"""A settlement and a phone at the same moment; they commit: the database is a clone."""

from functools import partial
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..engine.phone_events import milliseconds


@tagged("post_install", "-at_install", "database_breaking")
class TestSettlementConcurrency(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._committed, cls._retire)

    @classmethod
    def _committed(cls, work):
        """Run ``work(env)`` as a request would, tries and commit included."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = retrying(partial(work, env), env)
            cr.commit()  # pylint: disable=invalid-commit
            return result

    @classmethod
    def _retire(cls, env):
        depots = env["loyalty.delivery.depot"].search([("name", "=like", "Settled %")])
        trips = env["loyalty.delivery.trip"].search([("depot_id", "in", depots.ids)])
        trips.courier_id.active = False
        depots.active = False

    @staticmethod
    def _make_returned(env):
        """A trip that is back, with a delivery paid by card and booked already."""
        name = f"Settled {uuid4()}"
        partner = env["res.partner"].create({"name": name})
        courier = env["loyalty.delivery.courier"].create({"partner_id": partner.id})
        depot = env["loyalty.delivery.depot"].create({"name": name})
        trip = env["loyalty.delivery.trip"].create(
            {"courier_id": courier.id, "depot_id": depot.id}
        )
        stop = env["loyalty.delivery.stop"].create(
            {"state": "ready", "depot_id": depot.id, "cod_due": 1000}
        )
        stop._transition("planned", {"trip_id": trip.id, "sequence": 1})
        trip._transition("planned")
        event = {
            "uuid": str(uuid4()),
            "kind": "deliver",
            "stop": stop.id,
            "client_ms": milliseconds(fields.Datetime.now()),
            "payload": {"cod": 1000, "method": "card"},
        }
        env["loyalty.delivery.event"]._receive(trip, [event])
        trip._transition("returned", {"returned_at": fields.Datetime.now()})
        stop.booking_ids.write({"state": "done"})
        till = env["account.journal"].search(
            [("type", "in", ("cash", "bank"))], limit=1
        )
        return trip.id, stop.id, till.id

    def _take_back(self, trip_id, stop_id):
        def undo(env):
            trip = env["loyalty.delivery.trip"].browse(trip_id)
            event = {
                "uuid": str(uuid4()),
                "kind": "undo",
                "stop": stop_id,
                "client_ms": milliseconds(fields.Datetime.now()),
            }
            [answer] = env["loyalty.delivery.event"]._receive(trip, [event])
            return answer["status"]

        return self._committed(undo)

    def _state(self, trip_id, stop_id):
        def read(env):
            trip = env["loyalty.delivery.trip"].browse(trip_id)
            return trip.state, env["loyalty.delivery.stop"].browse(stop_id).state

        return self._committed(read)

    def test_a_correction_while_it_is_settled_is_seen(self):
        trip_id, stop_id, till_id = self._committed(self._make_returned)

        def count(env):
            trip = env["loyalty.delivery.trip"].browse(trip_id)
            till = env["account.journal"].browse(till_id)
            settlements = env["loyalty.delivery.settlement"]
            return settlements._count(trip.courier_id, trip, 0, till).id

        settlement_id = self._committed(count)
        corrected = []

        def settle(env):
            # What this transaction sees is fixed by its first question.
            env.cr.execute("SELECT 1")
            if not corrected:
                corrected.append(self._take_back(trip_id, stop_id))
            env["loyalty.delivery.settlement"].browse(settlement_id)._settle()

        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            self.assertRaisesRegex(UserError, "Nobody told how"),
        ):
            self._committed(settle)
        self.assertEqual(corrected, ["applied"])
        self.assertEqual(self._state(trip_id, stop_id), ("returned", "arrived"))

    def test_a_trip_is_counted_by_one_cashier_at_a_time(self):
        trip_id, _stop_id, till_id = self._committed(self._make_returned)

        def count(env):
            trip = env["loyalty.delivery.trip"].browse(trip_id)
            till = env["account.journal"].browse(till_id)
            settlements = env["loyalty.delivery.settlement"]
            return settlements._count(trip.courier_id, trip, 0, till).id

        first = []

        def count_too(env):
            env.cr.execute("SELECT 1")
            if not first:
                first.append(self._committed(count))
            return count(env)

        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            self.assertRaisesRegex(UserError, "counted already"),
        ):
            self._committed(count_too)

        def read(env):
            return env["loyalty.delivery.trip"].browse(trip_id).settlement_id.id

        self.assertEqual(self._committed(read), first[0])
