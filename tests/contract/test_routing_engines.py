"""What every engine of routes promises, whichever is installed."""

import pytest

from odoo.addons.loyalty_delivery.engine.routing import check
from odoo.addons.loyalty_delivery.engine.routing.engines import ENGINES
from odoo.addons.loyalty_delivery.engine.routing.problem import (
    UNREACHABLE,
    Job,
    Problem,
    Vehicle,
)

MATTERS = 1_000_000


@pytest.fixture(params=["sisr", "pyvrp", "exact"])
def solve(request):
    engine = ENGINES[request.param]
    if not engine.available():
        pytest.skip(f"{request.param} is not installed")

    def run(problem, **options):
        if not engine.suits(problem):
            pytest.skip(f"{request.param} is not for such problems")
        found = engine.solve(problem, **{"iterations": 200, "seed": 3, **options})
        assert check.faults(problem, found.plan) == []
        planned = [key for route in found.routes for key in route.jobs]
        left = [row.job for row in found.unplanned]
        assert sorted(planned + left) == sorted(job.key for job in problem.jobs)
        return found

    return run


def street(jobs, vehicles, *, length=12, blocked=()):
    """Places a kilometre and a hundred seconds apart along one street."""
    metres = [[1000 * abs(i - j) for j in range(length)] for i in range(length)]
    seconds = [[100 * abs(i - j) for j in range(length)] for i in range(length)]
    for i, j in blocked:
        seconds[i][j] = UNREACHABLE
    return Problem(tuple(jobs), tuple(vehicles), {"car": metres}, {"car": seconds})


def job(key, place, **values):
    return Job(key, place, **{"prize": MATTERS, **values})


def test_stops_on_a_street_are_driven_there_and_back(solve):
    found = solve(street([job(i, i) for i in range(1, 9)], [Vehicle(1, 0, 0)]))
    assert found.routes[0].seconds == 1600
    assert found.cost == 1600


def test_an_open_end_is_not_driven_back(solve):
    found = solve(street([job(i, i) for i in range(1, 9)], [Vehicle(1, 0, None)]))
    assert found.routes[0].jobs == list(range(1, 9))
    assert found.routes[0].back == found.routes[0].visits[-1].finish
    assert found.cost == 800


def test_windows_are_kept_whatever_the_detour(solve):
    late_then_early = [
        job(1, 1, earliest=5000, latest=6000),
        job(2, 5, earliest=0, latest=600),
    ]
    found = solve(street(late_then_early, [Vehicle(1, 0, 0)]))
    assert found.plan == {1: [2, 1]}


def test_what_does_not_fit_is_left_out_by_prize(solve):
    heavy = [
        job(1, 2, demand=(5,), prize=900),
        job(2, 2, demand=(5,), prize=90_000),
        job(3, 2, demand=(5,), prize=9000),
    ]
    found = solve(street(heavy, [Vehicle(1, 0, 0, capacity=(10,))]))
    assert [row.job for row in found.unplanned] == [1]
    assert found.cost == 400 + 900


def test_what_costs_more_than_its_prize_is_left_out(solve):
    found = solve(street([job(1, 1), job(2, 11, prize=100)], [Vehicle(1, 0, 0)]))
    assert found.plan == {1: [1]}


def test_a_vehicle_that_may_not_is_never_sent(solve):
    jobs = [job(1, 1, vehicles=(7,)), job(2, 2, vehicles=(8,)), job(3, 3, vehicles=())]
    found = solve(street(jobs, [Vehicle(7, 0, 0), Vehicle(8, 11, 11)]))
    assert found.plan == {7: [1], 8: [2]}


def test_two_depots_serve_what_is_near(solve):
    jobs = [job(i, i) for i in (1, 2, 9, 10)]
    found = solve(street(jobs, [Vehicle(7, 0, 0), Vehicle(8, 11, 11)]))
    assert {key: sorted(route) for key, route in found.plan.items()} == {
        7: [1, 2],
        8: [9, 10],
    }


def test_a_dear_vehicle_stays_at_home_when_one_is_enough(solve):
    jobs = [job(i, i) for i in range(1, 5)]
    dear = Vehicle(8, 11, 11, fixed_cost=50_000)
    assert set(solve(street(jobs, [Vehicle(7, 0, 0), dear])).plan) == {7}


@pytest.mark.parametrize(
    ("limit", "served"),
    [
        ({"max_stops": 2}, 2),
        ({"max_distance": 6500}, 3),
        ({"max_duration": 460}, 2),
        ({"latest": 460}, 2),
    ],
)
def test_limits_of_a_vehicle_are_kept(solve, limit, served):
    jobs = [job(i, i) for i in range(1, 9)]
    found = solve(street(jobs, [Vehicle(1, 0, 0, **limit)]))
    assert len(found.routes[0].visits) == served


def test_waiting_counts_towards_the_longest_duration(solve):
    jobs = [
        job(1, 1, earliest=1000, latest=1000),
        job(2, 2, earliest=9000, latest=9000),
    ]
    found = solve(street(jobs, [Vehicle(1, 0, 0, max_duration=4000)]))
    assert len(found.unplanned) == 1


def test_a_later_start_saves_waiting_where_windows_allow(solve):
    jobs = [job(1, 1, latest=20_000), job(2, 2, earliest=9000, latest=9000)]
    found = solve(street(jobs, [Vehicle(1, 0, 0, max_duration=500)]))
    assert not found.unplanned
    assert found.routes[0].back - found.routes[0].departure <= 500


def test_no_road_is_never_driven(solve):
    blocked = [(i, 5) for i in range(12) if i != 5]
    found = solve(street([job(1, 1), job(2, 5)], [Vehicle(1, 0, 0)], blocked=blocked))
    assert found.plan == {1: [1]}


def test_one_way_streets_turn_the_round(solve):
    size = 6
    around = [[100 * ((j - i) % size) for j in range(size)] for i in range(size)]
    day = Problem(
        tuple(job(i, i) for i in range(1, size)),
        (Vehicle(1, 0, 0),),
        {"car": around},
        {"car": around},
    )
    assert solve(day).plan == {1: list(range(1, size))}


def test_vehicles_drive_on_their_own_roads(solve):
    slow = street([job(1, 5)], [Vehicle(1, 0, 0, profile="bike"), Vehicle(2, 0, 0)])
    seconds = {
        "car": slow.seconds["car"],
        "bike": [[s * 3 for s in row] for row in slow.seconds["car"]],
    }
    metres = {"car": slow.metres["car"], "bike": slow.metres["car"]}
    found = solve(Problem(slow.jobs, slow.vehicles, metres, seconds))
    assert found.plan == {2: [1]}


def test_the_same_seed_and_iterations_give_the_same_routes(solve):
    day = street(
        [job(i, 1 + i * 7 % 11, latest=900 * i, demand=(i,)) for i in range(1, 10)],
        [Vehicle(1, 0, 0, capacity=(25,)), Vehicle(2, 0, 0, capacity=(25,))],
    )
    first, second = solve(day), solve(day)
    assert (first.routes, first.unplanned) == (second.routes, second.unplanned)


def test_whoever_watches_may_stop_with_the_best_so_far(solve):
    told = []

    def stop(state):
        told.append(state)
        return True

    jobs = [job(i, 1 + i % 11) for i in range(1, 31)]
    day = street(jobs, [Vehicle(1, 0, 0, capacity=(30,)), Vehicle(2, 0, 0)])
    found = solve(day, limit_s=30, iterations=None, on_progress=stop)
    assert found.cpu_s < 5
    assert len(told) == 1
    # Progress may be rounded, the answer is not.
    assert told[0]["cost"] >= found.cost * 0.99


def test_a_day_without_jobs_or_without_vehicles_is_answered(solve):
    assert solve(street([], [Vehicle(1, 0, 0)])).routes == ()
    left = solve(street([job(1, 1)], [])).unplanned
    assert [row.job for row in left] == [1]


@pytest.mark.skipif(ENGINES["pyvrp"].available(), reason="PyVRP is installed")
def test_without_pyvrp_our_own_engine_is_chosen():
    from odoo.addons.loyalty_delivery.engine.routing.engines import choose

    jobs = [job(i, i % 11) for i in range(1, 20)]
    assert choose(street(jobs, [Vehicle(1, 0, 0)]), "pyvrp").name == "sisr"
