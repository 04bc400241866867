"""Days to plan, made by chance."""

import random

from odoo.addons.loyalty_delivery.engine.routing.problem import Job, Problem, Vehicle


def problem(seed, jobs=12, vehicles=3, *, prefix=False, limits=True):
    """A small day in a town of one-way streets, everything in it by chance."""
    rng = random.Random(seed)
    places = [(rng.randrange(9000), rng.randrange(9000)) for _ in range(jobs + 3)]
    metres = [
        [
            0
            if i == j
            else int(abs(a[0] - b[0]) + abs(a[1] - b[1])) + rng.randrange(900)
            for j, b in enumerate(places)
        ]
        for i, a in enumerate(places)
    ]
    seconds = [[m // 5 + (60 if m else 0) for m in row] for row in metres]
    keys = [100 + i for i in range(vehicles)]
    all_jobs = []
    for i in range(jobs):
        opens = rng.randrange(0, 20000)
        all_jobs.append(
            Job(
                key=i + 1,
                place=i + 3,
                earliest=opens,
                latest=opens + rng.choice((1800, 7200, 20000)),
                service=rng.choice((60, 300)),
                demand=(rng.randrange(5), rng.randrange(3)),
                prize=rng.choice((500, 5000, 1_000_000)),
                vehicles=tuple(rng.sample(keys, 2))
                if vehicles > 1 and rng.random() < 0.3
                else None,
            )
        )
    order = rng.sample([job.key for job in all_jobs], jobs)
    fleet = []
    for key in keys:
        frozen = tuple(order.pop() for _ in range(rng.randrange(3))) if prefix else ()
        fleet.append(
            Vehicle(
                key=key,
                start=rng.randrange(3),
                end=rng.choice((None, 0, 1)),
                earliest=rng.randrange(3600),
                latest=rng.randrange(15000, 40000),
                capacity=(rng.randrange(4, 30), rng.randrange(4, 20)),
                fixed_cost=rng.choice((0, 300)),
                cost_per_m=rng.choice((0, 100)),
                max_distance=rng.choice((None, 30000)) if limits else None,
                max_duration=rng.choice((None, 15000)) if limits else None,
                max_stops=rng.choice((None, 5)),
                prefix=frozen,
            )
        )
    return Problem(tuple(all_jobs), tuple(fleet), {"car": metres}, {"car": seconds})
