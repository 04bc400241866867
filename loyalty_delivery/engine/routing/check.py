"""What given routes cost, when they arrive and what they break.

Written from the meaning of a problem alone and sharing nothing with the engines, whose
answers it judges; people's own routes, which may be late, are told in the same way.
"""

from dataclasses import dataclass

from .problem import (
    UNREACHABLE,
    Job,
    Problem,
    Route,
    Solution,
    Unplanned,
    Vehicle,
    Violation,
    Visit,
)


@dataclass(frozen=True, slots=True)
class _Leg:
    metres: int
    seconds: int


def _legs(problem: Problem, vehicle: Vehicle, jobs: list[Job]) -> list[_Leg]:
    """From the start to each job and, unless the end is open, to the end."""
    places = [vehicle.start, *(job.place for job in jobs)]
    if vehicle.end is not None:
        places.append(vehicle.end)
    metres = problem.metres[vehicle.profile]
    seconds = problem.seconds[vehicle.profile]
    return [
        _Leg(metres[here][there], seconds[here][there])
        for here, there in zip(places[:-1], places[1:], strict=True)
    ]


def _drive(jobs: list[Job], legs: list[_Leg], departure: int) -> list[Visit]:
    visits, clock = [], departure
    for job, leg in zip(jobs, legs[: len(jobs)], strict=True):
        arrival = clock + leg.seconds
        begin = max(arrival, job.earliest)
        clock = begin + job.service
        late = max(0, begin - job.latest)
        visits.append(
            Visit(job.key, arrival, begin, clock, leg.metres, leg.seconds, late)
        )
    return visits


def _departure(vehicle, jobs: list[Job], visits: list[Visit], home_s: int) -> int:
    """When to leave, given the visits of somebody who leaves at the earliest.

    As late as possible without beginning any job later: the wait before the first one
    is spent at the start. Later still, using up waits further on, only as far as the
    longest duration of the vehicle asks for and windows allow.
    """
    departure = vehicle.earliest + visits[0].begin - visits[0].arrival
    if vehicle.max_duration is None:
        return departure
    excess = visits[-1].finish + home_s - departure - vehicle.max_duration
    waits, slack = 0, max(0, jobs[0].latest - visits[0].begin)
    for job, visit in zip(jobs[1:], visits[1:], strict=True):
        waits += visit.begin - visit.arrival
        slack = min(slack, max(0, job.latest - visit.begin) + waits)
    return departure + max(0, min(excess, waits, slack))


def _load_violations(vehicle: Vehicle, jobs: list[Job]) -> list[Violation]:
    found = []
    for dimension, capacity in enumerate(vehicle.capacity):
        load = sum(job.demand[dimension] for job in jobs if dimension < len(job.demand))
        if load > capacity:
            excess = load - capacity
            found.append(Violation("capacity", excess, dimension=dimension))
    return found


def _job_violations(vehicle: Vehicle, jobs: list[Job], visits) -> list[Violation]:
    found = []
    for job, visit in zip(jobs, visits, strict=True):
        if visit.late:
            found.append(Violation("window", visit.late, job.key))
        if job.vehicles is not None and vehicle.key not in job.vehicles:
            found.append(Violation("zone", 1, job.key))
        if visit.leg_m >= UNREACHABLE or visit.leg_s >= UNREACHABLE:
            found.append(Violation("unreachable", 1, job.key))
    return found


def _limit_violations(vehicle, route_metres, duration, back, stops) -> list[Violation]:
    limits = (
        ("day", back, vehicle.latest),
        ("distance", route_metres, vehicle.max_distance),
        ("duration", duration, vehicle.max_duration),
        ("stops", stops, vehicle.max_stops),
    )
    return [
        Violation(kind, value - limit)
        for kind, value, limit in limits
        if limit is not None and value > limit
    ]


def evaluate_route(problem: Problem, vehicle: Vehicle, jobs: list[Job]) -> Route:
    """One vehicle's way through jobs in the order given, feasible or not."""
    if not jobs:
        return Route(vehicle.key, (), vehicle.earliest, vehicle.earliest, 0, 0, 0)
    legs = _legs(problem, vehicle, jobs)
    home = legs[-1].seconds if vehicle.end is not None else 0
    earliest = _drive(jobs, legs, vehicle.earliest)
    departure = _departure(vehicle, jobs, earliest, home)
    visits = _drive(jobs, legs, departure)
    back = visits[-1].finish + home
    metres = sum(leg.metres for leg in legs)
    seconds = sum(leg.seconds for leg in legs)
    violations = [
        *_job_violations(vehicle, jobs, visits),
        *_load_violations(vehicle, jobs),
        *_limit_violations(vehicle, metres, back - departure, back, len(jobs)),
    ]
    if vehicle.end is not None and max(legs[-1].metres, home) >= UNREACHABLE:
        violations.append(Violation("unreachable", 1))
    paid = metres * vehicle.cost_per_m + seconds * vehicle.cost_per_s
    return Route(
        vehicle.key,
        tuple(visits),
        departure,
        back,
        metres,
        seconds,
        vehicle.fixed_cost + (paid + 500) // 1000,
        tuple(violations),
    )


def evaluate(
    problem: Problem,
    plan: dict[int, list[int]],
    *,
    engine: str = "hand",
    version: str = "",
    seed: int = 0,
    iterations: int = 0,
    cpu_s: float = 0.0,
) -> Solution:
    """Times, cost and violations of ``{vehicle key: [job keys]}``, feasible or not.

    Jobs in no route are unplanned, without a reason.

    :raise ValueError: an unknown vehicle or job, or a job planned twice
    """
    vehicles = {vehicle.key: vehicle for vehicle in problem.vehicles}
    jobs = {job.key: job for job in problem.jobs}
    left = dict(jobs)
    for vehicle_key, job_keys in plan.items():
        if vehicle_key not in vehicles:
            raise ValueError(f"There is no vehicle {vehicle_key} in the problem.")
        for key in job_keys:
            if key not in jobs:
                raise ValueError(f"There is no job {key} in the problem.")
            if left.pop(key, None) is None:
                raise ValueError(f"Job {key} is planned twice.")
    routes = tuple(
        evaluate_route(problem, vehicle, [jobs[key] for key in plan[vehicle.key]])
        for vehicle in problem.vehicles
        if plan.get(vehicle.key)
    )
    return Solution(
        routes=routes,
        unplanned=tuple(Unplanned(key, "") for key in left),
        cost=sum(route.cost for route in routes)
        + sum(job.prize for job in left.values()),
        engine=engine,
        version=version,
        seed=seed,
        iterations=iterations,
        cpu_s=cpu_s,
    )


def faults(problem: Problem, plan: dict[int, list[int]]) -> list[Violation]:
    """What an engine may be blamed for: empty for every answer that is right.

    A frozen prefix that is not kept is a fault; what it breaks by itself (a stop driven
    too late, a load too big) is not, as long as nothing was added that breaks more.
    """
    found = []
    jobs = {job.key: job for job in problem.jobs}
    routes = {route.vehicle: route for route in evaluate(problem, plan).routes}
    for vehicle in problem.vehicles:
        route = routes.get(vehicle.key)
        keys = route.jobs if route else []
        frozen = len(vehicle.prefix)
        if tuple(keys[:frozen]) != vehicle.prefix:
            found.append(Violation("prefix", 1))
        if route is None or len(keys) == frozen:
            continue
        given = evaluate_route(problem, vehicle, [jobs[key] for key in vehicle.prefix])
        known = {(v.kind, v.job) for v in given.violations if v.job is not None}
        found += [v for v in route.violations if (v.kind, v.job) not in known]
    return found
