"""Import of members: the ERP's own import of a file against the club's, in one run.

The same list of ODOO_ROWS members (4 000) with phone, e-mail, birthday, consent and
card number goes through

- the ERP's import (``base_import``), customers only;
- the ERP's import, customers with their member cards;
- the club's import, in one process and with two workers that share it.

The club's time holds the check of all rows and the import; it also makes the first
tier, its history, and finds duplicates. Prints a table; fails only on wrong results.
"""

import base64
import csv
import io
import os
import subprocess
import sys
import time

from support import measure

ROWS = int(os.environ.get("ODOO_ROWS", "4000"))
HEADER = ("Name", "Phone", "Email", "Birthday", "City", "Gender", "SMS", "Card")
FIELDS = ("name", "phone", "email", "birthday", "city", "gender", "consent_sms")
CARD_FIELDS = ("loyalty_card_ids/code", "loyalty_card_ids/program_id")


def members(series):
    """Rows of one list; each series has phones and cards of its own, so
    a database serves for one run."""
    for number in range(ROWS):
        phone = 91_000_000 + series * 200_000 + number
        yield (
            f"Member {series} {number}",
            f"+374{phone}",
            f"member{series}.{number}@example.com",
            "1990-05-17",
            "Yerevan",
            "Female",
            "1",
            f"BENCH{series}X{number:06}",
        )


def as_csv(rows, header):
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    return stream.getvalue().encode()


def by_the_erp(env, series, club=None):
    """Core's own import, as its screen calls it."""
    rows, fields = [row[:7] for row in members(series)], list(FIELDS)
    if club:
        rows = [(*row, club.name) for row in members(series)]
        fields += CARD_FIELDS
    content = as_csv(rows, [*fields])
    with measure.taken(env) as result:
        load = env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": content,
                "file_name": "members.csv",
                "file_type": "text/csv",
            }
        )
        answer = load.execute_import(
            fields,
            fields,
            {
                "quoting": '"',
                "separator": ",",
                "has_headers": True,
                "encoding": "utf-8",
                "date_format": "%Y-%m-%d",
                "datetime_format": "",
                "float_thousand_separator": ",",
                "float_decimal_separator": ".",
                "keep_matches": False,
                "name_create_enabled_fields": {},
                "import_set_empty_fields": [],
                "import_skip_records": [],
                "fallback_values": {},
                "tracking_disable": True,
            },
        )
    if len(answer.get("ids") or ()) != ROWS:
        sys.exit(f"The ERP's import failed: {answer.get('messages')}")
    return result


def new_load(env, series, club):
    return env["loyalty.import"].create(
        {
            "program_id": club.id,
            "filename": "members.csv",
            "file": base64.b64encode(as_csv(members(series), HEADER)),
            "country_id": env.ref("base.am").id,
        }
    )


def check(load):
    load.user_id = load.env.user
    load._set_state("checking", ("draft",))
    load._as_worker()._dry_run()
    if load.problem_count:
        sys.exit(f"Problems: {load.problem_ids[:3].mapped('message')}")
    load._set_state("running", ("checked",))


def by_one_process(env, series, club):
    with measure.taken(env) as result:
        load = new_load(env, series, club)
        check(load)
        env.cr.commit()
        load._run_in_background()
    assert_done(load)
    return result


def by_two_workers(env, series, club):
    """Check here, then two processes as two workers of the server."""
    began = time.perf_counter()
    load = new_load(env, series, club)
    check(load)
    env.cr.commit()
    paused = time.perf_counter()
    workers = [start_worker(load) for _worker in range(2)]
    resumed = time.perf_counter()
    for worker in workers:
        tell(worker)
    codes = [worker.wait() for worker in workers]
    wall = time.perf_counter() - resumed + paused - began
    env.cr.rollback()
    env.invalidate_all()
    if any(codes):
        sys.exit(f"A worker ended with {codes}")
    assert_done(load)
    return measure.Taken(wall=wall)


def by_a_killed_worker(env, series, club):
    """One worker is killed in the middle (SIGKILL); another goes on to the end."""
    load = new_load(env, series, club)
    check(load)
    env.cr.commit()
    first = start_worker(load)
    with measure.taken() as result:
        tell(first)
        while True:
            time.sleep(0.2)
            env.cr.rollback()
            env.invalidate_all()
            if load.done_count:
                break
        first.kill()
        first.wait()
        env.cr.rollback()
        env.invalidate_all()
        if load.state != "running":
            sys.exit(f"The worker was killed too late: {load.state}")
        second = start_worker(load)
        tell(second)
        second.wait()
    env.cr.rollback()
    env.invalidate_all()
    assert_done(load)
    env.cr.execute(
        "SELECT count(*), count(DISTINCT partner_id) FROM loyalty_card"
        " WHERE program_id = %s AND code LIKE %s",
        [club.id, f"BENCH{series}X%"],
    )
    if env.cr.fetchone() != (ROWS, ROWS):
        sys.exit("Members are missing or doubled after the crash.")
    return result


def start_worker(load):
    """A process that is ready, like a worker of a server, and waits for work."""
    worker = subprocess.Popen(
        [sys.executable, __file__, str(load.id)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    worker.stdout.readline()
    return worker


def tell(worker):
    worker.stdin.write(b"go\n")
    worker.stdin.close()


def assert_done(load):
    if load.state != "done" or load.imported_count != ROWS:
        sys.exit(f"{load.state}, {load.imported_count} rows: {load.failure}")


def warm_up(env, load):
    """Make a few members and forget them: the workers of a server are not new."""
    load._as_worker()._apply(
        {number: {"name": f"Warm {number}"} for number in range(2, 52)}
    )
    env.flush_all()
    env.cr.rollback()
    env.invalidate_all()


def worker(load_id):
    with measure.environment() as env:
        load = env["loyalty.import"].browse(load_id)
        warm_up(env, load)
        measure.say(f"ready for {load.name}")
        sys.stdin.readline()
        load._run_in_background()


def main():
    measure.start()
    if len(sys.argv) > 1:
        worker(int(sys.argv[1]))
        return
    measure.say(measure.machine())
    with measure.environment() as env:
        club = (
            env["loyalty.program"]
            .create(
                {
                    "name": f"Bench {time.time():.0f}",
                    "program_type": "loyalty",
                    "applies_on": "both",
                    "trigger": "auto",
                    "is_club": True,
                    "tier_ids": [(0, 0, {"name": "Bronze", "threshold": 0})],
                }
            )
            .id
        )
    work = (
        ("the ERP, customers only", lambda env, n, club: by_the_erp(env, n)),
        ("the ERP, customers and cards", by_the_erp),
        ("the club, one process", by_one_process),
        ("the club, two workers", by_two_workers),
        ("the club, its worker killed once", by_a_killed_worker),
    )
    measure.table(f"import of {ROWS:,} members", "s", "members/s", "Python s", "×")
    base = None
    for number, (title, run) in enumerate(work):
        with measure.environment() as env:
            result = run(env, number, env["loyalty.program"].browse(club))
        if number == 1:
            base = result.wall
        ratio = f"{base / result.wall:.1f}" if base else ""
        measure.row(title, result.wall, f"{ROWS / result.wall:,.0f}", result.cpu, ratio)


if __name__ == "__main__":
    main()
