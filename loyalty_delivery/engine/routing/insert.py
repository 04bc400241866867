"""One more job in given routes, at once: an urgent order, a slot's true price."""

from dataclasses import dataclass

from .check import evaluate_route
from .problem import UNREACHABLE, Job, Problem, Route, Vehicle


@dataclass(frozen=True, slots=True)
class Insertion:
    """Where a job costs least.

    ``position`` counts from 0 in the whole route, the frozen beginning included;
    ``cost``, ``metres`` and ``seconds`` are those that the job adds, ``route`` is the
    route with it.
    """

    vehicle: int
    position: int
    cost: int
    metres: int
    seconds: int
    route: Route


def cheapest(
    problem: Problem, plan: dict[int, list[int]], job_key: int
) -> Insertion | None:
    """The cheapest feasible place for a job, or ``None`` where there is none.

    Frozen beginnings stay; routes that are late already are never made later. The
    prize of the job is not asked: the caller compares it with ``cost``.

    :param plan: ``{vehicle key: [job keys]}``; the job itself is ignored in it
    """
    jobs = {job.key: job for job in problem.jobs}
    job = jobs[job_key]
    offers = []
    for number, vehicle in enumerate(problem.vehicles):
        if job.vehicles is not None and vehicle.key not in job.vehicles:
            continue
        given = [key for key in plan.get(vehicle.key, ()) if key != job_key]
        route = [jobs[key] for key in given]
        offers += [
            (cost, number, position)
            for position, cost in _in_time(problem, vehicle, route, job)
        ]
    before: dict[int, Route] = {}
    for _cost, number, position in sorted(offers):
        vehicle = problem.vehicles[number]
        route = [jobs[key] for key in plan.get(vehicle.key, ()) if key != job_key]
        if number not in before:
            before[number] = evaluate_route(problem, vehicle, route)
        found = evaluate_route(
            problem, vehicle, [*route[:position], job, *route[position:]]
        )
        if not worse(before[number], found):
            return Insertion(
                vehicle.key,
                position,
                found.cost - before[number].cost,
                found.metres - before[number].metres,
                found.seconds - before[number].seconds,
                found,
            )
    return None


def worse(before: Route, after: Route) -> list:
    """Violations of a route that it did not have, or had less of, before."""
    known = {(v.kind, v.job, v.dimension): v.excess for v in before.violations}
    return [
        violation
        for violation in after.violations
        if violation.excess
        > known.get((violation.kind, violation.job, violation.dimension), 0)
    ]


def _in_time(problem: Problem, vehicle: Vehicle, route: list[Job], job: Job):
    """Places behind the frozen ones where windows allow the job, and their cost."""
    metres = problem.metres[vehicle.profile]
    seconds = problem.seconds[vehicle.profile]
    per_m, per_s = vehicle.cost_per_m, vehicle.cost_per_s
    frozen = len(vehicle.prefix)
    starts = [vehicle.start, *(other.place for other in route)]
    done = _done(vehicle, route, seconds)
    must = _must(vehicle, route, seconds)
    for position in range(min(frozen, len(route)), len(route) + 1):
        here = starts[position]
        there = route[position].place if position < len(route) else vehicle.end
        to_s, to_m = seconds[here][job.place], metres[here][job.place]
        begin = max(done[position] + to_s, job.earliest)
        if begin > job.latest or max(to_s, to_m) >= UNREACHABLE:
            continue
        cost = to_m * per_m + to_s * per_s
        if there is not None:
            on_s, on_m = seconds[job.place][there], metres[job.place][there]
            if max(on_s, on_m) >= UNREACHABLE:
                continue
            cost += on_m * per_m + on_s * per_s
            cost -= metres[here][there] * per_m + seconds[here][there] * per_s
            begin += on_s
        if begin + job.service > must[position]:
            continue
        yield position, cost + (0 if route else vehicle.fixed_cost * 1000)


def _done(vehicle: Vehicle, route: list[Job], seconds) -> list[int]:
    """When the start and each job is finished at the earliest."""
    here, clock = vehicle.start, vehicle.earliest
    done = [clock]
    for job in route:
        clock = max(clock + seconds[here][job.place], job.earliest) + job.service
        here = job.place
        done.append(clock)
    return done


def _must(vehicle: Vehicle, route: list[Job], seconds) -> list[int]:
    """When each job, then the end, must be begun so that nothing after it is late."""
    clock, there = vehicle.latest, vehicle.end
    must = [clock]
    for job in reversed(route):
        way = 0 if there is None else seconds[job.place][there]
        clock = min(clock - way - job.service, job.latest)
        there = job.place
        must.append(clock)
    return must[::-1]
