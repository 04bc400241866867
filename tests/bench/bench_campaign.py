"""A campaign to 100 000 members: counted, listed, written and queued.

Builds the members by set-based SQL in the scratch database ODOO_DATABASE, then does
what people and the scheduler do. What a gateway would take is marked as taken between
the portions, as the planner keeps 20 000 ahead at most; that time is not counted. The
ERP's own SMS mailing, where it is installed, does the same for fewer in the same run.
Prints tables; fails only when a message is missing or doubled.
"""

import os
import sys
import time
from datetime import timedelta

from support import measure

from odoo import fields

MEMBERS = int(os.environ.get("MEMBERS", "100000"))
CORE = int(os.environ.get("CORE", "3000"))
TARGET_S = 120

STATEMENTS = (
    """INSERT INTO res_partner (name, complete_name, active, type, lang, ref, phone,
              phone_sanitized, partner_share, is_company, autopost_bills, consent_sms,
              consent_service, loyalty_tier_id)
       SELECT %(prefix)s || n, %(prefix)s || n, TRUE, 'contact',
              CASE WHEN n %% 3 = 0 THEN %(other)s ELSE 'en_US' END, %(prefix)s || n,
              '+37491' || lpad(n::text, 6, '0'), '+37491' || lpad(n::text, 6, '0'),
              TRUE, FALSE, 'ask', n %% 50 <> 0, TRUE,
              jsonb_build_object(%(company)s::text, %(tier)s::int)
         FROM generate_series(1, %(members)s) n""",
    """UPDATE res_partner SET commercial_partner_id = id
        WHERE ref LIKE %(prefix)s || '%%'""",
    """INSERT INTO loyalty_card (program_id, company_id, partner_id, code, active,
              points, pending_points, lifetime_points, ledger_length, is_club,
              is_ledger, state, tier_id, tier_metric_value, tier_dirty, tier_since,
              create_date)
       SELECT %(club)s, %(company)s, p.id, p.ref, TRUE, p.id %% 5000, 0, 5000, 0, TRUE,
              TRUE, 'active', %(tier)s, 0, FALSE, now()::date, now()
         FROM res_partner p WHERE p.ref LIKE %(prefix)s || '%%'""",
    """INSERT INTO loyalty_consent_state (partner_id, number, channel, purpose, allowed,
              date)
       SELECT p.id, p.phone_sanitized, 'sms', 'marketing', p.consent_sms, now()
         FROM res_partner p WHERE p.ref LIKE %(prefix)s || '%%'
           ON CONFLICT DO NOTHING""",
)


def build(env):
    """Make a company's club with its members, a gateway, a text and an audience."""
    number = env["loyalty.sms.campaign"].search_count([])
    company = env["res.company"].create({"name": f"Bench {number} {time.time():.0f}"})
    company.partner_id.tz = "Asia/Yerevan"
    env.user.company_ids |= company
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    club = env["loyalty.program"].create(
        {
            "name": "Bench club",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "is_club": True,
            "company_id": company.id,
            "tier_ids": [(0, 0, {"name": "Bronze", "threshold": 0})],
        }
    )
    env["res.lang"]._activate_lang("ru_RU")
    template = env["loyalty.sms.template"].create(
        {
            "name": "Bench",
            "message_class": "marketing",
            "company_id": company.id,
            "body": "{{ name }}, double points today! You have {{ points|number }},"
            " {{ tier }}.",
        }
    )
    template.with_context(
        lang="ru_RU"
    ).body = "{{ name }}, сегодня двойные баллы! У вас {{ points|number }}, {{ tier }}."
    gateway = env["loyalty.sms.gateway"].create(
        {"name": "Bench", "kind": "demo", "company_id": company.id}
    )
    env["loyalty.sms.tariff"].create({"gateway_id": gateway.id, "price": 8.4})
    # Whatever the hour at which this runs.
    env["loyalty.sms.limit"].create(
        {"message_class": "marketing", "company_id": company.id, "per_day": 1}
    )
    env.flush_all()
    values = {
        "prefix": f"B{club.id}-",
        "other": "ru_RU",
        "members": MEMBERS,
        "club": club.id,
        "company": company.id,
        "tier": club.tier_ids[0].id,
    }
    for statement in STATEMENTS:
        env.cr.execute(statement, values)
    audience = env["loyalty.sms.audience"].create(
        {"name": "All", "company_id": company.id}
    )
    campaign = env["loyalty.sms.campaign"].create(
        {
            "name": "Bench",
            "company_id": company.id,
            "audience_id": audience.id,
            "template_id": template.id,
            "control_percent": 5,
        }
    )
    env.flush_all()
    env.cr.commit()
    measure.settle()
    env.invalidate_all(flush=False)
    return campaign


def drain(env, campaign):
    """Mark what is queued as delivered, as a gateway would."""
    env.cr.execute(
        """UPDATE loyalty_message SET state = 'delivered', accepted_at = %s
            WHERE campaign_id = %s AND state = 'queued'""",
        (fields.Datetime.now(), campaign.id),
    )
    env.cr.commit()
    env.invalidate_all(flush=False)


def plan(env, campaign):
    """Run the scheduler's job until nobody waits.

    :return: seconds, and those of Python, without the gateway's
    """
    spent = python = 0.0
    while campaign.state in ("scheduled", "running"):
        with measure.taken() as taken:
            env["loyalty.sms.campaign"]._cron_plan()
        spent, python = spent + taken.wall, python + taken.cpu
        drain(env, campaign)
    return spent, python


def check(env, campaign):
    """Fail when somebody was forgotten or written to twice."""
    env.cr.execute(
        """SELECT COUNT(*), COUNT(DISTINCT partner_id),
                  COUNT(*) FILTER (WHERE state = 'delivered')
             FROM loyalty_message WHERE campaign_id = %s""",
        (campaign.id,),
    )
    rows, customers, sent = env.cr.fetchone()
    if rows != MEMBERS or customers != MEMBERS:
        sys.exit(f"{rows} messages for {customers} of {MEMBERS} customers")
    return sent


def ours(env):
    """All steps of one campaign."""
    campaign = build(env)
    before = measure.memory_mb()
    measure.table("step", "seconds", "of Python", "queries", "memory, MB more at most")
    with measure.taken(env) as counting:
        counts = campaign.audience_id._counts()
    measure.row("live counts", counting.wall, counting.cpu, counting.queries, "")
    with measure.taken(env) as listing:
        campaign.action_submit()
    env.cr.commit()
    grown = measure.memory_mb() - before
    measure.row(
        "list and cost", listing.wall, listing.cpu, listing.queries, round(grown)
    )
    campaign.action_approve()
    env.cr.commit()
    queries = env.cr.sql_log_count
    seconds, python = plan(env, campaign)
    grown = measure.memory_mb() - before
    measure.row(
        "written and queued",
        seconds,
        python,
        env.cr.sql_log_count - queries,
        round(grown),
    )
    with measure.taken(env) as reporting:
        campaign.action_refresh_results()
    measure.row("report", reporting.wall, reporting.cpu, reporting.queries, "")
    env.cr.commit()
    sent = check(env, campaign)
    total = listing.wall + seconds
    measure.say()
    measure.say(
        f"{MEMBERS} customers, {counts['reachable']} reachable: planned in"
        f" {total:.1f} s (goal: under {TARGET_S} s), {sent} messages,"
        f" {MEMBERS / total:,.0f} customers a second"
    )
    return MEMBERS / total


def core(env):
    """The ERP's own SMS mailing to fewer customers; messages a second, or None."""
    if "mailing.mailing" not in env or "sms_force_send" not in env["mailing.mailing"]:
        return None
    partners = env["res.partner"].search(
        [("ref", "like", "B%-%"), ("phone_sanitized", "!=", False)], limit=CORE
    )
    mailing = env["mailing.mailing"].create(
        {
            "name": "Bench",
            "subject": "Bench",
            "mailing_type": "sms",
            "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            "mailing_domain": f"[('id', 'in', {partners.ids})]",
            "body_plaintext": "{{ object.name }}, double points today!",
            "sms_allow_unsubscribe": False,
            "schedule_date": fields.Datetime.now() + timedelta(days=1),
        }
    )
    env.flush_all()
    before = env["sms.sms"].search_count([])
    with measure.taken(env) as mailed:
        mailing.action_send_sms()
    written = env["sms.sms"].search_count([]) - before
    measure.say(
        f"ERP's own SMS mailing: {written} messages written in {mailed.wall:.1f} s,"
        f" {written / mailed.wall:,.0f} a second"
    )
    return written / mailed.wall if written else None


def main():
    """Print the tables."""
    measure.start()
    measure.say(measure.machine())
    with measure.environment() as env:
        speed = ours(env)
        other = core(env)
    if other:
        measure.say(
            f"Ratio: {speed / other:.1f} times as fast as the ERP's own mailing"
        )


if __name__ == "__main__":
    main()
