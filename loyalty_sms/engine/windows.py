"""Quiet hours: at which moments a customer may be written to.

Moments are naive UTC datetimes, as the ERP stores them; a window is local time of the
customer. Where a customer may be in several zones, a moment must suit all of them.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

UTC = datetime.UTC
DAYS_AHEAD = 15
# What must be left of a window that several zones share, to be worth waiting for.
LEAST_SHARED = datetime.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Window:
    """Local hours in which to send: ``start`` up to, without, ``end``.

    A window whose end is not later than its start goes on past midnight. ``holidays``
    are local dates on which nothing is sent.
    """

    start: datetime.time
    end: datetime.time
    holidays: frozenset = frozenset()

    def holds(self, local: datetime.datetime) -> bool:
        """Whether a local moment is inside.

        >>> day = Window(datetime.time(10), datetime.time(20))
        >>> day.holds(datetime.datetime(2026, 3, 7, 10))
        True
        >>> day.holds(datetime.datetime(2026, 3, 7, 20))
        False
        """
        if local.date() in self.holidays:
            return False
        now = local.time()
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    @property
    def length(self) -> datetime.timedelta:
        """How long the window is open on an ordinary day."""
        day = datetime.date(2000, 1, 1)
        start = datetime.datetime.combine(day, self.start)
        end = datetime.datetime.combine(day, self.end)
        return end - start if end > start else end - start + datetime.timedelta(days=1)


def hours(number: float) -> datetime.time:
    """A time of day from hours as people type them; 24 is the end of the day.

    >>> hours(9.5)
    datetime.time(9, 30)
    """
    minutes = round(number * 60)
    if minutes >= 24 * 60:
        return datetime.time.max
    return datetime.time(minutes // 60, minutes % 60)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """A time zone by name, read once."""
    return ZoneInfo(name)


def local(moment: datetime.datetime, name: str) -> datetime.datetime:
    """A UTC moment on the clock of a zone.

    >>> local(datetime.datetime(2026, 3, 7, 8), "Asia/Yerevan").hour
    12
    """
    return moment.replace(tzinfo=UTC).astimezone(zone(name)).replace(tzinfo=None)


def is_open(moment: datetime.datetime, zones: Iterable[str], window: Window) -> bool:
    """Whether the moment is inside the window in every zone."""
    return all(window.holds(local(moment, name)) for name in zones)


def together(
    moment: datetime.datetime, zones: Collection[str], window: Window
) -> tuple:
    """Those zones which share hours of the window: most of them, if not all can.

    Ten hours of a day cannot suit both Kaliningrad and Kamchatka; then the largest
    group of neighbours decides.
    """
    if len(zones) < 2:
        return tuple(zones)
    spread = window.length - LEAST_SHARED
    aware = moment.replace(tzinfo=UTC)
    offsets = sorted((aware.astimezone(zone(z)).utcoffset(), z) for z in zones)
    best: list = []
    for first, _name in offsets:
        group = [z for offset, z in offsets if first <= offset <= first + spread]
        if len(group) > len(best):
            best = group
    return tuple(best)


def next_open(
    moment: datetime.datetime, zones: Collection[str], window: Window | None
) -> datetime.datetime | None:
    """The first moment, not before ``moment``, at which a message may leave.

    :param window: ``None`` when any time is good
    :return: ``moment`` itself if it is good; ``None`` if no hour of the next two weeks
        is, as when all days are holidays
    """
    if window is None:
        return moment
    zones = together(moment, zones, window)
    if is_open(moment, zones, window):
        return moment
    for candidate in sorted(_openings(moment, zones, window)):
        if candidate >= moment and is_open(candidate, zones, window):
            return candidate
    return None


def _openings(moment, zones, window):
    """Moments at which the window opens somewhere: only there can the answer be."""
    for name in zones:
        day = local(moment, name).date()
        for ahead in range(-1, DAYS_AHEAD):
            date = day + datetime.timedelta(days=ahead)
            # Midnight matters to a window that was shut by a holiday the day before.
            for start in {window.start, datetime.time(0)}:
                yield _utc(datetime.datetime.combine(date, start), name)


def _utc(local_moment, name):
    """UTC of a local moment; one that a clock change skips is when the clock jumps."""
    aware = local_moment.replace(tzinfo=zone(name))
    moment = aware.astimezone(UTC)
    if moment.astimezone(zone(name)).replace(tzinfo=None) == local_moment:
        return moment.replace(tzinfo=None)
    # Both readings of a skipped moment surround the jump: it is as far from the
    # earlier one as the clock jumps ahead of the later one.
    after = aware.replace(fold=1).astimezone(UTC)
    low, high = sorted((moment, after))
    offset = low.astimezone(zone(name)).utcoffset()
    while high - low > datetime.timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone(name)).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return (high + datetime.timedelta(microseconds=500000)).replace(
        microsecond=0, tzinfo=None
    )


def closes(
    moment: datetime.datetime, zones: Collection[str], window: Window | None
) -> datetime.datetime | None:
    """When the hours that are open at ``moment`` end, in the first zone to close.

    :return: ``None`` for messages that may leave at any time
    """
    if window is None:
        return None
    return min(
        _closing(moment, name, window) for name in together(moment, zones, window)
    )


def _closing(moment, name, window):
    here = local(moment, name)
    if window.end == datetime.time.max:
        midnight = datetime.datetime.combine(
            here.date() + datetime.timedelta(days=1), datetime.time(0)
        )
        return _utc(midnight, name)
    passes_midnight = window.end <= window.start and here.time() >= window.start
    date = here.date() + datetime.timedelta(days=passes_midnight)
    return max(moment, _utc(datetime.datetime.combine(date, window.end), name))
