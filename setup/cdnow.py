"""Run by Odoo's shell: import the CDNOW purchases, replay draft programs over them."""

import base64
import os
import time
from datetime import date
from pathlib import Path

from odoo.fields import Command

PATH = Path(os.environ["SCRIPT_ARGUMENTS"])
END = date(1998, 6, 30)
CLUB = "CDNOW club (draft)"


def tell(words):
    print(words, flush=True)


def rule(points):
    return {
        "rule_ids": [
            Command.clear(),
            Command.create(
                {
                    "reward_point_mode": "money",
                    "reward_point_amount": points,
                    "per_amount": 1,
                    "minimum_qty": 0,
                }
            ),
        ]
    }


def program(name, points, tiers, **values):
    """A draft: found by its name where an earlier start made it."""
    programs = env["loyalty.program"].with_context(active_test=False)
    found = programs.search([("name", "=", name), ("is_club", "=", True)], limit=1)
    return found or programs.create(
        {
            "name": name,
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "is_club": True,
            "point_value": 0.01,
            "expiry_mode": "days",
            "expiry_days": 365,
            "tier_window": "rolling",
            "tier_months": 12,
            "grace_days": 30,
            "tier_ids": [
                Command.create(
                    {"name": tier, "threshold": threshold, "earn_multiplier": factor}
                )
                for tier, threshold, factor in tiers
            ],
            **rule(points),
            **values,
        }
    )


def load(kind, filename, lines, club):
    """Import CSV lines through the club's own import, as an officer would."""
    loads = env["loyalty.import"]
    done = [("filename", "=", filename), ("program_id", "=", club.id)]
    if loads.search_count([*done, ("state", "=", "done")]):
        tell(f"{filename}: imported before")
        return
    began = time.monotonic()
    found = loads.search([*done, ("state", "in", ("running", "failed"))], limit=1)
    if not found:
        found = loads.create(
            {
                "kind": kind,
                "program_id": club.id,
                "filename": filename,
                "file": base64.b64encode("\n".join(lines).encode()),
                "existing": "enrol",
                "date_order": "ymd",
            }
        )
        found.user_id = env.user
        found._set_state("checking", ("draft",))
        found._as_worker()._dry_run()
        if found.bad_row_count:
            raise SystemExit(f"{filename}: {found.bad_row_count} rows have problems")
        found._set_state("running", ("checked",))
        env.cr.commit()
    elif found.state == "failed":
        found.action_run()
    found._run_in_background()
    if found.state != "done":
        raise SystemExit(f"{filename}: {found.failure}")
    seconds = time.monotonic() - began
    tell(f"{filename}: {found.imported_count} rows in {seconds:.0f} s")


def simulate(name, terms, club):
    """Replay ``terms`` over the purchases of ``club`` and print the months."""
    simulations = env["loyalty.simulation"]
    found = simulations.search([("name", "=", name)], limit=1)
    if not found:
        found = simulations.create(
            {
                "name": name,
                "program_id": terms.id,
                "purchases_program_id": club.id,
                "date_to": END,
            }
        )
    began = time.monotonic()
    found.action_run()
    found._compute_months()
    env.cr.commit()
    tell(f"\n{name}: computed in {time.monotonic() - began:.1f} s")
    head = ("month", "purchases", "turnover", "members", "issued", "expired", "left")
    tell("".join(f"{word:>12}" for word in (*head, "cost")))
    for month in found.month_ids:
        figures = (
            month.purchase_count,
            month.amount,
            month.member_count,
            month.points_issued,
            month.points_expired,
            month.points_spendable,
            month.cost,
        )
        tell(
            f"{month.month:%b %Y}".rjust(12)
            + "".join(f"{figure:12,.0f}" for figure in figures)
        )
    tell(
        f"turnover {found.turnover:,.2f}, points {found.points_issued:,.2f}, cost"
        f" {found.cost:,.2f} ({found.cost_percent:.2f} % of the turnover)"
    )
    last = found.tier_line_ids.filtered(lambda line: line.month == END.replace(day=1))
    for line in last.sorted(lambda line: line.tier_id.threshold):
        tell(f"  {line.tier_id.name}: {line.member_count} members")
    return found


def main():
    purchases = [line.split() for line in PATH.read_text().splitlines()[1:]]
    customers = sorted({customer for customer, *_rest in purchases})
    tell(f"{len(purchases)} purchases of {len(customers)} customers")
    tiers = [("Bronze", 0, 1), ("Silver", 150, 1.25), ("Gold", 400, 1.5)]
    club = program(CLUB, 3, tiers)
    flat = program("CDNOW flat (draft)", 4, [("Everybody", 0, 1)], active=False)
    env.cr.commit()
    load(
        "members",
        "cdnow-customers.csv",
        [
            "Name,Customer number",
            *(f"CDNOW customer {known},CDNOW-{known}" for known in customers),
        ],
        club,
    )
    load(
        "purchases",
        "cdnow-purchases.csv",
        [
            "Customer number,Date,Quantity,Amount",
            *(
                f"CDNOW-{customer},{day},{quantity},{amount}"
                for customer, day, quantity, amount in purchases
            ),
        ],
        club,
    )
    tiered = simulate("3 points a dollar, three tiers", club, club)
    tiered.compare_id = simulate("4 points a dollar, no tiers", flat, club)
    env.cr.commit()
    tell(f"\nLoyalty > Programs > Simulations shows both. Database: {env.cr.dbname}")


env = env(context=dict(env.context, tracking_disable=True))  # noqa: F821
main()
