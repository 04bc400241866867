"""Why a job was left out, and the least that would let it in."""

from dataclasses import replace

from .check import evaluate_route
from .insert import cheapest, worse
from .problem import (
    UNREACHABLE,
    Job,
    Problem,
    Solution,
    Unplanned,
    Vehicle,
    Violation,
)
from .sisr import Sisr

# Places tried in each route: those with the least detour.
PLACES = 4
# What letting a vehicle into another zone weighs against seconds of overtime.
ZONE_WEIGHS_S = 900
# Rounds of planning for one vehicle more.
EXTRA_TRIES = 200

_REASON = {"day": "duration"}
_REMEDY = {
    "window": "widen_window",
    "capacity": "more_capacity",
    "stops": "more_capacity",
    "day": "longer_day",
    "duration": "longer_day",
    "distance": "longer_day",
    "zone": "allow_vehicle",
}
_UNIT = {
    "window": "seconds",
    "day": "seconds",
    "duration": "seconds",
    "capacity": "amount",
    "stops": "stops",
    "distance": "metres",
}


def explain(problem: Problem, solution: Solution) -> Solution:
    """The same solution with a reason and a remedy for each unplanned job.

    ``detail`` of a remedy holds ``vehicle`` (its key) and

    - ``widen_window``: ``seconds``, and ``begin`` when it would be begun;
    - ``longer_day``: ``seconds``, or ``metres`` where the distance is limited;
    - ``more_capacity``: ``amount`` and ``dimension``, or ``stops``;
    - ``allow_vehicle``: nothing more;
    - ``more_vehicles``: ``served`` of ``unplanned`` jobs that one more vehicle like it
      would take;
    - ``raise_priority``: ``cost`` that the job adds, against its ``prize``.
    """
    if not solution.unplanned:
        return solution
    left = [row.job for row in solution.unplanned]
    extra = _one_more(problem, left)
    jobs = {job.key: job for job in problem.jobs}
    return replace(
        solution,
        unplanned=tuple(
            _explained(problem, solution, jobs[key], extra, len(left)) for key in left
        ),
    )


def _explained(problem, solution: Solution, job: Job, extra, left: int) -> Unplanned:
    insertion = cheapest(problem, solution.plan, job.key)
    if insertion:
        detail = {
            "vehicle": insertion.vehicle,
            "cost": insertion.cost,
            "prize": job.prize,
        }
        return Unplanned(job.key, "cost", "raise_priority", detail)
    best = _least_broken(problem, solution, job)
    if best is None:
        return Unplanned(job.key, _impossible(problem, job), "none")
    vehicle, broken, begin = best
    kind = broken[0].kind
    reason = _REASON.get(kind, kind)
    weight = _weight(vehicle, broken)
    vehicle_key, served = extra
    if job.key in served and (
        len(broken) > 1 or weight >= _day(vehicle) / len(served) or _hurts(job, broken)
    ):
        detail = {"vehicle": vehicle_key, "served": len(served), "unplanned": left}
        return Unplanned(job.key, reason, "more_vehicles", detail)
    if len(broken) > 1 or _hurts(job, broken):
        return Unplanned(job.key, reason, "none")
    detail = {"vehicle": vehicle.key}
    if kind in _UNIT:
        detail[_UNIT[kind]] = broken[0].excess
    if kind == "capacity":
        detail["dimension"] = broken[0].dimension
    if kind == "window":
        detail["begin"] = begin
    return Unplanned(job.key, reason, _REMEDY[kind], detail)


def _hurts(job: Job, broken: list[Violation]) -> bool:
    """Whether another job's window would pay for this one."""
    return any(v.kind == "window" and v.job != job.key for v in broken)


def _day(vehicle: Vehicle) -> int:
    return max(1, vehicle.latest - vehicle.earliest)


def _weight(vehicle: Vehicle, broken: list[Violation]) -> float:
    """How bad violations are, in seconds of a vehicle's overtime."""
    return sum(_weight_of(vehicle, violation) for violation in broken)


def _weight_of(vehicle: Vehicle, violation: Violation) -> float:
    limits = {
        "stops": vehicle.max_stops,
        "distance": vehicle.max_distance,
    }
    if violation.kind == "zone":
        return ZONE_WEIGHS_S
    if violation.kind == "capacity":
        limits["capacity"] = vehicle.capacity[violation.dimension]
    if violation.kind in limits:
        return violation.excess / max(1, limits[violation.kind]) * _day(vehicle)
    return violation.excess


def _least_broken(problem: Problem, solution: Solution, job: Job):
    """The vehicle, what it would break and when the job would begin; or ``None``.

    Of places where only one thing is broken the least bad; else the least bad of all.
    """
    routes = {route.vehicle: route for route in solution.routes}
    jobs = {other.key: other for other in problem.jobs}
    best = None
    for vehicle in problem.vehicles:
        known = routes.get(vehicle.key)
        route = [jobs[key] for key in known.jobs] if known else []
        before = known or evaluate_route(problem, vehicle, [])
        for position in _near_places(problem, vehicle, route, job):
            trial = [*route[:position], job, *route[position:]]
            after = evaluate_route(problem, vehicle, trial)
            broken = worse(before, after)
            if any(violation.kind == "unreachable" for violation in broken):
                continue
            rank = (
                len(broken) > 1 or _hurts(job, broken),
                _weight(vehicle, broken),
                after.cost - before.cost,
            )
            if best is None or rank < best[0]:
                begin = after.visits[position].begin
                broken.sort(key=lambda v: -_weight_of(vehicle, v))
                best = rank, (vehicle, broken, begin)
    return best and best[1]


def _near_places(problem: Problem, vehicle: Vehicle, route: list[Job], job: Job):
    """Positions behind the frozen ones: of least detour, and where its time is."""
    seconds = problem.seconds[vehicle.profile]
    places = [vehicle.start, *(other.place for other in route)]
    frozen = min(len(vehicle.prefix), len(route))

    def detour(position: int) -> int:
        way = seconds[places[position]][job.place]
        there = route[position].place if position < len(route) else vehicle.end
        if there is None:
            return way
        return way + seconds[job.place][there] - seconds[places[position]][there]

    near = sorted(range(frozen, len(route) + 1), key=detour)[:PLACES]
    in_time = sum(1 for other in route[frozen:] if other.latest <= job.latest) + frozen
    return dict.fromkeys([*near, in_time])


def _impossible(problem: Problem, job: Job) -> str:
    """Why nobody at all can take it: nobody is there, nobody may, or no road."""
    allowed = [
        v for v in problem.vehicles if job.vehicles is None or v.key in job.vehicles
    ]
    if not allowed:
        return "zone"
    for vehicle in allowed:
        way = problem.seconds[vehicle.profile][vehicle.start][job.place]
        if way < UNREACHABLE:
            return "window"
    return "unreachable"


def _one_more(problem: Problem, left: list[int]) -> tuple[int, set[int]]:
    """Which vehicle is best had twice, and the unplanned jobs that it would take."""
    best: tuple[int, set[int]] = (0, set())
    seen = set()
    wanted = set(left)
    jobs = tuple(job for job in problem.jobs if job.key in wanted)
    for vehicle in problem.vehicles:
        alone = replace(vehicle, prefix=())
        character = replace(alone, key=0)
        if character in seen:
            continue
        seen.add(character)
        small = Problem(jobs, (alone,), problem.metres, problem.seconds)
        tries = EXTRA_TRIES if len(jobs) > 1 else 0
        served = {
            visit.job
            for route in Sisr().solve(small, iterations=tries).routes
            for visit in route.visits
        }
        if len(served) > len(best[1]):
            best = vehicle.key, served
    return best
