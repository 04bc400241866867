from datetime import timedelta

from odoo import api, fields, models

from ..engine import day
from .constants import ROAD_PROFILE, STOP_FINISHED


class LoyaltyDeliveryPlanner(models.AbstractModel):
    """From couriers, trips and stops to the values of a routing problem."""

    _name = "loyalty.delivery.planner"
    _description = "Deliveries as a routing problem"

    @api.model
    def _zero(self, date, depots):
        """The midnight at which the day of the first depot begins, in UTC."""
        return day.moment(fields.Date.to_date(date), 0, depots[:1].tz or "UTC")

    @api.model
    def _call(self, stop, shifts=None):
        """A stop as the engine's value."""
        return day.Call(
            key=stop.id,
            place=(stop.latitude, stop.longitude),
            earliest=stop.window_start or None,
            latest=stop.window_end or None,
            service=stop.service_s,
            demand=(
                round(stop.weight_kg * 1000),
                round(stop.volume_m3 * 1000),
                stop.parcels,
            ),
            prize=stop.prize,
            shifts=shifts,
            pace=(stop.zone_id.speed_kmh, stop.zone_id.road_factor),
        )

    @api.model
    def _shift(self, courier, depot, date, hours, **values):
        """A courier's working time on a day as the engine's value.

        :param hours: ``(from, to)`` by the clock of the depot
        :param values: what differs, such as where and when a started trip goes on
        """
        begin = day.moment(fields.Date.to_date(date), hours[0], depot.tz)
        end = day.moment(fields.Date.to_date(date), hours[1], depot.tz)
        place = (depot.latitude, depot.longitude)
        usual = {
            "key": courier.id,
            "start": place,
            "end": self._end_place(courier, place),
            "earliest": begin + timedelta(minutes=depot.loading_minutes),
            "latest": end,
            "profile": ROAD_PROFILE[courier.profile],
            "capacity": (
                round(courier.capacity_kg * 1000),
                round(courier.capacity_m3 * 1000),
                courier.capacity_parcels,
            ),
            "max_stops": courier.max_stops,
            "max_m": round(courier.max_km * 1000),
            "cost_km": round(courier.cost_km * 100),
            "cost_hour": round(courier.cost_hour * 100),
        }
        return day.Shift(**{**usual, **values})

    @api.model
    def _end_place(self, courier, depot_place):
        if courier.ends_at == "open":
            return None
        home = (courier.home_latitude, courier.home_longitude)
        return home if courier.ends_at == "home" and any(home) else depot_place

    @api.model
    def _trip_shift(self, trip, stops, hours, now, **values):
        """The shift of a trip from where it is now.

        :param stops: its stops in the order of the route
        """
        values = {"profile": ROAD_PROFILE[trip.profile], **values}
        if trip.state in ("en_route", "returned"):
            values["start"], values["earliest"] = self._where(trip, stops, now)
            values["latest"] = max(
                values["earliest"],
                self._shift(trip.courier_id, trip.depot_id, trip.date, hours).latest,
            )
        return self._shift(trip.courier_id, trip.depot_id, trip.date, hours, **values)

    @api.model
    def _where(self, trip, stops, now):
        """Where a started trip is and since when: at a door, or past the last one."""
        at_door = stops.filtered(lambda stop: stop.state == "arrived")[:1]
        if at_door:
            since = at_door.arrived_at or now
            return (at_door.latitude, at_door.longitude), since
        driven = stops.filtered(lambda stop: stop.state in STOP_FINISHED)
        last = max(driven, key=lambda stop: stop.done_at or now, default=trip.depot_id)
        return (last.latitude, last.longitude), now

    @api.model
    def _roads(self, places, paces, profiles, company):
        """The road matrix of each profile."""
        return {
            profile: self.env["loyalty.delivery.matrix"]._matrix(
                places, profile, company, paces
            )
            for profile in sorted(profiles)
        }

    @api.model
    def _problem(self, calls, shifts, zero, company):
        """The problem and the road matrices it was made with."""
        places = day.places_of(calls, shifts)
        paces = day.paces_of(calls, places)
        profiles = {shift.profile for shift in shifts}
        roads = self._roads(places, paces, profiles, company)
        return day.build(calls, shifts, zero, places, roads), roads
