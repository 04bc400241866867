"""A city with couriers: yesterday settled, today on the road, tomorrow to be planned.

Everything goes through the doors that a shop uses: orders with a delivery method and a
slot, transfers, events of phones. Only the moments of the past are set afterwards.
"""

import random
from datetime import datetime, time, timedelta

import pytz

from odoo import Command, fields

from .days import drive_today, drive_yesterday
from .places import ADDRESSES, DEPOT, ZONES

# login, name, groups
STAFF = (
    ("dispatcher", "Diana, dispatcher", "loyalty_delivery.group_delivery_dispatcher"),
    ("cashdesk", "Kima, counts the cash", "loyalty_delivery.group_delivery_cashier"),
)
HOURS = ((10, 12), (12, 14), (14, 16), (16, 18))
# name, kind, means, plate, kg, working time, portal login
COURIERS = (
    ("Levon", "staff", "car", "35 LV 777", 120, (9.0, 18.0), "levon"),
    ("Mher", "staff", "van", "36 MH 120", 600, (9.0, 18.0), "mher"),
    ("Sona", "freelance", "bike", "", 20, (10.0, 17.0), False),
)


class City:
    """What the parts of the story share."""

    def __init__(self, env, company):
        context = {
            **env.context,
            "tracking_disable": True,
            "allowed_company_ids": company.ids,
        }
        self.env = env(context=context)
        self.company = company.with_env(self.env)
        # The same city each time: nothing here is a secret.
        self.random = random.Random(2026)
        self.tz = pytz.timezone("Asia/Yerevan")
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(self.tz)
        self.today = now.date()
        self.depot = self.zones = self.carrier = self.couriers = None
        self.customers = self.goods = None

    def keep(self, record, name):
        """Give ``record`` the xml id ``loyalty_delivery.<name>_demo``."""
        self.env["ir.model.data"].create(
            {
                "module": "loyalty_delivery",
                "name": f"{name}_demo",
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )
        return record

    def make(self, model, name, values):
        return self.keep(self.env[model].create(values), name)

    def order(self, customer, lines, day=None, slot_hour=None):
        """A confirmed order that our couriers bring.

        :param lines: ``(product, price)``; ``None``: its own price
        :param slot_hour: first hour of the slot that the customer chose on ``day``
        """
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "loyalty_branch_id": customer.loyalty_branch_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            **({"price_unit": price} if price else {}),
                        }
                    )
                    for product, price in lines
                ],
            }
        )
        rate = self.carrier.rate_shipment(order)
        order.set_delivery_line(self.carrier, rate["price"])
        if slot_hour:
            slot = self.env["loyalty.delivery.slot"].search(
                [
                    ("zone_id", "=", order._delivery_zone().id),
                    ("weekday", "=", str(day.weekday())),
                    ("hour_from", "=", slot_hour),
                ]
            )
            order._delivery_choose(slot.id, day)
        order.action_confirm()
        return order

    def moment(self, day, hour, minute=0):
        """UTC of a local time in Yerevan."""
        local = self.tz.localize(datetime.combine(day, time(hour, minute)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)


def load(env):
    """Build the city, in the demonstration company, unless it is there."""
    company = env.ref("loyalty_club.company_arev_demo", raise_if_not_found=False)
    if not company or env.ref("loyalty_delivery.depot_kentron_demo", False):
        return
    city = City(env, company)
    _open_depot(city)
    _draw_zones(city)
    _hire(city)
    _settle_customers(city)
    drive_yesterday(city)
    drive_today(city)
    _order_for_tomorrow(city)


# -- the city ------------------------------------------------------------------------
def _open_depot(city):
    warehouse = city.env["stock.warehouse"].search(
        [("company_id", "=", city.company.id)], limit=1
    )
    city.depot = city.make(
        "loyalty.delivery.depot",
        "depot_kentron",
        {
            "name": "Kentron",
            "company_id": city.company.id,
            "warehouse_id": warehouse.id,
            "partner_id": city.company.partner_id.id,
            "latitude": DEPOT[0],
            "longitude": DEPOT[1],
        },
    )


def _draw_zones(city):
    city.zones = city.env["loyalty.delivery.zone"]
    for name, code, color, corners in ZONES:
        zone = city.make(
            "loyalty.delivery.zone",
            f"zone_{name.lower()}",
            {
                "name": name,
                "code": code,
                "color": color,
                "company_id": city.company.id,
                "depot_id": city.depot.id,
                "polygon": [list(corner) for corner in corners],
                "base_fee": 1000,
                "is_free_from": True,
                "free_from": 30000,
            },
        )
        city.zones |= zone
    city.env["loyalty.delivery.slot"].create(
        [
            {
                "zone_id": zone.id,
                "weekday": str(weekday),
                "hour_from": start,
                "hour_to": end,
                "capacity": 12,
                "reserved": 2,
                "cutoff_minutes": 60,
            }
            for zone in city.zones
            for weekday in range(7)
            for start, end in HOURS
        ]
    )
    product = city.make(
        "product.product",
        "product_delivery",
        {
            "name": "Delivery by our couriers",
            "type": "service",
            "list_price": 1000,
            "invoice_policy": "order",
            "taxes_id": [Command.set(city.company.account_sale_tax_id.ids)],
            "company_id": city.company.id,
        },
    )
    city.carrier = city.make(
        "delivery.carrier",
        "carrier_own",
        {
            "name": "Our couriers",
            "delivery_type": "own_courier",
            "product_id": product.id,
            "company_id": city.company.id,
        },
    )


def _hire(city):
    users = city.env["res.users"].with_context(no_reset_password=True)
    staff = users.create(
        [
            _user_values(city, login, name, ["base.group_user", group])
            for login, name, group in STAFF
        ]
    )
    for user in staff:
        city.keep(user, f"user_{user.login}")
    city.couriers = city.env["loyalty.delivery.courier"]
    for name, kind, profile, plate, kilograms, hours, login in COURIERS:
        partner = city.make(
            "res.partner",
            f"partner_{name.lower()}",
            {"name": name, "phone": "+37493111213", "lang": "hy_AM"},
        )
        if login:
            values = _user_values(city, login, name, ["base.group_portal"])
            city.keep(
                users.create({**values, "partner_id": partner.id}), f"user_{login}"
            )
        journal = city.env["account.journal"].create(
            {
                "name": f"Purse of {name}",
                "type": "cash",
                "code": f"P{name[:3].upper()}",
                "company_id": city.company.id,
            }
        )
        city.couriers |= city.make(
            "loyalty.delivery.courier",
            f"courier_{name.lower()}",
            {
                "partner_id": partner.id,
                "company_id": city.company.id,
                "kind": kind,
                "profile": profile,
                "vehicle_name": plate,
                "capacity_kg": kilograms,
                "hour_from": hours[0],
                "hour_to": hours[1],
                "depot_id": city.depot.id,
                "cost_km": 60,
                "cost_hour": 1500,
                "cash_journal_id": journal.id,
                "cash_limit": 150000,
                "color": len(city.couriers) + 1,
            },
        )


def _user_values(city, login, name, groups):
    return {
        "login": login,
        "password": login,
        "name": name,
        "email": f"{login}@arev.example.com",
        "tz": "Asia/Yerevan",
        "company_id": city.company.id,
        "company_ids": [Command.set(city.company.ids)],
        "group_ids": [Command.set([city.env.ref(group).id for group in groups])],
    }


def _settle_customers(city):
    """Members who have their goods brought, with a door each."""
    members = city.env["res.partner"].search(
        [
            ("is_loyalty_member", "=", True),
            ("prepayment_only", "=", False),
            ("id", "in", city.company.loyalty_program_id.coupon_ids.partner_id.ids),
        ],
        order="id",
        limit=len(ADDRESSES),
    )
    for member, (street, latitude, longitude, note) in zip(
        members, ADDRESSES, strict=False
    ):
        member.write({"street": street, "city": "Yerevan", "delivery_note": note})
        member.write({"partner_latitude": latitude, "partner_longitude": longitude})
    city.customers = members
    city.goods = city.env["product.product"].search(
        [("company_id", "=", city.company.id), ("type", "=", "consu")], order="id"
    )
    for number, product in enumerate(city.goods):
        product.weight = 0.3 + number * 0.25


# -- tomorrow ------------------------------------------------------------------------
def _order_for_tomorrow(city):
    """Orders of two dozen customers, ready for the planner."""
    tomorrow = city.today + timedelta(days=1)
    for number, customer in enumerate(city.customers[4:]):
        goods = city.random.sample(list(city.goods), city.random.randint(2, 4))
        city.order(
            customer,
            [(product, None) for product in goods],
            tomorrow,
            HOURS[number % len(HOURS)][0],
        )
