"""Days that come again every year, and days before and after a date."""

import datetime


def yearly(date: datetime.date, year: int) -> datetime.date:
    """The day in ``year`` on which a date is remembered.

    >>> yearly(datetime.date(1996, 2, 29), 2027)
    datetime.date(2027, 2, 28)
    >>> yearly(datetime.date(1996, 2, 29), 2028)
    datetime.date(2028, 2, 29)
    """
    try:
        return date.replace(year=year)
    except ValueError:
        return datetime.date(year, 2, 28)


def remembered_on(day: datetime.date) -> list[str]:
    """Month and day, as ``MMDD``, of the dates that are remembered on ``day``.

    >>> remembered_on(datetime.date(2027, 2, 28))
    ['0228', '0229']
    >>> remembered_on(datetime.date(2028, 2, 28))
    ['0228']
    """
    keys = [day.strftime("%m%d")]
    is_leap = yearly(datetime.date(1996, 2, 29), day.year).day == 29
    if keys == ["0228"] and not is_leap:
        keys.append("0229")
    return keys


def occasion(day: datetime.date, days: int) -> datetime.date:
    """The day of the occasion for which a message is due on ``day``.

    :param days: after the occasion; negative for days before it

    >>> occasion(datetime.date(2026, 3, 1), -3)
    datetime.date(2026, 3, 4)
    """
    return day - datetime.timedelta(days=days)


def years(date: datetime.date, day: datetime.date) -> int:
    """Full years from a date to its day in the year of ``day``.

    >>> years(datetime.date(1996, 2, 29), datetime.date(2027, 2, 28))
    31
    """
    return day.year - date.year
