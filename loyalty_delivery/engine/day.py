"""A day of deliveries as a routing problem: clock times and places become numbers.

Moments are datetimes in UTC without a zone, as the ERP stores them; the problem counts
seconds from the midnight at which the depot's day begins, so a day on which the clocks
change has 23 or 25 hours and nothing else is different.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .roads.matrix import RoadMatrix
from .routing.problem import Job, Problem, Solution, Vehicle

Place = tuple[float, float]

# More than any vehicle carries: a limit that is not set.
NO_LIMIT = 1_000_000_000
# A stop is normally worth this many of the longest ways there and back.
WORTH = 10


@dataclass(frozen=True, slots=True)
class Call:
    """A door to visit: where, when, how much, and how bad it is to leave it out."""

    key: int
    place: Place
    earliest: datetime | None = None
    latest: datetime | None = None
    service: int = 0
    # Grams, litres, parcels.
    demand: tuple[int, int, int] = (0, 0, 0)
    prize: int = 1_000_000
    # Keys of shifts that may come; ``None``: all.
    shifts: tuple[int, ...] | None = None
    # The zone's speed of a car in km/h and its roads against the straight line; 0:
    # the company's.
    pace: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Shift:
    """A courier's working time: from where and till when, with which limits."""

    key: int
    start: Place
    end: Place | None
    earliest: datetime
    latest: datetime
    profile: str = "car"
    # Grams, litres, parcels; 0: no limit.
    capacity: tuple[int, int, int] = (0, 0, 0)
    max_stops: int = 0
    max_m: int = 0
    # Money a kilometre and an hour, in hundredths of the currency; 0: not known.
    cost_km: int = 0
    cost_hour: int = 0
    # Keys of calls that come first, in this order.
    first: tuple[int, ...] = ()


def moment(day: date, hour: float, zone: str) -> datetime:
    """The moment in UTC at which a clock on a wall in ``zone`` shows ``hour``.

    >>> moment(date(2026, 3, 6), 10.5, "Asia/Yerevan")
    datetime.datetime(2026, 3, 6, 6, 30)

    An hour that the clocks skip is as long after midnight as if they did not; hour 24
    is the next midnight.

    >>> moment(date(2026, 3, 29), 2.5, "Europe/Berlin")
    datetime.datetime(2026, 3, 29, 1, 30)
    >>> moment(date(2026, 3, 29), 24, "Europe/Berlin")
    datetime.datetime(2026, 3, 29, 22, 0)
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=round(hour * 60))
    aware = wall.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC).replace(tzinfo=None)


def seconds(at: datetime, zero: datetime) -> int:
    """Whole seconds from ``zero`` to ``at``."""
    return int((at - zero).total_seconds())


def places_of(calls: Iterable[Call], shifts: Iterable[Shift]) -> list[Place]:
    """Every place once, the couriers' first."""
    found: dict[Place, None] = {}
    for shift in shifts:
        found[shift.start] = None
        if shift.end is not None:
            found[shift.end] = None
    for call in calls:
        found[call.place] = None
    return list(found)


def paces_of(calls: Iterable[Call], places: list[Place]) -> list[tuple[float, float]]:
    """The pace of each place, the company's where nobody is visited."""
    known = {call.place: call.pace for call in calls}
    return [known.get(place, (0.0, 0.0)) for place in places]


def build(
    calls: list[Call],
    shifts: list[Shift],
    zero: datetime,
    places: list[Place],
    roads: Mapping[str, RoadMatrix],
) -> Problem:
    """The problem of a day.

    :param places: the rows of the matrices, as ``places_of`` gave them
    :param roads: the matrix of each profile of the shifts
    """
    row = {place: number for number, place in enumerate(places)}
    vehicles = tuple(_vehicles(shifts, zero, row))
    scale = _prize_scale(vehicles, roads)
    jobs = tuple(
        Job(
            key=call.key,
            place=row[call.place],
            earliest=seconds(call.earliest, zero) if call.earliest else -NO_LIMIT,
            latest=seconds(call.latest, zero) if call.latest else NO_LIMIT,
            service=call.service,
            demand=call.demand,
            prize=call.prize * scale,
            vehicles=call.shifts,
        )
        for call in calls
    )
    return Problem(
        jobs=_bounded(jobs, vehicles),
        vehicles=vehicles,
        metres={profile: matrix.metres for profile, matrix in roads.items()},
        seconds={profile: matrix.seconds for profile, matrix in roads.items()},
    )


def _bounded(jobs, vehicles) -> tuple[Job, ...]:
    """Jobs without a window may be visited while anybody works, and not before zero."""
    end = max((vehicle.latest for vehicle in vehicles), default=86400)
    return tuple(
        Job(
            job.key,
            job.place,
            max(0, job.earliest),
            max(0, job.earliest, job.latest if job.latest < NO_LIMIT else end),
            job.service,
            job.demand,
            job.prize,
            job.vehicles,
        )
        for job in jobs
    )


def _vehicles(shifts: list[Shift], zero: datetime, row: Mapping[Place, int]):
    known_km = [shift.cost_km for shift in shifts if shift.cost_km]
    known_hour = [shift.cost_hour for shift in shifts if shift.cost_hour]
    # Without any money the time on the road is what counts.
    km = sum(known_km) // len(known_km) if known_km else 0
    default_hour = 3600 if not known_km else 0
    hour = sum(known_hour) // len(known_hour) if known_hour else default_hour
    for shift in shifts:
        yield Vehicle(
            key=shift.key,
            start=row[shift.start],
            end=None if shift.end is None else row[shift.end],
            earliest=seconds(shift.earliest, zero),
            latest=seconds(shift.latest, zero),
            capacity=tuple(limit or NO_LIMIT for limit in shift.capacity),
            cost_per_m=shift.cost_km or km,
            cost_per_s=(shift.cost_hour or hour) * 1000 // 3600,
            max_distance=shift.max_m or None,
            max_stops=shift.max_stops or None,
            profile=shift.profile,
            prefix=shift.first,
        )


def _prize_scale(vehicles, roads: Mapping[str, RoadMatrix]) -> int:
    """What prizes are multiplied with, lest a dear currency leave stops behind."""
    longest = 0
    for vehicle in vehicles:
        matrix = roads[vehicle.profile]
        metres = max(matrix.metres[vehicle.start], default=0)
        time_s = max(matrix.seconds[vehicle.start], default=0)
        if max(metres, time_s) < NO_LIMIT:
            cost = metres * vehicle.cost_per_m + time_s * vehicle.cost_per_s
            longest = max(longest, 2 * cost // 1000)
    return 1 + WORTH * longest // 1_000_000


def figures(solution: Solution) -> dict:
    """What people compare: km, hours on the road, late and planned stops, cost."""
    routes = [route for route in solution.routes if route.visits]
    late = [visit for route in routes for visit in route.visits if visit.late]
    return {
        "km": round(sum(route.metres for route in routes) / 1000, 1),
        "hours": round(sum(route.seconds for route in routes) / 3600, 2),
        "late": len(late),
        "late_minutes": sum(visit.late for visit in late) // 60,
        "planned": sum(len(route.visits) for route in routes),
        "unplanned": len(solution.unplanned),
        "couriers": len(routes),
        "cost": sum(route.cost for route in routes),
    }
