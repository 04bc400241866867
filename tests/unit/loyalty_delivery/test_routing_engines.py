"""Every engine: answers are feasible, nobody is lost, what is frozen stays."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine.routing import check
from odoo.addons.loyalty_delivery.engine.routing.engines import ENGINES, choose
from odoo.addons.loyalty_delivery.engine.routing.problem import Job, Problem, Vehicle

ROUNDS = 60
SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


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


def solve(name, day, **options):
    return ENGINES[name].solve(day, **{"iterations": ROUNDS, "seed": 1, **options})


def assert_right(day, found):
    assert check.faults(day, found.plan) == []
    planned = [key for route in found.routes for key in route.jobs]
    left = [row.job for row in found.unplanned]
    assert sorted(planned + left) == sorted(job.key for job in day.jobs)
    assert found.cost == check.evaluate(day, found.plan).cost


@SLOW
@given(st.integers(0, 10**6), st.booleans())
def test_our_own_answers_are_feasible_and_nobody_is_lost(seed, prefix):
    day = problem(seed, prefix=prefix)
    found = solve("sisr", day)
    assert_right(day, found)
    for vehicle in day.vehicles:
        route = found.plan.get(vehicle.key, [])
        assert tuple(route[: len(vehicle.prefix)]) == vehicle.prefix


@SLOW
@given(st.integers(0, 10**6))
def test_the_same_seed_and_iterations_give_the_same_answer(seed):
    day = problem(seed)
    first, second = solve("sisr", day), solve("sisr", day)
    assert first.routes == second.routes
    assert first.unplanned == second.unplanned


@SLOW
@given(st.integers(0, 10**6), st.booleans())
def test_the_exact_answer_is_never_worse(seed, prefix):
    day = problem(seed, jobs=7, vehicles=1, prefix=prefix, limits=False)
    exact = solve("exact", day)
    assert_right(day, exact)
    assert exact.cost <= solve("sisr", day).cost


@SLOW
@given(st.integers(0, 10**6))
def test_a_warm_start_is_never_made_worse(seed):
    day = problem(seed)
    given_routes = solve("sisr", day, seed=2)
    again = solve("sisr", day, warm_start=given_routes.plan, iterations=0)
    assert again.cost <= given_routes.cost


@pytest.mark.skipif(not ENGINES["pyvrp"].available(), reason="PyVRP is not installed")
@SLOW
@given(st.integers(0, 10**6))
def test_answers_of_pyvrp_are_feasible_and_nobody_is_lost(seed):
    day = problem(seed)
    assert_right(day, solve("pyvrp", day))


def test_few_stops_of_one_vehicle_are_solved_exactly():
    assert choose(problem(1, jobs=10, vehicles=1, limits=False)).name == "exact"
    assert choose(problem(1, jobs=11, vehicles=1, limits=False)).name != "exact"


def test_frozen_beginnings_go_to_our_own_engine():
    day = problem(3, prefix=True)
    assert any(vehicle.prefix for vehicle in day.vehicles)
    assert choose(day, "pyvrp").name == "sisr"


def test_an_unknown_engine_is_named_in_the_refusal():
    with pytest.raises(ValueError, match="no engine magic"):
        choose(problem(1), "magic")
