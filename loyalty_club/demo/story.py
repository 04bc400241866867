"""A believable shop: Arev LLC with its club, its people and a year behind it.

Loaded once, with demonstration data only, into a company of its own: the ERP's own
demonstration books in another currency. Everything goes through the doors that a shop
uses; only the dates of what happened months ago are set afterwards.
"""

import random
from datetime import datetime, time, timedelta

from odoo import Command, fields
from odoo.tools import SQL, groupby

from .people import MEMBERS, PRODUCTS

WEEKDAYS_BUT_TUESDAY = (
    "monday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
# login, name, groups
STAFF = (
    ("cashier", "Karen, cashier", "loyalty_club.group_loyalty_cashier"),
    ("officer", "Ofelia, loyalty officer", "loyalty_club.group_loyalty_officer"),
    ("manager", "Marine, loyalty manager", "loyalty_club.group_loyalty_manager"),
    ("auditor", "Aharon, auditor", "loyalty_club.group_loyalty_auditor"),
    ("accountant", "Arpine, accountant", "account.group_account_manager"),
    ("salesman", "Samvel, salesman", "sales_team.group_sale_salesman_all_leads"),
)
VIPS = ("Davit Hakobyan", "Anahit Khachatryan", "Boris Hovhannisyan")
PROBLEM = "Gagik Vardanyan"
VISITS = {"gold": (24, 34), "silver": (12, 20), "bronze": (2, 8)}


class Shop:
    """What the parts of the story share."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        # The same shop each time: nothing here is a secret.
        self.random = random.Random(2026)
        self.today = fields.Date.context_today(env.user)

    def keep(self, record, name):
        """Give ``record`` the xml id ``loyalty_club.<name>_demo``."""
        self.env["ir.model.data"].create(
            {
                "module": "loyalty_club",
                "name": f"{name}_demo",
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )
        return record

    def make(self, model, name, values):
        return self.keep(self.env[model].create(values), name)


def load(env):
    """Build the shop, unless it is there already."""
    if env.ref("loyalty_club.company_arev_demo", raise_if_not_found=False):
        return
    shop = Shop(env)
    _open_company(shop)
    _open_club(shop)
    _hire(shop)
    _register_members(shop)
    _remember_last_year(shop)
    _sell_lately(shop)
    _week_of_ani(shop)
    _print_gift_cards(shop)
    _leave_quotations(shop)


# -- the shop ------------------------------------------------------
def _open_company(shop):
    env = shop.env
    amd = env.ref("base.AMD")
    # Shops in Armenia do not count in luma.
    amd.write({"active": True, "rounding": 1.0})
    company = shop.make(
        "res.company",
        "company_arev",
        {
            "name": "Arev LLC",
            "currency_id": amd.id,
            "country_id": env.ref("base.am").id,
            "street": "12 Abovyan Street",
            "city": "Yerevan",
            "zip": "0001",
            "phone": "+374 10 123456",
            "vat": "01234567",
        },
    )
    company.partner_id.tz = "Asia/Yerevan"
    for user in env.ref("base.user_admin") | env.ref("base.user_root"):
        user.write({"company_ids": [Command.link(company.id)]})
    env.ref("base.user_admin").company_id = company
    shop.company = company
    shop.env = env(
        context={**shop.env.context, "allowed_company_ids": company.ids},
    )
    # Not try_loading, which warns that modules are being loaded: they are.
    shop.env["account.chart.template"]._load("generic_coa", company, install_demo=False)
    # The chart brings the currency of its own country.
    company.currency_id = amd
    shop.company = company.with_env(shop.env)
    warehouses = shop.env["stock.warehouse"]
    if not warehouses.search([("company_id", "=", company.id)]):
        warehouses.create({"name": "Arev", "code": "AREV", "company_id": company.id})
    group = shop.env["account.tax.group"].create(
        {"name": "VAT 20 %", "company_id": company.id}
    )
    shop.tax = shop.env["account.tax"].create(
        {
            "name": "VAT 20 %",
            "invoice_label": "VAT 20 %",
            "amount": 20,
            "price_include_override": "tax_included",
            "type_tax_use": "sale",
            "tax_group_id": group.id,
            "company_id": company.id,
        }
    )
    shop.company.account_sale_tax_id = shop.tax
    # The chart gave the product of amounts alone the tax of its own country.
    till_product = shop.env.ref("loyalty_club.product_till_sale")
    till_product.taxes_id = shop.tax | till_product.taxes_id.filtered(
        lambda tax: tax.company_id != company
    )
    shop.branches = [
        _open_branch(shop, name, code)
        for name, code in (("Kentron", "K"), ("Arabkir", "A"))
    ]
    shop.products = [
        shop.make(
            "product.product",
            f"product_{number}",
            {
                "name": name,
                "list_price": price,
                "standard_price": round(price * 0.45),
                "barcode": barcode,
                "type": "consu",
                "invoice_policy": "order",
                "taxes_id": [Command.set(shop.tax.ids)],
                "company_id": company.id,
            },
        )
        for number, (name, price, barcode) in enumerate(PRODUCTS, 1)
    ]


def _open_branch(shop, name, code):
    journal = shop.env["account.journal"].create(
        {"name": f"Cash desk {name}", "type": "cash", "code": f"CSH{code}"}
    )
    return shop.make(
        "loyalty.branch",
        f"branch_{name.lower()}",
        {
            "name": name,
            "code": code,
            "company_id": shop.company.id,
            "journal_id": journal.id,
        },
    )


def _open_club(shop):
    club = shop.make(
        "loyalty.program",
        "club_arev",
        {
            "name": "Arev Club",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "company_id": shop.company.id,
            "currency_id": shop.company.currency_id.id,
            "portal_point_name": "points",
            "is_club": True,
            "cap_doc_percent": 30,
            "cap_day_points": 20000,
            "rule_ids": [
                Command.clear(),
                Command.create(
                    {
                        "reward_point_mode": "money",
                        "reward_point_amount": 3,
                        "per_amount": 100,
                        "minimum_qty": 0,
                    }
                ),
            ],
            "reward_ids": [
                Command.clear(),
                Command.create(
                    {
                        "reward_type": "discount",
                        "discount_mode": "per_point",
                        "discount": 1,
                        "required_points": 1,
                        "discount_applicability": "order",
                        "description": "Paid with points",
                    }
                ),
            ],
            "multiplier_ids": [
                Command.create(
                    {
                        "name": "Tuesday",
                        "factor": 2,
                        **dict.fromkeys(WEEKDAYS_BUT_TUESDAY, False),
                    }
                ),
            ],
            "tier_ids": [
                Command.create(
                    {
                        "name": "Bronze",
                        "threshold": 0,
                        "birthday_points": 500,
                        "benefits": "<p>3 points for each 100 AMD.</p>",
                    }
                ),
                Command.create(
                    {
                        "name": "Silver",
                        "threshold": 100000,
                        "earn_multiplier": 1.5,
                        "free_delivery": True,
                        "free_delivery_from": 15000,
                        "birthday_points": 1000,
                        "benefits": "<p>Half as many points again, and free delivery"
                        " from 15 000 AMD.</p>",
                    }
                ),
                Command.create(
                    {
                        "name": "Gold",
                        "threshold": 300000,
                        "earn_multiplier": 2,
                        "free_delivery": True,
                        "birthday_points": 3000,
                        "priority": "1",
                        "benefits": "<p>Double points; delivery is always free.</p>",
                    }
                ),
            ],
        },
    )
    shop.club = club
    shop.company.loyalty_program_id = club
    shop.sources = shop.env["loyalty.source"].create(
        [{"name": name} for name in ("A friend", "Passing by", "Instagram", "Maps")]
    )
    question, taste = shop.env["loyalty.attribute"].create(
        [
            {
                "name": "Favourite coffee",
                "value_ids": [
                    Command.create({"name": name, "color": color})
                    for color, name in enumerate(("Black", "With milk", "None: tea"), 2)
                ],
            },
            {
                "name": "Comes with",
                "value_ids": [
                    Command.create({"name": name, "color": color})
                    for color, name in enumerate(("Children", "A dog", "A laptop"), 6)
                ],
            },
        ]
    )
    shop.answers = (question.value_ids, taste.value_ids)


def _hire(shop):
    users = (
        shop.env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "login": login,
                    "password": login,
                    "name": name,
                    "email": f"{login}@arev.example.com",
                    "tz": "Asia/Yerevan",
                    "company_id": shop.company.id,
                    "company_ids": [Command.set(shop.company.ids)],
                    "group_ids": [
                        Command.set(
                            [
                                shop.env.ref("base.group_user").id,
                                shop.env.ref(group).id,
                            ]
                        )
                    ],
                }
                for login, name, group in STAFF
            ]
        )
    )
    for user in users:
        shop.keep(user, f"user_{user.login}")
    kentron = shop.branches[0]
    kentron.operator_ids = users.filtered(lambda u: u.login in ("cashier", "officer"))
    shop.seller = users.filtered(lambda user: user.login == "salesman")


# -- members ------------------------------------------------------
def _register_members(shop):
    countries = {"+374": "base.am", "+7": "base.ru", "+995": "base.ge"}
    partners = shop.env["res.partner"]
    shop.members = {}
    for number, (name, phone, born, gender, branch, source) in enumerate(MEMBERS):
        country = next(
            shop.env.ref(x) for p, x in countries.items() if phone.startswith(p)
        )
        card = partners._loyalty_register(
            {
                "name": name,
                "phone": phone,
                "email": "ani@example.com" if number == 0 else False,
                "birthday": datetime(*born).date(),
                "gender": gender,
                "country_id": country.id,
                "city": "Yerevan",
                "loyalty_branch_id": shop.branches[branch].id,
                "loyalty_source_id": shop.sources[source].id,
                "loyalty_attribute_ids": [
                    shop.random.choice(values).id for values in shop.answers
                ],
                "consent_service": True,
                "consent_sms": number % 3 != 1,
                "consent_email": number % 4 == 0,
                "consent_source": "Demonstration data",
            },
            program=shop.club,
            branch=shop.branches[branch],
        )
        shop.members[name] = card
    shop.keep(shop.members["Ani Petrosyan"].partner_id, "partner_ani")
    shop.members["Ani Petrosyan"].partner_id.loyalty_referrer_id = shop.members[
        "Davit Hakobyan"
    ].partner_id
    for name in VIPS:
        shop.members[name].partner_id.write(
            {
                "loyalty_class": "vip",
                "loyalty_class_reason": "Comes twice a week",
                "loyalty_class_manual": True,
            }
        )
    shop.members[PROBLEM].partner_id.write(
        {
            "loyalty_class": "problem",
            "loyalty_class_reason": "Two orders refused at the door",
            "loyalty_class_manual": True,
            "prepayment_only": True,
        }
    )
    _invite_ani(shop)


def _invite_ani(shop):
    user = (
        shop.env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "login": "ani",
                "password": "ani",
                "partner_id": shop.members["Ani Petrosyan"].partner_id.id,
                "company_id": shop.company.id,
                "company_ids": [Command.set(shop.company.ids)],
                "group_ids": [Command.set(shop.env.ref("base.group_portal").ids)],
            }
        )
    )
    shop.keep(user, "user_ani")


# -- the year before ------------------------------------------------------
def _remember_last_year(shop):
    """Past purchases by which tiers differ, and the points of the paper club."""
    past = [
        (day, card, amount)
        for number, card in enumerate(shop.members.values())
        if number  # Ani is new
        for day, amount in _visits(shop, number)
    ]
    past.sort(key=lambda row: (row[0], row[1].id))
    shop.env["loyalty.purchase"].create(
        [
            {
                "partner_id": card.partner_id.id,
                "program_id": shop.club.id,
                "company_id": shop.company.id,
                "branch_id": card.branch_id.id,
                "date": day,
                "amount": amount,
                "margin": round(amount * 0.5),
                "reference": f"Receipt {number:04}",
            }
            for number, (day, card, amount) in enumerate(past, 1)
        ]
    )
    _post_paper_club(shop, past)
    shop.env["loyalty.card"].union(*shop.members.values())._update_tiers()


def _visits(shop, number):
    kind = "gold" if number % 7 == 1 else "silver" if number % 3 == 0 else "bronze"
    start = shop.today - timedelta(days=350)
    for _visit in range(shop.random.randint(*VISITS[kind])):
        day = start + timedelta(days=shop.random.randint(0, 310))
        yield day, shop.random.randint(20, 160) * 100


def _post_paper_club(shop, past):
    """Month by month: what was earned first, then what was spent or expired."""
    earned = [(day, card, round(amount * 0.03)) for day, card, amount in past]
    for month, rows in groupby(earned, lambda row: row[0].replace(day=1)):
        _post_dated(
            shop, [(day, card, "opening", points) for day, card, points in rows]
        )
        last = month + timedelta(days=26)
        kind = "expire" if month.month % 4 == 0 else "spend"
        takers = dict.fromkeys(card for _day, card, _points in rows[::7])
        _post_dated(
            shop,
            [(last, card, kind, -round(card.points * 0.4, -1)) for card in takers],
        )


def _post_dated(shop, rows):
    entries, days = [], {}
    for number, (day, card, kind, points) in enumerate(rows):
        key = f"demo:{kind}:{day}:{card.id}:{number}"
        days[key] = day
        entries.append(
            card._entry(
                kind,
                points,
                day=day,
                reason="Paper club" if kind == "opening" else None,
                company_id=shop.company.id,
                branch_id=card.branch_id.id,
                key=key,
            )
        )
    for move in shop.env["loyalty.card"]._post_points(entries).filtered("key"):
        _date_rows(shop, move, days[move.key])


def _date_rows(shop, moves, day):
    """Set when rows of the ledger were written: the story began before the database."""
    moment = datetime.combine(day, time(8 + moves[:1].id % 9, moves[:1].id % 60))
    shop.env.flush_all()
    shop.env.cr.execute(
        SQL(
            "UPDATE loyalty_point_move SET date = %s WHERE id IN %s",
            moment,
            tuple(moves.ids),
        )
    )
    moves.invalidate_recordset(["date"])


# -- the last weeks ------------------------------------------------------
def _sell_lately(shop):
    """Invoices of the last six weeks, most of them paid."""
    buyers = list(shop.members.values())[1:19]
    for number, card in enumerate(buyers):
        day = shop.today - timedelta(days=42 - 2 * number)
        lines = shop.random.sample(shop.products, 3)
        invoice = _invoice(
            shop, card, [(line, shop.random.randint(1, 3)) for line in lines], day
        )
        if number % 6:
            _pay(shop, invoice, card.branch_id)
        _date_documents(shop, invoice, day)


def _invoice(shop, card, lines, day, branch=None):
    invoice = shop.env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": card.partner_id.id,
            "invoice_date": day,
            "loyalty_branch_id": (branch or card.branch_id).id,
            "invoice_user_id": shop.seller.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": quantity,
                        "tax_ids": [Command.set(shop.tax.ids)],
                    }
                )
                for product, quantity in lines
            ],
        }
    )
    invoice.action_post()
    return invoice


def _pay(shop, invoice, branch):
    shop.env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    ).create(
        {"journal_id": branch.journal_id.id, "payment_date": invoice.invoice_date}
    )._create_payments()


def _date_documents(shop, document, day):
    rows = shop.env["loyalty.point.move"].search(
        [("res_model", "=", document._name), ("res_id", "in", document.ids)]
    )
    if rows:
        _date_rows(shop, rows, day)


def _week_of_ani(shop):
    """The story to the coin: 4 515 points, Silver, 153 000 to Gold."""
    card = shop.members["Ani Petrosyan"]
    tuesday = shop.today - timedelta(days=(shop.today.weekday() - 1) % 7 or 7)
    if (shop.today - tuesday).days < 3:
        tuesday -= timedelta(days=7)
    goods = dict(
        zip((product.name for product in shop.products), shop.products, strict=True)
    )
    kentron = shop.branches[0]
    moka, grinder = goods["Moka pot"], goods["Coffee grinder"]
    monday = tuesday - timedelta(days=1)
    first = _invoice(shop, card, [(moka, 1), (goods["Thyme tea"], 2)], monday)
    _pay(shop, first, kentron)
    _date_documents(shop, first, monday)
    second = _invoice(
        shop,
        card,
        [
            (grinder, 2),
            (goods["Coffee beans Ararat 250 g"], 2),
            (goods["Croissant"], 10),
            (goods["Cappuccino"], 2),
            (goods["Gata"], 1),
        ],
        tuesday,
    )
    _pay(shop, second, kentron)
    _date_documents(shop, second, tuesday)
    _order_of_ani(shop, card, (moka, grinder), tuesday + timedelta(days=1))
    _return_of_ani(shop, second, tuesday + timedelta(days=2))


def _order(shop, card, products):
    return shop.env["sale.order"].create(
        {
            "partner_id": card.partner_id.id,
            "company_id": shop.company.id,
            "user_id": shop.seller.id,
            "loyalty_branch_id": card.branch_id.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 1})
                for product in products
            ],
        }
    )


def _order_of_ani(shop, card, products, day):
    order = shop.keep(_order(shop, card, products), "order_ani")
    order.action_loyalty_spend(3000)
    order.action_confirm()
    order.date_order = datetime.combine(day, time(12))
    _date_documents(shop, order, day)
    invoice = shop.keep(order._create_invoices(), "invoice_ani")
    invoice.write({"invoice_date": day, "invoice_date_due": day})
    invoice.action_post()
    _pay(shop, invoice, card.branch_id)
    _date_documents(shop, invoice, day)


def _return_of_ani(shop, invoice, day):
    refund = invoice._reverse_moves([{"invoice_date": day, "date": day}])
    lines = refund.invoice_line_ids
    lines[1:].unlink()
    lines[:1].write({"quantity": 1, "price_unit": 10000})
    refund.action_post()
    _pay(shop, refund, invoice.loyalty_branch_id)
    _date_documents(shop, refund, day)


# -- gift cards and what is going on ----------------------------------------------
def _print_gift_cards(shop):
    product = shop.make(
        "product.product",
        "product_gift_card",
        {
            "name": "Arev gift card",
            "list_price": 10000,
            "type": "service",
            "invoice_policy": "order",
            "taxes_id": [Command.clear()],
            "company_id": shop.company.id,
        },
    )
    programs = shop.env["loyalty.program"]
    program = shop.make(
        "loyalty.program",
        "gift_arev",
        {
            "name": "Arev gift cards",
            "program_type": "gift_card",
            "company_id": shop.company.id,
            "currency_id": shop.company.currency_id.id,
            **programs._program_type_default_values()["gift_card"],
        },
    )
    program.rule_ids.product_ids = product
    shop.env.registry.clear_cache()
    batch = shop.make(
        "loyalty.gift.batch",
        "batch_spring",
        {
            "name": "First print",
            "program_id": program.id,
            "branch_id": shop.branches[0].id,
            "face_value": 10000,
            "count": 20,
        },
    )
    batch.action_generate()
    boris = shop.members["Boris Hovhannisyan"]
    gift = batch.card_ids[:1]
    sale = _order(shop, boris, ())
    sale._loyalty_sell_gift_card(gift)
    sale.action_confirm()
    bill = _order(shop, boris, shop.products[5:10])
    bill._loyalty_pay_with_gift_card(gift, 4000)
    bill.action_confirm()


def _leave_quotations(shop):
    shop.keep(_order(shop, shop.members[PROBLEM], shop.products[9:11]), "order_problem")
    shop.keep(
        _order(shop, shop.members["Davit Hakobyan"], shop.products[8:12]), "order_open"
    )
