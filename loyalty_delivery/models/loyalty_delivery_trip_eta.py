import logging
from collections import defaultdict
from datetime import datetime, timedelta

import psycopg2.extensions

from odoo import api, fields, models

from ..engine import eta as clock
from .constants import STOP_FINISHED
from .loyalty_delivery_alert import Concern

_logger = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1)
FRESH_S = 180
TRACK_S = 2 * 3600
ATTEMPTS = 3
FIELDS = [
    "state", "trip_id", "sequence", "latitude", "longitude", "geo_quality", "leg_s",
    "service_s", "window_start", "window_end", "promised_start", "promised_end", "eta",
    "arrived_at", "done_at", "told_eta", "told_start", "told_end", "company_id",
]  # fmt: skip


def _epoch(moment):
    return int((moment - EPOCH).total_seconds())


def _place(stop):
    if stop.geo_quality == "none" or not (stop.latitude or stop.longitude):
        return None
    return (stop.latitude, stop.longitude)


class LoyaltyDeliveryTrip(models.Model):
    """The delay of a courier carried to the doors that are still to come."""

    _inherit = "loyalty.delivery.trip"

    def _propagate(self, now=None):
        """Expected arrivals from what has happened; tells whom it concerns.

        The number of queries does not grow with trips and stops.

        :param now: naive UTC, as the ERP keeps it
        """
        now = now or fields.Datetime.now()
        trips = self.filtered(lambda trip: trip._moves(now))
        if not trips:
            return
        stops = self.env["loyalty.delivery.stop"].search_fetch(
            [("trip_id", "in", trips.ids), ("state", "!=", "cancelled")],
            FIELDS,
            order="trip_id, sequence, id",
        )
        by_trip = stops.grouped("trip_id")
        tracks = trips._tracks(now)
        times = {}
        for trip in trips:
            route = by_trip.get(trip, stops.browse())
            times.update(trip._route_times(route, tracks[trip], _epoch(now)))
        changed = stops.browse([stop.id for stop in times])._write_etas(times)
        trips._watch(stops, tracks, now)
        stops._tell_changes()
        if changed:
            self.env["loyalty.delivery.trip"]._board_changed(changed.trip_id, changed)

    def _moves(self, now):
        """On the road, or should be by now."""
        if self.state == "en_route":
            return True
        late_start = self.planned_start and self.planned_start < now
        return bool(self.state in ("planned", "loaded") and late_start)

    def _tracks(self, now):
        """``{trip: [(second, place)]}`` of the last hours, in order of time."""
        tracks = defaultdict(list)
        rows = (
            self.env["loyalty.delivery.position"]
            .sudo()
            .search_fetch(
                [
                    ("trip_id", "in", self.ids),
                    ("time", ">", now - timedelta(seconds=TRACK_S)),
                ],
                ["trip_id", "time", "latitude", "longitude"],
                order="time",
            )
        )
        for row in rows:
            place = (row.latitude, row.longitude)
            tracks[row.trip_id].append((_epoch(row.time), place))
        return tracks

    # -- one route ----------------------------------------------------------------
    def _route_times(self, route, track, now):
        """``{stop: second}`` of the doors that are still to come."""
        waiting = [stop for stop in route if stop.state in ("planned", "out")]
        free_at, place, came_from = self._standing(route, now)
        before = dict(zip(route[1:], route[:-1], strict=True)) if len(route) else {}
        legs = []
        for stop in waiting:
            drive_s = self._drive_s(stop, before.get(stop), came_from, place)
            if not legs and track and now - track[-1][0] < FRESH_S:
                free_at, drive_s = self._seen(stop, place, drive_s, track, free_at)
            opens = _epoch(stop.window_start) if stop.window_start else None
            legs.append(clock.Leg(stop, drive_s, stop.service_s, opens))
            place, came_from = _place(stop) or place, stop
        return clock.propagate(free_at, now, legs)

    def _standing(self, route, now):
        """``(when, where, stop)``: from when and where the rest of the route is
        driven; where and stop are the depot and nothing at the beginning."""
        doors = [stop for stop in route if stop.state == "arrived" and stop.arrived_at]
        if doors:
            door = max(doors, key=lambda stop: (stop.arrived_at, stop.sequence))
            ends = _epoch(door.arrived_at) + door.service_s
            return max(ends, now), _place(door), door
        done = [s for s in route if s.state in STOP_FINISHED and s.done_at]
        if done:
            last = max(done, key=lambda stop: (stop.done_at, stop.sequence))
            return _epoch(last.done_at), _place(last), last
        depot = (self.depot_id.latitude, self.depot_id.longitude)
        left = _epoch(self.started_at) if self.started_at else now
        return left, depot if any(depot) else None, None

    def _drive_s(self, stop, before, came_from, place):
        """The leg as it was planned, or by the straight line where the courier takes
        doors in another order."""
        if stop.leg_s and (before or None) == (came_from or None):
            return stop.leg_s
        there = _place(stop)
        if place and there:
            return clock.rough_drive_s(place, there, self.profile)
        return stop.leg_s

    def _seen(self, stop, place, drive_s, track, free_at):
        """The rest of the first leg for a courier whose position is known."""
        there = _place(stop)
        moment, here = track[-1]
        if not place or not there or moment < free_at:
            return free_at, drive_s
        return moment, clock.rest_of_leg_s(drive_s, place, there, here)

    # -- alerts -------------------------------------------------------------------
    def _watch(self, stops, tracks, now):
        """Raise what is not as planned, and resolve what is as planned again."""
        concerns = [
            concern for stop in stops if (concern := stop._lateness_concern(now))
        ]
        for trip, route in stops.grouped("trip_id").items():
            concerns += trip._idle_concerns(route, tracks[trip], now)
        alerts = self.env["loyalty.delivery.alert"].sudo()
        told = {
            (concern.kind, concern.stop or concern.trip): concern
            for concern in concerns
        }
        open_alerts = alerts.search(
            [
                ("trip_id", "in", self.ids),
                ("kind", "in", ("late", "predicted_late", "idle")),
                ("state", "!=", "resolved"),
            ]
        )
        open_alerts.filtered(
            lambda alert: (alert.kind, alert.stop_id or alert.trip_id) not in told
        )._close()
        alerts._raise_many(concerns)

    def _idle_concerns(self, route, track, now):
        most = self.company_id.sudo().delivery_idle_minutes * 60
        waiting = [stop for stop in route if stop.state in ("planned", "out")]
        doors = [stop for stop in route if stop.state == "arrived"]
        if not most or self.state != "en_route" or not (waiting or doors):
            return []
        second = _epoch(now)
        signs = [_epoch(self.started_at)] if self.started_at else []
        for stop in route:
            signs += [_epoch(m) for m in (stop.arrived_at, stop.done_at) if m]
        last = max(signs, default=second)
        moved = clock.last_moved(track)
        expected = last + (waiting[0].leg_s if waiting and not doors else 0)
        if doors:
            expected = last + max(stop.service_s for stop in doors)
        elif waiting[0].window_start:
            expected = max(expected, _epoch(waiting[0].window_start))
        idle = clock.idle_s(second, max(last, moved or 0), expected)
        if idle <= most:
            return []
        return [Concern("idle", None, self, self.courier_id, idle // 60, None, None)]

    # -- when -------------------------------------------------------------------------
    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        self.filtered(lambda trip: trip.state == "en_route")._propagate()
        over = self.filtered(lambda trip: trip.state not in ("planned", "en_route"))
        if over:
            kinds = ("idle", "late", "predicted_late")
            alerts = self.env["loyalty.delivery.alert"].sudo()
            alerts.search(
                [
                    ("trip_id", "in", over.ids),
                    ("kind", "in", kinds),
                    ("state", "!=", "resolved"),
                ]
            )._close()
        return result

    @api.model
    def _cron_propagate(self):
        """Time passes on the road though nothing is told: each two minutes."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._propagate_today()
                self.env.flush_all()
                self.env["ir.cron"]._commit_progress(1)
                return
            except psycopg2.extensions.TransactionRollbackError:
                # A courier told something at the same moment, and goes first.
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.info("expected arrivals: lost against an event, %s", attempt)

    @api.model
    def _propagate_today(self):
        now = fields.Datetime.now()
        trips = self.search(
            [
                ("date", ">=", (now - timedelta(days=1)).date()),
                ("date", "<=", (now + timedelta(days=1)).date()),
                ("state", "in", ("planned", "loaded", "en_route")),
            ]
        )
        trips._propagate(now)
        # A plan that was made anew is news too for who was told of the former.
        self.env["loyalty.delivery.stop"].search(
            [
                ("trip_id", "in", trips.ids),
                ("state", "in", ("planned", "out")),
                ("told_eta", "!=", False),
            ]
        )._tell_changes()
