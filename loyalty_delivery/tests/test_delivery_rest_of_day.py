from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError

from .plan_common import DAY, PlanCommon


class TestDeliveryRestOfDay(PlanCommon):
    """A day that began: Levon is on the road, an urgent delivery comes in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stops = cls._make_stops(8, address="Abovyan 1")
        board = cls.env["loyalty.delivery.trip"].with_user(cls.dispatcher)
        with freeze_time("2026-03-06 04:00:00"):
            board.board_move(
                [{"stop_id": s.id, "courier_id": cls.levon.id} for s in cls.stops[:5]],
                DAY,
            )
            board.board_move(
                [{"stop_id": s.id, "courier_id": cls.mher.id} for s in cls.stops[5:]],
                DAY,
            )
        cls.trip = cls.stops[0].trip_id
        cls.trip.action_release()
        cls.trip.action_loaded()
        with freeze_time("2026-03-06 05:30:00"):
            cls.trip.action_start()
            cls.stops[0]._transition("delivered", {"done_at": datetime(2026, 3, 6, 6)})
        cls.urgent = cls._make_stops(1, address="Abovyan 2", priority="2")

    def _board(self):
        return self.env["loyalty.delivery.trip"].with_user(self.dispatcher)

    @freeze_time("2026-03-06 06:00:00")
    def test_a_started_trip_goes_on_from_its_last_door(self):
        self.trip._recompute_times()
        second = self.stops[1]
        self.assertEqual(
            second.eta, datetime(2026, 3, 6, 6) + timedelta(seconds=second.leg_s)
        )
        self.assertEqual(self.stops[0].done_at, datetime(2026, 3, 6, 6))

    @freeze_time("2026-03-06 06:00:00")
    def test_planning_the_rest_keeps_goods_with_who_has_them(self):
        finished = self.stops[0].read(["trip_id", "sequence", "eta", "state"])
        plan = self._compute(self._make_plan(mode="rest"))
        plan.action_apply()
        self.assertEqual(
            self.stops[0].read(["trip_id", "sequence", "eta", "state"]), finished
        )
        self.assertEqual(self.stops[1:5].courier_id, self.levon)
        self.assertEqual(set(self.stops[1:5].mapped("state")), {"out"})
        numbers = sorted(self.trip.stop_ids.mapped("sequence"))
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertIn(self.urgent.state, ("planned", "out"))
        self.assertGreaterEqual(
            min(self.stops[1:].mapped("eta")), datetime(2026, 3, 6, 6)
        )

    @freeze_time("2026-03-06 06:00:00")
    def test_the_stop_at_whose_door_the_courier_stands_comes_first(self):
        self.stops[4]._transition(
            "arrived", {"arrived_at": datetime(2026, 3, 6, 5, 58)}
        )
        self._board().board_move(
            [{"stop_id": self.urgent.id, "courier_id": self.levon.id, "sequence": 1}],
            DAY,
        )
        plan = self._compute(self._make_plan(mode="rest"))
        route = next(r for r in plan.routes if r["courier_id"] == self.levon.id)
        self.assertEqual(route["visits"][0]["stop_id"], self.stops[4].id)

    def test_a_new_day_leaves_those_on_the_road_alone(self):
        before = self.stops[:5].read(["trip_id", "sequence", "state", "eta"])
        plan = self._compute(self._make_plan(mode="day"))
        plan.action_apply()
        self.assertEqual(
            self.stops[:5].read(["trip_id", "sequence", "state", "eta"]), before
        )
        self.assertEqual(self.urgent.courier_id, self.mher)

    @freeze_time("2026-03-06 06:00:00")
    def test_an_urgent_stop_is_shown_its_place_before_it_is_put_there(self):
        before = self._state_of_routes()
        answer = self._board().board_insert(self.urgent.id)
        self.assertEqual(self._state_of_routes(), before)
        self.assertTrue(answer["possible"])
        told = {row["stop_id"]: row["minutes"] for row in answer["delayed"]}
        etas = {stop.id: stop.eta for stop in self.stops}
        confirmed = self._board().board_insert(self.urgent.id, confirm=True)
        self.assertEqual(
            self.urgent.courier_id.id, answer["courier_id"], "as the preview said"
        )
        self.assertEqual(self.urgent.sequence, answer["sequence"])
        self.assertEqual(str(self.urgent.eta), answer["eta"])
        self.assertTrue(confirmed["moved"]["can_undo"])
        self.assertTrue(set(told) <= set(etas))
        self._board().board_undo(DAY)
        self.assertEqual(self.urgent.state, "ready")

    @freeze_time("2026-03-06 06:00:00")
    def test_an_urgent_stop_that_fits_nowhere_gets_a_reason(self):
        self.urgent.write(
            {
                "window_start": datetime(2026, 3, 6, 5),
                "window_end": datetime(2026, 3, 6, 5, 30),
                "state": "ready",
            }
        )
        answer = self._board().board_insert(self.urgent.id)
        self.assertFalse(answer["possible"])
        self.assertIn("in time", answer["reason_text"])
        self.assertIn("late", answer["remedy_text"])

    def test_the_form_shows_the_place_and_puts_the_stop_there(self):
        action = self.urgent.with_user(self.dispatcher).action_insert()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(wizard.possible)
        self.assertIn(self.urgent.name, wizard.preview)
        wizard.with_user(self.dispatcher).action_insert()
        self.assertIn(self.urgent.state, ("planned", "out"))

    def test_a_trip_with_open_deliveries_is_not_back(self):
        with self.assertRaisesRegex(UserError, self.stops[1].name):
            self.trip.action_return()
        self.assertEqual(self.trip.state, "en_route")

    def test_a_cancelled_trip_gives_its_deliveries_back(self):
        trip = self.stops[5].trip_id
        trip.action_cancel()
        self.assertEqual(trip.state, "cancelled")
        self.assertRecordValues(
            self.stops[5:], [{"state": "ready", "trip_id": False}] * 3
        )

    def test_an_empty_trip_is_not_released(self):
        trip = self.stops[5].trip_id
        self._board().board_move([{"stop_id": s.id} for s in self.stops[5:]], DAY)
        with self.assertRaisesRegex(UserError, "no deliveries"):
            trip.action_release()
        self.assertEqual(trip.state, "draft")

    def test_a_courier_has_no_two_trips_at_the_same_time(self):
        trip = self.stops[5].trip_id
        with self.assertRaisesRegex(UserError, "at the same time"):
            self.env["loyalty.delivery.trip"].create(
                {
                    "date": DAY,
                    "courier_id": self.mher.id,
                    "depot_id": self.depot.id,
                    "planned_start": trip.planned_start,
                    "planned_end": trip.planned_end,
                }
            )


class TestDeliveryClocks(PlanCommon):
    """The night in which the clocks of the depot change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Berlin"
        cls.stops = cls._make_stops(3, date="2026-03-29", address="Abovyan 1")

    def test_the_day_after_the_change_begins_by_the_clock(self):
        plan = self._compute(self._make_plan(date="2026-03-29"))
        # Nine by the clock and a quarter of an hour to load: in summer 7:15 UTC.
        for route in plan.routes:
            self.assertEqual(route["departure"], "2026-03-29 07:15:00")
            self.assertTrue(route["hours"].startswith("09:15–"))
        plan.action_apply()
        self.assertEqual(
            min(self.stops.trip_id.mapped("planned_start")),
            datetime(2026, 3, 29, 7, 15),
        )
