import logging
import time

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config

from ..engine.process import Run
from ..engine.routing import wire
from .loyalty_delivery_plan_scope import hash_of

_logger = logging.getLogger(__name__)

# How often the processes are looked at, and how often the database hears of them.
LOOK_S = 0.1
TELL_S = 1.0
# Processes at once; more would only make each other slow.
MOST_AT_ONCE = 2
# A process may die so many times, of memory perhaps, before the plan has failed.
MOST_ATTEMPTS = 2
# A plan that was stopped so shortly before its time is finished.
SLACK_S = 0.5
# A run of the scheduler ends before the ERP thinks that it hangs.
PART_OF_LIMIT = 0.5
SHORTEST_S = 20.0


class LoyaltyDeliveryPlan(models.Model):
    """Plans computed in processes of their own, several side by side.

    The scheduler's run holds no lock while it waits: it commits after each look. When
    its time is over, the best so far is the next run's beginning.
    """

    _inherit = "loyalty.delivery.plan"

    @api.model
    def _cron_run(self):
        """Compute all plans that wait, until none is left or the time is over."""
        runs, told = {}, 0.0
        deadline = time.monotonic() + self._run_seconds()
        self._restart_orphans()
        try:
            while True:
                self._start_waiting(runs, deadline)
                if not runs:
                    break
                time.sleep(LOOK_S)
                over = {plan: run for plan, run in runs.items() if run.poll()}
                for plan, run in over.items():
                    del runs[plan]
                    self._at_once(plan._finish, run)
                if time.monotonic() > deadline:
                    for run in runs.values():
                        run.ask()
                if time.monotonic() - told > TELL_S:
                    told = time.monotonic()
                    self._look_after(runs)
        finally:
            for run in runs.values():
                run.kill()

    @api.model
    def _run_seconds(self):
        """How long a run may take before the ERP stops the scheduler's worker."""
        limit = config["limit_time_real_cron"]
        if limit is None or limit < 0:
            limit = config["limit_time_real"]
        return max(SHORTEST_S, limit * PART_OF_LIMIT) if limit else 3600.0

    @api.model
    def _commit(self):
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _at_once(self, step, *args):
        """A short transaction, done again when somebody else wrote the same rows."""
        for _turn in range(5):
            try:
                step(*args)
                self.env.flush_all()
                self._commit()
                return
            except TransactionRollbackError:
                self.env.cr.rollback()
                self.env.invalidate_all()
        _logger.warning("delivery plans: a step gave way to others five times")

    @api.model
    def _restart_orphans(self):
        """Plans whose run ended without a word: the ERP stopped, or was killed."""
        orphans = self.search([("state", "=", "running")])
        for plan in orphans:
            _logger.warning("delivery plan found without a process: %s", plan.id)
            plan._process_died(self.env._("the ERP stopped while it was computed"))
        self._commit()

    def _process_died(self, why):
        """Once more from the best so far, or failed with words."""
        if self.attempts < MOST_ATTEMPTS:
            self._set_state("queued", ("running",))
            return
        self._set_state(
            "failed",
            ("running",),
            finished_at=fields.Datetime.now(),
            error=self.env._(
                "The planning process ended %(count)s times (%(why)s). The machine may"
                " be short of memory: plan fewer deliveries at once, or ask who runs"
                " the server.",
                count=self.attempts,
                why=why,
            ),
        )
        self._tell_board()

    @api.model
    def _start_waiting(self, runs, deadline):
        """Begin plans that wait, the oldest first, as far as there is room."""
        if len(runs) >= MOST_AT_ONCE or time.monotonic() > deadline:
            return
        self.env.invalidate_all()
        waiting = self.search(
            [("state", "=", "queued")], order="id", limit=MOST_AT_ONCE - len(runs)
        )
        for plan in waiting:
            try:
                self._at_once(plan._start, runs, deadline)
            except Exception:
                # One plan that cannot be read must not stop those of others.
                _logger.exception("delivery plan cannot start: plan %s", plan.id)
                self.env.cr.rollback()
                why = self.env._(
                    "The day could not be read for planning. Who runs the server finds"
                    " the cause in its log."
                )
                self._at_once(plan._fail, why)

    def _start(self, runs, deadline):
        """Gather the day and start the process, unless it was cancelled meanwhile."""
        if self.state != "queued":
            return
        plan = self._in_company()
        try:
            scope = plan._gather()
        except UserError as error:
            plan._fail(str(error))
            return
        inputs_hash = hash_of(scope.inputs)
        if plan.input_hash != inputs_hash:
            # Another day than the one that was half computed: from the beginning.
            plan.sudo().write({"warm_start": False, "used_s": 0})
        plan._set_state(
            "running",
            ("queued",),
            attempts=plan.attempts + 1,
            heartbeat=fields.Datetime.now(),
            inputs=plan._keep_scope(scope),
            input_hash=inputs_hash,
            matrix_source=scope.sources,
            estimated_share=scope.estimated,
        )
        plan._tell_board()
        # Others see that it runs before it does; who is killed here is an orphan.
        self.env.flush_all()
        self._commit()
        limit = plan._limit_s()
        if limit:
            limit = max(1.0, min(limit - plan.used_s, deadline - time.monotonic()))
        options = {
            "engine": plan.engine,
            "seed": plan.seed,
            "limit_s": limit,
            "iterations": plan.max_iterations or None,
            "warm_start": plan.warm_start or None,
        }
        payload = {"problem": wire.encode(scope.problem), "options": options}
        runs[self] = Run(payload, limit)
        _logger.info(
            "delivery plan started: plan %s, %s stops, process %s",
            plan.id,
            len(scope.problem.jobs),
            runs[self].pid,
        )

    def _in_company(self):
        """The plan as its dispatcher sees it: company, language, rights."""
        user = self.user_id if self.user_id.active else self.env.user
        return (
            self.with_user(user)
            .with_company(self.company_id)
            .with_context(lang=user.lang, allowed_company_ids=self.company_id.ids)
        )

    def _fail(self, error):
        self._set_state(
            "failed",
            ("queued", "running"),
            error=error,
            finished_at=fields.Datetime.now(),
        )
        self._tell_board()

    @api.model
    def _look_after(self, runs):
        """Tell how far the processes are; end those that people cancelled."""
        self.env.invalidate_all()
        for plan in [plan for plan in runs if not plan.exists()]:
            runs.pop(plan).kill()
        for plan in [plan for plan in runs if plan.state != "running"]:
            _logger.info("delivery plan stopped: plan %s is %s", plan.id, plan.state)
            runs.pop(plan).kill()
        for plan, run in runs.items():
            self._at_once(plan._write_progress, run)
        self._commit()

    def _write_progress(self, run):
        """How far it is, unless somebody cancelled it meanwhile."""
        limit = self._limit_s() or run.progress.get("limit_s")
        percent = (
            min(99, round(100 * (self.used_s + run.elapsed) / limit)) if limit else 0
        )
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_delivery_plan
                      SET percent = %s, best_cost = %s, iterations = %s, heartbeat = %s
                    WHERE id = %s AND state = 'running'""",
                percent,
                min(run.progress.get("cost", 0), 2**31 - 1),
                run.progress.get("iterations", 0),
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(
            ["percent", "best_cost", "iterations", "heartbeat"], flush=False
        )
        self._tell_board()

    def _finish(self, run):
        """Keep the answer of a process that ended, or begin again."""
        self.env.invalidate_all()
        if self.state != "running":
            return
        plan = self._in_company()
        if run.error and run.solution is None:
            _logger.warning("delivery plan %s: process ended: %s", self.id, run.error)
            if run.process.returncode and run.process.returncode > 0:
                plan._fail(run.error)
            else:
                plan._process_died(run.error)
            return
        solution = wire.solution(run.solution)
        used = plan.used_s + run.elapsed
        limit = plan._limit_s()
        if limit and run.asked and used < limit - SLACK_S:
            plan._set_state(
                "queued",
                ("running",),
                used_s=used,
                attempts=0,
                warm_start={str(key): jobs for key, jobs in solution.plan.items()},
            )
            self.env.ref("loyalty_delivery.cron_delivery_plans").sudo()._trigger()
            return
        plan._keep_solution(solution, used)
        plan._tell_board()
