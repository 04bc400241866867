import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.routing.problem import Problem
from .constants import STOP_FINISHED, TRIP_OPEN

# What of a delivery a plan was made with; when one of it changes, the plan is old.
STAMPED = (
    "state",
    "trip_id",
    "sequence",
    "lock",
    "date",
    "depot_id",
    "zone_id",
    "latitude",
    "longitude",
    "window_start",
    "window_end",
    "service_s",
    "weight_kg",
    "volume_m3",
    "parcels",
    "priority",
)
STAMPED_TRIP = ("state", "version")


@dataclass
class Scope:
    """A day gathered from the database: the problem, and whose numbers it has."""

    problem: Problem
    zero: datetime
    before: dict[int, list[int]]
    # Couriers' ids to their trips' ids, where they have one that takes more stops.
    trips: dict[int, int]
    inputs: dict
    sources: str
    estimated: float
    # Deliveries whose place is not known.
    lost: list[int]


class LoyaltyDeliveryPlan(models.Model):
    """What a plan is about: stops, couriers and trips of the day."""

    _inherit = "loyalty.delivery.plan"

    def _gather(self):
        """Everything an engine needs, in a constant number of queries.

        :return: a ``Scope``
        :raise UserError: there is nothing or nobody to plan
        """
        self.ensure_one()
        planner = self.env["loyalty.delivery.planner"]
        now = fields.Datetime.now()
        trips = self._open_trips()
        stops = self._open_stops(trips)
        lost = stops.filtered(lambda stop: not (stop.latitude or stop.longitude))
        stops -= lost
        hours = self._courier_hours(trips, stops)
        depots = self._depot_of_couriers(hours)
        self._check_scope(stops, hours)
        zero = planner._zero(self.date, next(iter(depots.values())))
        is_today = zero <= now < zero + timedelta(days=1)
        trip_of = self._trip_of_couriers(trips, hours)
        by_trip = stops._in_order().grouped("trip_id")
        orders = {trip: by_trip.get(trip, stops[:0]) for trip in trip_of.values()}
        first = {trip: _first(ordered) for trip, ordered in orders.items()}
        shifts = [
            self._courier_shift(
                planner,
                courier,
                hours[courier],
                depots[courier],
                trip_of.get(courier),
                first.get(trip_of.get(courier), stops.browse()),
                now if is_today else None,
            )
            for courier in hours
        ]
        calls = self._calls(planner, stops, depots, trip_of, first)
        problem, roads = planner._problem(calls, shifts, zero, self.company_id)
        pairs = sum(matrix.pairs for matrix in roads.values())
        estimated = sum(matrix.estimated for matrix in roads.values())
        return Scope(
            problem=problem,
            zero=zero,
            before={
                courier.id: orders[trip].ids
                for courier, trip in trip_of.items()
                if orders[trip]
            },
            trips={courier.id: trip.id for courier, trip in trip_of.items()},
            inputs=self._stamps(stops | lost, self._involved(trip_of, trips)),
            sources=", ".join(sorted({matrix.source for matrix in roads.values()})),
            estimated=estimated / pairs if pairs else 0.0,
            lost=lost.ids,
        )

    def _involved(self, trip_of, trips):
        return trips.browse([trip.id for trip in trip_of.values()])

    def _open_trips(self):
        """Trips that the plan may change: those on the road only for a day's rest."""
        states = TRIP_OPEN if self.mode == "rest" else TRIP_OPEN[:-1]
        return self.env["loyalty.delivery.trip"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "=", self.date),
                ("state", "in", states),
            ]
        )

    def _open_stops(self, trips):
        """Deliveries without a trip and those of the trips, not driven yet."""
        states = ["ready", "planned"]
        if self.mode == "rest":
            states += ["out", "arrived"]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("date", "=", self.date),
            ("state", "in", states),
            ("trip_id", "in", [False, *trips.ids]),
        ]
        if self.stop_ids:
            domain.append(("id", "in", self.stop_ids.ids))
        if self.depot_ids:
            domain.append(("depot_id", "in", [False, *self.depot_ids.ids]))
        return self.env["loyalty.delivery.stop"].search(domain, order="id")

    def _courier_hours(self, trips, stops):
        """Who works, from when to when: ``{courier: (from, to)}``."""
        couriers = self.courier_ids or self.env["loyalty.delivery.courier"].search(
            [("company_id", "=", self.company_id.id)]
        )
        bound = stops.filtered(
            lambda stop: stop.lock != "none" or stop.state in ("out", "arrived")
        )
        hours = couriers._hours(self.date)
        for courier in bound.trip_id.courier_id:
            hours.setdefault(courier, (courier.hour_from, courier.hour_to))
        return self._without_started(hours, trips)

    def _without_started(self, hours, trips):
        """Who is on the road is left alone, but when the rest of a day is planned."""
        if self.mode == "rest":
            return hours
        started = self.env["loyalty.delivery.trip"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "=", self.date),
                ("state", "=", "en_route"),
            ]
        )
        busy = started.courier_id - trips.courier_id
        return {courier: time for courier, time in hours.items() if courier not in busy}

    def _depot_of_couriers(self, hours):
        """Where each courier loads; couriers of other depots than the plan's leave."""
        first = self.env["loyalty.delivery.depot"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        if not first:
            raise UserError(
                self.env._("Set up a depot first: Configuration, Depots, New.")
            )
        default = self.depot_ids._origin[:1] or first
        depots = {courier: courier.depot_id or default for courier in hours}
        if self.depot_ids:
            wanted = self.depot_ids._origin
            for courier in [c for c in hours if depots[c] not in wanted]:
                del hours[courier], depots[courier]
        return depots

    def _check_scope(self, stops, hours):
        if not stops:
            raise UserError(
                self.env._(
                    "There is nothing to plan on %(date)s: no delivery is ready and"
                    " has a place on the map.",
                    date=self.date,
                )
            )
        if not hours:
            raise UserError(
                self.env._(
                    "Nobody works on %(date)s. Give a courier hours on this day, or"
                    " choose couriers who work.",
                    date=self.date,
                )
            )

    def _trip_of_couriers(self, trips, hours):
        """The one trip of each courier that takes stops, started ones first."""
        found = {}
        for trip in trips.sorted(lambda trip: (trip.state != "en_route", trip.id)):
            if trip.courier_id in hours:
                found.setdefault(trip.courier_id, trip)
        return found

    def _courier_shift(self, planner, courier, hours, depot, trip, first, now):
        values = {"first": tuple(first.ids)}
        if trip and trip.state == "en_route":
            # Where it is follows from all its stops, driven ones too.
            return planner._trip_shift(
                trip,
                trip.stop_ids,
                hours,
                now or fields.Datetime.now(),
                key=courier.id,
                **values,
            )
        shift = planner._shift(courier, depot, self.date, hours, **values)
        if now and now > shift.earliest:
            latest = max(shift.latest, now)
            values |= {"earliest": now, "latest": latest}
            shift = planner._shift(courier, depot, self.date, hours, **values)
        return shift

    def _calls(self, planner, stops, depots, trip_of, first):
        """The stops, each with the couriers who may come."""
        frozen = {stop for ordered in first.values() for stop in ordered}
        allowed_in = {}
        calls = []
        for stop in stops:
            trip = stop.trip_id
            bound = (
                stop.lock != "none"
                or stop in frozen
                or stop.state in ("out", "arrived")
                or (self.mode == "unplanned" and trip)
            )
            key = (stop.depot_id, stop.zone_id)
            if key not in allowed_in:
                allowed_in[key] = _allowed(depots, *key)
            allowed = (trip.courier_id.id,) if bound and trip else allowed_in[key]
            calls.append(planner._call(stop, allowed))
        return calls

    def _stamps(self, stops, trips):
        """What the plan was made with, as plain values in a stable order."""
        change = self.env["loyalty.delivery.change"]
        return {
            "stops": change._plain(stops, STAMPED),
            "trips": change._plain(trips, STAMPED_TRIP),
        }


def _first(ordered):
    """Stops that come first whatever is planned: at the door, or locked there."""
    last = 0
    for number, stop in enumerate(ordered, 1):
        if stop.state == "arrived" or stop.lock == "position":
            last = number
    return ordered[:last].filtered(lambda stop: stop.state not in STOP_FINISHED)


def _allowed(depots, depot, zone):
    """Ids of couriers who load at the depot and may go to the zone; ``None``: all."""
    allowed = tuple(
        courier.id
        for courier, start in depots.items()
        if (not depot or start == depot)
        and (not courier.zone_ids or zone in courier.zone_ids)
    )
    return None if len(allowed) == len(depots) else allowed


def hash_of(inputs):
    """A short name for exactly these inputs."""
    told = json.dumps(inputs, sort_keys=True).encode()
    return hashlib.sha256(told).hexdigest()[:16]
