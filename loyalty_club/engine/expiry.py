"""Until when points can be spent."""

from calendar import monthrange
from datetime import date, timedelta

MODES = ("none", "days", "month_end", "quarter_end", "year_end", "inactivity")
_MONTHS_IN_PERIOD = {"month_end": 1, "quarter_end": 3, "year_end": 12}


def expiration_date(
    mode: str, earned_on: date, *, days: int = 0, months: int = 0
) -> date | None:
    """Find the last day on which points earned on ``earned_on`` can be spent.

    :param mode: ``none``; ``days`` after; ``inactivity``, the same, which the
        caller renews at each purchase; or the end of the month, quarter or year
        that lies ``months`` after (``month_end``, ``quarter_end``, ``year_end``)
    :return: None when they never expire

    >>> expiration_date("month_end", date(2026, 3, 2), months=12)
    datetime.date(2027, 3, 31)
    """
    if mode not in MODES:
        raise ValueError(f"mode {mode!r} is not one of {MODES}")
    if days < 0 or months < 0:
        raise ValueError("points cannot expire before they are earned")
    if mode == "none":
        return None
    if mode in _MONTHS_IN_PERIOD:
        return _period_end(add_months(earned_on, months), _MONTHS_IN_PERIOD[mode])
    return earned_on + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """Move by calendar months, to the last day where the month is too short.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def in_year(day: date, year: int) -> date:
    """Find the anniversary of ``day``; 29 February counts on the 28th at need.

    >>> in_year(date(2024, 2, 29), 2026)
    datetime.date(2026, 2, 28)
    """
    return add_months(day, 12 * (year - day.year))


def _period_end(day: date, months_in_period: int) -> date:
    last_month = -(-day.month // months_in_period) * months_in_period
    return date(day.year, last_month, monthrange(day.year, last_month)[1])
