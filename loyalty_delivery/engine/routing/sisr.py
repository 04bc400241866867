"""Our own engine: tear out neighbouring strings of stops, put them back better.

Slack Induction by String Removals (Christiaens and Vanden Berghe, Transportation
Science 54(2), 2020) with simulated annealing, in plain Python. Positions are looked for
beside likely neighbours only, and each is judged by what is known of its route: when a
stop is finished and how late it may begin. Unlike in the article, vehicles differ, jobs
may be left out for their prize, and the beginning of a route may be frozen.
"""

import math
import random
import time

from .check import evaluate
from .problem import Problem, Solution
from .sisr_arrays import NEVER, Arrays

VERSION = "1"

# Figures of the article, but for the temperatures: those are shares of the cost of a
# leg, so that they suit all sizes and units.
LONGEST_STRING = 10
REMOVED_JOBS = 10
SPLIT = 0.5
SPLIT_GROWS = 0.5
BLINK = 0.01
HOT = 0.1
COLD = 0.01
# Likely neighbours looked at in days of up to so many jobs, and in bigger ones.
NEIGHBOURS, MANY_JOBS, NEIGHBOURS_OF_MANY = 30, 400, 20


class Sisr:
    """Always there; needs nothing but Python."""

    name = "sisr"

    def available(self) -> bool:
        return True

    def suits(self, problem: Problem) -> bool:
        return True

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
        """Routes for the problem; see ``Engine``. Without a limit, 5 CPU seconds."""
        began = time.process_time()
        if limit_s is None and iterations is None:
            limit_s = 5.0
        search = Search(Arrays(problem), random.Random(seed))
        search.build(warm_start or {})
        search.anneal(Clock(began, limit_s, iterations), on_progress)
        return evaluate(
            problem,
            search.plan(),
            engine=self.name,
            version=VERSION,
            seed=seed,
            iterations=search.iterations,
            cpu_s=round(time.process_time() - began, 3),
        )


class Clock:
    """How much of the time or of the iterations is spent, from 0 to 1."""

    def __init__(self, began: float, limit_s: float | None, iterations: int | None):
        self.began = began
        self.limit_s = limit_s
        self.iterations = iterations
        self.origin = time.process_time()

    def spent(self, iterations: int) -> float:
        if self.iterations is not None:
            late = self.limit_s is not None and self.elapsed() >= self.limit_s
            if late or iterations >= self.iterations:
                return 1.0
            return iterations / self.iterations
        whole = self.limit_s - (self.origin - self.began)
        return (time.process_time() - self.origin) / max(whole, 1e-6)

    def elapsed(self) -> float:
        return time.process_time() - self.began


class Search:
    """Routes as lists of jobs behind their frozen prefix, and what is known of them.

    For each node: ``done`` when it is finished at the earliest, ``must`` when it must
    begin at the latest, ``leg`` what the way to its successor costs, ``home`` its
    vehicle or -1.
    """

    def __init__(self, arrays: Arrays, rng: random.Random):
        self.a = a = arrays
        self.rng = rng
        self.near, self.before, self.after = a.neighbours(
            NEIGHBOURS if a.n <= MANY_JOBS else NEIGHBOURS_OF_MANY
        )
        nodes = a.n + 2 * a.vehicles
        self.routes: list[list[int]] = [[] for _ in range(a.vehicles)]
        self.home = [-1] * a.n + list(range(a.vehicles)) * 2
        self.done = a.earliest[:]
        self.must = a.latest[:]
        self.pred = [-1] * nodes
        self.succ = [-1] * nodes
        self.leg = [0] * nodes
        self.load = [[0] * a.vehicles for _ in a.loads]
        self.cost = [0] * a.vehicles
        self.anchor = a.start[:]
        self.given = [0] * a.vehicles
        self.latest = a.latest[:]
        self.left: list[int] = []
        self.iterations = 0
        # Known again when it is needed; see ``_empties``.
        self.empties: list[int] | None = None
        self.in_use = 1
        for v in range(a.vehicles):
            self._freeze(v)
            self._relink(v)
        self.free = [job for job in range(a.n) if job not in a.locked]
        self.total = sum(self.cost)

    def _freeze(self, v: int):
        """Drive the prefix, whatever it breaks: nothing is put before its end."""
        a, here = self.a, self.a.start[v]
        clock = a.earliest[here]
        for job in a.prefix[v]:
            clock = max(clock + a.time[v][here][job], a.earliest[job])
            self.latest[job] = max(a.latest[job], clock)
            self.must[job] = -NEVER
            clock += a.service[job]
            self.done[job] = clock
            self.home[job] = v
            self.given[v] += a.cost[v][here][job]
            self.succ[here], self.pred[job] = job, here
            here = job
            for d, (demand, _room) in enumerate(a.loads):
                self.load[d][v] += demand[job]
        self.anchor[v] = here

    def _relink(self, v: int):
        """Know the route of a vehicle anew."""
        a = self.a
        done, must, pred, succ = self.done, self.must, self.pred, self.succ
        leg, home = self.leg, self.home
        earliest, latest, service = a.earliest, a.latest, a.service
        times, costs = a.time[v], a.cost[v]
        route = self.routes[v]
        here = self.anchor[v]
        end = a.end[v]
        if not route:
            succ[here] = end
            pred[end] = here
            must[end] = latest[end]
            leg[here] = costs[here][end]
            prefix = a.prefix[v]
            self.cost[v] = self.given[v] + leg[here] + a.fixed[v] if prefix else 0
            return
        clock, paid = done[here], self.given[v] + a.fixed[v]
        for job in route:
            clock += times[here][job]
            if clock < earliest[job]:
                clock = earliest[job]
            clock += service[job]
            done[job] = clock
            pred[job] = here
            succ[here] = job
            way = costs[here][job]
            leg[here] = way
            paid += way
            home[job] = v
            here = job
        succ[here] = end
        pred[end] = here
        way = costs[here][end]
        leg[here] = way
        self.cost[v] = paid + way
        clock = latest[end]
        must[end] = clock
        following = end
        for job in reversed(route):
            clock -= times[job][following] + service[job]
            if clock > latest[job]:
                clock = latest[job]
            must[job] = clock
            following = job

    def _put(self, job: int, after: int, v: int):
        route = self.routes[v]
        if not route:
            self.empties = None
        route.insert(0 if after == self.anchor[v] else route.index(after) + 1, job)
        for d, (demand, _room) in enumerate(self.a.loads):
            self.load[d][v] += demand[job]
        self._relink(v)

    def _welcome(self, job: int, after: int, v: int) -> bool:
        """Whether what is rarely in the way lets a job in; windows are seen to."""
        a = self.a
        allowed = a.allowed[job]
        if allowed is not None and not allowed[v]:
            return False
        for d in range(1, len(a.loads)):
            demand, room = a.loads[d]
            if self.load[d][v] + demand[job] > room[v]:
                return False
        return not a.limited[v] or self._within_limits(v, self._with(job, after, v))

    def _with(self, job: int, after: int, v: int) -> list[int]:
        """The route of a vehicle, frozen part and all, with one job more."""
        route = self.routes[v]
        at = 0 if after == self.anchor[v] else route.index(after) + 1
        return [*self.a.prefix[v], *route[:at], job, *route[at:]]

    def _within_limits(self, v: int, jobs: list[int]) -> bool:
        """Whether a whole route keeps the vehicle's longest way and duration."""
        vehicle = self.a.problem.vehicles[v]
        if vehicle.max_distance is not None:
            places = [vehicle.start, *(self.a.problem.jobs[i].place for i in jobs)]
            if vehicle.end is not None:
                places.append(vehicle.end)
            metres = self.a.problem.metres[vehicle.profile]
            legs = zip(places[:-1], places[1:], strict=True)
            if sum(metres[i][j] for i, j in legs) > vehicle.max_distance:
                return False
        if vehicle.max_duration is None:
            return True
        return self._shortest(v, jobs) <= vehicle.max_duration

    def _in_time(self, v: int) -> bool:
        """Whether a route keeps windows and limits, which it may not do even after a
        job was taken out: by way of that one it may have been shorter.
        """
        a, here = self.a, self.anchor[v]
        following = self.succ[here]
        begin = self.done[here] + a.time[v][here][following]
        if max(begin, a.earliest[following]) > self.must[following]:
            return False
        jobs = a.prefix[v] + self.routes[v]
        return not a.limited[v] or self._within_limits(v, jobs)

    def _shortest(self, v: int, jobs: list[int]) -> int:
        """Seconds from departure to return, leaving as late as windows allow."""
        a, times = self.a, self.a.time[v]
        here, waits, slack = a.start[v], 0, NEVER
        clock = a.earliest[here]
        for job in jobs:
            arrival = clock + times[here][job]
            clock = max(arrival, a.earliest[job])
            waits += clock - arrival
            slack = min(slack, self.latest[job] - clock + waits)
            clock += a.service[job]
            here = job
        clock += times[here][a.end[v]]
        return clock - a.earliest[a.start[v]] - max(0, min(waits, slack))

    def build(self, plan: dict[int, list[int]]):
        """First routes: those given as far as they are feasible, then all that fits."""
        a = self.a
        vehicle_numbers = {v.key: i for i, v in enumerate(a.problem.vehicles)}
        taken = set(a.locked)
        for key, jobs in plan.items():
            v = vehicle_numbers.get(key)
            if v is None:
                continue
            numbers = dict.fromkeys(a.number[job] for job in jobs if job in a.number)
            route = [i for i in numbers if i not in taken]
            if not self._take_whole(v, route):
                for i in route:
                    if self._fits_last(i, v):
                        self._put(i, self._last(v), v)
            taken.update(self.routes[v])
        self.left = [job for job in self.free if job not in taken]
        self.total = sum(self.cost) + sum(a.prize[job] for job in self.left)
        kinds = {kind: v for v, kind in enumerate(a.kind)}.values()
        # The farthest first: nobody passes by them later.
        ways = (
            {j: min(a.cost_to[v][j][a.start[v]] for v in kinds) for j in self.left}
            if a.vehicles
            else dict.fromkeys(self.left, 0)
        )
        absent, self.left = sorted(self.left, key=lambda j: -ways[j]), []
        self._recreate(absent, {}, blink=0.0)
        self._try_everywhere()

    def _try_everywhere(self):
        """Put in what chance and the short lists of neighbours have passed over."""
        absent, self.left = sorted(self.left, key=lambda j: -self.a.prize[j]), []
        self._recreate(absent, {}, everywhere=True, blink=0.0)

    def _take_whole(self, v: int, route: list[int]) -> bool:
        """Give a vehicle a whole route, if it is feasible."""
        a = self.a
        loads = [
            load[v] + sum(demand[i] for i in route)
            for load, (demand, _room) in zip(self.load, a.loads, strict=True)
        ]
        if any(
            load > room[v] for load, (_demand, room) in zip(loads, a.loads, strict=True)
        ) or any(a.allowed[i] is not None and not a.allowed[i][v] for i in route):
            return False
        self._give(v, route)
        if self._in_time(v):
            return True
        self._give(v, [])
        for i in route:
            self.home[i] = -1
        return False

    def _last(self, v: int) -> int:
        return self.routes[v][-1] if self.routes[v] else self.anchor[v]

    def _fits_last(self, job: int, v: int) -> bool:
        a, last, end = self.a, self._last(v), self.a.end[v]
        begin = max(self.done[last] + a.time[v][last][job], a.earliest[job])
        back = begin + a.service[job] + a.time[v][job][end]
        demand, room = a.loads[0]
        return (
            begin <= a.latest[job]
            and back <= a.latest[end]
            and self.load[0][v] + demand[job] <= room[v]
            and self._welcome(job, last, v)
        )

    def plan(self) -> dict[int, list[int]]:
        """The routes in keys."""
        a = self.a
        return {
            vehicle.key: [a.keys[i] for i in a.prefix[v] + self.routes[v]]
            for v, vehicle in enumerate(a.problem.vehicles)
            if a.prefix[v] or self.routes[v]
        }

    def anneal(self, clock: Clock, on_progress=None):
        """Ruin and recreate until the clock is out; keep the best."""
        if not self.free or not self.a.vehicles:
            return
        rng, log = self.rng.random, math.log
        best, best_routes = self.total, [route[:] for route in self.routes]
        best_left = self.left[:]
        legs = sum(self.leg[job] for job in self.free if self.home[job] >= 0)
        hot = HOT * max(1.0, legs / len(self.free))
        cooling = math.log(COLD)
        temperature, told = hot, 0.0
        while True:
            if not self.iterations & 15 or self.iterations == clock.iterations:
                spent = clock.spent(self.iterations)
                if spent >= 1:
                    break
                temperature = hot * math.exp(cooling * spent)
                if on_progress and not self.iterations & 255:
                    elapsed = clock.elapsed()
                    if elapsed - told >= 0.5:
                        told = elapsed
                        if on_progress(self._state(best, best_left, elapsed)):
                            break
            self.iterations += 1
            before = self.total
            old_left = self.left
            saved: dict[int, list[int]] = {}
            absent = self._ruin(saved)
            absent += old_left
            self._order(absent)
            self.left = []
            self._recreate(absent, saved)
            if self.total < before - temperature * log(rng() or 1e-12):
                if self.total < best:
                    best = self.total
                    best_routes = [route[:] for route in self.routes]
                    best_left = self.left[:]
                continue
            for job in old_left:
                self.home[job] = -1
            self.total = before
            self.left = old_left
            for v, route in saved.items():
                self._give(v, route)
        self._restore(best_routes, best_left)
        self._try_everywhere()

    def _restore(self, routes: list[list[int]], left: list[int]):
        self.left = left
        for job in left:
            self.home[job] = -1
        for v, route in enumerate(routes):
            self._give(v, route)

    def _give(self, v: int, route: list[int]):
        """Let a vehicle have a route that is known to be feasible."""
        if not route or not self.routes[v]:
            self.empties = None
        self.routes[v] = route
        whole = self.a.prefix[v] + route if self.a.prefix[v] else route
        for load, (demand, _room) in zip(self.load, self.a.loads, strict=True):
            load[v] = sum([demand[i] for i in whole])
        self._relink(v)

    def _state(self, best: int, left: list[int], elapsed: float) -> dict:
        return {
            "iterations": self.iterations,
            "cpu_s": round(elapsed, 2),
            "cost": best // 1000,
            "unplanned": len(left),
        }

    def _ruin(self, saved: dict[int, list[int]]) -> list[int]:
        """Tear strings out of neighbouring routes; the removed jobs."""
        a, rng, routes, home = self.a, self.rng.random, self.routes, self.home
        longest = min(LONGEST_STRING, max(1.0, len(self.free) / self.in_use))
        strings = int(rng() * (4 * REMOVED_JOBS / (1 + longest) - 1)) + 1
        seed = self.free[int(rng() * len(self.free))]
        removed = []
        locked = a.locked
        for job in self.near[seed]:
            v = home[job]
            if v < 0 or v in saved or job in locked:
                continue
            route = routes[v]
            size = len(route)
            count = min(size, int(rng() * min(size, longest)) + 1)
            at = route.index(job)
            saved[v] = route
            if count == size or count == 1 or rng() >= SPLIT:
                low = max(0, at - count + 1)
                low += int(rng() * (min(at, size - count) - low + 1))
                gone = route[low : low + count]
                routes[v] = route[:low] + route[low + count :]
            else:
                keep = 1
                while count + keep < size and rng() > SPLIT_GROWS:
                    keep += 1
                low = max(0, at - count - keep + 1)
                low += int(rng() * (min(at, size - count - keep) - low + 1))
                head = low + 1 + int(rng() * (count - 1))
                gone = route[low:head] + route[head + keep : low + count + keep]
                routes[v] = (
                    route[:low]
                    + route[head : head + keep]
                    + route[low + count + keep :]
                )
            cost = self.cost[v]
            if not routes[v]:
                self.empties = None
            self._relink(v)
            if not self._in_time(v):
                routes[v] = saved.pop(v)
                self._relink(v)
                continue
            self.total += self.cost[v] - cost
            for i in gone:
                home[i] = -1
                self.total += a.prize[i]
            removed += gone
            for d, (demand, _room) in enumerate(a.loads):
                self.load[d][v] -= sum(demand[i] for i in gone)
            strings -= 1
            if not strings:
                break
        return removed

    def _order(self, jobs: list[int]):
        """Sort what is to be put back: by chance, size, distance or window."""
        a, draw = self.a, int(self.rng.random() * 18)
        if draw < 4:
            self.rng.shuffle(jobs)
        elif draw < 8:
            demand = a.loads[0][0]
            jobs.sort(key=lambda j: -demand[j])
        elif draw < 10:
            way = a.cost[0][a.start[0]]
            jobs.sort(key=lambda j: -way[j])
        elif draw < 11:
            way = a.cost[0][a.start[0]]
            jobs.sort(key=way.__getitem__)
        elif draw < 13:
            jobs.sort(key=lambda j: a.latest[j] - a.earliest[j])
        elif draw < 15:
            jobs.sort(key=a.earliest.__getitem__)
        elif draw < 17:
            jobs.sort(key=lambda j: -a.latest[j])
        else:
            jobs.sort(key=lambda j: -a.prize[j])

    def _empties(self) -> list[int]:
        """Vehicles with nothing to do yet, one of each sort."""
        if self.empties is None:
            seen, self.empties, twin = set(), [], self.a.twin
            for v, route in enumerate(self.routes):
                if not route and twin[v] not in seen:
                    seen.add(twin[v])
                    self.empties.append(v)
            self.in_use = sum(map(bool, self.routes)) or 1
        return self.empties

    def _recreate(  # noqa: C901
        self, absent, saved, everywhere=False, blink=BLINK
    ):
        """Put jobs back one by one where they cost least; the rest is left."""
        a, rng = self.a, self.rng.random
        home, done, must, succ, pred = (
            self.home, self.done, self.must, self.succ, self.pred
        )  # fmt: skip
        leg, kinds, load = self.leg, a.kind, self.load[0]
        demands, room = a.loads[0]
        for job in absent:
            earliest, latest = a.earliest[job], a.latest[job]
            service, demand = a.service[job], demands[job]
            least, place, where = a.prize[job], -1, -1
            if everywhere:
                places = [j for j in range(a.n + a.vehicles) if home[j] >= 0]
            else:
                places = [pred[j] for j in self.after[job] if home[j] >= 0]
                places += self.before[job]
            known = -1
            for j in places:
                v = home[j]
                if v < 0:
                    continue
                if kinds[v] != known:
                    known = kinds[v]
                    cost, cost_to = a.cost[v][job], a.cost_to[v][job]
                    way, way_to = a.time[v][job], a.time_to[v][job]
                after = succ[j]
                more = cost_to[j] + cost[after] - leg[j]
                if more >= least:
                    continue
                begin = done[j] + way_to[j]
                if begin > latest:
                    continue
                if begin < earliest:
                    begin = earliest
                if (
                    begin + service + way[after] > must[after]
                    or load[v] + demand > room[v]
                    or rng() < blink
                    or not self._welcome(job, j, v)
                ):
                    continue
                least, place, where = more, j, v
            for v in self._empties():
                start, end = self.anchor[v], a.end[v]
                more = a.cost[v][start][job] + a.cost[v][job][end]
                more += -leg[start] if a.prefix[v] else a.fixed[v]
                begin = max(done[start] + a.time[v][start][job], earliest)
                if (
                    more < least
                    and begin <= latest
                    and begin + service + a.time[v][job][end] <= must[end]
                    and load[v] + demand <= room[v]
                    and self._welcome(job, start, v)
                ):
                    least, place, where = more, start, v
            if where < 0:
                self.left.append(job)
                continue
            if where not in saved:
                saved[where] = self.routes[where]
                self.routes[where] = self.routes[where][:]
            self._put(job, place, where)
            self.total += least - a.prize[job]
