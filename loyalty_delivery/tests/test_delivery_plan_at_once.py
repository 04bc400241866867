import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

from ..engine.routing import engines
from .common import DEPOT, DOORS

DAY = "2031-05-06"


@tagged("post_install", "-at_install")
class TestDeliveryPlanAtOnce(BaseCase):
    """Two people at the same moment, each in a transaction of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Inside a test run every cursor is the test's own; these must be real.
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].create({"name": "At once LLC"})
            env.user.company_ids |= company
            env = env(context={"allowed_company_ids": company.ids})
            depot = env["loyalty.delivery.depot"].create(
                {
                    "name": "At once",
                    "company_id": company.id,
                    "latitude": DEPOT[0],
                    "longitude": DEPOT[1],
                }
            )
            partner = env["res.partner"].create({"name": "Courier at once"})
            courier = env["loyalty.delivery.courier"].create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "depot_id": depot.id,
                }
            )
            stops = env["loyalty.delivery.stop"].create(
                [
                    {
                        "date": DAY,
                        "state": "ready",
                        "company_id": company.id,
                        "depot_id": depot.id,
                        "latitude": door[0],
                        "longitude": door[1],
                        "geo_quality": "house",
                    }
                    for door in DOORS[:4]
                ]
            )
            cls.company_id, cls.courier_id = company.id, courier.id
            cls.stop_ids, cls.depot_id = stops.ids, depot.id
            cls.partner_id = partner.id
            cr.commit()  # pylint: disable=invalid-commit

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            day = [("company_id", "=", cls.company_id)]
            env["loyalty.delivery.plan"].search(day).unlink()
            env["loyalty.delivery.change"].search(day).unlink()
            env["loyalty.delivery.stop"].search(day).unlink()
            env["loyalty.delivery.trip"].search(day).unlink()
            env["loyalty.delivery.courier"].browse(cls.courier_id).unlink()
            env["loyalty.delivery.depot"].browse(cls.depot_id).unlink()
            env["res.partner"].browse(cls.partner_id).unlink()
            env["res.users"].browse(SUPERUSER_ID).company_ids = [(3, cls.company_id)]
            cr.commit()  # pylint: disable=invalid-commit
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self._in_transaction(self._clear)

    def _clear(self, env):
        stops = env["loyalty.delivery.stop"].browse(self.stop_ids)
        stops.filtered("trip_id")._leave_route()
        trips = env["loyalty.delivery.trip"]
        trips.search([("company_id", "=", self.company_id)]).unlink()

    def _in_transaction(self, step):
        """As the ERP does: what lost against another is done again."""
        with self.registry.cursor() as cr:
            context = {"allowed_company_ids": [self.company_id]}
            env = api.Environment(cr, SUPERUSER_ID, context)
            return retrying(lambda: step(env), env)

    def _at_once(self, *steps):
        """Each step in a thread of its own, begun together; their answers."""
        meet = threading.Barrier(len(steps))
        answers = [None] * len(steps)

        def run(number, step):
            first = [True]

            def once(env):
                if first:
                    # Both see the data before either writes.
                    first.clear()
                    env.cr.execute("SELECT count(*) FROM loyalty_delivery_stop")
                    meet.wait(20)
                return step(env)

            try:
                answers[number] = self._in_transaction(once)
            except UserError as error:
                answers[number] = error

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return answers

    def _computed_plan(self):
        """A plan that waits for a yes, computed without a process."""

        def make(env):
            plan = env["loyalty.delivery.plan"].create(
                {"date": DAY, "company_id": self.company_id}
            )
            scope = plan._gather()
            plan.write({"state": "running", "inputs": plan._keep_scope(scope)})
            plan._keep_solution(
                engines.ENGINES["sisr"].solve(scope.problem, iterations=20), 0.1
            )
            return plan.id

        return self._in_transaction(make)

    def _read(self, step):
        with self.registry.cursor() as cr:
            return step(api.Environment(cr, SUPERUSER_ID, {}))

    def test_a_plan_said_yes_to_twice_at_once_is_applied_once(self):
        plan_id = self._computed_plan()

        def apply(env):
            return env["loyalty.delivery.plan"].browse(plan_id).action_apply()

        answers = self._at_once(apply, apply)
        self.assertEqual([answer is True for answer in answers].count(True), 1)
        self.assertEqual(
            [isinstance(answer, UserError) for answer in answers].count(True), 1
        )
        self.assertEqual(self._trips(), 1)

    def test_two_plans_applied_at_once_do_not_mix(self):
        plans = [self._computed_plan(), self._computed_plan()]
        steps = [
            lambda env, plan_id=plan_id: (
                env["loyalty.delivery.plan"].browse(plan_id).action_apply()
            )
            for plan_id in plans
        ]
        answers = self._at_once(*steps)
        self.assertEqual([answer is True for answer in answers].count(True), 1)
        refused = next(a for a in answers if isinstance(a, UserError))
        self.assertIn("older than the deliveries", str(refused))
        self.assertEqual(self._trips(), 1)

    def test_a_plan_and_a_move_by_hand_at_once_do_not_mix(self):
        plan_id = self._computed_plan()

        def apply(env):
            return env["loyalty.delivery.plan"].browse(plan_id).action_apply()

        def move(env):
            env["loyalty.delivery.trip"].board_move(
                [{"stop_id": self.stop_ids[0], "courier_id": self.courier_id}], DAY
            )
            return True

        applied, moved = self._at_once(apply, move)
        # Whoever came second saw the other: the move is made in the applied trip, or
        # the plan is refused.
        self.assertIs(moved, True)
        self.assertEqual(self._trips(), 1)
        planned = self._read(
            lambda env: env["loyalty.delivery.stop"].search_count(
                [("id", "in", self.stop_ids), ("state", "=", "planned")]
            )
        )
        self.assertEqual(planned, 4 if applied is True else 1)

    def test_two_first_moves_at_once_make_one_trip(self):
        steps = [
            lambda env, stop_id=stop_id: bool(
                env["loyalty.delivery.trip"].board_move(
                    [{"stop_id": stop_id, "courier_id": self.courier_id}], DAY
                )
            )
            for stop_id in self.stop_ids[:2]
        ]
        self.assertEqual(self._at_once(*steps), [True, True])
        self.assertEqual(self._trips(), 1)
        numbers = self._read(
            lambda env: sorted(
                env["loyalty.delivery.stop"]
                .browse(self.stop_ids[:2])
                .mapped("sequence")
            )
        )
        self.assertEqual(numbers, [1, 2])

    def _trips(self):
        return self._read(
            lambda env: env["loyalty.delivery.trip"].search_count(
                [("company_id", "=", self.company_id)]
            )
        )
