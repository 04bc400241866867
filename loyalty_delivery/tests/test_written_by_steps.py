from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .courier_common import CourierCommon

DISPATCHER = "loyalty_delivery.group_delivery_dispatcher"
MANAGER = "loyalty_delivery.group_delivery_manager"


@tagged("post_install", "-at_install")
class TestWrittenBySteps(CourierCommon):
    """Who may write a record by RPC still cannot forge what its steps write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._user("steps_d", DISPATCHER)
        cls.manager = cls._user("steps_m", MANAGER)

    def _refused(self, record, **values):
        names = list(values)
        before = record.sudo().read(names, load="")
        for user in (self.dispatcher, self.manager):
            with self.assertRaises(UserError, msg=names):
                record.with_user(user).write(values)
        record.invalidate_recordset()
        self.assertEqual(record.sudo().read(names, load=""), before)

    def test_how_a_delivery_went_is_not_written_by_hand(self):
        for values in (
            {"state": "delivered"},
            {"cod_collected": 1},
            {"payment_method": "card"},
            {"done_at": "2026-03-06 09:00:00"},
            {"undo_until": "2099-01-01 00:00:00"},
            {"delivered_lines": {"lines": []}},
            {"flex_points": 10_000},
            {"tip_points": 10_000},
            {"rating": 5},
            {"carrier_cost": 1},
        ):
            self._refused(self.stop, **values)

    def test_how_a_trip_went_is_not_written_by_hand(self):
        for values in (
            {"state": "settled"},
            {"planned_m": 1_000_000},
            {"returned_at": "2026-03-06 09:00:00"},
            {"version": 0},
        ):
            self._refused(self.trip, **values)

    def test_nothing_is_born_finished(self):
        stops = self.env["loyalty.delivery.stop"].with_user(self.dispatcher)
        trips = self.env["loyalty.delivery.trip"].with_user(self.dispatcher)
        count = self.env["loyalty.delivery.stop"].search_count([])
        forged = {"state": "delivered", "cod_collected": 5000}
        of_trip = {"courier_id": self.levon.id, "depot_id": self.depot.id}
        with self.assertRaises(AccessError):
            stops.create({"date": "2026-03-06", **forged})
        with self.assertRaises(AccessError):
            stops.with_context(default_state="delivered").create({})
        with self.assertRaises(AccessError):
            trips.create({**of_trip, "state": "returned"})
        with self.assertRaises(AccessError):
            trips.with_context(default_state="settled").create(of_trip)
        with self.assertRaises(AccessError):
            self.stop.with_user(self.dispatcher).copy({"state": "delivered"})
        found = self.env["loyalty.delivery.stop"].search_count([])
        self.assertEqual(found, count)

    def test_an_import_forges_no_state(self):
        stops = self.env["loyalty.delivery.stop"].with_user(self.dispatcher)
        before = stops.search_count([])
        answer = stops.load(["date", "state"], [["2026-03-06", "delivered"]])
        self.assertFalse(answer["ids"])
        self.assertEqual(answer["messages"][0]["type"], "error")
        self.assertEqual(stops.search_count([]), before)

    def test_a_proposal_is_not_made_by_hand(self):
        plans = self.env["loyalty.delivery.plan"].with_user(self.dispatcher)
        with self.assertRaises(AccessError):
            plans.create({"routes": [], "inputs": {}})
        with self.assertRaises(AccessError):
            plans.create({"user_id": self.env.ref("base.user_root").id})
        with self.assertRaises(AccessError):
            plans.with_context(default_state="done", default_routes=[]).create({})
        plan = plans.create({"date": "2026-03-06"})
        self._refused(plan, kpi_after={"km": 0})
        self.assertRecordValues(
            plan, [{"state": "draft", "user_id": self.dispatcher.id}]
        )
        again = plan.with_user(self.manager).copy()
        self.assertEqual(again.user_id, self.manager)

    def test_the_folder_of_a_road_network_is_not_written_by_hand(self):
        network = self.env["loyalty.delivery.road.network"].create({"name": "Yerevan"})
        with self.assertRaises(AccessError):
            network.with_user(self.manager).build_key = "/../../../../tmp"
        with self.assertRaises(AccessError):
            network.with_user(self.manager).state = "ready"
        network.invalidate_recordset()
        self.assertRecordValues(network, [{"build_key": False, "state": "draft"}])

    def test_cash_of_a_finished_delivery_stays_with_its_courier_and_customer(self):
        self._tell(self._event("deliver", self.stop, cod=23000, method="cash"))
        other = self._make_trip(self.mher, 1)
        for values in (
            {"trip_id": other.id},
            {"trip_id": False},
            {"cod_due": 0},
            {"partner_id": self.mher.partner_id.id},
        ):
            self._refused(self.stop, **values)
        self._refused(self.trip, courier_id=self.mher.id)

    def test_what_was_paid_is_not_deleted(self):
        self._tell(self._event("deliver", self.stop, cod=23000, method="cash"))
        for record in (self.stop, self.trip):
            with self.assertRaises(UserError):
                record.with_user(self.manager).unlink()
        self.assertEqual(self.trip._collected(), {"cash": 23000})
        draft = self._make_stops(1)
        draft.with_user(self.manager).unlink()
        self.assertFalse(draft.exists())

    def test_nobody_collects_more_than_there_is_in_the_world(self):
        desk = self.env["loyalty.delivery.desk"].with_user(self.dispatcher)
        for collected in (-5, 1e200):
            confirm = desk.create(
                {"scanned": self.stop._paper_code(), "collected": collected}
            )
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                confirm.action_confirm()
                self.env.flush_all()
        self.assertEqual((self.stop.state, self.stop.cod_collected), ("planned", 0))

    def test_what_is_open_is_still_written_by_hand(self):
        stop = self.stop.with_user(self.dispatcher)
        stop.write({"cod_due": 20000, "door_note": "Code 12"})
        trip = self.trip.with_user(self.dispatcher)
        trip.write({"courier_id": self.mher.id, "vehicle_name": "34 AB 567"})
        made = stop.create({"date": "2026-03-06", "partner_id": self.ani.id})
        self.assertEqual((stop.cod_due, stop.door_note), (20000, "Code 12"))
        self.assertEqual(trip.courier_id, self.mher)
        self.assertEqual(made.state, "draft")

    def test_dispatchers_work_by_the_buttons(self):
        trip = self.trip.with_user(self.dispatcher)
        trip.action_times()
        trip.action_start()
        self.assertEqual(trip.state, "en_route")
        stop = self._make_stops(1).with_user(self.dispatcher)
        stop.action_pin(40.18, 44.51)
        stop.action_cancel("A mistake")
        self.assertRecordValues(
            stop,
            [
                {
                    "state": "cancelled",
                    "geo_quality": "manual",
                    "is_cancelled_by_hand": True,
                }
            ],
        )
