"""The night of a club: expiry, tiers and the check, at 10 000 and 100 000 members.

Builds the members and ten ledger entries for each by set-based SQL in the scratch
database ODOO_DATABASE, then runs the jobs as the scheduler does. Prints a table; fails
only when a job does not do its work.
"""

import os
import sys
from datetime import date, timedelta

from support import measure

SIZES = [int(size) for size in os.environ.get("SIZES", "10000,100000").split(",")]
# One member: seven earnings of 100, three spendings of 100, so 400 left in four lots.
EARNED, SPENT = 7, 3


def build(env, members):
    """Make a club with ``members`` cards, whose lots end in one of twelve months."""
    number = env["loyalty.program"].search_count([("name", "=like", "Bench%")])
    club = env["loyalty.program"].create(
        {
            "name": f"Bench {number}",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "is_club": True,
            "tier_ids": [
                (0, 0, {"name": "Bronze", "threshold": 0}),
                (0, 0, {"name": "Silver", "threshold": 1000}),
                (0, 0, {"name": "Gold", "threshold": 3000}),
            ],
        }
    )
    env.flush_all()
    values = {
        "program": club.id,
        "company": env.company.id,
        "currency": club.currency_id.id,
        "members": members,
        "prefix": f"B{club.id}-",
        "today": date.today(),
        "yesterday": date.today() - timedelta(days=1),
        "bronze": club.tier_ids[0].id,
        "silver": club.tier_ids[1].id,
        "gold": club.tier_ids[2].id,
        "earned": EARNED,
        "spent": SPENT,
    }
    for statement in STATEMENTS:
        env.cr.execute(statement, values)
    env.cr.commit()
    # As on a server, where the rows were not written a second ago.
    measure.settle()
    env.invalidate_all(flush=False)
    return club


STATEMENTS = (
    """INSERT INTO res_partner (name, complete_name, active, type, lang, ref,
              company_registry, partner_share, is_company, autopost_bills)
       SELECT %(prefix)s || n, %(prefix)s || n, TRUE, 'contact', 'en_US',
              %(prefix)s || n, NULL, TRUE, FALSE, 'ask'
         FROM generate_series(1, %(members)s) n""",
    """UPDATE res_partner SET commercial_partner_id = id
        WHERE ref LIKE %(prefix)s || '%%'""",
    """INSERT INTO loyalty_card (program_id, company_id, partner_id, code, active,
              points, pending_points, lifetime_points, ledger_length, is_club,
              is_ledger, state, tier_id, tier_metric_value, tier_dirty, tier_since,
              last_activity_date, create_date)
       SELECT %(program)s, %(company)s, p.id, p.ref, TRUE,
              100 * (%(earned)s - %(spent)s), 0, 100 * %(earned)s,
              %(earned)s + %(spent)s, TRUE, TRUE, 'active',
              CASE WHEN p.id %% 20 = 0 THEN %(gold)s
                   WHEN p.id %% 5 = 0 THEN %(silver)s ELSE %(bronze)s END,
              0, p.id %% 20 = 1, %(today)s, %(today)s, now()
         FROM res_partner p WHERE p.ref LIKE %(prefix)s || '%%'""",
    """INSERT INTO loyalty_point_lot (card_id, program_id, company_id, state, points,
              remaining, earned_date, expiration_date, value)
       SELECT c.id, c.program_id, c.company_id,
              CASE WHEN k <= %(spent)s THEN 'closed' ELSE 'open' END, 100,
              CASE WHEN k <= %(spent)s THEN 0 ELSE 100 END,
              %(today)s - 365 + k,
              CASE WHEN k <= %(spent)s OR (c.id + k) %% 12 = 0 THEN %(yesterday)s
                   ELSE %(today)s + 30 * ((c.id + k) %% 12)::int END, 100
         FROM loyalty_card c, generate_series(1, %(earned)s) k
        WHERE c.program_id = %(program)s""",
    """INSERT INTO loyalty_point_move (card_id, program_id, partner_id, lot_id,
              company_id, date, kind, points, pending_points, balance_after,
              sequence_number, amount, currency_id)
       SELECT c.id, c.program_id, c.partner_id, lot.id, c.company_id,
              now() - interval '300 days', 'earn', 100, 0, 100 * lot.k, lot.k, 1000,
              %(currency)s
         FROM loyalty_card c
         JOIN (SELECT id, card_id,
                      row_number() OVER (PARTITION BY card_id ORDER BY id) AS k
                 FROM loyalty_point_lot WHERE program_id = %(program)s) lot
           ON lot.card_id = c.id""",
    """INSERT INTO loyalty_point_move (card_id, program_id, partner_id, lot_id,
              company_id, date, kind, points, pending_points, balance_after,
              sequence_number, amount, currency_id)
       SELECT c.id, c.program_id, c.partner_id, lot.id, c.company_id,
              now() - interval '100 days', 'spend', -100, 0,
              100 * (%(earned)s - lot.k), %(earned)s + lot.k, 0, %(currency)s
         FROM loyalty_card c
         JOIN (SELECT id, card_id,
                      row_number() OVER (PARTITION BY card_id ORDER BY id) AS k
                 FROM loyalty_point_lot WHERE program_id = %(program)s) lot
           ON lot.card_id = c.id AND lot.k <= %(spent)s""",
    # A tenth of those with a tier to lose bought too long ago to keep it.
    """INSERT INTO loyalty_purchase (partner_id, program_id, company_id, date, amount,
              margin, quantity, state, key)
       SELECT c.partner_id, c.program_id, c.company_id,
              CASE WHEN (c.partner_id / 20) %% 10 = 0 THEN %(today)s - 500
                   ELSE %(today)s - 100 END,
              CASE WHEN c.tier_id = %(gold)s THEN 3500
                   WHEN c.tier_id = %(silver)s THEN 1500 ELSE 200 END,
              0, 1, 'done', c.code
         FROM loyalty_card c WHERE c.program_id = %(program)s""",
)


def night(env, club):
    """Run the jobs; the figures of each."""
    cards = env["loyalty.card"]
    with measure.taken() as expiry:
        cards._cron_expire_points()
    with measure.taken() as tiers:
        cards._cron_update_tiers()
    with measure.taken() as check:
        report = env["loyalty.check"]._run()
    env.cr.commit()
    env.cr.execute(
        """SELECT count(*), sum(points) FROM loyalty_point_move
            WHERE program_id = %s AND kind = 'expire'""",
        [club.id],
    )
    expired, _points = env.cr.fetchone()
    changed = env["loyalty.tier.change"].search_count([("program_id", "=", club.id)])
    graced = cards.search_count(
        [("program_id", "=", club.id), ("tier_grace_until", "!=", False)]
    )
    if not expired or not graced or report.difference_count:
        sys.exit(
            f"The night went wrong: {expired} lots expired, {graced} members in grace,"
            f" {report.difference_count} differences."
        )
    return expiry, tiers, check, expired, graced + changed


def main():
    measure.start()
    measure.say(measure.machine())
    measure.table(
        "members",
        "entries",
        "lots expired",
        "tiers changed or in grace",
        "expiry s (Python)",
        "tiers s (Python)",
        "check s",
        "in all s",
        "memory MB",
    )
    for members in SIZES:
        with measure.environment() as env:
            club = build(env, members)
            expiry, tiers, check, expired, changed = night(env, club)
            # The next size is measured alone.
            club.active = False
            env["loyalty.card"].flush_model()
            env.cr.execute(
                "UPDATE loyalty_card SET tier_dirty = FALSE, tier_grace_until = NULL,"
                " active = FALSE WHERE program_id = %s",
                [club.id],
            )
        measure.row(
            f"{members:,}",
            f"{members * (EARNED + SPENT):,}",
            f"{expired:,}",
            f"{changed:,}",
            f"{expiry.wall:.1f} ({expiry.cpu:.1f})",
            f"{tiers.wall:.1f} ({tiers.cpu:.1f})",
            f"{check.wall:.1f}",
            f"{expiry.wall + tiers.wall + check.wall:.1f}",
            f"{measure.memory_mb():.0f}",
        )


if __name__ == "__main__":
    main()
