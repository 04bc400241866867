import dataclasses

from odoo import api, models

from ..engine.routing import check, explain, insert


class LoyaltyDeliveryTrip(models.Model):
    """Planning from the board: start, follow, say yes; and one urgent stop."""

    _inherit = "loyalty.delivery.trip"

    @api.model
    def board_plan_start(self, date, options=None):
        """Ask for a plan of the day.

        :param options: ``mode`` (day, rest, unplanned), ``effort`` (draft, good, best),
            ``engine`` (auto, pyvrp, sisr), ``seed``, ``depot_ids``, ``courier_ids``,
            ``stop_ids``, ``company_id``; all may be absent
        :return: as ``board_plan_state``; news come as ``loyalty_delivery/plan`` on the
            channel of the company
        """
        self._check_dispatcher()
        options = options or {}
        company = self._board_company(options.get("company_id"))
        plain = ("mode", "effort", "engine", "seed")
        linked = ("depot_ids", "courier_ids", "stop_ids")
        plan = self.env["loyalty.delivery.plan"].create(
            {
                "date": date,
                "company_id": company.id,
                **{name: options[name] for name in plain if options.get(name)},
                **{
                    name: [(6, 0, options[name])]
                    for name in linked
                    if options.get(name)
                },
            }
        )
        plan.action_queue()
        return self.board_plan_state(plan.id)

    @api.model
    def board_plan_state(self, plan_id):
        """How far a plan is, and what it proposes once ``state`` is ``done``.

        :return: ``{"id", "state", "percent", "best_cost", "iterations", "error"}``, and
            when there are routes ``"kpi_before"``, ``"kpi_after"`` (``km``, ``hours``,
            ``late``, ``late_minutes``, ``planned``, ``unplanned``, ``couriers``,
            ``cost``), ``"routes"`` (``courier_id``, ``courier``, ``trip_id``,
            ``departure``, ``back``, ``hours``, ``metres``, ``seconds``, ``late``,
            ``visits``: ``stop_id``, ``label``, ``begin``, ``clock``, ``leg_m``,
            ``leg_s``, ``late_s``), ``"unplanned"`` (``stop_id``, ``label``,
            ``reason``, ``reason_text``, ``remedy``, ``remedy_text``),
            ``"matrix_source"``, ``"estimated_share"`` (0 to 1), ``"engine"``
        """
        self._check_dispatcher()
        plan = self._plan(plan_id)
        state = plan._progress()
        if plan.routes is not False:
            state |= {
                "kpi_before": plan.kpi_before,
                "kpi_after": plan.kpi_after,
                "routes": plan.routes,
                "unplanned": plan.unplanned,
                "matrix_source": plan.matrix_source,
                "estimated_share": plan.estimated_share,
                "engine": f"{plan.engine_name} {plan.engine_version or ''}".strip(),
            }
        return state

    @api.model
    def _plan(self, plan_id):
        plan = self.env["loyalty.delivery.plan"].browse(plan_id)
        plan.check_access("read")
        return plan

    @api.model
    def board_plan_apply(self, plan_id):
        """Say yes to a plan; the boards read everything again."""
        self._plan(plan_id).action_apply()
        return self.board_plan_state(plan_id)

    @api.model
    def board_plan_cancel(self, plan_id):
        """Stop a plan, or put its proposal aside."""
        self._plan(plan_id).action_cancel()
        return self.board_plan_state(plan_id)

    @api.model
    def _board_plan(self, date, company):
        """The last plan of the day that still waits for a yes; else False."""
        plan = self.env["loyalty.delivery.plan"].search(
            [
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("state", "in", ("queued", "running", "done")),
            ],
            limit=1,
        )
        return plan._progress() if plan else False

    @api.model
    def board_insert(self, stop_id, confirm=False):
        """The cheapest place of one stop among the trips of its day, started ones too.

        :param confirm: put it there at once
        :return: ``{"possible": True, "courier_id", "courier", "trip_id" or False,
            "sequence", "eta", "added_m", "added_s", "delayed": [{"stop_id", "label",
            "minutes", "late"}], "label"}``, or ``{"possible": False, "reason_text",
            "remedy_text"}``; with ``confirm`` also ``"moved"``, as ``board_move``
        """
        self._check_dispatcher()
        stop = self.env["loyalty.delivery.stop"].browse(stop_id)
        stop._check_movable()
        plan = self.env["loyalty.delivery.plan"].new(
            {
                "company_id": stop.company_id.id,
                "date": stop.date,
                "mode": "rest",
                "depot_ids": [(6, 0, stop.depot_id.ids)],
            }
        )
        scope = plan._gather()
        routes = {
            key: [job for job in jobs if job != stop.id]
            for key, jobs in scope.before.items()
        }
        found = insert.cheapest(scope.problem, routes, stop.id)
        if found is None:
            return self._no_place(plan, scope, routes, stop)
        answer = self._place_found(scope, routes, stop, found)
        if confirm:
            move = {"stop_id": stop.id, "courier_id": found.vehicle}
            if answer["trip_id"]:
                move["trip_id"] = answer["trip_id"]
            move["sequence"] = answer["sequence"]
            answer["moved"] = self.board_move([move], stop.date)
        return answer

    @api.model
    def _place_found(self, scope, routes, stop, found):
        courier = self.env["loyalty.delivery.courier"].browse(found.vehicle)
        trip = self.browse(scope.trips.get(found.vehicle))
        before = check.evaluate(
            scope.problem, {found.vehicle: routes.get(found.vehicle, [])}
        )
        visits = {v.job: v for route in before.routes for v in route.visits}
        own = next(visit for visit in found.route.visits if visit.job == stop.id)
        names = {row.id: row.display_name for row in trip.stop_ids}
        delayed = [
            {
                "stop_id": visit.job,
                "label": names[visit.job],
                "minutes": (visit.begin - visits[visit.job].begin) // 60,
                "late": bool(visit.late),
            }
            for visit in found.route.visits
            if visit.job in visits and visit.begin > visits[visit.job].begin
        ]
        moment = trip._visit_row(own, scope.zero)["eta"]
        driven = trip.stop_ids.filtered(
            lambda row: row.id not in visits and row.state not in ("cancelled",)
        )
        return {
            "possible": True,
            "stop_id": stop.id,
            "label": stop.display_name,
            "courier_id": courier.id,
            "courier": courier.name,
            "trip_id": trip.id,
            "sequence": len(driven - stop) + found.position + 1,
            "eta": str(moment),
            "added_m": found.metres,
            "added_s": found.seconds,
            "delayed": delayed,
        }

    @api.model
    def _no_place(self, plan, scope, routes, stop):
        """Why nobody can take the stop, and what would help."""
        solution = check.evaluate(scope.problem, routes)
        only = tuple(row for row in solution.unplanned if row.job == stop.id)
        alone = dataclasses.replace(solution, unplanned=only)
        (row,) = explain.explain(scope.problem, alone).unplanned
        couriers = self.env["loyalty.delivery.courier"].search(
            [("company_id", "=", stop.company_id.id)]
        )
        called = {courier.id: courier.name for courier in couriers}
        return {
            "possible": False,
            "stop_id": stop.id,
            "label": stop.display_name,
            "reason_text": plan._reason_text(row.reason),
            "remedy_text": plan._remedy_text(row, called, plan._clock(scope.zero)),
        }
