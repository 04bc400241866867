"""When a courier comes: delay carried through the rest of a route, and told in words.

Times are whole seconds of one clock (the epoch), durations seconds.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from .geo import haversine_m

Place = tuple[float, float]

# Streets are longer than the straight line, and no profile drives at its top speed.
ROAD_FACTOR = 1.4
SPEED_MS = {"foot": 1.3, "bike": 4.0, "car": 7.0, "van": 6.0}
# A minute of noise is no news.
MOVED_M = 100


@dataclass(frozen=True, slots=True)
class Leg:
    """A door that is still to be reached.

    :param drive_s: from the door before
    :param service_s: at the door
    :param opens: nobody is served before it
    """

    key: Hashable
    drive_s: int
    service_s: int
    opens: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the customer was told last: around ``eta``, between two times."""

    eta: int
    start: int
    end: int


def propagate(free_at: int, now: int, legs: Iterable[Leg]) -> dict[Hashable, int]:
    """When each door is served, by somebody who is free to drive at ``free_at``.

    Who comes early waits for the window. The first door cannot be reached in the past:
    somebody who should be there already is expected at any moment.

    >>> propagate(0, 0, [Leg("a", 600, 300), Leg("b", 600, 300, opens=3600)])
    {'a': 600, 'b': 3600}
    >>> propagate(0, 900, [Leg("a", 600, 300)])
    {'a': 900}
    """
    times = {}
    for leg in legs:
        begin = max(free_at + leg.drive_s, now, leg.opens or 0)
        times[leg.key] = begin
        free_at = begin + leg.service_s
    return times


def rough_drive_s(start: Place, end: Place, profile: str) -> int:
    """Seconds between two places when no road is known.

    >>> rough_drive_s((40.1772, 44.5126), (40.1772, 44.5126), "car")
    0
    """
    return round(haversine_m(start, end) * ROAD_FACTOR / SPEED_MS[profile])


def rest_of_leg_s(drive_s: int, start: Place, end: Place, here: Place) -> int:
    """Seconds left of a leg for a courier seen at ``here``.

    In proportion to the straight lines: a way around cannot be seen from two places, so
    the rest is at most the whole leg again.

    >>> start, end = (40.0, 44.0), (40.02, 44.0)
    >>> rest_of_leg_s(600, start, end, (40.01, 44.0))
    300
    """
    whole = haversine_m(start, end)
    if not whole:
        return 0
    return round(drive_s * min(1.0, haversine_m(here, end) / whole))


def lateness(eta: int, due: int | None) -> int:
    """Seconds after what was agreed; never negative.

    >>> lateness(1000, 400), lateness(100, 400), lateness(100, None)
    (600, 0, 0)
    """
    return max(0, eta - due) if due is not None else 0


def window(eta: int, width_s: int, not_before: int = 0) -> tuple[int, int]:
    """The time that is told: a window on a round clock with ``eta`` well inside.

    Starts are multiples of half the width: half past and full hours for an hour.

    >>> hour = 3600
    >>> [clock / hour for clock in window(int(14.33 * hour), hour)]
    [14.0, 15.0]
    >>> [clock / hour for clock in window(int(14.8 * hour), hour)]
    [14.5, 15.5]
    """
    step = max(60, width_s // 2)
    start = (eta - step // 2) // step * step
    start = max(start, not_before // 60 * 60)
    return start, max(start + width_s, eta + step // 2)


def change(
    told: Told, eta: int, promised_end: int | None, threshold_s: int
) -> str | None:
    """Whether a new time must be told: ``"later"``, ``"earlier"`` or nothing.

    Inside of what was told nothing is new. Outside, a shift counts when it is longer
    than the threshold, or when it leaves the window that was promised.

    >>> told = Told(14 * 3600 + 1200, 14 * 3600, 15 * 3600)
    >>> change(told, 14 * 3600 + 3000, None, 900)
    >>> change(told, 15 * 3600 + 600, None, 900)
    'later'
    >>> change(told, 13 * 3600, None, 900)
    'earlier'
    """
    if told.start <= eta <= told.end:
        return None
    if eta < told.start:
        return "earlier" if told.eta - eta > threshold_s else None
    broken = promised_end is not None and told.end <= promised_end < eta
    return "later" if broken or eta - told.eta > threshold_s else None


def idle_s(now: int, last_sign: int, expected: int) -> int:
    """Seconds without a sign of a courier who should have given one.

    :param last_sign: the last event, or the last time the position moved
    :param expected: when the next sign is due: the arrival, the end of the service

    >>> idle_s(5000, 1000, 2000), idle_s(1500, 1000, 2000), idle_s(5000, 4000, 2000)
    (3000, 0, 1000)
    """
    return max(0, now - max(last_sign, expected))


def last_moved(track: Iterable[tuple[int, Place]]) -> int | None:
    """When a courier was last somewhere else, from places in order of time.

    >>> here, there = (40.0, 44.0), (40.01, 44.0)
    >>> last_moved([(10, here), (20, there), (30, there)])
    20
    """
    moved, anchor = None, None
    for moment, place in track:
        if anchor is None or haversine_m(anchor, place) > MOVED_M:
            moved, anchor = moment, place
    return moved


def blur(place: Place, step_deg: float = 0.0005) -> Place:
    """A place rounded to some fifty metres: enough to see that somebody comes.

    >>> blur((40.17723, 44.51264))
    (40.177, 44.5125)
    """
    return tuple(round(round(value / step_deg) * step_deg, 6) for value in place)
