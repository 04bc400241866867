"""One courier and few stops: the best route there is, by dynamic programming."""

import random
import time

from .check import evaluate
from .problem import Problem, Solution
from .sisr import Search
from .sisr_arrays import Arrays

VERSION = "1"
MOST_JOBS = 10


class Exact:
    """Optimal for one vehicle with at most ten jobs besides what is frozen."""

    name = "exact"

    def available(self) -> bool:
        return True

    def suits(self, problem: Problem) -> bool:
        if len(problem.vehicles) != 1:
            return False
        vehicle = problem.vehicles[0]
        open_jobs = len(problem.jobs) - len(vehicle.prefix)
        return open_jobs <= MOST_JOBS and vehicle.max_duration is None

    def solve(
        self,
        problem: Problem,
        *,
        seed: int = 0,
        limit_s: float | None = None,
        iterations: int | None = None,
        warm_start: dict[int, list[int]] | None = None,
        on_progress=None,
    ) -> Solution:
        """The best routes; limits, seed and warm start change nothing.

        :raise ValueError: the problem is not of the kind that ``suits``
        """
        if not self.suits(problem):
            raise ValueError("Only one vehicle with a few jobs is solved exactly.")
        began = time.process_time()
        order = _best_order(problem)
        vehicle = problem.vehicles[0]
        return evaluate(
            problem,
            {vehicle.key: [*vehicle.prefix, *(problem.jobs[i].key for i in order)]},
            engine=self.name,
            version=VERSION,
            seed=seed,
            iterations=1,
            cpu_s=round(time.process_time() - began, 3),
        )


def _best_order(problem: Problem) -> tuple[int, ...]:
    """Numbers of the jobs to visit after the frozen ones, in the best order.

    Ways to have visited a set of jobs, ending at one of them, are compared by cost,
    time and metres; only those that another one does not beat in all three go on.
    """
    a = Arrays(problem)
    search = Search(a, random.Random(0))
    vehicle = problem.vehicles[0]
    jobs = [j for j in search.free if a.allowed[j] is None or a.allowed[j][0]]
    metres = problem.metres[vehicle.profile]
    longest = vehicle.max_distance
    place = [job.place for job in problem.jobs]
    whole = sum(a.prize[job] for job in search.free)
    start, end = search.anchor[0], a.end[0]
    before = [vehicle.start, *(place[job] for job in a.prefix[0])]
    driven = sum(metres[i][j] for i, j in zip(before[:-1], before[1:], strict=True))
    best, best_order = search.cost[0] + whole, ()
    fixed = a.fixed[0]
    # By jobs visited and the last of them: (cost, time, metres, prizes, way).
    layer = {(0, start): [(search.given[0] + fixed, search.done[start], driven, 0, ())]}
    while layer:
        following: dict[tuple[int, int], list[tuple]] = {}
        for (mask, last), labels in layer.items():
            here = before[-1] if last == start else place[last]
            for bit, job in enumerate(jobs):
                if mask >> bit & 1 or not _has_room(a, search, mask | 1 << bit, jobs):
                    continue
                for cost, clock, way_m, prizes, way in labels:
                    begin = max(clock + a.time[0][last][job], a.earliest[job])
                    done = begin + a.service[job]
                    length = way_m + metres[here][place[job]]
                    if begin > a.latest[job]:
                        continue
                    label = (
                        cost + a.cost[0][last][job],
                        done,
                        length if longest is not None else 0,
                        prizes + a.prize[job],
                        (*way, job),
                    )
                    _keep(following.setdefault((mask | 1 << bit, job), []), label)
        for (_mask, last), labels in following.items():
            for cost, clock, way_m, prizes, way in labels:
                home = 0 if vehicle.end is None else metres[place[last]][vehicle.end]
                total = cost + a.cost[0][last][end] + whole - prizes
                if (
                    total < best
                    and clock + a.time[0][last][end] <= a.latest[end]
                    and (longest is None or way_m + home <= longest)
                ):
                    best, best_order = total, way
        layer = following
    return best_order


def _has_room(a: Arrays, search: Search, mask: int, jobs: list[int]) -> bool:
    return all(
        search.load[d][0] + sum(demand[j] for b, j in enumerate(jobs) if mask >> b & 1)
        <= room[0]
        for d, (demand, room) in enumerate(a.loads)
    )


def _keep(labels: list[tuple], label: tuple):
    """Add a label unless another is as good in all; drop those it is as good as."""
    cost, clock, metres = label[:3]
    for other in labels:
        if other[0] <= cost and other[1] <= clock and other[2] <= metres:
            return
    labels[:] = [
        other
        for other in labels
        if other[0] < cost or other[1] < clock or other[2] < metres
    ]
    labels.append(label)
