"""PyVRP (MIT licence) as an engine, where it is installed.

The module is not called like the package: whoever starts Python in this folder would
import the one for the other.
"""

import importlib.metadata
import time

from .check import evaluate, faults
from .problem import UNREACHABLE, Problem, Solution
from .sisr import Sisr
from .sisr_arrays import Roster

# Its interface changes from one minor version to the next.
SUPPORTED = "0.14."
# What a leg should cost on average in PyVRP's units: its penalties for being late or
# too heavy, per second and unit of load, are made for legs of such a size.
USUAL_LEG = 2000
# Dearer than anything else; a million of them still fit into 64 bits.
PROHIBITIVE = 1 << 42


class Pyvrp:
    """Iterated local search in C++; the package is there from Python 3.11 on."""

    name = "pyvrp"

    def available(self) -> bool:
        try:
            return importlib.metadata.version("pyvrp").startswith(SUPPORTED)
        except importlib.metadata.PackageNotFoundError:
            return False

    def suits(self, problem: Problem) -> bool:
        """Whether it can express the problem: it cannot freeze a beginning."""
        frozen = any(vehicle.prefix for vehicle in problem.vehicles)
        return bool(problem.jobs and problem.vehicles) and not frozen

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
        """Routes for the problem; see ``Engine``. Without a limit, 5 CPU seconds.

        :raise ValueError: the problem is not of the kind that ``suits``
        """
        if not self.suits(problem):
            raise ValueError("PyVRP cannot keep the beginning of a route.")
        import pyvrp

        began = time.process_time()
        if limit_s is None and iterations is None:
            limit_s = 5.0
        translation = _Translation(problem)
        result = pyvrp.solve(
            translation.data,
            _Stop(began, limit_s, iterations, on_progress, translation.scale),
            seed,
            collect_stats=False,
            initial_solution=translation.solution(warm_start),
        )
        plan = translation.plan(result.best)
        if faults(problem, plan):
            # Nothing feasible was found: keep what is, put back what fits.
            plan = Sisr().solve(problem, warm_start=plan, iterations=0).plan
        return evaluate(
            problem,
            plan,
            engine=self.name,
            version=importlib.metadata.version("pyvrp"),
            seed=seed,
            iterations=result.num_iterations,
            cpu_s=round(time.process_time() - began, 3),
        )


class _Stop:
    """Ends the search by CPU seconds, iterations or word from outside."""

    def __init__(self, began, limit_s, iterations, on_progress, scale):
        self.scale = scale
        self.began, self.limit_s, self.iterations = began, limit_s, iterations
        self.on_progress = on_progress
        self.told, self.count = 0.0, -1

    def __call__(self, best_cost: int) -> bool:
        self.count += 1
        if self.iterations is not None and self.count >= self.iterations:
            return True
        elapsed = time.process_time() - self.began
        if self.limit_s is not None and elapsed >= self.limit_s:
            return True
        if not self.on_progress or elapsed - self.told < 0.5:
            return False
        self.told = elapsed
        state = {"iterations": self.count, "cpu_s": round(elapsed, 2)}
        return bool(
            self.on_progress({**state, "cost": round(best_cost * self.scale / 1000)})
        )


class _Translation:
    """The problem in PyVRP's terms: a location a job, then one a depot.

    Costs are divided so that a leg costs about ``USUAL_LEG``. Vehicles that are alike
    are one type; who may not take a job has a profile in which the way to it is
    prohibitive; a day that ends at the last stop ends at a depot reached for nothing.
    """

    def __init__(self, problem: Problem):
        import numpy
        import pyvrp

        self.problem = problem
        self.numpy = numpy
        self.a = Roster(problem)
        self.scale = self._scale()
        ends = [v.end for v in problem.vehicles if v.end is not None]
        starts = [vehicle.start for vehicle in problem.vehicles]
        self.depots = list(dict.fromkeys(starts + ends))
        count = len(problem.jobs) + len(self.depots) + 1
        self.profiles: dict[tuple, int] = {}
        self.distances, self.durations = [], []
        self.members: list[list[int]] = []
        types = self._types(pyvrp)
        self.data = pyvrp.ProblemData(
            [pyvrp.Location(0, 0) for _ in range(count)],
            self._clients(pyvrp),
            [pyvrp.Depot(len(problem.jobs) + i) for i in range(len(self.depots) + 1)],
            types,
            self.distances,
            self.durations,
        )

    def _cost(self, thousandths: int) -> int:
        return round(thousandths / self.scale)

    def _scale(self) -> float:
        """Thousandths of the problem's cost in a unit of PyVRP's."""
        vehicles = self.problem.vehicles
        if any(vehicle.max_distance is not None for vehicle in vehicles):
            # Rates by the metre and second have to stay whole.
            rates = {v.cost_per_m for v in vehicles} | {v.cost_per_s for v in vehicles}
            return max(1.0, min(rates - {0}, default=1) / 10)
        vehicle = vehicles[0]
        metres = self.problem.metres[vehicle.profile]
        seconds = self.problem.seconds[vehicle.profile]
        legs = [
            m * vehicle.cost_per_m + s * vehicle.cost_per_s
            for m, s in zip(metres[vehicle.start], seconds[vehicle.start], strict=True)
            if m < UNREACHABLE and s < UNREACHABLE
        ]
        return max(1.0, sum(legs) / max(1, len(legs)) / USUAL_LEG)

    def _clients(self, pyvrp) -> list:
        return [
            pyvrp.Client(
                location=i,
                delivery=[demand[i] for demand, _room in self.a.loads],
                service_duration=job.service,
                tw_early=job.earliest,
                tw_late=job.latest,
                prize=self._cost(job.prize * 1000),
                required=False,
            )
            for i, job in enumerate(self.problem.jobs)
        ]

    def _types(self, pyvrp) -> list:
        types, first = [], {}
        for i, twin in enumerate(self.a.twin):
            if twin in first:
                self.members[first[twin]].append(i)
                continue
            first[twin] = len(self.members)
            self.members.append([i])
        for members in self.members:
            i = members[0]
            vehicle = self.problem.vehicles[i]
            by_metres = vehicle.max_distance is not None
            values = {
                "num_available": len(members),
                "capacity": [room[i] for _demand, room in self.a.loads],
                "start_depot": self.depots.index(vehicle.start),
                "end_depot": len(self.depots)
                if vehicle.end is None
                else self.depots.index(vehicle.end),
                "fixed_cost": self._cost(vehicle.fixed_cost * 1000),
                "tw_early": vehicle.earliest,
                "tw_late": vehicle.latest,
                "unit_distance_cost": self._cost(vehicle.cost_per_m)
                if by_metres
                else 1,
                "unit_duration_cost": self._cost(vehicle.cost_per_s)
                if by_metres
                else 0,
                "profile": self._profile(i),
            }
            if by_metres:
                values["max_distance"] = vehicle.max_distance
            if vehicle.max_duration is not None:
                values["shift_duration"] = vehicle.max_duration
            types.append(pyvrp.VehicleType(**values))
        return types

    def _profile(self, i: int) -> int:
        """Number of the matrices for a vehicle.

        Distances are costs. Only where the metres of a route are limited they are
        metres: waiting and service are paid then too, by the second, which shifts the
        search a little and not the figures of the answer.
        """
        vehicle = self.problem.vehicles[i]
        rates = (vehicle.cost_per_m / self.scale, vehicle.cost_per_s / self.scale)
        if vehicle.max_distance is not None:
            rates = (1, 0)
        closed = tuple(
            j for j, who in enumerate(self.a.allowed) if who is not None and not who[i]
        )
        key = (vehicle.profile, rates, closed)
        if key not in self.profiles:
            self.profiles[key] = len(self.distances)
            self._add_matrices(*key)
        return self.profiles[key]

    def _add_matrices(self, profile: str, rates: tuple[float, float], closed: tuple):
        numpy = self.numpy
        rows = [*(job.place for job in self.problem.jobs), *self.depots]
        pairs = numpy.ix_(rows, rows)
        metres = numpy.array(self.problem.metres[profile], dtype=numpy.int64)[pairs]
        seconds = numpy.array(self.problem.seconds[profile], dtype=numpy.int64)[pairs]
        blocked = (metres >= UNREACHABLE) | (seconds >= UNREACHABLE)
        blocked[:, list(closed)] = True
        distance = metres * rates[0] + seconds * rates[1] + 0.5
        distance = distance.astype(numpy.int64)
        distance[blocked] = PROHIBITIVE
        seconds = numpy.where(blocked, UNREACHABLE, seconds)
        for matrix, found in ((distance, self.distances), (seconds, self.durations)):
            numpy.fill_diagonal(matrix, 0)
            # The end of open days: free to reach, nothing begins there.
            found.append(numpy.pad(matrix, ((0, 1), (0, 1))))

    def plan(self, solution) -> dict[int, list[int]]:
        """Keys of jobs by key of vehicle."""
        waiting = [iter(members) for members in self.members]
        plan = {}
        for route in solution.routes():
            vehicle = self.problem.vehicles[next(waiting[route.vehicle_type()])]
            plan[vehicle.key] = [
                self.a.keys[visit.idx]
                for visit in route.schedule()
                if visit.is_client()
            ]
        return plan

    def solution(self, plan: dict[int, list[int]] | None):
        """A solution to start from; ``None`` without one."""
        if not plan:
            return None
        import pyvrp

        number = {v.key: i for i, v in enumerate(self.problem.vehicles)}
        kinds = {i: k for k, members in enumerate(self.members) for i in members}
        seen, routes = set(), []
        for key, jobs in plan.items():
            visits = [
                self.a.number[job]
                for job in jobs
                if job in self.a.number and job not in seen
            ]
            seen.update(jobs)
            if visits and key in number:
                routes.append(pyvrp.Route(self.data, visits, kinds[number[key]]))
        return pyvrp.Solution(self.data, routes) if routes else None
