"""A week of messages in the demonstration shop: what Ani got, said and withdrew.

The events, the rules and the texts are those that a shop uses. Only the hand-over is
told here, as nothing may be committed while demonstration data load: the demo phone
got each message on the day of what it is about.
"""

from datetime import datetime, time, timedelta

from odoo import Command, fields
from odoo.tools import SQL

from ..engine.gateways.base import Inbound
from . import campaign

LANGUAGES = ("hy_AM", "ru_RU", "ka_GE", "fa_IR")
# What these customers read follows from where they have their telephones.
LANGUAGE_OF_PREFIX = {"+374": "hy_AM", "+7": "ru_RU", "+995": "ka_GE", "+98": "fa_IR"}
# login, name, groups
STAFF = (
    ("marketing", "Mane, marketing", "loyalty_sms.group_sms_user"),
    ("campaigns", "Narek, campaign manager", "loyalty_sms.group_sms_manager"),
)
LAST_DAYS = 6
QUESTION = "Добрый вечер! Вы работаете в воскресенье?"
# Stars and words of other customers; the bad one becomes a complaint.
RATINGS = (
    (5, "Best coffee in town"),
    (5, False),
    (4, "A bit crowded on Sunday"),
    (5, False),
    (2, "I waited twenty minutes for one cappuccino"),
    (5, "Thank you, Karen!"),
    (3, False),
)


class Desk:
    """What the parts share: the company, its club and the clock of the story."""

    def __init__(self, env, company):
        context = {
            **env.context,
            "tracking_disable": True,
            "allowed_company_ids": company.ids,
        }
        self.env = env(context=context)
        self.company = company.with_env(self.env)
        self.ani = self.env.ref("loyalty_club.partner_ani_demo")
        self.gateway = None
        self.responsible = None


def load(env):
    """Make the week, in the demonstration company, unless it is there."""
    company = env.ref("loyalty_club.company_arev_demo", raise_if_not_found=False)
    if not company or env.ref("loyalty_sms.gateway_phone_demo", False):
        return
    desk = Desk(env, company)
    # Demonstration data load before what the addon does after its installation.
    desk.env["loyalty.consent.state"]._open()
    _speak(desk)
    _hire(desk)
    _open_gateway(desk)
    _tell_purchases(desk)
    _tell_ani_of_her_tier(desk)
    _rate(desk)
    _answer(desk)
    campaign.build(desk.env)
    desk.env["loyalty.sms.campaign"].search([]).user_id = desk.responsible


# -- the shop ----------------------------------------------------------------------
def _speak(desk):
    """Customers read the language of their telephone's country."""
    langs = desk.env["res.lang"]
    for code in LANGUAGES:
        langs._activate_lang(code)
    modules = desk.env["ir.module.module"]
    modules._load_module_terms(["loyalty_club", "loyalty_sms"], list(LANGUAGES))
    members = desk.env["res.partner"].search([("is_loyalty_member", "=", True)])
    for prefix, code in LANGUAGE_OF_PREFIX.items():
        members.filtered(
            lambda member, prefix=prefix: (member.phone or "").startswith(prefix)
        ).lang = code


def _hire(desk):
    values = [
        {
            "login": login,
            "password": login,
            "name": name,
            "email": f"{login}@arev.example.com",
            "tz": "Asia/Yerevan",
            "company_id": desk.company.id,
            "company_ids": [Command.set(desk.company.ids)],
            "group_ids": [
                Command.set(
                    [desk.env.ref("base.group_user").id, desk.env.ref(group).id]
                )
            ],
        }
        for login, name, group in STAFF
    ]
    users = desk.env["res.users"].with_context(no_reset_password=True).create(values)
    for user in users:
        campaign.keep(desk.env, user, f"user_{user.login}")
    desk.responsible = users[:1]


def _open_gateway(desk):
    desk.gateway = campaign.keep(
        desk.env,
        desk.env["loyalty.sms.gateway"].create(
            {"name": "Demo phone", "kind": "demo", "company_id": desk.company.id}
        ),
        "gateway_phone",
    )
    desk.env["loyalty.sms.tariff"].create(
        {
            "gateway_id": desk.gateway.id,
            "price": campaign.PRICE_OF_A_SEGMENT,
            "currency_id": desk.company.currency_id.id,
            "valid_from": fields.Date.today() - timedelta(days=365),
        }
    )


# -- what was told ------------------------------------------------------------------
def _tell_purchases(desk):
    """Thanks for the purchases of the last days, and Ani's whole week."""
    today = fields.Date.context_today(desk.company)
    moves = desk.env["loyalty.point.move"].search(
        [
            ("company_id", "=", desk.company.id),
            ("card_id.is_club", "=", True),
            "|",
            ("partner_id", "=", desk.ani.id),
            ("date", ">=", today - timedelta(days=LAST_DAYS)),
        ],
        order="id",
    )
    _welcome(desk)
    days = {}
    for move in moves:
        for row in move.card_id._events_of(move):
            code, partner, key, document, values, company = row
            if code in ("purchase", "points_earned", "points_spent"):
                values = {**values, "points": move.balance_after}
                days.setdefault(fields.Date.to_date(move.date), []).append(
                    (code, partner, key, document, values, company)
                )
    for day in sorted(days):
        _tell(desk, days[day], datetime.combine(day, time(8, 20)))


def _welcome(desk):
    first = desk.env["loyalty.point.move"].search(
        [("partner_id", "=", desk.ani.id)], order="date, id", limit=1
    )
    values = {"login_link": f"{desk.company.get_base_url()}/my/club"}
    row = ("welcome", desk.ani, "welcome:ani", (None, None), values, desk.company.id)
    day = fields.Date.to_date(first.date)
    _tell(desk, [row], datetime.combine(day, time(6, 0)))


def _tell_ani_of_her_tier(desk):
    """She rose with the purchase that brought most."""
    messages = desk.env["loyalty.message"]
    thanks = messages.search(
        [("partner_id", "=", desk.ani.id), ("event_id.code", "=", "purchase")]
    )
    moments = thanks.sorted("create_date").mapped("create_date")
    changes = desk.env["loyalty.tier.change"].search([("partner_id", "=", desk.ani.id)])
    for change in changes:
        if row := change._tier_event():
            _tell(desk, [row], moments[1] + timedelta(minutes=1))


def _tell(desk, rows, moment):
    """Events of one moment, planned by the rules and handed to the demo phone then."""
    events, logs = desk.env["loyalty.sms.event"], desk.env["loyalty.sms.rule.log"]
    messages = desk.env["loyalty.message"]
    before = messages.search([], order="id desc", limit=1).id or 0
    events._emit_many(rows)
    while logs._spread(500):
        continue
    logs.flush_model()
    desk.env.cr.execute(
        SQL("UPDATE loyalty_sms_rule_log SET due_at = now() WHERE state = 'waiting'")
    )
    desk.env.invalidate_all()
    while due := logs._take_due(500):
        events._plan_due(due)
    _hand_over(desk, messages.search([("id", ">", before)]), moment)


def _hand_over(desk, messages, moment):
    """The demo phone got them: one in twenty-five was switched off."""
    desk.env.flush_all()
    desk.env.cr.execute(
        SQL(
            """UPDATE loyalty_message
                  SET create_date = %(moment)s, not_before = %(moment)s,
                      accepted_at = CASE WHEN state = 'queued' THEN %(moment)s END,
                      delivered_at = CASE WHEN state = 'queued' AND id %% 25 <> 0
                                          THEN %(moment)s + interval '4 seconds' END,
                      failed_at = CASE WHEN state = 'queued' AND id %% 25 = 0
                                       THEN %(moment)s + interval '1 hour' END,
                      error_text = CASE WHEN state = 'queued' AND id %% 25 = 0
                                        THEN 'Telephone switched off' END,
                      gateway_id = CASE WHEN state = 'queued' THEN %(gateway)s END,
                      cost = CASE WHEN state = 'queued' THEN estimated_cost END,
                      attempts = 1,
                      state = CASE WHEN state <> 'queued' THEN state
                                   WHEN id %% 25 = 0 THEN 'failed'
                                   ELSE 'delivered' END
                WHERE id = ANY(%(ids)s)""",
            moment=moment,
            gateway=desk.gateway.id,
            ids=list(messages.ids),
        )
    )
    desk.env.cr.execute(
        SQL(
            """UPDATE loyalty_sms_event SET create_date = %s, planned_at = %s
                WHERE id IN (SELECT event_id FROM loyalty_message
                              WHERE id = ANY(%s))""",
            moment,
            moment,
            list(messages.ids),
        )
    )
    desk.env.invalidate_all(flush=False)


# -- what customers said -------------------------------------------------------------
def _rate(desk):
    """Stars for the last purchases; Ani's five come by a reply."""
    requests = desk.env["loyalty.feedback"]
    invoices = desk.env["account.move"].search(
        [
            ("company_id", "=", desk.company.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("partner_id.is_loyalty_member", "=", True),
            ("partner_id", "!=", desk.ani.id),
        ],
        order="invoice_date desc, id desc",
        limit=200,
    )
    seen = set()
    for invoice in invoices:
        if len(seen) == len(RATINGS):
            break
        if invoice.partner_id.id in seen:
            continue
        stars, words = RATINGS[len(seen)]
        seen.add(invoice.partner_id.id)
        _request(desk, invoice)
        asked = requests.search(
            [("res_model", "=", invoice._name), ("res_id", "=", invoice.id)]
        )
        asked._answer({"rating": stars, "comment": words or None}, "link")


def _request(desk, invoice):
    subjects = {"branch": invoice.partner_id.loyalty_branch_id}
    desk.env["loyalty.feedback"]._request(invoice.partner_id, invoice, subjects)
    _tell(desk, [], fields.Datetime.now() - timedelta(hours=20))


def _answer(desk):
    """In the evening Ani answers 5, and then STOP; somebody else has a question."""
    invoice = desk.env.ref("loyalty_club.invoice_ani_demo", raise_if_not_found=False)
    if invoice:
        _request(desk, invoice.with_env(desk.env))
    asks = desk.env["res.partner"].search(
        [("lang", "=", "ru_RU"), ("is_loyalty_member", "=", True)], limit=1
    )
    inbounds = [
        Inbound(desk.ani.phone_sanitized, "5", external_id="demo-1"),
        Inbound(desk.ani.phone_sanitized, "STOP", external_id="demo-2"),
        Inbound(asks.phone_sanitized, QUESTION, external_id="demo-3"),
    ]
    desk.env["loyalty.sms.inbound"]._receive(desk.gateway, inbounds)
