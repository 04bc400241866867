"""Routes: each engine against the best known, at 5 and at 30 CPU seconds.

Public instances of Solomon's format are read from the folder ROUTING_INSTANCES where it
is named (``r101.txt`` and so on); without it, days like them are made. Two days in a
city, of 200 and 1000 stops in wide windows, are always made. What has no best known
value is compared with the best answer of this run, a long one of REFERENCE_S seconds
included. SECONDS names other limits. Neither the ERP nor a database is needed. Fails
only when an answer is not feasible.
"""

import importlib.util
import math
import os
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "_engines", Path(__file__).parents[1] / "unit" / "conftest.py"
)
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))

from odoo.addons.loyalty_delivery.engine.routing import check  # noqa: E402
from odoo.addons.loyalty_delivery.engine.routing.engines import ENGINES  # noqa: E402
from odoo.addons.loyalty_delivery.engine.routing.problem import (  # noqa: E402
    Job,
    Problem,
    Vehicle,
)

FOLDER = os.environ.get("ROUTING_INSTANCES")
SECONDS = [float(part) for part in os.environ.get("SECONDS", "5,30").split(",")]
REFERENCE_S = float(os.environ.get("REFERENCE_S", "90"))
PROCESSES = int(os.environ.get("PROCESSES", "2"))

# Total distance, each leg cut to one decimal as the DIMACS challenge does, times ten.
BEST_KNOWN = {
    "r101": 16377,
    "c101": 8273,
    "rc101": 16198,
    "r1_2_1": 46672,
    "r1_10_1": 530261,
}


def read(path):
    """A day from a file: identical vehicles, distance is time and cost."""
    lines = [line.split() for line in path.read_text().splitlines()]
    at = next(i for i, words in enumerate(lines) if words and words[0] == "NUMBER")
    count, capacity = map(int, lines[at + 1][:2])
    rows = [
        [float(word) for word in words]
        for words in lines
        if len(words) == 7 and words[0].isdigit()
    ]
    return public(rows, count, capacity)


def public(rows, count, capacity):
    """A day from rows of (number, x, y, demand, ready, due, service)."""
    metres = [[int(10 * math.dist(a[1:3], b[1:3]) + 1e-9) for b in rows] for a in rows]
    tenths = [[int(10 * value) for value in row] for row in rows]
    jobs = tuple(
        Job(i, i, row[4], row[5], row[6], (int(rows[i][3]),))
        for i, row in enumerate(tenths)
        if i
    )
    courier = {
        "earliest": tenths[0][4],
        "latest": tenths[0][5],
        "capacity": (capacity,),
    }
    vehicles = tuple(
        Vehicle(key, 0, 0, cost_per_m=1000, cost_per_s=0, **courier)
        for key in range(count)
    )
    return Problem(jobs, vehicles, {"car": metres}, {"car": metres})


def made(stops, width, capacity, seed):
    """A day like the public ones: stops by chance, windows that can be kept."""
    rng = random.Random(seed)
    rows = [[0, 35, 35, 0, 0, 230, 0]]
    for number in range(1, stops + 1):
        x, y = rng.uniform(0, 70), rng.uniform(0, 70)
        way = math.dist((x, y), (35, 35))
        middle = rng.uniform(way, 220 - way)
        ready, due = max(way, middle - width), min(220 - way, middle + width)
        rows.append(
            [number, x, y, rng.randrange(1, 30), int(ready) + 1, int(due) + 1, 10]
        )
    return public(rows, stops // 3, capacity)


def city(stops, couriers, seed=1):
    """A town with streets at right angles and detours; windows of 2, 4 or 8 hours."""
    rng = random.Random(seed)
    side = 6000 + 6 * stops
    places = [(side / 2, side / 2)] + [
        (rng.uniform(0, side), rng.uniform(0, side)) for _ in range(stops)
    ]
    metres = [
        [
            int(
                abs(a[0] - b[0])
                + abs(a[1] - b[1])
                + (rng.uniform(0, 300) if a != b else 0)
            )
            for b in places
        ]
        for a in places
    ]
    seconds = [[round(m / 7) for m in row] for row in metres]
    jobs = []
    for key in range(1, stops + 1):
        hours = rng.choice((2, 4, 8))
        opens = 9 + rng.randrange(0, 11 - hours)
        jobs.append(
            Job(
                key,
                key,
                opens * 3600,
                (opens + hours) * 3600,
                60 * rng.randrange(3, 8),
                (rng.randrange(1, 6),),
            )
        )
    vehicles = tuple(
        Vehicle(key, 0, 0, 8 * 3600, 20 * 3600, (60,), 1000, 200, 1000)
        for key in range(couriers)
    )
    return Problem(tuple(jobs), vehicles, {"car": metres}, {"car": seconds})


def instances():
    """Names, days and best known costs."""
    found = {}
    for name, best in BEST_KNOWN.items():
        path = Path(FOLDER or "nowhere", f"{name}.txt")
        if path.exists():
            found[name] = (read(path), best)
    if not found:
        found = {
            "made 100, tight": (made(100, 5, 200, 1), None),
            "made 100, wide": (made(100, 60, 1000, 2), None),
            "made 200, tight": (made(200, 5, 200, 3), None),
        }
    found["city 200"] = (city(200, 20), None)
    found["city 1000"] = (city(1000, 90), None)
    return found


def run(name, engine, seconds):
    """One measurement; the day is made anew in each process."""
    day, _best = instances()[name]
    found = ENGINES[engine].solve(day, seed=1, limit_s=seconds)
    wrong = check.faults(day, found.plan)
    return (name, engine, seconds), found, wrong


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def gap(found, least):
    """How far an answer is above the least known, in per cent."""
    if found is None:
        return ""
    left = f", {len(found.unplanned)} left out" if found.unplanned else ""
    return f"{(found.cost / least - 1) * 100:+.2f} %{left}"


def table(known, engines, results):
    """The results in Markdown."""
    columns = [
        (engine, seconds)
        for engine in engines
        for seconds in [*SECONDS, REFERENCE_S]
        if any(key[1:] == (engine, seconds) for key in results)
    ]
    say("| day | least known |", " | ".join(f"{e}, {s:g} s" for e, s in columns), "|")
    say("| --- | ---: |", " | ".join("---:" for _column in columns), "|")
    for name, best in known.items():
        least = best or min(f.cost for key, f in results.items() if key[0] == name)
        gaps = (gap(results.get((name, *column)), least) for column in columns)
        say(f"| {name} | {least} |", " | ".join(gaps), "|")


def main():
    engines = [name for name in ("sisr", "pyvrp") if ENGINES[name].available()]
    known = {name: best for name, (_day, best) in instances().items()}
    work = [(name, engine, s) for s in SECONDS for name in known for engine in engines]
    work += [(name, engines[-1], REFERENCE_S) for name in known if not known[name]]
    results, failed = {}, False
    with ProcessPoolExecutor(PROCESSES) as pool:
        for key, found, wrong in pool.map(run, *zip(*work, strict=True)):
            results[key] = found
            failed |= bool(wrong)
            say(*key, "cost", found.cost, "iterations", found.iterations, *wrong[:3])
    table(known, engines, results)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
