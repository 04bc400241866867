"""Planning a day of deliveries through the ERP: from the click to the preview.

For 200 stops with 14 couriers and for 1 000 stops with 60: the plan is asked for, the
scheduler's job computes it in its process as on a server, and the preview is read. What
the process itself took is told apart: the rest is the ERP's. Then the plan is applied
and undone, the board is read and a stop is dragged to another courier, with queries.

ODOO_ENGINE chooses the engine (auto). Prints tables; fails only on wrong results.
"""

import os
import random
import sys
from unittest.mock import patch

from support import measure

SIZES = ((200, 14), (1000, 60))
ENGINE = os.environ.get("ODOO_ENGINE", "auto")
CENTRE = (40.1792, 44.4991)
DAY = "2031-03-04"


def city(env, stops, couriers, seed):
    """A company with a day to plan; its own, so that runs do not meet."""
    chance = random.Random(seed)
    company = env["res.company"].create({"name": f"Bench {seed} {os.getpid()}"})
    company.partner_id.tz = "Asia/Yerevan"
    env.user.company_ids |= company
    env = env(context={"allowed_company_ids": company.ids})
    depot = env["loyalty.delivery.depot"].create(
        {
            "name": "Bench",
            "company_id": company.id,
            "latitude": CENTRE[0],
            "longitude": CENTRE[1],
        }
    )
    partners = env["res.partner"].create(
        [{"name": f"Courier {number}"} for number in range(couriers)]
    )
    env["loyalty.delivery.courier"].create(
        [
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "depot_id": depot.id,
                "capacity_kg": 400,
            }
            for partner in partners
        ]
    )
    values = []
    for number in range(stops):
        hour = chance.choice((6, 8, 10, 12))
        values.append(
            {
                "date": DAY,
                "state": "ready",
                "company_id": company.id,
                "depot_id": depot.id,
                "contact_name": f"Customer {number}",
                "address": f"Abovyan {number}",
                "latitude": CENTRE[0] + chance.gauss(0, 0.02),
                "longitude": CENTRE[1] + chance.gauss(0, 0.028),
                "geo_quality": "house",
                "weight_kg": chance.randint(1, 15),
                "window_start": f"{DAY} {hour:02}:00:00",
                "window_end": f"{DAY} {hour + 2:02}:00:00",
            }
        )
    env["loyalty.delivery.stop"].create(values)
    env.flush_all()
    env.cr.commit()
    return env, company


def run_scheduler(env):
    """The job that the click wakes, in this process."""
    commit = type(env["ir.cron"])._commit_progress
    with patch.object(type(env["ir.cron"]), "_commit_progress", commit):
        env["loyalty.delivery.plan"]._cron_run()


def bench(env, stops, couriers):
    env, company = city(env, stops, couriers, stops)
    board = env["loyalty.delivery.trip"]
    measure.settle()
    with measure.taken(env) as clicked:
        plan_id = board.board_plan_start(DAY, {"engine": ENGINE})["id"]
        env.cr.commit()
        run_scheduler(env)
        state = board.board_plan_state(plan_id)
    plan = env["loyalty.delivery.plan"].browse(plan_id)
    if state["state"] != "done":
        sys.exit(f"the plan of {stops} stops is {state['state']}: {state['error']}")
    measure.row(
        f"plan {stops}, click to preview",
        state["engine"],
        clicked.wall,
        f"{clicked.wall - plan.used_s:.2f} s beside the process",
        clicked.queries,
    )
    after = state["kpi_after"]
    measure.row(
        f"plan {stops}, what came out",
        f"{after['planned']} planned, {after['unplanned']} left, {after['late']} late",
        after["km"],
        f"{after['couriers']} couriers",
        "",
    )
    steps = (
        ("apply", plan.action_apply),
        ("undo", plan.action_undo),
    )
    for name, step in steps:
        env.invalidate_all()
        with measure.taken(env) as result:
            step()
        env.cr.commit()
        measure.row(f"{name} {stops}", "", result.wall, "", result.queries)
    again = env["loyalty.delivery.plan"].browse(plan_id).copy()
    again.action_queue()
    env.cr.commit()
    run_scheduler(env)
    again.action_apply()
    env.cr.commit()
    read_and_drag(env, board, company, stops)


def read_and_drag(env, board, company, stops):
    for turn in ("first", "again"):
        env.invalidate_all()
        with measure.taken(env) as result:
            day = board.board_read(DAY, company_id=company.id)
        measure.row(f"board {stops}, {turn}", "", result.wall, "", result.queries)
    if len(day["stops"]) != stops:
        sys.exit(f"the board shows {len(day['stops'])} of {stops} stops")
    first, last = day["trips"][0], day["trips"][-1]
    stop = next(row for row in day["stops"] if row["trip_id"] == first["id"])
    for turn in ("first", "again"):
        env.invalidate_all()
        target = last if turn == "first" else first
        move = {"stop_id": stop["id"], "trip_id": target["id"], "sequence": 1}
        with measure.taken(env) as result:
            board.board_move([move], DAY)
        env.cr.commit()
        measure.row(f"drag in {stops}, {turn}", "", result.wall, "", result.queries)


def main():
    measure.start()
    measure.say(measure.machine())
    measure.table("step", "what", "seconds (km)", "more", "queries")
    for stops, couriers in SIZES:
        with measure.environment() as env:
            bench(env, stops, couriers)


if __name__ == "__main__":
    main()
