"""What the club adds to the ERP's own documents: queries and time.

Each document is made and committed as a person would; medians of ODOO_SAMPLES samples
(15), the first four being left out. Prints a table; never fails on time.
"""

import os
import statistics
import sys

from support import measure

from odoo import Command

SAMPLES = int(os.environ.get("ODOO_SAMPLES", "15"))
WARM_UP = 4


def prepare(env):
    """A customer, five products and a program which is a club or is not."""
    products = env["product.product"].create(
        [
            {
                "name": f"Bench {number}",
                "list_price": 100,
                "type": "service",
                "invoice_policy": "order",
            }
            for number in range(5)
        ]
    )
    partner = env["res.partner"].create({"name": "Bench customer"})
    program = env["loyalty.program"].create(
        {
            "name": "Bench",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "is_club": True,
            "tier_ids": [(0, 0, {"name": "First", "threshold": 0})],
        }
    )
    core = env["loyalty.program"].create(
        {
            "name": "Bench core",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
        }
    )
    env["loyalty.card"].create(
        [
            {"program_id": program.id, "partner_id": partner.id},
            {"program_id": core.id, "partner_id": partner.id, "points": 1},
        ]
    )
    return products.ids, partner.id, program.id, core.id


def order(env, products, partner):
    return env["sale.order"].create(
        {
            "partner_id": partner,
            "order_line": [
                Command.create({"product_id": product, "product_uom_qty": 2})
                for product in products
            ],
        }
    )


def invoice(env, products, partner):
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner,
            "invoice_date": "2026-01-15",
            "invoice_line_ids": [
                Command.create(
                    {"product_id": product, "quantity": 2, "price_unit": 100}
                )
                for product in products
            ],
        }
    )


def confirmed(env, products, partner):
    made = order(env, products, partner)
    made.action_confirm()
    return made


def posted(env, products, partner):
    made = invoice(env, products, partner)
    made.action_post()
    return made


WORK = (
    ("order confirmed", order, lambda record: record.action_confirm()),
    ("order cancelled", confirmed, lambda record: record._action_cancel()),
    ("invoice posted", invoice, lambda record: record.action_post()),
    ("invoice back to draft", posted, lambda record: record.button_draft()),
)


def samples(make, act, *ids):
    """Medians of queries, milliseconds and milliseconds of Python."""
    figures = []
    for _sample in range(SAMPLES + WARM_UP):
        with measure.environment() as env:
            record = make(env, *ids)
            env.flush_all()
            env.invalidate_all()
            with measure.taken(env) as result:
                act(record)
            figures.append((result.queries, 1000 * result.wall, 1000 * result.cpu))
    return [statistics.median(some) for some in zip(*figures[WARM_UP:], strict=True)]


def main():
    measure.start()
    measure.say(measure.machine())
    with measure.environment() as env:
        if not env["account.journal"].search_count([("type", "=", "sale")]):
            env["account.chart.template"].try_loading(
                "generic_coa", company=env.company, install_demo=False
            )
        others = env["loyalty.program"].search([])
        others.active = False
        products, partner, club, core = prepare(env)
    worlds = (
        ("no program", ()),
        ("core's loyalty", (core,)),
        ("club, earning on orders", (club,)),
        ("club, earning on invoices", (club,)),
    )
    measure.table("document", "world", "queries", "ms", "ms of Python")
    for title, make, act in WORK:
        for world, active in worlds:
            with measure.environment(active_test=False) as env:
                programs = env["loyalty.program"].browse((club, core))
                programs.active = False
                programs.browse(active).active = True
                programs.browse(club).earn_on = (
                    "order" if world.endswith("orders") else "posted"
                )
            queries, wall, cpu = samples(make, act, products, partner)
            measure.row(title, world, int(queries), wall, cpu)
            if not queries:
                sys.exit(f"{title} did nothing")


if __name__ == "__main__":
    main()
