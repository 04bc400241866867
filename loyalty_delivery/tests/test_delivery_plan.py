from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from ..engine.process import Run
from ..engine.routing import engines
from .plan_common import DAY, PlanCommon


class TestDeliveryPlan(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stops = cls._make_stops(12, address="Abovyan 1")

    def test_a_plan_is_a_proposal_until_somebody_says_yes(self):
        before = self._state_of_routes()
        plan = self._compute(self._make_plan())
        self.assertEqual(plan.state, "done")
        self.assertEqual(self._state_of_routes(), before)
        self.assertEqual(plan.kpi_after["planned"], 12)
        self.assertEqual(plan.kpi_before["planned"], 0)
        self.assertIn("Levon", plan.preview)

    def test_a_plan_applied_makes_the_trips_of_the_day(self):
        plan = self._compute(self._make_plan())
        plan.action_apply()
        self.assertEqual(plan.state, "applied")
        self.assertEqual(set(self.stops.mapped("state")), {"planned"})
        for route in plan.routes:
            trip = self.stops.browse(route["visits"][0]["stop_id"]).trip_id
            self.assertEqual(trip.courier_id.id, route["courier_id"])
            self.assertEqual(
                trip.stop_ids.sorted("sequence").ids,
                [visit["stop_id"] for visit in route["visits"]],
            )
            self.assertEqual(str(trip.planned_start), route["departure"])
            self.assertEqual(trip.planned_m, route["metres"])
            self.assertEqual(trip.state, "draft")
        self.assertTrue(all(self.stops.mapped("eta")))

    def test_the_plan_is_what_the_engine_answers_with_the_same_seed_and_tries(self):
        plan = self._compute(self._make_plan())
        scope = plan._gather()
        answer = engines.ENGINES["sisr"].solve(scope.problem, seed=7, iterations=300)
        self.assertEqual(
            {
                row["courier_id"]: [visit["stop_id"] for visit in row["visits"]]
                for row in plan.routes
            },
            answer.plan,
        )
        self.assertEqual(plan.best_cost, answer.cost)
        self.assertEqual(plan.iterations, answer.iterations)

    def test_times_counted_again_are_those_of_the_plan(self):
        plan = self._compute(self._make_plan())
        plan.action_apply()
        before = self._state_of_routes()
        self.stops.trip_id._recompute_times()
        self.assertEqual(self._state_of_routes(), before)

    def test_undoing_puts_everything_back_exactly(self):
        self.env["loyalty.delivery.trip"].with_user(self.dispatcher).board_move(
            [
                {"stop_id": stop.id, "courier_id": self.mher.id}
                for stop in self.stops[:3]
            ],
            DAY,
        )
        before = self._state_of_routes()
        plan = self._compute(self._make_plan())
        plan.action_apply()
        self.assertNotEqual(self._state_of_routes(), before)
        plan.action_undo()
        self.assertEqual(self._state_of_routes(), before)
        self.assertEqual(plan.state, "undone")

    def test_a_plan_is_not_undone_once_somebody_drove(self):
        plan = self._compute(self._make_plan())
        plan.action_apply()
        stop = self.stops[0]
        stop._transition("delivered")
        before = self._state_of_routes()
        with self.assertRaisesRegex(UserError, stop.name):
            plan.action_undo()
        self.assertEqual(self._state_of_routes(), before)

    def test_the_board_undoes_a_plan_too(self):
        plan = self._compute(self._make_plan())
        plan.action_apply()
        self.env["loyalty.delivery.trip"].with_user(self.dispatcher).board_undo(DAY)
        self.assertEqual(set(self.stops.mapped("state")), {"ready"})
        self.assertEqual(plan.state, "undone")

    def test_a_delivery_changed_since_is_named_and_nothing_is_applied(self):
        plan = self._compute(self._make_plan())
        self.stops[3].weight_kg = 120
        before = self._state_of_routes()
        with self.assertRaisesRegex(UserError, f"{self.stops[3].name} .Weight, kg."):
            plan.action_apply()
        self.assertEqual(self._state_of_routes(), before)

    def test_a_trip_made_since_is_named_and_nothing_is_applied(self):
        plan = self._compute(self._make_plan(courier_ids=self.levon.ids))
        other = self._make_stops(1)
        self.env["loyalty.delivery.trip"].with_user(self.dispatcher).board_move(
            [{"stop_id": other.id, "courier_id": self.levon.id}], DAY
        )
        with self.assertRaisesRegex(UserError, other.trip_id.name):
            plan.action_apply()
        self.assertEqual(set(self.stops.mapped("state")), {"ready"})

    def test_a_plan_is_applied_once(self):
        plan = self._compute(self._make_plan())
        plan.action_apply()
        with self.assertRaisesRegex(UserError, "Applied"):
            plan.action_apply()

    def test_queries_do_not_grow_with_the_deliveries(self):
        counts = []
        self._make_couriers(*(f"Courier {number}" for number in range(8)))
        self._make_stops(28)
        # The first one fills the caches of rights and rules.
        for more in (10, 0, 150):
            self._make_stops(more)
            plan = self._compute(self._make_plan(max_iterations=5))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            plan.action_apply()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(plan.kpi_after["unplanned"], 0)
            plan.action_undo()
        small, large = counts[1:]
        self.assertLessEqual(max(small, large), 40)
        # The ERP writes states in packets of a hundred.
        self.assertLessEqual(large, small + 2)

    def test_what_does_not_fit_is_told_with_a_remedy(self):
        self.mher.works_friday = False
        self.levon.max_stops = 10
        plan = self._compute(self._make_plan())
        self.assertEqual(len(plan.unplanned), 2)
        for row in plan.unplanned:
            self.assertEqual(row["reason"], "stops")
            self.assertIn("Levon", row["remedy_text"])
        plan.action_apply()
        left = self.stops.browse([row["stop_id"] for row in plan.unplanned])
        self.assertRecordValues(left, [{"state": "ready", "trip_id": False}] * 2)

    def test_a_delivery_without_a_place_is_left_out_with_a_reason(self):
        lost = self.stops[5]
        lost.write({"latitude": 0, "longitude": 0, "geo_quality": "house"})
        lost.state = "ready"
        plan = self._compute(self._make_plan())
        self.assertEqual([row["stop_id"] for row in plan.unplanned], lost.ids)
        self.assertIn("Nobody knows", plan.unplanned[0]["reason_text"])

    def test_urgent_deliveries_come_before_others(self):
        self.mher.works_friday = False
        self.levon.max_stops = 2
        urgent = self.stops[10:]
        urgent.priority = "2"
        plan = self._compute(self._make_plan())
        self.assertEqual(
            {visit["stop_id"] for visit in plan.routes[0]["visits"]}, set(urgent.ids)
        )

    def test_nobody_who_is_off_drives(self):
        self.env["loyalty.delivery.shift"].create(
            {"courier_id": self.mher.id, "date": DAY, "works": False}
        )
        plan = self._compute(self._make_plan())
        self.assertEqual([row["courier"] for row in plan.routes], ["Levon"])

    def test_a_day_nobody_works_on_says_so(self):
        (self.levon | self.mher).works_friday = False
        plan = self._compute(self._make_plan())
        self.assertEqual(plan.state, "failed")
        self.assertIn("Nobody works", plan.error)

    def test_a_courier_goes_only_to_the_zones_allowed(self):
        north, south = self.env["loyalty.delivery.zone"].create(
            [{"name": "North"}, {"name": "South"}]
        )
        self.stops[:6].zone_id = north
        self.stops[6:].zone_id = south
        self.levon.zone_ids = north
        self.mher.zone_ids = south
        plan = self._compute(self._make_plan())
        plan.action_apply()
        self.assertEqual(self.stops[:6].courier_id, self.levon)
        self.assertEqual(self.stops[6:].courier_id, self.mher)

    def test_a_courier_takes_only_what_lies_in_the_own_depot(self):
        far = self.depot.copy({"name": "Arabkir", "latitude": 40.2})
        self.mher.depot_id = far
        self.stops[:4].write({"depot_id": far.id, "state": "ready"})
        plan = self._compute(self._make_plan())
        plan.action_apply()
        self.assertEqual(self.stops[:4].courier_id, self.mher)
        self.assertEqual(self.stops[4:].courier_id, self.levon)
        self.assertEqual(self.stops[:4].trip_id.depot_id, far)

    def test_locks_are_kept(self):
        board = self.env["loyalty.delivery.trip"].with_user(self.dispatcher)
        moves = [
            {"stop_id": stop.id, "courier_id": self.mher.id}
            for stop in (self.stops[11], self.stops[0], self.stops[6])
        ]
        board.board_move(moves, DAY)
        board.board_lock(self.stops[11].ids, "position")
        board.board_lock(self.stops[6].ids, "courier")
        plan = self._compute(self._make_plan())
        plan.action_apply()
        self.assertRecordValues(
            self.stops[11], [{"courier_id": self.mher.id, "sequence": 1}]
        )
        self.assertEqual(self.stops[6].courier_id, self.mher)

    def test_windows_are_kept(self):
        self.stops[7].write(
            {
                "window_start": datetime(2026, 3, 6, 10),
                "window_end": datetime(2026, 3, 6, 10, 30),
            }
        )
        plan = self._compute(self._make_plan())
        plan.action_apply()
        self.assertLessEqual(datetime(2026, 3, 6, 10), self.stops[7].eta)
        self.assertLessEqual(self.stops[7].eta, datetime(2026, 3, 6, 10, 30))
        self.assertEqual(plan.kpi_after["late"], 0)

    def test_only_what_has_no_courier_is_given_one(self):
        board = self.env["loyalty.delivery.trip"].with_user(self.dispatcher)
        board.board_move(
            [{"stop_id": s.id, "courier_id": self.mher.id} for s in self.stops[:5]],
            DAY,
        )
        plan = self._compute(self._make_plan(mode="unplanned"))
        plan.action_apply()
        self.assertEqual(self.stops[:5].courier_id, self.mher)
        self.assertEqual(set(self.stops.mapped("state")), {"planned"})

    def test_only_dispatchers_plan(self):
        plan = self._compute(self._make_plan())
        before = self._state_of_routes()
        for login, group in (
            ("plan_cashier", "loyalty_delivery.group_delivery_cashier"),
            ("plan_auditor", "loyalty_club.group_loyalty_auditor"),
            ("plan_portal", "base.group_portal"),
        ):
            user = self._user(login, group)
            board = self.env["loyalty.delivery.trip"].with_user(user)
            for call in (
                plan.with_user(user).action_apply,
                plan.with_user(user).action_cancel,
                plan.with_user(user).action_queue,
                lambda board=board: board.board_plan_start(DAY),
                lambda board=board: board.board_plan_state(plan.id),
                lambda board=board: board.board_insert(self.stops[0].id),
            ):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    call()
        self.assertEqual(plan.state, "done")
        self.assertEqual(self._state_of_routes(), before)

    def test_results_cannot_be_written_by_hand(self):
        plan = self._compute(self._make_plan())
        with self.assertRaises(AccessError):
            plan.write({"routes": []})
        self.assertEqual(len(plan.routes), plan.kpi_after["couriers"])

    def test_another_company_does_not_see_the_plan(self):
        plan = self._compute(self._make_plan())
        other = self._make_company("Other LLC")
        stranger = self._user(
            "plan_stranger", "loyalty_delivery.group_delivery_dispatcher"
        )
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        board = (
            self.env["loyalty.delivery.trip"]
            .with_user(stranger)
            .with_context(allowed_company_ids=other.ids)
        )
        with self.assertRaises(AccessError):
            board.board_plan_apply(plan.id)
        with self.assertRaises(AccessError):
            board.board_read(DAY, company_id=self.company.id)
        self.assertEqual(plan.state, "done")

    def test_a_cancelled_plan_is_not_computed(self):
        plan = self._make_plan()
        plan.action_queue()
        plan.action_cancel()
        self._run_plans()
        self.assertRecordValues(plan, [{"state": "cancelled", "routes": False}])

    def test_plans_of_two_companies_are_computed_side_by_side(self):
        other = self._make_company("Second LLC")
        depot = self.depot.copy({"company_id": other.id, "name": "Second"})
        (aram,) = self._make_couriers("Aram", company_id=other.id, depot_id=depot.id)
        stops = self._make_stops(3, company_id=other.id, depot_id=depot.id)
        self.dispatcher.company_ids |= other
        mine = self._make_plan()
        both = (self.company | other).ids
        plans = mine.with_context(allowed_company_ids=both)
        theirs = plans.create(
            {"date": DAY, "engine": "sisr", "max_iterations": 50}
            | {"company_id": other.id}
        )
        mine.action_queue()
        theirs.action_queue()
        self._run_plans()
        self.assertEqual((mine.state, theirs.state), ("done", "done"))
        self.assertEqual([row["courier_id"] for row in theirs.routes], aram.ids)
        planned = {v["stop_id"] for row in mine.routes for v in row["visits"]}
        self.assertFalse(planned & set(stops.ids))

    def test_a_plan_whose_process_died_is_computed_again_then_fails(self):
        plan = self._make_plan()
        plan.action_queue()
        killed = []

        original = Run.__init__

        def start(run, *args, **kwargs):
            original(run, *args, **kwargs)
            killed.append(run.pid)
            run.process.kill()

        with (
            patch.object(Run, "__init__", start),
            self.assertLogs("odoo.addons.loyalty_delivery", "WARNING") as logs,
        ):
            self._run_plans()
        self.assertEqual(len(killed), 2)
        self.assertEqual(len(logs.output), 2)
        self.assertRecordValues(plan, [{"state": "failed", "attempts": 2}])
        self.assertIn("short of memory", plan.error)
        plan.action_queue()
        self._run_plans()
        self.assertEqual(plan.state, "done")

    def test_a_plan_left_running_by_a_dead_server_begins_again(self):
        plan = self._make_plan()
        plan.sudo().write({"state": "running", "attempts": 1})
        with self.assertLogs("odoo.addons.loyalty_delivery", "WARNING"):
            self._run_plans()
        self.assertRecordValues(plan, [{"state": "done", "attempts": 2}])

    def test_a_plan_that_cannot_be_read_fails_and_stops_no_other(self):
        broken, sound = self._make_plan(), self._make_plan()
        broken.action_queue()
        sound.action_queue()
        self.env.flush_all()
        gather = type(broken)._gather

        def fail(plan):
            if plan.id == broken.id:
                raise ZeroDivisionError
            return gather(plan)

        with (
            patch.object(type(broken), "_gather", fail),
            # A rollback would undo the test's own data.
            patch.object(self.env.cr, "rollback", lambda: None),
            self.assertLogs("odoo.addons.loyalty_delivery", "ERROR") as logs,
        ):
            self._run_plans()
        self.assertIn("cannot start", logs.output[0])
        self.assertEqual((broken.state, sound.state), ("failed", "done"))
        self.assertIn("could not be read", broken.error)
