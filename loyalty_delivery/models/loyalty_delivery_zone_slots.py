"""What a zone offers on the days to come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from odoo import fields, models
from odoo.tools import format_date

from ..engine import slots
from ..engine.geo import haversine_m


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot on a day that a customer may take now.

    ``free`` of ``None``: places are not counted. Times are naive UTC. ``is_street``
    says that neighbours get their deliveries that day, which ``points`` include.
    """

    slot_id: int
    day: date
    start: datetime
    end: datetime
    cutoff: datetime
    free: int | None
    fee: float
    points: int
    is_street: bool
    best: bool
    hours: str

    @property
    def key(self):
        """How pages name the offer."""
        return f"{self.slot_id}:{self.day}"


class LoyaltyDeliveryZone(models.Model):
    _inherit = "loyalty.delivery.zone"

    slot_ids = fields.One2many("loyalty.delivery.slot", "zone_id", "Slots")
    neighbour_points = fields.Integer(
        "Points for a neighbour's day",
        help="“Your street on Thursday: +50 points”: given when the order is delivered"
        " on a day on which neighbours have deliveries already.",
    )
    neighbour_m = fields.Integer(
        "Neighbours within (metres)",
        default=300,
        help="0, or an address without a position: everybody in the zone.",
    )
    neighbour_min = fields.Integer("Neighbours at least", default=1)

    _neighbours = models.Constraint(
        "CHECK (neighbour_points >= 0 AND neighbour_m >= 0 AND neighbour_min >= 1)",
        "Points and metres are not negative, and a neighbour is at least one.",
    )

    def _tz(self):
        self.ensure_one()
        zone_sudo = self.sudo()
        return zone_sudo.depot_id.tz or zone_sudo.company_id.partner_id.tz or "UTC"

    def _slots(self, date_from, days, tier, place=None, order=None):
        """Slots with a free place, soonest first, in a constant number of queries.

        :param date_from: first day
        :param days: how many days
        :param tier: the customer's ``loyalty.tier``, may be empty
        :param place: latitude and longitude of the door, for the street's day
        :param order: an order whose own place counts as free
        :return: list of :class:`Offer`
        """
        self.ensure_one()
        zone_sudo, tz = self.sudo(), self._tz()
        now = fields.Datetime.now()
        dates = [date_from + timedelta(days=number) for number in range(days)]
        closed = zone_sudo._closed_days(dates)
        taken = (
            self.env["loyalty.delivery.slot.day"]
            .sudo()
            ._taken(zone_sudo.slot_ids, dates[0], dates[-1], order)
        )
        street = zone_sudo._street_days(dates, place, order)
        offers = []
        for day in dates:
            if day in closed:
                continue
            for slot in zone_sudo.slot_ids:
                if not slot._is_on(day):
                    continue
                places, best_places = taken.get((slot.id, day), (0, 0))
                rules, best = slot._rules(), slot._is_best(tier.sudo())
                free = slots.free_places(
                    rules,
                    day,
                    tz,
                    now,
                    taken=places,
                    taken_best=best_places,
                    best=best,
                )
                if free == 0:
                    continue
                offers.append(
                    Offer(
                        slot_id=slot.id,
                        day=day,
                        start=slots.moment(day, slot.hour_from, tz),
                        end=slots.moment(day, slot.hour_to, tz),
                        cutoff=slots.cutoff(rules, day, tz),
                        free=free,
                        fee=slot.fee,
                        points=slot.flex_points
                        + zone_sudo.neighbour_points * (day in street),
                        is_street=day in street,
                        best=best,
                        hours=slot._hours_text(),
                    )
                )
        return sorted(offers, key=lambda offer: (offer.start, offer.end))

    def _closed_days(self, dates):
        """Of ``dates`` those on which the zone is not driven to."""
        closings = self.env["loyalty.delivery.closing"].sudo()
        found = closings.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", "<=", dates[-1]),
                ("date_to", ">=", dates[0]),
                "|",
                ("zone_ids", "=", False),
                ("zone_ids", "in", self.ids),
            ]
        )
        return {
            day
            for day in dates
            if any(closing.date_from <= day <= closing.date_to for closing in found)
        }

    def _street_days(self, dates, place, order=None):
        """Of ``dates`` those on which neighbours have deliveries."""
        if not self.neighbour_points:
            return set()
        stops = self.env["loyalty.delivery.stop"].sudo()
        near = stops.search_fetch(
            [
                ("zone_id", "=", self.id),
                ("date", ">=", dates[0]),
                ("date", "<=", dates[-1]),
                ("state", "in", ("ready", "planned", "out")),
                ("sale_ids", "not in", order.ids if order else []),
            ],
            ["date", "latitude", "longitude"],
        )
        counts = dict.fromkeys(dates, 0)
        anywhere = not place or not any(place) or not self.neighbour_m
        for stop in near:
            door = (stop.latitude, stop.longitude)
            if anywhere or haversine_m(place, door) <= self.neighbour_m:
                counts[stop.date] += 1
        return {day for day, count in counts.items() if count >= self.neighbour_min}

    def _offer_text(self, offer, with_points=True):
        """“Thu, 5 Mar 14:00–16:00 · your street’s day: +50 points”."""
        day = format_date(self.env, offer.day, date_format="EEE, d MMM")
        text = f"{day} {offer.hours}"
        if not with_points or not offer.points:
            return text
        if offer.is_street:
            return self.env._(
                "%(when)s – your street on that day: +%(points)s points",
                when=text,
                points=offer.points,
            )
        return self.env._(
            "%(when)s: +%(points)s points", when=text, points=offer.points
        )
