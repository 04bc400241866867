"""One more stop at once, and why a stop was left out."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine.routing import check
from odoo.addons.loyalty_delivery.engine.routing.engines import ENGINES
from odoo.addons.loyalty_delivery.engine.routing.explain import explain
from odoo.addons.loyalty_delivery.engine.routing.insert import cheapest, worse
from odoo.addons.loyalty_delivery.engine.routing.problem import (
    REASONS,
    REMEDIES,
    UNREACHABLE,
    Job,
    Problem,
    Vehicle,
)

from .routing_days import problem


def street(jobs, vehicles, length=12):
    """Places a kilometre and a hundred seconds apart along one street."""
    metres = [[1000 * abs(i - j) for j in range(length)] for i in range(length)]
    seconds = [[100 * abs(i - j) for j in range(length)] for i in range(length)]
    return Problem(tuple(jobs), tuple(vehicles), {"car": metres}, {"car": seconds})


def reason(day, plan):
    return explain(day, check.evaluate(day, plan)).unplanned[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_the_cheapest_place_is_the_best_of_all_feasible_places(seed, prefix):
    day = problem(seed, jobs=9, vehicles=2, prefix=prefix)
    found = ENGINES["sisr"].solve(day, iterations=5)
    frozen = {key for vehicle in day.vehicles for key in vehicle.prefix}
    newcomer = next(job for job in day.jobs if job.key not in frozen)
    plan = {
        vehicle.key: [
            key for key in found.plan.get(vehicle.key, []) if key != newcomer.key
        ]
        for vehicle in day.vehicles
    }
    costs = []
    jobs = {job.key: job for job in day.jobs}
    for vehicle in day.vehicles:
        route = plan[vehicle.key]
        before = check.evaluate_route(day, vehicle, [jobs[key] for key in route])
        for place in range(len(vehicle.prefix), len(route) + 1):
            keys = [*route[:place], newcomer.key, *route[place:]]
            after = check.evaluate_route(day, vehicle, [jobs[key] for key in keys])
            if not worse(before, after):
                costs.append(after.cost - before.cost)
    insertion = cheapest(day, plan, newcomer.key)
    if not costs:
        assert insertion is None
    else:
        assert abs(insertion.cost - min(costs)) <= 1  # of rounding


def test_an_urgent_stop_goes_behind_what_is_driven_already():
    jobs = [Job(1, 5), Job(2, 9), Job(3, 1)]
    day = street(jobs, [Vehicle(7, 0, None, prefix=(1,))])
    insertion = cheapest(day, {7: [1, 2]}, 3)
    assert (insertion.position, insertion.vehicle) == (1, 7)
    assert insertion.seconds == 800
    assert insertion.route.jobs == [1, 3, 2]


def test_a_route_that_is_late_already_is_not_made_later():
    jobs = [Job(1, 5, latest=10), Job(2, 1)]
    day = street(jobs, [Vehicle(7, 0, None)])
    assert cheapest(day, {7: [1]}, 2).position == 1


def test_nobody_who_may_means_a_zone_to_open():
    day = street([Job(1, 3, vehicles=(8,))], [Vehicle(7, 0, 0)])
    row = reason(day, {})
    assert (row.reason, row.remedy, row.detail) == (
        "zone",
        "allow_vehicle",
        {"vehicle": 7},
    )


def test_a_window_too_early_is_told_by_the_second():
    row = reason(street([Job(1, 5, latest=300)], [Vehicle(7, 0, 0)]), {})
    assert (row.reason, row.remedy) == ("window", "widen_window")
    assert row.detail == {"vehicle": 7, "seconds": 200, "begin": 500}


def test_a_load_too_big_is_told_by_the_unit():
    jobs = [Job(1, 2, demand=(3, 8)), Job(2, 3, demand=(1, 4))]
    day = street(jobs, [Vehicle(7, 0, 0, capacity=(9, 10))])
    row = reason(day, {7: [1]})
    assert (row.reason, row.remedy) == ("capacity", "more_capacity")
    assert row.detail == {"vehicle": 7, "amount": 2, "dimension": 1}


def test_a_day_too_short_is_told_by_the_second():
    row = reason(street([Job(1, 5)], [Vehicle(7, 0, 0, latest=900)]), {})
    assert (row.reason, row.remedy) == ("duration", "longer_day")
    assert row.detail == {"vehicle": 7, "seconds": 100}


def test_a_way_too_long_is_told_by_the_metre():
    row = reason(street([Job(1, 5)], [Vehicle(7, 0, 0, max_distance=9000)]), {})
    assert (row.reason, row.remedy) == ("distance", "longer_day")
    assert row.detail == {"vehicle": 7, "metres": 1000}


def test_a_prize_too_low_is_told_with_what_it_costs():
    row = reason(street([Job(1, 5, prize=400)], [Vehicle(7, 0, 0)]), {})
    assert (row.reason, row.remedy) == ("cost", "raise_priority")
    assert row.detail == {"vehicle": 7, "cost": 1000, "prize": 400}


def test_no_road_has_no_remedy():
    day = street([Job(1, 5)], [Vehicle(7, 0, 0)])
    day.seconds["car"][0][5] = UNREACHABLE
    row = reason(day, {})
    assert (row.reason, row.remedy) == ("unreachable", "none")


def test_one_vehicle_more_is_told_with_how_many_it_would_serve():
    full = [Job(i, 5, demand=(1,)) for i in range(1, 13)]
    day = street(full, [Vehicle(7, 0, 0, capacity=(6,))])
    found = explain(day, ENGINES["sisr"].solve(day, iterations=50))
    rows = [row for row in found.unplanned if row.remedy == "more_vehicles"]
    assert rows
    assert rows[0].detail == {"vehicle": 7, "served": 6, "unplanned": 6}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_every_stop_left_out_has_a_reason_and_keeps_everything_else(seed, prefix):
    day = problem(seed, prefix=prefix)
    bare = ENGINES["sisr"].solve(day, iterations=20)
    told = explain(day, bare)
    assert told.routes == bare.routes
    assert [row.job for row in told.unplanned] == [row.job for row in bare.unplanned]
    assert {row.reason for row in told.unplanned} <= set(REASONS)
    assert {row.remedy for row in told.unplanned} <= set(REMEDIES)
