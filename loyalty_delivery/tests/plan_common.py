from unittest.mock import patch

from odoo.addons.base.models.ir_cron import IrCron

from .common import DeliveryCommon

DAY = "2026-03-06"


class PlanCommon(DeliveryCommon):
    """Plans that are computed within the test's transaction, by tries, not time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._user(
            "plan_dispatcher", "loyalty_delivery.group_delivery_dispatcher"
        )

    def _make_plan(self, **values):
        return (
            self.env["loyalty.delivery.plan"]
            .with_user(self.dispatcher)
            .create(
                {"date": DAY, "engine": "sisr", "max_iterations": 300, "seed": 7}
                | values
            )
        )

    def _compute(self, plan):
        """Queue a plan and have the scheduler compute all that wait."""
        plan.action_queue()
        self._run_plans()
        return plan

    def _run_plans(self):
        plans = self.env["loyalty.delivery.plan"].sudo()
        with patch.object(IrCron, "_commit_progress", lambda *args, **kwargs: 60.0):
            plans._cron_run()

    def _state_of_routes(self):
        """All that planning may change."""
        self.env.flush_all()
        self.env.invalidate_all()
        stops = self.env["loyalty.delivery.stop"].search([], order="id")
        trips = self.env["loyalty.delivery.trip"].search([], order="id")
        return (
            stops.read(
                ["state", "trip_id", "sequence", "plan_eta", "eta", "leg_m", "leg_s"]
                + ["lock", "courier_id"]
            ),
            trips.read(["state", "planned_start", "planned_end", "planned_m"]),
        )
