"""The judge of routes: times, costs, and every kind of fault, by hand."""

import pytest

from odoo.addons.loyalty_delivery.engine.routing.check import evaluate, faults
from odoo.addons.loyalty_delivery.engine.routing.problem import (
    UNREACHABLE,
    Job,
    Problem,
    Vehicle,
    Violation,
)

# From the depot 0 to 1 and 2; the way back is longer.
METRES = [[0, 1000, 2000], [1500, 0, 700], [2500, 900, 0]]
SECONDS = [[0, 100, 200], [150, 0, 70], [250, 90, 0]]


def day(*jobs, **vehicle):
    courier = Vehicle(7, 0, vehicle.pop("end", 0), **vehicle)
    return Problem(jobs, (courier,), {"car": METRES}, {"car": SECONDS})


def only(problem, *keys):
    return evaluate(problem, {7: list(keys)}).routes[0]


def test_times_follow_the_way_the_window_and_the_service():
    route = only(
        day(Job(1, 1, service=30), Job(2, 2, earliest=400, service=60), earliest=50),
        1,
        2,
    )
    assert [(v.arrival, v.begin, v.finish) for v in route.visits] == [
        (150, 150, 180),
        (250, 400, 460),
    ]
    assert (route.departure, route.back) == (50, 710)
    assert (route.metres, route.seconds) == (1000 + 700 + 2500, 100 + 70 + 250)
    assert route.violations == ()


def test_cost_is_fixed_and_by_the_metre_and_second_on_the_road():
    route = only(
        day(Job(1, 1, service=999), fixed_cost=40, cost_per_m=200, cost_per_s=3000), 1
    )
    assert route.cost == 40 + (2500 * 200 + 250 * 3000) // 1000


def test_the_wait_before_the_first_stop_is_spent_at_the_start():
    route = only(day(Job(1, 1, earliest=3600)), 1)
    assert (route.departure, route.visits[0].arrival) == (3500, 3600)


def test_nobody_leaves_later_than_that_for_waits_further_on():
    route = only(day(Job(1, 1), Job(2, 2, earliest=5000)), 1, 2)
    assert (route.departure, route.visits[1].arrival) == (0, 170)


def test_a_longest_duration_makes_the_start_as_late_as_needed_only():
    jobs = Job(1, 1, latest=4000), Job(2, 2, earliest=5000)
    route = only(day(*jobs, max_duration=3000), 1, 2)
    assert route.back - route.departure == 3000
    assert route.violations == ()
    route = only(day(*jobs, max_duration=1000), 1, 2)
    assert route.visits[0].begin == 4000
    excess = route.back - route.departure - 1000
    assert route.violations == (Violation("duration", excess),)


def test_an_open_end_costs_no_way_back():
    route = only(day(Job(1, 1), end=None), 1)
    assert (route.back, route.metres, route.seconds) == (100, 1000, 100)


def test_lateness_is_told_by_the_second_and_carried_on():
    route = only(day(Job(1, 1, latest=60, service=10), Job(2, 2, latest=100)), 1, 2)
    assert [visit.late for visit in route.visits] == [40, 80]
    assert route.violations == (Violation("window", 40, 1), Violation("window", 80, 2))


@pytest.mark.parametrize(
    ("job", "vehicle", "broken"),
    [
        ({"demand": (4, 9)}, {"capacity": (5, 6)}, Violation("capacity", 3, None, 1)),
        ({}, {"max_distance": 2400}, Violation("distance", 100)),
        ({}, {"max_duration": 200}, Violation("duration", 50)),
        ({}, {"max_stops": 0}, Violation("stops", 1)),
        ({}, {"latest": 240}, Violation("day", 10)),
        ({"vehicles": (8,)}, {}, Violation("zone", 1, 1)),
    ],
)
def test_every_limit_that_is_broken_is_told(job, vehicle, broken):
    problem = day(Job(1, 1, **job), **vehicle)
    assert only(problem, 1).violations == (broken,)
    assert faults(problem, {7: [1]}) == [broken]


def test_a_leg_without_a_road_is_told():
    seconds = [[0, UNREACHABLE, 5], [5, 0, 5], [5, 5, 0]]
    problem = Problem(
        (Job(1, 1, latest=2 * UNREACHABLE),),
        (Vehicle(7, 0, None, latest=2 * UNREACHABLE),),
        {"car": METRES},
        {"car": seconds},
    )
    assert only(problem, 1).violations == (Violation("unreachable", 1, 1),)


def test_what_is_in_no_route_is_unplanned_and_costs_its_prize():
    found = evaluate(day(Job(1, 1, prize=500), Job(2, 2, prize=70)), {7: [1]})
    assert [row.job for row in found.unplanned] == [2]
    assert found.cost == 250 + 70


def test_a_vehicle_that_stays_at_home_costs_nothing():
    found = evaluate(day(Job(1, 1, prize=500), fixed_cost=99), {7: []})
    assert (found.routes, found.cost) == ((), 500)


def test_a_frozen_beginning_must_be_kept():
    problem = day(Job(1, 1), Job(2, 2), prefix=(2,))
    assert faults(problem, {7: [2, 1]}) == []
    assert faults(problem, {7: [1, 2]}) == [Violation("prefix", 1)]
    assert faults(problem, {}) == [Violation("prefix", 1)]


def test_what_the_frozen_beginning_broke_is_no_fault_but_what_is_added_is():
    problem = day(
        Job(1, 1, latest=10), Job(2, 2), Job(3, 2, latest=10), prefix=(1,), latest=100
    )
    assert faults(problem, {7: [1]}) == []
    kinds = [(v.kind, v.job) for v in faults(problem, {7: [1, 2, 3]})]
    assert kinds == [("window", 3), ("day", None)]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({8: [1]}, "no vehicle 8"),
        ({7: [9]}, "no job 9"),
        ({7: [1, 1]}, "Job 1 is planned twice"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan, message):
    with pytest.raises(ValueError, match=message):
        evaluate(day(Job(1, 1)), plan)
