"""Two days of couriers: yesterday's Friday of the story, settled, and today's roads.

Couriers' phones tell what happened, as they do on the road; the trips are those that a
dispatcher would have made by hand.
"""

from datetime import timedelta
from uuid import uuid4

from odoo import Command, fields

from ..engine.geo import haversine_m
from ..engine.phone_events import milliseconds

# What Levon's customers pay at the door, the delivery's price of 1 000 included where
# the tier gives none: together with Ani's 23 000 it makes 61 500.
LEVON_GOODS = (8000, 7000, 6500, 6000, 6000)
MHER_GOODS = (9000, 12500, 4500, 18000, 7500)
RATINGS = (
    (5, "Quick and kind"),
    (5, ""),
    (4, ""),
    (2, "The box was open"),
    (5, "On the minute"),
)
SIGNATURES = ("Neighbour", "Ani", "Guard")


def drive_yesterday(city):
    """Twelve deliveries, one tried twice; Levon hands in 500 less than he got."""
    day = city.today - timedelta(days=1)
    ani, levon, mher = city.customers[:1], city.couriers[0], city.couriers[1]
    plain = city.customers[1:].filtered(
        lambda customer: customer.loyalty_tier_id.name == "Bronze"
    )
    _agree_on_pay(city)
    stops = [_sell(city, ani, 23000, day, 14)]
    stops += [
        _sell(city, customer, amount, day, 10 + 2 * (number // 2))
        for number, (customer, amount) in enumerate(
            zip(plain, LEVON_GOODS, strict=False)
        )
    ]
    paid = _sell(city, plain[len(LEVON_GOODS)], 15000, day, 14, paid=True)
    route = [*stops[1:5], stops[0], *stops[5:], paid]
    trip = _release(city, levon, route, day)
    _drive(city, trip, day, 10, 0, fails=2)
    others = [
        _sell(city, customer, amount, day, 12)
        for customer, amount in zip(plain[7:], MHER_GOODS, strict=False)
    ]
    second = _release(city, mher, others, day)
    _drive(city, second, day, 11, 30)
    bookings = city.env["loyalty.delivery.booking"].search([("state", "=", "todo")])
    for booking in bookings:
        booking._book_or_fail()
    _settle(city, levon, 500, "Change for a note of 20 000")
    _settle(city, mher, 0, "")
    _rate(trip.stop_ids | second.stop_ids)


def _agree_on_pay(city):
    scheme = city.make(
        "loyalty.delivery.pay.scheme",
        "scheme_stop",
        {
            "name": "700 a stop",
            "company_id": city.company.id,
            "rate_ids": [Command.create({"basis": "stop", "rate": 700})],
        },
    )
    city.env["loyalty.delivery.pay.assignment"].create(
        [
            {
                "courier_id": courier.id,
                "scheme_id": scheme.id,
                "date_from": city.today - timedelta(days=90),
            }
            for courier in city.couriers
        ]
    )
    city.company.delivery_till_journal_id = city.env.ref(
        "loyalty_club.branch_kentron_demo"
    ).journal_id
    city.company.delivery_invoice_on_delivery = True


def _sell(city, customer, amount, day, hour, paid=False):
    """The delivery of an order of ``amount``, with its window."""
    goods = city.random.choice(list(city.goods))
    order = city.order(customer, [(goods, amount)])
    if paid:
        invoice = order._create_invoices()
        invoice.action_post()
        city.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {"journal_id": city.company.delivery_till_journal_id.id}
        )._create_payments()
    stop = order.delivery_stop_ids
    stop.write(
        {
            "date": day,
            "window_start": city.moment(day, hour),
            "window_end": city.moment(day, hour + 2),
        }
    )
    stop._refresh()
    return stop


def _release(city, courier, stops, day):
    trip = city.env["loyalty.delivery.trip"].create(
        {
            "date": day,
            "company_id": city.company.id,
            "courier_id": courier.id,
            "depot_id": city.depot.id,
            "profile": courier.profile,
            "vehicle_name": courier.vehicle_name,
        }
    )
    for number, stop in enumerate(stops, 1):
        stop._transition("planned", {"trip_id": trip.id, "sequence": number})
    trip._recompute_times(city.moment(day, 8))
    trip._transition("planned")
    trip._geometry_refresh()
    return trip


def _drive(city, trip, day, hour, minute, fails=None, until=None):
    """The phone tells of each door in order.

    :param fails: the place in the route where nobody opens; it is tried again last
    :param until: doors after this moment are still to come
    """
    clock = Clock(city, trip, city.moment(day, hour, minute))
    _tell_the_road(city, clock, fails, until)
    # All of it is told now, which is no fault of the phone's clock.
    city.env["loyalty.delivery.alert"]._resolve("clock", trips=trip)


def _tell_the_road(city, clock, fails, until):
    trip = clock.trip
    clock.tell("take")
    clock.tell("depart")
    doors = trip.stop_ids.sorted("sequence")
    again = city.env["loyalty.delivery.stop"]
    for number, stop in enumerate(doors):
        clock.travel(stop)
        if until and clock.now > until:
            return
        clock.tell("arrive", stop)
        clock.now += timedelta(minutes=4)
        if until and clock.now > until:
            return
        if number == fails:
            reason = city.env.ref("loyalty_delivery.reason_not_at_home")
            clock.tell("fail", stop, reason=reason.id, note="Rang twice, called once")
            again = stop._try_again(
                city.moment(trip.date, 14), city.moment(trip.date, 16), trip.date
            )
        else:
            clock.deliver(stop)
    if again:
        again._transition("planned", {"trip_id": trip.id, "sequence": len(doors) + 1})
        again._transition("out")
        clock.travel(again)
        clock.tell("arrive", again)
        clock.deliver(again)
    clock.now += timedelta(minutes=12)
    clock.tell("return")


class Clock:
    """A courier's phone on the road."""

    def __init__(self, city, trip, now):
        self.city = city
        self.trip = trip
        self.now = now
        self.place = (city.depot.latitude, city.depot.longitude)

    def travel(self, stop):
        """To the next door, at the pace of a car in a city, not before its window."""
        door = (stop.latitude, stop.longitude)
        self.now += timedelta(seconds=haversine_m(self.place, door) * 1.4 / 6)
        self.now = max(self.now, stop.window_start or self.now)
        self.place = door

    def deliver(self, stop):
        payload = {"signed_by": self.city.random.choice(SIGNATURES)}
        if stop.cod_due:
            payload |= {"cod": stop.cod_due, "method": "cash"}
        self.tell("deliver", stop, **payload)
        self.now += timedelta(minutes=2)

    def tell(self, kind, stop=None, **payload):
        answers = self.city.env["loyalty.delivery.event"]._receive(
            self.trip,
            [
                {
                    "uuid": str(uuid4()),
                    "kind": kind,
                    "stop": stop.id if stop else None,
                    "client_ms": milliseconds(self.now),
                    "offset_ms": 0,
                    "pos": {
                        "lat": self.place[0],
                        "lon": self.place[1],
                        "acc": 12,
                    },
                    "payload": payload,
                }
            ],
            device="demo",
        )
        if answers[0]["status"] != "applied":
            raise ValueError(f"{kind} of {stop}: {answers}")


def _settle(city, courier, missing, reason):
    trips = city.env["loyalty.delivery.trip"].search(
        [("courier_id", "=", courier.id), ("state", "=", "returned")]
    )
    expected = sum(
        stop.cod_collected for stop in trips.stop_ids if stop.payment_method == "cash"
    )
    dialog = city.env["loyalty.delivery.settle"].create(
        {
            "company_id": city.company.id,
            "courier_id": courier.id,
            "trip_ids": [Command.set(trips.ids)],
            "counted": expected - missing,
        }
    )
    dialog.action_count()
    dialog.reason = reason
    dialog.action_settle()


def _rate(stops):
    """Customers rate on their pages, in the evening after the settlement."""
    delivered = stops.filtered(lambda stop: stop.state == "delivered")
    for stop, (stars, words) in zip(delivered, RATINGS, strict=False):
        stop._rate(stars, words)


def drive_today(city):
    """As far as the clock says: planned at dawn, on the road by day."""
    day, now = city.today, fields.Datetime.now()
    far = city.customers[12:26]
    levon, mher = city.couriers[0], city.couriers[1]
    amounts = (9500, 21000, 6400, 34000, 12800, 5600, 17500)
    for courier, customers, start in (
        (levon, far[:7], 10),
        (mher, far[7:14], 11),
    ):
        stops = [
            _sell(city, customer, amount, day, start + 2 * (number // 3))
            for number, (customer, amount) in enumerate(
                zip(customers, amounts, strict=False)
            )
        ]
        trip = _release(city, courier, stops, day)
        if city.moment(day, start) < now:
            _drive(city, trip, day, start, 0, until=now)
