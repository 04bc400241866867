"""Campaigns of the demonstration shop: one with results, one to come, one draft."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

TEXTS = {
    "en_US": "{{ name }}, double points on coffee beans until Sunday. You have"
    " {{ points|number }} points. Arev",
    "hy_AM": "{{ name }}, մինչև կիրակի կրկնակի միավորներ սուրճի հատիկների համար։"
    " Ունեք {{ points|number }} միավոր։ Arev",
    "ru_RU": "{{ name }}, до воскресенья двойные баллы за кофе в зёрнах. У вас"
    " {{ points|number }} баллов. Arev",
    "ka_GE": "{{ name }}, კვირამდე ორმაგი ქულები ყავის მარცვლებზე. თქვენ გაქვთ"
    " {{ points|number }} ქულა. Arev",
    "fa_IR": "{{ name }}، تا یکشنبه امتیاز دو برابر برای دانه قهوه. شما"
    " {{ points|number }} امتیاز دارید. Arev",
}
# Days since the messages went out: their week is over.
AGO = 9
# One treated customer of so many bought, one of the control group of so many.
BUYERS, CONTROL_BUYERS = 2, 4
PRICE_OF_A_SEGMENT = 8.4


def build(env):
    """Make the campaigns in the demonstration company, unless they are there.

    :return: the finished campaign
    """
    known = env.ref("loyalty_sms.campaign_coffee_demo", raise_if_not_found=False)
    company = env.ref("loyalty_club.company_arev_demo", raise_if_not_found=False)
    if known or not company:
        return known or env["loyalty.sms.campaign"]
    env = env(
        context={
            **env.context,
            "tracking_disable": True,
            "allowed_company_ids": company.ids,
        }
    )
    audiences = _audiences(env, company)
    template = _template(env, company)
    _way_out(env, company)
    campaign = _campaign(env, company, audiences[0], template, control_percent=25)
    _send(env, campaign)
    _buy(env, campaign)
    campaign._refresh_results()
    _to_come(env, company, audiences[1], env.ref("loyalty_sms.template_win_back"))
    return campaign


def keep(env, record, name):
    env["ir.model.data"].create(
        {
            "module": "loyalty_sms",
            "name": f"{name}_demo",
            "model": record._name,
            "res_id": record.id,
            "noupdate": True,
        }
    )
    return record


def _audiences(env, company):
    values = [
        {"name": "All members", "note": "Everybody with a card of the club."},
        {
            "name": "Members who stay away",
            "note": "Bought before, and not for a month.",
            "idle_days_min": 30,
        },
        {
            "name": "Best customers",
            "note": "The best two fifths by value who came lately.",
            "use_rfm": True,
            "monetary_min": "4",
            "recency_min": "3",
        },
    ]
    audiences = env["loyalty.sms.audience"].create(
        [{"company_id": company.id, **vals} for vals in values]
    )
    for audience, name in zip(audiences, ("all", "away", "best"), strict=True):
        keep(env, audience, f"audience_{name}")
    return audiences


def _template(env, company):
    template = env["loyalty.sms.template"].create(
        {
            "name": "Double points on coffee beans",
            "company_id": company.id,
            "message_class": "marketing",
            "body": TEXTS["en_US"],
        }
    )
    installed = {code for code, _name in env["res.lang"].get_installed()}
    for lang in installed & set(TEXTS):
        template.with_context(lang=lang).body = TEXTS[lang]
    return keep(env, template, "template_coffee")


def _way_out(env, company):
    """A demo phone with a price, where nobody made a gateway yet."""
    gateways = env["loyalty.sms.gateway"].search(
        [("channel", "=", "sms"), ("company_id", "in", [company.id, False])], limit=1
    )
    gateways = gateways or gateways.create(
        {"name": "Demo phone", "kind": "demo", "company_id": company.id}
    )
    tariffs = env["loyalty.sms.tariff"]
    if not tariffs.search_count([("gateway_id", "=", gateways.id)], limit=1):
        tariffs.create(
            {
                "gateway_id": gateways.id,
                "price": PRICE_OF_A_SEGMENT,
                "currency_id": company.currency_id.id,
                "valid_from": fields.Date.today() - timedelta(days=365),
            }
        )


def _campaign(env, company, audience, template, **values):
    campaign = env["loyalty.sms.campaign"].create(
        {
            "name": "Coffee beans: double points",
            "company_id": company.id,
            "audience_id": audience.id,
            "template_id": template.id,
            "margin_percent": 55,
            **values,
        }
    )
    return keep(env, campaign, "campaign_coffee")


# -- what happened nine days ago ---------------------------------------------------
def _send(env, campaign):
    """List, approve and plan as people do; then it happened nine days ago."""
    campaign.action_submit()
    campaign.action_approve()
    while campaign._plan_locked():
        env.flush_all()
    env.flush_all()
    moment = fields.Datetime.now() - timedelta(days=AGO)
    env.cr.execute(
        SQL(
            """UPDATE loyalty_message
                  SET create_date = %(moment)s, not_before = %(moment)s,
                      expires_at = %(moment)s + interval '2 days',
                      state = CASE WHEN state <> 'queued' THEN state
                                   WHEN id %% 17 = 0 THEN 'failed'
                                   ELSE 'delivered' END,
                      accepted_at = CASE WHEN state = 'queued' THEN %(moment)s END,
                      delivered_at = CASE WHEN state = 'queued' AND id %% 17 <> 0
                                          THEN %(moment)s END,
                      failed_at = CASE WHEN state = 'queued' AND id %% 17 = 0
                                       THEN %(moment)s END,
                      error_text = CASE WHEN state = 'queued' AND id %% 17 = 0
                                        THEN 'Telephone switched off' END
                WHERE campaign_id = %(campaign)s""",
            moment=moment,
            campaign=campaign.id,
        )
    )
    env.cr.execute(
        SQL(
            """UPDATE loyalty_sms_campaign_recipient SET touched_at = %s
                WHERE campaign_id = %s AND touched_at IS NOT NULL""",
            moment,
            campaign.id,
        )
    )
    env.invalidate_all(flush=False)
    campaign._update_state(
        "done",
        ("running",),
        started_at=moment,
        finished_at=moment + timedelta(minutes=2),
    )


def _buy(env, campaign):
    """Purchases of the week: more of those who were written to."""
    recipients = campaign.recipient_ids.sorted("position")
    treated = recipients.filtered(lambda r: r.state == "planned")
    control = recipients.filtered(lambda r: r.state == "control")
    buyers = [*treated[::BUYERS], *control[::CONTROL_BUYERS]]
    products = env["product.product"].search(
        [("company_id", "=", campaign.company_id.id), ("list_price", ">", 4000)],
        order="list_price",
        limit=2,
    )
    if not products:
        return
    today = fields.Date.context_today(campaign)
    for number, recipient in enumerate(buyers):
        product = products[number % len(products)]
        day = today - timedelta(days=AGO - 1 - number % 6)
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": recipient.partner_id.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "quantity": 1})
                ],
            }
        )
        invoice.action_post()
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": day})._create_payments()


def _to_come(env, company, audience, template):
    campaigns = env["loyalty.sms.campaign"]
    draft = campaigns.create(
        {
            "name": "We miss you",
            "company_id": company.id,
            "audience_id": audience.id,
            "template_id": template.id,
            "schedule_date": fields.Datetime.now() + timedelta(days=3),
            "spread_hours": 2,
        }
    )
    keep(env, draft, "campaign_miss")
