"""What an engine is asked and what it answers, in metres, seconds and whole units.

Times are seconds from a reference that the caller keeps (the midnight at which the
day of the depot begins); places are numbers of rows in the matrices.
"""

from dataclasses import asdict, dataclass, field
from typing import Protocol

Matrix = list[list[int]]

# From here on a distance or a time means: there is no way. No engine goes there.
UNREACHABLE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """A stop to be visited, or to be left out if that costs less than its prize."""

    key: int
    place: int
    earliest: int = 0
    latest: int = 172800
    service: int = 0
    demand: tuple[int, ...] = ()
    # What leaving it out costs, in the units of the cost; see ``Vehicle``.
    prize: int = 1_000_000
    # Keys of the vehicles that may take it: zones, skills, a lock to one courier.
    vehicles: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A courier's day; cost = fixed + (metres × per_m + seconds × per_s) / 1000.

    Metres and seconds are those on the road: waiting and service are not paid for, and
    a vehicle that stays at home costs nothing. ``max_duration`` is from departure to
    return, with waiting and service.
    """

    key: int
    start: int
    # ``None``: the day ends at the last stop, wherever that is.
    end: int | None
    earliest: int = 0
    latest: int = 172800
    capacity: tuple[int, ...] = ()
    fixed_cost: int = 0
    cost_per_m: int = 0
    cost_per_s: int = 1000
    max_distance: int | None = None
    max_duration: int | None = None
    max_stops: int | None = None
    profile: str = "car"
    # Keys of jobs that come first, in this order: what is driven already or locked.
    prefix: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A day: ``metres[profile][from][to]`` and ``seconds`` alike; may be asymmetric."""

    jobs: tuple[Job, ...]
    vehicles: tuple[Vehicle, ...]
    metres: dict[str, Matrix]
    seconds: dict[str, Matrix]


@dataclass(frozen=True, slots=True)
class Visit:
    """When a job is reached, begun (after waiting for its window) and finished."""

    job: int
    arrival: int
    begin: int
    finish: int
    leg_m: int
    leg_s: int
    # Seconds that it begins after the end of the job's window.
    late: int = 0


@dataclass(frozen=True, slots=True)
class Violation:
    """What a route breaks, of VIOLATIONS, and by how much, in the unit of the kind.

    ``job`` is absent when the route as a whole breaks it; ``dimension`` numbers the
    kind of load for ``capacity``.
    """

    kind: str
    excess: int
    job: int | None = None
    dimension: int | None = None


VIOLATIONS = (
    "window",  # begun so many seconds after the window's end
    "day",  # back so many seconds after the end of the vehicle's day
    "capacity",
    "distance",
    "duration",
    "stops",
    "zone",  # a vehicle that may not take the job
    "unreachable",  # there is no road
    "prefix",  # what is frozen does not come first
)


@dataclass(frozen=True, slots=True)
class Route:
    """A vehicle's way; ``metres`` and ``seconds`` are those on the road."""

    vehicle: int
    visits: tuple[Visit, ...]
    departure: int
    back: int
    metres: int
    seconds: int
    cost: int
    violations: tuple[Violation, ...] = ()

    @property
    def jobs(self) -> list[int]:
        """Keys of the jobs in the order of the visits."""
        return [visit.job for visit in self.visits]


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A job that was left out.

    ``reason`` is one of REASONS, or empty where nobody asked why; ``remedy`` is one of
    REMEDIES with its ``detail``, such as ``{"vehicle": 3, "seconds": 1200}``: what
    would let it in most cheaply. See ``explain``.
    """

    job: int
    reason: str
    remedy: str = ""
    detail: dict[str, int] = field(default_factory=dict)


REASONS = (
    "window",  # nobody can be there in time
    "capacity",
    "zone",  # nobody may go there
    "distance",
    "duration",
    "stops",
    "unreachable",
    "cost",  # everything else fits, but it costs more than its prize
)
REMEDIES = (
    "widen_window",
    "more_capacity",
    "longer_day",
    "allow_vehicle",
    "more_vehicles",
    "raise_priority",
    "none",
)


@dataclass(frozen=True, slots=True)
class Solution:
    """Routes of the vehicles that drive; cost = theirs + the prizes left behind."""

    routes: tuple[Route, ...]
    unplanned: tuple[Unplanned, ...]
    cost: int
    engine: str
    version: str
    seed: int
    iterations: int
    cpu_s: float

    @property
    def plan(self) -> dict[int, list[int]]:
        """Keys of jobs by key of vehicle, as ``evaluate`` and warm starts want them."""
        return {route.vehicle: route.jobs for route in self.routes}

    def as_json(self) -> dict:
        """The answer as plain lists and numbers."""
        return asdict(self)


class Engine(Protocol):
    """Finds routes within ``limit_s`` CPU seconds or ``iterations``.

    The same problem, seed and iterations give the same routes. ``on_progress`` gets a
    dict of numbers (``iterations``, ``cpu_s``, ``cost``, ``unplanned``) now and then;
    when it returns true, the best routes so far are the answer.
    """

    name: str

    def available(self) -> bool: ...

    def suits(self, problem: Problem) -> bool: ...

    def solve(
        self,
        problem: Problem,
        *,
        seed: int = 0,
        limit_s: float | None = None,
        iterations: int | None = None,
        warm_start: dict[int, list[int]] | None = None,
        on_progress=None,
    ) -> Solution: ...
