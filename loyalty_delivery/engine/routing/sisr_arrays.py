"""A problem as flat lists, as the search wants it.

Nodes are numbered: jobs first, then the start of each vehicle, then the end of each.
Costs are in thousandths, so that they stay whole.
"""

from .problem import UNREACHABLE, Problem, Vehicle

# Figures that all matrices of costs may have together, so that a thousand stops and
# sixty couriers with sixty rates do not take gigabytes.
MOST_FIGURES = 15_000_000
# Metres driven in a second, to compare rates by the metre with those by the second.
USUAL_SPEED = 7

# Later than any time and dearer than any way.
NEVER = 1 << 50


class Roster:
    """Jobs and vehicles by number: who may take what, how much there is to load."""

    def __init__(self, problem: Problem):
        jobs, vehicles = problem.jobs, problem.vehicles
        self.problem = problem
        self.n = len(jobs)
        self.vehicles = len(vehicles)
        self.keys = [job.key for job in jobs]
        self.number = {job.key: i for i, job in enumerate(jobs)}
        self.allowed = self._allowed()
        self._load_dimensions()
        self.twin = self._twins()

    def _allowed(self) -> list[list[bool] | None]:
        """For each job which vehicles may take it; ``None``: all."""
        keys = [vehicle.key for vehicle in self.problem.vehicles]
        return [
            None if job.vehicles is None else [key in job.vehicles for key in keys]
            for job in self.problem.jobs
        ]

    def _load_dimensions(self):
        """Loads by dimension; the number of stops is one more of them."""
        jobs, vehicles = self.problem.jobs, self.problem.vehicles
        loads = []
        for d in range(max((len(v.capacity) for v in vehicles), default=0)):
            demand = [job.demand[d] if d < len(job.demand) else 0 for job in jobs]
            room = [v.capacity[d] if d < len(v.capacity) else NEVER for v in vehicles]
            loads.append((demand, room))
        if any(vehicle.max_stops is not None for vehicle in vehicles):
            room = [NEVER if v.max_stops is None else v.max_stops for v in vehicles]
            loads.append(([1] * self.n, room))
        # A dimension that cannot fill anybody is not worth watching.
        loads = [(demand, room) for demand, room in loads if sum(demand) > min(room)]
        self.loads = loads or [([0] * self.n, [NEVER] * self.vehicles)]

    def _twins(self) -> list[int]:
        """A number for each vehicle that it shares with those it can stand in for."""
        numbers = {}
        return [
            numbers.setdefault(self._character(i, vehicle), i)
            for i, vehicle in enumerate(self.problem.vehicles)
        ]

    def _character(self, i: int, v: Vehicle) -> tuple:
        welcome = tuple(a is None or a[i] for a in self.allowed)
        return (
            v.start, v.end, v.earliest, v.latest, v.capacity, v.fixed_cost,
            v.cost_per_m, v.cost_per_s, v.max_distance, v.max_duration, v.max_stops,
            v.profile, v.prefix, welcome,
        )  # fmt: skip


class Arrays(Roster):
    """The lists of a problem that do not change during a search.

    ``cost[v][i][j]`` and ``time[v][i][j]`` are matrices between nodes for vehicle v,
    ``cost_to[v][j][i]`` and ``time_to[v][j][i]`` the same the other way round, so that
    all ways to a job are beside each other; vehicles with the same rates and roads
    share them, and have the same ``kind``.
    """

    def __init__(self, problem: Problem):
        super().__init__(problem)
        jobs, vehicles = problem.jobs, problem.vehicles
        n, m = self.n, self.vehicles
        day = [vehicle.earliest for vehicle in vehicles]
        end = [vehicle.latest for vehicle in vehicles]
        self.earliest = [job.earliest for job in jobs] + day + [0] * m
        self.latest = [job.latest for job in jobs] + end + end
        self.service = [job.service for job in jobs] + [0] * (2 * m)
        self.prize = [job.prize * 1000 for job in jobs]
        self.start = list(range(n, n + m))
        self.end = list(range(n + m, n + 2 * m))
        self.fixed = [vehicle.fixed_cost * 1000 for vehicle in vehicles]
        self._matrices()
        self.prefix = [[self.number[key] for key in v.prefix] for v in vehicles]
        self.locked = {job for prefix in self.prefix for job in prefix}
        self.limited = [
            v.max_distance is not None or v.max_duration is not None for v in vehicles
        ]

    def _matrices(self):
        times, costs, kinds = {}, {}, {}
        self.time, self.cost, self.time_to, self.cost_to = [], [], [], []
        self.kind = []
        for v, rates in zip(self.problem.vehicles, self._rates(), strict=True):
            self.kind.append(kinds.setdefault(rates, len(kinds)))
            if v.profile not in times:
                times[v.profile] = self._both_ways(v.profile, 0, 1)
            if rates not in costs:
                costs[rates] = self._both_ways(*rates)
            for found, (there, back) in (
                ((self.time, self.time_to), times[v.profile]),
                ((self.cost, self.cost_to), costs[rates]),
            ):
                found[0].append(there)
                found[1].append(back)

    def _rates(self) -> list[tuple[str, int, int]]:
        """What vehicles pay for the road; too many kinds are put together.

        Those whose rates are next to each other are then taken for alike in the search;
        the answer is judged by the true ones.
        """
        rates = [(v.profile, v.cost_per_m, v.cost_per_s) for v in self.problem.vehicles]
        kinds = sorted(
            set(rates), key=lambda r: (r[0], r[1] * USUAL_SPEED + r[2], r[1])
        )
        nodes = self.n + 2 * self.vehicles
        most = max(1, MOST_FIGURES // max(1, nodes * nodes))
        size = -(-len(kinds) // most)
        stands_for = {}
        for profile in dict.fromkeys(kind[0] for kind in kinds):
            own = [kind for kind in kinds if kind[0] == profile]
            for i, kind in enumerate(own):
                first = i - i % size
                group = own[first : first + size]
                stands_for[kind] = group[len(group) // 2]
        return [stands_for[kind] for kind in rates]

    def _both_ways(self, *rates) -> tuple[list, list]:
        matrix = self._between_nodes(*rates)
        return matrix, [list(column) for column in zip(*matrix, strict=True)][: self.n]

    def _between_nodes(self, profile: str, per_m: int, per_s: int) -> list[list[int]]:
        jobs, vehicles = self.problem.jobs, self.problem.vehicles
        places = [job.place for job in jobs]
        starts = [vehicle.start for vehicle in vehicles]
        ends = [vehicle.end for vehicle in vehicles]
        metres, seconds = self.problem.metres[profile], self.problem.seconds[profile]
        rows = {}
        # Equal figures are one object: that is kinder to the processor's cache.
        known: dict[int, int] = {}
        for place in dict.fromkeys(places + starts):
            row = [
                NEVER if m >= UNREACHABLE or s >= UNREACHABLE else m * per_m + s * per_s
                for m, s in zip(metres[place], seconds[place], strict=True)
            ]
            row = [known.setdefault(figure, figure) for figure in row]
            rows[place] = (
                [row[other] for other in places]
                + [0] * len(starts)
                + [0 if end is None else row[end] for end in ends]
            )
        nowhere = [NEVER] * (self.n + 2 * self.vehicles)
        return [rows[place] for place in places + starts] + [nowhere] * self.vehicles

    def neighbours(self, size: int) -> tuple[list, list, list]:
        """For each job: near jobs, likely predecessors and likely successors.

        Near is by cost alone and serves to tear down; likely ones are those that can be
        driven in time, waiting counted as a part of the way.
        """
        if not self.vehicles:
            nobody = [[] for _ in range(self.n)]
            return nobody, nobody, nobody
        cost, time = self.cost[0], self.time[0]
        jobs = range(self.n)
        near = [
            sorted(jobs, key=cost[job].__getitem__)[: max(300, 4 * size)]
            for job in jobs
        ]
        before = [[] for _ in jobs]
        after = [[] for _ in jobs]
        close = [(i, j) for i in jobs for j in near[i][1:11] if cost[i][j] < NEVER]
        seconds = sum(time[i][j] for i, j in close) or 1
        weight = sum(cost[i][j] for i, j in close) / seconds
        for i in jobs:
            done, until = self.earliest[i] + self.service[i], self.latest[i]
            until += self.service[i]
            for j in near[i][: 4 * size]:
                if i == j or done + time[i][j] > self.latest[j]:
                    continue
                wait = max(0, self.earliest[j] - until - time[i][j])
                score = cost[i][j] + 0.2 * weight * wait
                after[i].append((score, j))
                before[j].append((score, i))
        after = [[j for _, j in sorted(pairs)[:size]] for pairs in after]
        before = [[j for _, j in sorted(pairs)[:size]] for pairs in before]
        return near, before, after
