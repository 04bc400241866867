from odoo import models
from odoo.exceptions import UserError

from .constants import STOP_FINISHED
from .loyalty_delivery_plan_scope import STAMPED, STAMPED_TRIP

# So many changed deliveries are named; the others are counted.
NAMED = 5


class LoyaltyDeliveryPlan(models.Model):
    """A proposal becomes trips, in one piece, and can be taken back."""

    _inherit = "loyalty.delivery.plan"

    def action_apply(self):
        """Make the proposed routes the trips of the day.

        :raise UserError: a delivery or trip changed since; nothing is applied
        """
        self.ensure_one()
        self._check_dispatcher()
        self.check_access("write")
        self._set_state("applied", ("done",))
        # Written first: of two who say yes at once the second begins again, and is
        # told that the plan is applied already.
        self.flush_recordset()
        trips, stops = self._apply()
        self.env["loyalty.delivery.trip"]._board_changed(trips, stops)
        self._tell_board()
        return True

    def _apply(self):
        trips, stops = self._records()
        self._check_stamps(trips, stops)
        self._check_other_trips()
        changes = self.env["loyalty.delivery.change"]
        before = changes._capture(stops, trips)
        made = self._make_trips()
        rows, left = self._rows(stops, made)
        stops._write_routes(rows)
        left.filtered("trip_id")._leave_route()
        placed = stops - left
        self.env["loyalty.delivery.trip"]._follow_trip(placed)
        self._write_figures(trips, made)
        change = changes._keep(
            self.env._("Plan of %(count)s deliveries", count=len(placed)),
            self.date,
            self.company_id,
            before,
            trips.union(*made.values()) - trips,
        )
        self.sudo().change_id = change
        return trips.union(*made.values()), stops

    def _records(self):
        """Trips and deliveries the plan was made with, those that still exist."""
        trips = self.env["loyalty.delivery.trip"].browse(
            [row["id"] for row in self.inputs["trips"]]
        )
        stops = self.env["loyalty.delivery.stop"].browse(
            [row["id"] for row in self.inputs["stops"]]
        )
        return trips.exists(), stops.exists()

    def _check_stamps(self, trips, stops):
        """:raise UserError: with the names of what changed since it was planned"""
        plain = self.env["loyalty.delivery.change"]._plain
        found = [
            *_differences(self.inputs["stops"], plain(stops, STAMPED), stops),
            *_differences(self.inputs["trips"], plain(trips, STAMPED_TRIP), trips),
        ]
        if found:
            self._refuse(found)

    def _refuse(self, found):
        told = []
        for record, name, names in found[:NAMED]:
            labels = [record._fields[n]._description_string(self.env) for n in names]
            told.append(f"{name} ({', '.join(labels)})" if labels else name)
        more = len(found) - NAMED
        if more > 0:
            told.append(self.env._("%(count)s more", count=more))
        raise UserError(
            self.env._(
                "The plan is older than the deliveries, nothing was applied. Changed"
                " since: %(what)s. Plan again.",
                what=", ".join(told),
            )
        )

    def _check_other_trips(self):
        """Trips that somebody made for these couriers since."""
        couriers = self.env["loyalty.delivery.courier"].browse(
            [row["courier_id"] for row in self.routes if not row["trip_id"]]
        )
        new = couriers._trip_of_day(self.date)
        found = [
            (trip, trip.name, [])
            for courier, trip in new.items()
            if trip.state != "en_route" or self.mode == "rest"
        ]
        if found:
            self._refuse(found)

    def _make_trips(self):
        """The trip of each courier of the plan, made where there was none."""
        trips = self.env["loyalty.delivery.trip"]
        couriers = self.env["loyalty.delivery.courier"]
        known = {
            row["courier_id"]: trips.browse(row["trip_id"])
            for row in self.routes
            if row["trip_id"]
        }
        new = couriers.browse(
            [row["courier_id"] for row in self.routes if not row["trip_id"]]
        )
        for courier, trip in zip(
            new, new._make_trips(self.date, self.depot_ids[:1]), strict=True
        ):
            known[courier.id] = trip
        return known

    def _rows(self, stops, trip_of):
        """Rows for ``_write_routes``, and the deliveries that stay without a trip."""
        at_door = stops.filtered(lambda stop: stop.state == "arrived")
        driven = dict(
            self.env["loyalty.delivery.stop"]._read_group(
                [
                    ("trip_id", "in", [trip.id for trip in trip_of.values()]),
                    ("state", "in", STOP_FINISHED),
                ],
                ["trip_id"],
                ["__count"],
            )
        )
        rows, planned = [], set()
        for route in self.routes:
            trip = trip_of[route["courier_id"]]
            for number, visit in enumerate(route["visits"], driven.get(trip, 0) + 1):
                planned.add(visit["stop_id"])
                if visit["stop_id"] in at_door.ids:
                    continue
                rows.append(
                    {
                        "id": visit["stop_id"],
                        "trip_id": trip.id,
                        "sequence": number,
                        "plan_eta": visit["begin"],
                        "eta": visit["begin"],
                        "leg_m": visit["leg_m"],
                        "leg_s": visit["leg_s"],
                    }
                )
        return rows, stops.filtered(lambda stop: stop.id not in planned)

    def _write_figures(self, trips, trip_of):
        """Start, end and length of each trip; those without stops become empty."""
        by_trip = {trip_of[row["courier_id"]]: row for row in self.routes}
        empty = trips._empty_route()
        trips._write_figures(
            [
                {
                    "id": trip.id,
                    **(_figures(by_trip[trip]) if trip in by_trip else empty),
                    "matrix_source": self.matrix_source,
                }
                for trip in trips.union(*by_trip)
            ]
        )
        trips.union(*by_trip)._geometry_later()

    def action_undo(self):
        """Put routes back as they were before the plan.

        :raise UserError: somebody drove or changed a delivery since
        """
        self.ensure_one()
        self._check_dispatcher()
        self.check_access("write")
        self._set_state("undone", ("applied",))
        trips, stops = self.change_id.sudo(False)._undo()
        self.env["loyalty.delivery.trip"]._board_changed(trips, stops)
        self._tell_board()
        return True


def _figures(row):
    return {
        "planned_start": row["departure"],
        "planned_end": row["back"],
        "planned_m": row["metres"],
        "planned_s": row["seconds"],
        "late_count": row["late"],
        "violations": row["violations"],
    }


def _differences(before, now, records):
    """``(records, name, fields that differ)`` of each row that is not as it was."""
    by_id = {row["id"]: row for row in now}
    known = {record.id: record for record in records}
    for row in before:
        current = by_id.get(row["id"])
        if current is None:
            yield records, f"#{row['id']}", []
        elif current != row:
            names = [name for name in row if row[name] != current[name]]
            yield records, known[row["id"]].display_name, names
