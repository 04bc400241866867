from odoo import api, models
from odoo.exceptions import UserError

from .constants import STOP_FINISHED, TRIP_OPEN


class LoyaltyDeliveryTrip(models.Model):
    """Routes changed by hand: moves, locks, and undoing them."""

    _inherit = "loyalty.delivery.trip"

    @api.model
    def board_move(self, moves, date):
        """Move stops between trips, within one, or out of all.

        :param moves: in this order, each ``{"stop_id", "sequence"}`` with
            ``"trip_id"``, or ``"courier_id"`` (the open trip of the day, made when
            there is none), or neither to take the stop out. ``sequence`` counts from 1
            among the trip's other stops; without one it comes last. ``"handover":
            True`` moves a stop whose goods are on the road with another courier.
        :return: ``{"trips": […], "stops": […], "removed_trip_ids": [], "can_undo",
            "undo_label", "compare": {"before", "after"}}``: every trip touched and all
            stops in them and out of them, as in ``board_read``; what is compared is
            ``km``, ``hours``, ``late`` of these trips
        :raise UserError: nothing is moved
        """
        self._check_dispatcher()
        moved = self.env["loyalty.delivery.stop"].browse(
            [move["stop_id"] for move in moves]
        )
        moved._check_movable()
        self._check_handover(moves)
        company = moved[:1].company_id
        targets, made = self._move_targets(moves, date)
        self._check_companies(moved, targets)
        trips = moved.trip_id | self.union(*targets)
        before_routes = trips._routes()
        touched = moved.union(*before_routes.values())
        routes = {trip: list(stops) for trip, stops in before_routes.items()}
        before = self._capture(touched, trips - made)
        for stop, move, trip in zip(moved, moves, targets, strict=True):
            _place(routes, stop, trip, move.get("sequence"))
        self._write_moved(routes, moved)
        change = self.env["loyalty.delivery.change"]._keep(
            self._move_label(moved, targets[-1]), date, company, before, made
        )
        answer = self._board_answer(trips, touched, change)
        after = trips.read(["planned_m", "planned_s", "late_count"])
        answer["compare"] = {
            "before": _totals(before["trips"]),
            "after": _totals(after),
        }
        return answer

    @api.model
    def _capture(self, stops, trips):
        return self.env["loyalty.delivery.change"]._capture(stops, trips)

    @api.model
    def _board_answer(self, trips, stops, can_undo):
        """What changed, told to all boards and returned to this one."""
        self._board_changed(trips, stops)
        values = self.env["loyalty.delivery.board.values"]
        return {
            "trips": values._trip_rows([("id", "in", trips.ids)]),
            "stops": values._stop_rows([("id", "in", stops.ids)]),
            "removed_trip_ids": [],
            "can_undo": bool(can_undo),
            "undo_label": can_undo.name or "",
        }

    @api.model
    def _move_label(self, moved, trip):
        if len(moved) > 1:
            return self.env._("Moved %(count)s deliveries", count=len(moved))
        if trip:
            return self.env._(
                "Moved %(stop)s to %(courier)s",
                stop=moved.display_name,
                courier=trip.courier_id.name,
            )
        return self.env._("Took %(stop)s out", stop=moved.display_name)

    @api.model
    def _check_handover(self, moves):
        """Goods on the road stay with who has them, unless both couriers meet."""
        for move in moves:
            stop = self.env["loyalty.delivery.stop"].browse(move["stop_id"])
            stays = move.get("trip_id") == stop.trip_id.id
            stays |= move.get("courier_id") == stop.courier_id.id
            if stop.state == "out" and not stays and not move.get("handover"):
                raise UserError(
                    self.env._(
                        "%(courier)s has the goods of %(stop)s on the road. Let them"
                        " be handed over, or leave the delivery in this trip.",
                        courier=stop.courier_id.name,
                        stop=stop.display_name,
                    )
                )

    @api.model
    def _check_companies(self, stops, targets):
        """Each company's cash stays with its own couriers."""
        for stop, trip in zip(stops, targets, strict=True):
            if trip and trip.company_id != stop.company_id:
                raise UserError(
                    self.env._(
                        "%(stop)s belongs to %(company)s: a trip of %(other)s cannot"
                        " take it.",
                        stop=stop.display_name,
                        company=stop.company_id.name,
                        other=trip.company_id.name,
                    )
                )

    @api.model
    def _move_targets(self, moves, date):
        """The trip each move goes to, and those that had to be made."""
        made, targets = self.browse(), []
        couriers = self.env["loyalty.delivery.courier"].browse(
            {move["courier_id"] for move in moves if move.get("courier_id")}
        )
        trips = couriers._trip_of_day(date)
        for move in moves:
            if move.get("trip_id"):
                target = self.browse(move["trip_id"])
                target._check_open()
            elif move.get("courier_id"):
                courier = couriers.browse(move["courier_id"])
                if courier not in trips:
                    stop = self.env["loyalty.delivery.stop"].browse(move["stop_id"])
                    trips[courier] = courier._make_trips(date, stop.depot_id)
                    made |= trips[courier]
                target = trips[courier]
            else:
                target = self.browse()
            targets.append(target)
        return targets, made

    def _check_open(self):
        for trip in self:
            if trip.state not in TRIP_OPEN:
                raise UserError(
                    self.env._(
                        "Trip %(trip)s of %(courier)s is over. Choose another trip.",
                        trip=trip.name,
                        courier=trip.courier_id.name,
                    )
                )

    def _write_moved(self, routes, moved):
        """Store new orders of stops, their states and their times."""
        stops = self.env["loyalty.delivery.stop"]
        placed = {
            stop: (trip.id, number)
            for trip, ordered in routes.items()
            for number, stop in enumerate(ordered, 1)
        }
        stops._write_routes(
            [
                {"id": stop.id, "trip_id": trip_id, "sequence": number}
                for stop, (trip_id, number) in placed.items()
                if (stop.trip_id.id, stop.sequence) != (trip_id, number)
            ]
        )
        out = moved.filtered(lambda stop: stop not in placed)
        out._leave_route()
        self._follow_trip(moved - out)
        self.union(*routes)._recompute_times()

    @api.model
    def _follow_trip(self, stops):
        """States of stops that came into trips: planned, or out with the courier."""
        stops.filtered(lambda stop: stop.state == "ready")._transition("planned")
        moving = stops.filtered(lambda stop: stop.trip_id.state == "en_route")
        moving.filtered(lambda s: s.state == "planned")._transition("out")
        resting = stops - moving
        resting.filtered(lambda s: s.state == "out")._transition("planned")

    @api.model
    def board_lock(self, stop_ids, lock):
        """Lock stops to their courier or place, or free them (``"none"``).

        :return: as ``board_move``
        """
        self._check_dispatcher()
        stops = self.env["loyalty.delivery.stop"].browse(stop_ids)
        stops._check_movable()
        loose = stops.filtered(lambda stop: not stop.trip_id)
        if lock != "none" and loose:
            raise UserError(
                self.env._(
                    "%(stops)s has no courier yet: move it to one, then lock it.",
                    stops=", ".join(loose.mapped("display_name")),
                )
            )
        before = self._capture(stops, stops.trip_id)
        stops.write({"lock": lock})
        label = self.env._("Lock of %(count)s deliveries", count=len(stops))
        first = stops[:1]
        change = self.env["loyalty.delivery.change"]._keep(
            label, first.date, first.company_id, before
        )
        return self._board_answer(stops.trip_id, stops, change)

    @api.model
    def board_undo(self, date, company_id=None):
        """Take back the user's own last change of the day, one after another.

        :return: as ``board_move``; ``removed_trip_ids`` are those made by the change
        """
        self._check_dispatcher()
        company = self._board_company(company_id)
        change = self._last_change(date, company)
        if not change:
            raise UserError(
                self.env._("There is nothing of yours to undo on this day.")
            )
        made = change.trip_ids
        trips, stops = change.sudo(False)._undo()
        removed = [trip.id for trip in made if not trip.exists()]
        answer = self._board_answer(
            trips | made.sudo(False).exists(), stops, self._last_change(date, company)
        )
        return {**answer, "removed_trip_ids": removed}


def _place(routes, stop, trip, sequence):
    """Put a stop into a route after what is driven, and out of its old one."""
    for ordered in routes.values():
        if stop in ordered:
            ordered.remove(stop)
    if not trip:
        return
    ordered = routes[trip]
    driven = sum(other.state in (*STOP_FINISHED, "arrived") for other in ordered)
    wanted = len(ordered) if not sequence else sequence - 1
    ordered.insert(max(driven, min(wanted, len(ordered))), stop)


def _totals(rows):
    """What people compare of trips."""
    return {
        "km": round(sum(row["planned_m"] or 0 for row in rows) / 1000, 1),
        "hours": round(sum(row["planned_s"] or 0 for row in rows) / 3600, 2),
        "late": sum(row["late_count"] or 0 for row in rows),
    }
