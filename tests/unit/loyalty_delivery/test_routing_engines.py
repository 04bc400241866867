"""Every engine: answers are feasible, nobody is lost, what is frozen stays."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine.routing import check, sisr_arrays
from odoo.addons.loyalty_delivery.engine.routing.engines import ENGINES, choose

from .routing_days import problem

ROUNDS = 60
SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


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


def test_couriers_of_many_rates_share_matrices_and_are_judged_by_their_own(monkeypatch):
    monkeypatch.setattr(sisr_arrays, "MOST_FIGURES", 3000)
    day = problem(4, jobs=20, vehicles=8)
    fleet = tuple(
        dataclasses.replace(vehicle, cost_per_m=10 * i, cost_per_s=900 + i)
        for i, vehicle in enumerate(day.vehicles)
    )
    day = dataclasses.replace(day, vehicles=fleet)
    assert len(set(map(id, sisr_arrays.Arrays(day).cost))) <= 2
    assert_right(day, solve("sisr", day))


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
