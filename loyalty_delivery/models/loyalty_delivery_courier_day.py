from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .constants import TRIP_OPEN

WEEKDAYS = (
    "works_monday",
    "works_tuesday",
    "works_wednesday",
    "works_thursday",
    "works_friday",
    "works_saturday",
    "works_sunday",
)


class LoyaltyDeliveryCourier(models.Model):
    """When a courier works: weekdays, hours, and days that are not as usual."""

    _inherit = "loyalty.delivery.courier"

    works_monday = fields.Boolean("Monday", default=True)
    works_tuesday = fields.Boolean("Tuesday", default=True)
    works_wednesday = fields.Boolean("Wednesday", default=True)
    works_thursday = fields.Boolean("Thursday", default=True)
    works_friday = fields.Boolean("Friday", default=True)
    works_saturday = fields.Boolean("Saturday", default=True)
    works_sunday = fields.Boolean("Sunday", default=True)
    shift_ids = fields.One2many(
        "loyalty.delivery.shift",
        "courier_id",
        "Days not as usual",
        help="Days off, and days with other hours.",
    )
    trip_count = fields.Integer(compute="_compute_trip_count")
    route_stamp = fields.Integer(
        readonly=True,
        copy=False,
        help="Counts trips made for the courier: two dispatchers who make one at the"
        " same time do so one after the other.",
    )

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for courier in self:
            if not 0 <= courier.hour_from < courier.hour_to <= 24:
                raise ValidationError(
                    self.env._(
                        "The working day of %(courier)s ends before it begins."
                        " Hours go from 0 to 24.",
                        courier=courier.name,
                    )
                )

    def _compute_trip_count(self):
        counts = dict(
            self.env["loyalty.delivery.trip"]._read_group(
                [("courier_id", "in", self.ids)], ["courier_id"], ["__count"]
            )
        )
        for courier in self:
            courier.trip_count = counts.get(courier, 0)

    def action_trips(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_delivery.action_delivery_trip"
        )
        return {
            **action,
            "domain": [("courier_id", "=", self.id)],
            "context": {"default_courier_id": self.id},
        }

    def _hours(self, date):
        """Working hours of a day.

        :return: ``{courier: (from, to)}``, who is off being absent
        """
        date = fields.Date.to_date(date)
        shifts = self.env["loyalty.delivery.shift"].search(
            [("courier_id", "in", self.ids), ("date", "=", date)]
        )
        special = {shift.courier_id: shift for shift in shifts}
        weekday = WEEKDAYS[date.weekday()]
        hours = {}
        for courier in self:
            shift = special.get(courier)
            if shift and shift.works:
                hours[courier] = (shift.hour_from, shift.hour_to)
            elif not shift and courier[weekday]:
                hours[courier] = (courier.hour_from, courier.hour_to)
        return hours

    def _touch_route(self):
        """Write the rows: who else makes trips for these couriers now begins again."""
        if not self:
            return
        self.flush_recordset(["route_stamp"])
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_delivery_courier SET"
                " route_stamp = COALESCE(route_stamp, 0) + 1 WHERE id IN %s",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["route_stamp"], flush=False)

    def _trip_of_day(self, date):
        """The trip of a day that takes more stops, not started ones first.

        :return: ``{courier: trip}``, who has none being absent
        """
        trips = self.env["loyalty.delivery.trip"].search(
            [
                ("courier_id", "in", self.ids),
                ("date", "=", date),
                ("state", "in", TRIP_OPEN),
            ]
        )
        found = {}
        for trip in trips.sorted(lambda trip: (trip.state == "en_route", trip.id)):
            found.setdefault(trip.courier_id, trip)
        return found

    def _make_trips(self, date, depot=None):
        """A new trip for each, from the courier's depot or else the given one."""
        values = []
        for courier in self:
            start = courier.depot_id or depot or courier._first_depot()
            values.append(
                {
                    "date": date,
                    "company_id": courier.company_id.id,
                    "courier_id": courier.id,
                    "depot_id": start.id,
                    "profile": courier.profile,
                    "vehicle_name": courier.vehicle_name,
                }
            )
        return self.env["loyalty.delivery.trip"].create(values)

    def _first_depot(self):
        depot = self.env["loyalty.delivery.depot"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        if not depot:
            raise UserError(
                self.env._("Set up a depot first: Configuration, Depots, New.")
            )
        return depot
