from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine.routing import check
from .constants import ROAD_PROFILE, STOP_FINISHED, TRIP_OPEN
from .loyalty_delivery_stop_route import update_rows

FIGURE_TYPES = {
    "planned_start": SQL("timestamp"),
    "planned_end": SQL("timestamp"),
    "planned_m": SQL("integer"),
    "planned_s": SQL("integer"),
    "late_count": SQL("integer"),
    "violations": SQL("jsonb"),
    "matrix_source": SQL("varchar"),
    "geometry": SQL("jsonb"),
}
BUMP_VERSION = SQL(", version = COALESCE(record.version, 0) + 1")
# Trips whose lines are asked for in one go.
LINES_AT_ONCE = 20
EMPTY_ROUTE = {
    "planned_start": False,
    "planned_end": False,
    "planned_m": 0,
    "planned_s": 0,
    "late_count": 0,
    "violations": [],
}


class LoyaltyDeliveryTrip(models.Model):
    """The order of a trip's stops, their times, and what follows when they change."""

    _inherit = "loyalty.delivery.trip"

    late_count = fields.Integer(
        "Late stops",
        readonly=True,
        copy=False,
        help="Stops that the route reaches after their window, as planned.",
    )
    geometry_stale = fields.Boolean("Lines are old", readonly=True, copy=False)
    violations = fields.Json(
        readonly=True,
        copy=False,
        help="What the route breaks: a list of {kind, excess, stop}.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        trips = super().create(vals_list)
        # Two dispatchers who make a trip for one courier at the same moment: the
        # write makes the second one begin again and see the first one's trip.
        trips.courier_id._touch_route()
        return trips

    @api.constrains("courier_id", "state", "planned_start", "planned_end")
    def _check_overlap(self):
        active = self.filtered(
            lambda trip: (
                trip.state in TRIP_OPEN and trip.planned_start and trip.planned_end
            )
        )
        if not active:
            return
        others = self.search(
            [
                ("courier_id", "in", active.courier_id.ids),
                ("state", "in", TRIP_OPEN),
                ("planned_start", "<", max(active.mapped("planned_end"))),
                ("planned_end", ">", min(active.mapped("planned_start"))),
            ]
        ).grouped("courier_id")
        for trip in active:
            for other in others.get(trip.courier_id, self.browse()) - trip:
                if trip._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "%(courier)s drives trip %(other)s at the same time as"
                            " %(trip)s. Choose another courier or another time.",
                            courier=trip.courier_id.name,
                            other=other.name,
                            trip=trip.name,
                        )
                    )

    def _overlaps(self, other):
        return (
            self.planned_start < other.planned_end
            and self.planned_end > other.planned_start
        )

    _stale_idx = models.Index("(id) WHERE geometry_stale")

    def _routes(self):
        """Stops of the trips in the order of the route: ``{trip: stops}``."""
        stops = self.env["loyalty.delivery.stop"].search(
            [("trip_id", "in", self.ids), ("state", "!=", "cancelled")],
            order="sequence, id",
        )
        routes = stops._in_order().grouped("trip_id")
        return {trip: routes.get(trip, stops.browse()) for trip in self}

    def _renumber(self):
        """Number the stops of each trip from 1, finished ones first."""
        rows = []
        for stops in self._routes().values():
            rows += [
                {"id": stop.id, "sequence": number}
                for number, stop in enumerate(stops, 1)
                if stop.sequence != number
            ]
        self.env["loyalty.delivery.stop"]._write_routes(rows)

    def _recompute_times(self, now=None):
        """Times, distances and breaches of the routes as they are numbered now.

        Finished stops keep what was; a started trip goes on from its last place.
        """
        now = now or fields.Datetime.now()
        for company, trips in self.grouped("company_id").items():
            routes = trips._routes()
            if not trips:
                continue
            planner = self.env["loyalty.delivery.planner"].with_company(company)
            zero = planner._zero(min(trips.mapped("date")), trips.depot_id)
            open_stops = {
                trip.id: stops.filtered(lambda stop: stop.state not in STOP_FINISHED)
                for trip, stops in routes.items()
            }
            calls = [planner._call(stop) for s in open_stops.values() for stop in s]
            shifts = trips._shifts(planner, routes, now)
            problem, roads = planner._problem(calls, shifts, zero, company)
            solution = check.evaluate(
                problem, {key: stops.ids for key, stops in open_stops.items()}
            )
            trips._write_times(solution, zero, roads)

    def _shifts(self, planner, routes, now):
        """The engine's values of the trips, keyed by their ids."""
        hours = {
            date: trips.courier_id._hours(date)
            for date, trips in self.grouped("date").items()
        }
        return [
            planner._trip_shift(
                trip,
                stops,
                hours[trip.date].get(
                    trip.courier_id,
                    (trip.courier_id.hour_from, trip.courier_id.hour_to),
                ),
                now,
                key=trip.id,
            )
            for trip, stops in routes.items()
        ]

    def _write_times(self, solution, zero, roads):
        """Store an evaluation of the trips' routes, and count the change."""
        rows, figures = [], {trip.id: dict(EMPTY_ROUTE) for trip in self}
        for route in solution.routes:
            figures[route.vehicle] = self._route_figures(route, zero)
            rows += [self._visit_row(visit, zero) for visit in route.visits]
        source = ", ".join(sorted({matrix.source for matrix in roads.values()}))
        arrived = self.env["loyalty.delivery.stop"].search(
            [("trip_id", "in", self.ids), ("state", "=", "arrived")]
        )
        self.env["loyalty.delivery.stop"]._write_routes(
            [row for row in rows if row["id"] not in arrived.ids]
        )
        self._write_figures(
            [
                {"id": trip.id, **figures[trip.id], "matrix_source": source}
                for trip in self
            ]
        )
        self._geometry_later()

    @api.model
    def _empty_route(self):
        """Figures of a trip without stops."""
        return dict(EMPTY_ROUTE)

    @api.model
    def _write_figures(self, rows):
        """Store figures of trips with one UPDATE, and count the change of each.

        :param rows: dicts with ``id`` and the same keys of FIGURE_TYPES in each
        """
        trips = self.browse([row["id"] for row in rows])
        update_rows(self.env, self._table, FIGURE_TYPES, rows, BUMP_VERSION)
        names = [name for name in rows[0] if name != "id"] if rows else []
        trips.invalidate_recordset([*names, "version", "write_date"], flush=False)
        trips.modified(names)
        trips._check_overlap()
        return trips

    @api.model
    def _visit_row(self, visit, zero):
        """What a stop stores of its visit: a courier who waits comes at the begin."""
        begin = zero + timedelta(seconds=visit.begin)
        return {
            "id": visit.job,
            "plan_eta": begin,
            "eta": begin,
            "leg_m": visit.leg_m,
            "leg_s": visit.leg_s,
        }

    @api.model
    def _route_figures(self, route, zero):
        """What a trip stores of its route."""
        return {
            "planned_start": zero + timedelta(seconds=route.departure),
            "planned_end": zero + timedelta(seconds=route.back),
            "planned_m": route.metres,
            "planned_s": route.seconds,
            "late_count": sum(bool(visit.late) for visit in route.visits),
            "violations": [
                {"kind": broken.kind, "excess": broken.excess, "stop": broken.job}
                for broken in route.violations
            ],
        }

    def _geometry_later(self):
        """Have the lines of the routes drawn again soon, when nobody waits."""
        fresh = self.filtered(lambda trip: not trip.geometry_stale)
        fresh.sudo().geometry_stale = True
        if self:
            self.env.ref("loyalty_delivery.cron_delivery_lines").sudo()._trigger()

    @api.model
    def _cron_geometry(self):
        """Draw the lines of routes that changed, some trips at a time."""
        stale = self.search([("geometry_stale", "=", True)], limit=LINES_AT_ONCE)
        left = self.search_count([("geometry_stale", "=", True)]) - len(stale)
        stale._geometry_refresh()
        self._board_changed(stale, self.env["loyalty.delivery.stop"])
        self.env["ir.cron"]._commit_progress(len(stale), remaining=left)

    def _geometry_refresh(self):
        """Ask the roads for the lines of the routes, one list of places a leg."""
        planner = self.env["loyalty.delivery.planner"]
        matrix = self.env["loyalty.delivery.matrix"]
        for trip, stops in self._routes().items():
            depot = (trip.depot_id.latitude, trip.depot_id.longitude)
            places = [depot, *((stop.latitude, stop.longitude) for stop in stops)]
            end = planner._end_place(trip.courier_id, depot)
            if end:
                places.append(end)
            profile = ROAD_PROFILE[trip.profile]
            lines, _source = matrix._geometry(places, profile, trip.company_id)
            trip.sudo().write({"geometry": lines, "geometry_stale": False})
