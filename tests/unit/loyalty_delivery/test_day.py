from datetime import date, datetime, timedelta

import pytest

from odoo.addons.loyalty_delivery.engine import day
from odoo.addons.loyalty_delivery.engine.roads.matrix import RoadMatrix
from odoo.addons.loyalty_delivery.engine.routing import check

ZERO = datetime(2026, 3, 5, 20)
DEPOT, NORTH, SOUTH = (40.0, 44.0), (40.1, 44.0), (39.9, 44.0)
ROADS = {
    "car": RoadMatrix(
        [[0, 1000, 2000], [1000, 0, 3000], [2000, 3000, 0]],
        [[0, 100, 200], [100, 0, 300], [200, 300, 0]],
        "test",
        9,
        0,
    )
}


def a_shift(**values):
    hours = {
        "earliest": ZERO + timedelta(hours=9),
        "latest": ZERO + timedelta(hours=18),
    }
    return day.Shift(7, DEPOT, DEPOT, **{**hours, **values})


def a_problem(calls, *shifts):
    shifts = list(shifts) or [a_shift()]
    return day.build(calls, shifts, ZERO, [DEPOT, NORTH, SOUTH], ROADS)


@pytest.mark.parametrize(
    ("on", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)],
)
def test_a_day_is_as_long_as_the_clocks_make_it(on, hours):
    first = day.moment(on, 0, "Europe/Berlin")
    last = day.moment(on, 24, "Europe/Berlin")
    assert last - first == timedelta(hours=hours)


def test_a_window_after_the_change_of_clocks_is_what_the_clock_shows():
    zero = day.moment(date(2026, 3, 29), 0, "Europe/Berlin")
    ten = day.moment(date(2026, 3, 29), 10, "Europe/Berlin")
    assert day.seconds(ten, zero) == 9 * 3600


def test_places_are_counted_once_and_couriers_first():
    calls = [day.Call(1, NORTH), day.Call(2, SOUTH), day.Call(3, NORTH)]
    assert day.places_of(calls, [a_shift()]) == [DEPOT, NORTH, SOUTH]


def test_a_stop_without_a_window_may_be_visited_while_anybody_works():
    (job,) = a_problem([day.Call(1, NORTH)]).jobs
    assert (job.earliest, job.latest) == (0, 18 * 3600)


def test_a_window_becomes_seconds_from_midnight():
    ten = ZERO + timedelta(hours=10)
    call = day.Call(1, NORTH, ten, ten + timedelta(hours=2))
    (job,) = a_problem([call]).jobs
    assert (job.earliest, job.latest) == (10 * 3600, 12 * 3600)


def test_limits_that_are_not_set_are_no_limits():
    (vehicle,) = a_problem([], a_shift(capacity=(5000, 0, 0))).vehicles
    assert vehicle.capacity == (5000, day.NO_LIMIT, day.NO_LIMIT)
    assert (vehicle.max_distance, vehicle.max_stops) == (None, None)


def test_without_money_time_on_the_road_counts():
    (vehicle,) = a_problem([]).vehicles
    assert (vehicle.cost_per_m, vehicle.cost_per_s) == (0, 1000)


def test_a_courier_without_costs_costs_what_the_others_do():
    shifts = [
        a_shift(cost_km=200, cost_hour=7200),
        day.Shift(8, DEPOT, None, ZERO, ZERO),
    ]
    known, unknown = a_problem([], *shifts).vehicles
    assert (known.cost_per_m, known.cost_per_s) == (200, 2000)
    assert (unknown.cost_per_m, unknown.cost_per_s) == (200, 2000)


def test_no_currency_is_so_dear_that_stops_are_left_out():
    shift = a_shift(cost_km=50_000_000, cost_hour=900_000_000)
    problem = a_problem([day.Call(1, SOUTH)], shift)
    route = check.evaluate(problem, {7: [1]}).routes[0]
    assert problem.jobs[0].prize > route.cost


def test_figures_add_up():
    nine = ZERO + timedelta(hours=9)
    calls = [day.Call(1, NORTH, service=60), day.Call(2, SOUTH, nine, nine)]
    solution = check.evaluate(a_problem([*calls, day.Call(3, NORTH)]), {7: [1, 2]})
    assert day.figures(solution) == {
        "km": 6.0,
        "hours": 0.17,
        "late": 1,
        "late_minutes": 7,
        "planned": 2,
        "unplanned": 1,
        "couriers": 1,
        "cost": 600,
    }
