from datetime import timedelta

from odoo import fields, models

from ..engine import day
from ..engine.routing import check

PLACE = "place"


class LoyaltyDeliveryPlan(models.Model):
    """The answer of an engine in the words of dispatchers."""

    _inherit = "loyalty.delivery.plan"

    late_stops = fields.Integer(compute="_compute_figures")
    planned_stops = fields.Integer(compute="_compute_figures")
    unplanned_stops = fields.Integer(compute="_compute_figures")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    def _compute_figures(self):
        for plan in self:
            after = plan.kpi_after or {}
            plan.late_stops = after.get("late", 0)
            plan.planned_stops = after.get("planned", 0)
            plan.unplanned_stops = after.get("unplanned", 0)

    def _compute_preview(self):
        for plan in self:
            plan.preview = plan.routes is not False and self.env["ir.qweb"]._render(
                "loyalty_delivery.plan_preview", {"plan": plan, **plan._preview()}
            )

    def _preview(self):
        """What the preview shows: rows of figures, routes, and what is left."""
        before, after = self.kpi_before or {}, self.kpi_after or {}
        return {
            "figures": [
                (label, before.get(key, 0), after.get(key, 0))
                for key, label in (
                    ("km", self.env._("Kilometres")),
                    ("hours", self.env._("Hours on the road")),
                    ("planned", self.env._("Deliveries planned")),
                    ("unplanned", self.env._("Deliveries left")),
                    ("late", self.env._("Late")),
                    ("couriers", self.env._("Couriers")),
                )
            ],
            "routes": self.routes or [],
            "unplanned": self.unplanned or [],
        }

    def _keep_scope(self, scope):
        """What is needed when the answer comes: stamps, and how it was before."""
        solution = check.evaluate(scope.problem, scope.before)
        return {
            **scope.inputs,
            "zero": fields.Datetime.to_string(scope.zero),
            "trips_of": {str(key): trip for key, trip in scope.trips.items()},
            "before": day.figures(solution),
            "lost": scope.lost,
        }

    def _keep_solution(self, solution, used):
        """Store routes, reasons and figures; the plan waits for a yes."""
        figures = day.figures(solution)
        lost = self.inputs["lost"]
        figures["unplanned"] += len(lost)
        before = {**self.inputs["before"]}
        before["unplanned"] += len(lost)
        self._set_state(
            "done",
            ("running",),
            routes=self._route_values(solution),
            unplanned=self._unplanned_values(solution),
            kpi_before=before,
            kpi_after=figures,
            percent=100,
            best_cost=min(solution.cost, 2**31 - 1),
            iterations=solution.iterations,
            engine_name=solution.engine,
            engine_version=solution.version,
            used_s=used,
            warm_start=False,
            finished_at=fields.Datetime.now(),
        )

    def _route_values(self, solution):
        """Routes with names and moments: what the preview and applying need."""
        zero = fields.Datetime.to_datetime(self.inputs["zero"])
        names = self._stop_names()
        couriers = self.env["loyalty.delivery.courier"].browse(
            [route.vehicle for route in solution.routes]
        )
        called = {courier.id: courier.name for courier in couriers}
        clock = self._clock(zero)
        return [
            {
                "courier_id": route.vehicle,
                "courier": called[route.vehicle],
                "trip_id": self.inputs["trips_of"].get(str(route.vehicle), False),
                "departure": _text(zero, route.departure),
                "back": _text(zero, route.back),
                "hours": f"{clock(route.departure)}–{clock(route.back)}",
                "metres": route.metres,
                "seconds": route.seconds,
                "cost": route.cost,
                "late": sum(bool(visit.late) for visit in route.visits),
                "violations": [
                    {"kind": row.kind, "excess": row.excess, "stop": row.job}
                    for row in route.violations
                ],
                "visits": [
                    {
                        "stop_id": visit.job,
                        "label": names.get(visit.job, ""),
                        "begin": _text(zero, visit.begin),
                        "clock": clock(visit.begin),
                        "leg_m": visit.leg_m,
                        "leg_s": visit.leg_s,
                        "late_s": visit.late,
                    }
                    for visit in route.visits
                ],
            }
            for route in solution.routes
            if route.visits
        ]

    def _stop_names(self):
        stops = self.env["loyalty.delivery.stop"].browse(
            [row["id"] for row in self.inputs["stops"]]
        )
        return {stop.id: stop.display_name for stop in stops.exists()}

    def _clock(self, zero):
        """From seconds of the problem to what a clock at the depot shows."""
        depot = self.depot_ids[:1] or self.env["loyalty.delivery.depot"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )

        def clock(seconds):
            at = zero + timedelta(seconds=seconds)
            return fields.Datetime.context_timestamp(
                self.with_context(tz=depot.tz), at
            ).strftime("%H:%M")

        return clock

    def _unplanned_values(self, solution):
        """What is left, why, and what would help: ids and sentences."""
        names = self._stop_names()
        keys = {row.detail.get("vehicle") for row in solution.unplanned}
        couriers = self.env["loyalty.delivery.courier"].browse(
            [key for key in keys if key]
        )
        called = {courier.id: courier.name for courier in couriers}
        clock = self._clock(fields.Datetime.to_datetime(self.inputs["zero"]))
        rows = [
            {
                "stop_id": row.job,
                "label": names.get(row.job, ""),
                "reason": row.reason,
                "reason_text": self._reason_text(row.reason),
                "remedy": row.remedy,
                "remedy_text": self._remedy_text(row, called, clock),
            }
            for row in solution.unplanned
        ]
        return rows + [
            {
                "stop_id": key,
                "label": names.get(key, ""),
                "reason": PLACE,
                "reason_text": self._reason_text(PLACE),
                "remedy": "",
                "remedy_text": self.env._("Set the place on the map."),
            }
            for key in self.inputs["lost"]
        ]

    def _reason_text(self, reason):
        return {
            "window": self.env._("Nobody can be there in time."),
            "capacity": self.env._("It does not fit into any vehicle any more."),
            "zone": self.env._("No courier of this depot goes to its zone."),
            "distance": self.env._("The route would be longer than a courier drives."),
            "duration": self.env._("The day would be longer than a courier works."),
            "stops": self.env._("The couriers have as many stops as they may."),
            "unreachable": self.env._("No road leads there."),
            "cost": self.env._("It costs more than it is worth to the plan."),
            PLACE: self.env._("Nobody knows where it is."),
        }.get(reason, "")

    def _remedy_text(self, row, called, clock):
        """The cheapest remedy as a sentence; empty when there is none."""
        detail = row.detail
        courier = called.get(detail.get("vehicle"), "")
        minutes = -(-detail.get("seconds", 0) // 60)
        if row.remedy == "more_vehicles":
            return self.env._(
                "One courier more like %(courier)s serves %(served)s of %(left)s.",
                courier=courier,
                served=detail["served"],
                left=detail["unplanned"],
            )
        if row.remedy == "widen_window":
            return self.env._(
                "%(courier)s can be there at %(time)s, %(minutes)s minutes late: agree"
                " on a longer window.",
                courier=courier,
                time=clock(detail["begin"]),
                minutes=minutes,
            )
        if row.remedy == "longer_day" and "metres" in detail:
            return self.env._(
                "%(courier)s would drive %(km)s km more than allowed.",
                courier=courier,
                km=round(detail["metres"] / 1000, 1),
            )
        if row.remedy == "longer_day":
            return self.env._(
                "%(courier)s would work %(minutes)s minutes longer.",
                courier=courier,
                minutes=minutes,
            )
        if row.remedy == "more_capacity":
            return self._capacity_text(courier, detail)
        if row.remedy == "allow_vehicle":
            return self.env._("Let %(courier)s go to its zone.", courier=courier)
        if row.remedy == "raise_priority":
            return self.env._("Raise its priority.")
        return ""

    def _capacity_text(self, courier, detail):
        if "stops" in detail:
            return self.env._("Let %(courier)s make a stop more.", courier=courier)
        amount = detail["amount"]
        if detail["dimension"] == 0:
            return self.env._(
                "%(courier)s would carry %(kg)s kg more than allowed.",
                courier=courier,
                kg=round(amount / 1000, 1),
            )
        if detail["dimension"] == 1:
            return self.env._(
                "%(courier)s would carry %(volume)s m³ more than allowed.",
                courier=courier,
                volume=round(amount / 1000, 3),
            )
        return self.env._(
            "%(courier)s would carry %(count)s parcels more than allowed.",
            courier=courier,
            count=amount,
        )


def _text(zero, seconds):
    return fields.Datetime.to_string(zero + timedelta(seconds=seconds))
