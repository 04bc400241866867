"""Times of slots: when one begins, until when it may be chosen, what is free."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")


def moment(day: date, hour: float, tz: str) -> datetime:
    """``hour`` of a day in a time zone, as naive UTC; 24 is the midnight after.

    >>> moment(date(2026, 3, 6), 14.5, "Asia/Yerevan")
    datetime.datetime(2026, 3, 6, 10, 30)
    """
    minutes = round(hour * 60)
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=ZoneInfo(tz)).astimezone(UTC).replace(tzinfo=None)


def local_day(at: datetime, tz: str) -> date:
    """The day that a naive UTC time is on.

    >>> local_day(datetime(2026, 3, 5, 21, 0), "Asia/Yerevan")
    datetime.date(2026, 3, 6)
    """
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(tz)).date()


def local_hour(at: datetime, tz: str) -> float:
    """The hour of the day of a naive UTC time, 14.5 being half past two."""
    wall = at.replace(tzinfo=UTC).astimezone(ZoneInfo(tz))
    return wall.hour + wall.minute / 60


@dataclass(frozen=True, slots=True)
class Rules:
    """Until when and by whom a slot may be chosen.

    ``cutoff_days`` of ``None``: ``cutoff_minutes`` before the start. Otherwise: until
    ``cutoff_hour`` of the day that many days before. ``reserved`` places are kept for
    the best tiers until ``reserved_minutes`` before the start.
    """

    hour_from: float
    hour_to: float
    capacity: int = 0
    cutoff_minutes: int = 0
    cutoff_days: int | None = None
    cutoff_hour: float = 0.0
    reserved: int = 0
    reserved_minutes: int = 0


def cutoff(rules: Rules, day: date, tz: str) -> datetime:
    """The last moment at which the slot of a day may be chosen or left, naive UTC.

    >>> cutoff(Rules(14, 16, cutoff_days=1, cutoff_hour=20), date(2026, 3, 6), "UTC")
    datetime.datetime(2026, 3, 5, 20, 0)
    """
    if rules.cutoff_days is None:
        return moment(day, rules.hour_from, tz) - timedelta(
            minutes=rules.cutoff_minutes
        )
    return moment(day - timedelta(days=rules.cutoff_days), rules.cutoff_hour, tz)


def free_places(
    rules: Rules,
    day: date,
    tz: str,
    now: datetime,
    *,
    taken: int = 0,
    taken_best: int = 0,
    best: bool = False,
) -> int | None:
    """Places that a customer may take now; ``None`` when places are not counted.

    ``taken_best`` of the places taken are those of the best tiers: they use up what is
    kept for them first.

    >>> rules = Rules(14, 16, capacity=5, reserved=2, reserved_minutes=60)
    >>> at, day = datetime(2026, 3, 6, 9), date(2026, 3, 6)
    >>> [free_places(rules, day, "UTC", at, taken=2, best=b) for b in (True, False)]
    [3, 1]
    >>> free_places(rules, day, "UTC", at, taken=2, taken_best=2)
    3
    """
    if now > cutoff(rules, day, tz):
        return 0
    if not rules.capacity:
        return None
    kept = 0
    opens = moment(day, rules.hour_from, tz) - timedelta(minutes=rules.reserved_minutes)
    if not best and now < opens:
        kept = max(rules.reserved - taken_best, 0)
    return max(rules.capacity - kept - taken, 0)
