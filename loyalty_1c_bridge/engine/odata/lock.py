"""Closed periods of 1C: the register ДатыЗапретаИзменения."""

import calendar
import datetime

from .literals import EMPTY, day

REGISTER = "InformationRegister_ДатыЗапретаИзменения"


def lock_date(rows, today, organization=""):
    """Last day that is closed for everybody, or None.

    Rows for single users, or for sections and objects other than our organization, do
    not close anything for the exchange.

    :param rows: of the register, as dicts
    :param organization: reference of our organization in 1C
    """
    dates = [
        _date_of(row, today)
        for row in rows
        if _for_all(row) and _ours(row, organization)
    ]
    return max(filter(None, dates), default=None)


def _for_all(row):
    """For all users: a value of the enumeration, no reference of a user."""
    kind = str(row.get("Пользователь_Type") or "")
    return "Catalog_" not in kind


def _ours(row, organization):
    scope = str(row.get("Объект") or EMPTY).lower()
    section = str(row.get("Раздел_Key") or EMPTY).lower()
    return scope in (EMPTY, organization.lower(), section)


def _date_of(row, today):
    words, _sep, extra = str(row.get("ОписаниеДатыЗапрета") or "").partition("\n")
    moving = _moving(words.strip(), today, int(extra) if extra.strip().isdigit() else 0)
    return moving or day(row.get("ДатаЗапрета"))


def _moving(words, today, open_days):
    """Date of a moving lock; the former one holds while days for it are left.

    >>> _moving("КонецПрошлогоМесяца", datetime.date(2026, 3, 6), 0)
    datetime.date(2026, 2, 28)
    >>> _moving("КонецПрошлогоМесяца", datetime.date(2026, 3, 6), 10)
    datetime.date(2026, 1, 31)
    """
    if words == "ПредыдущийДень":
        return today - datetime.timedelta(days=1)
    starts = {
        "КонецПрошлогоГода": _year,
        "КонецПрошлогоКвартала": _quarter,
        "КонецПрошлогоМесяца": _month,
        "КонецПрошлойНедели": _week,
    }
    start_of = starts.get(words)
    if start_of is None:
        return None
    start = start_of(today)
    if (today - start).days < open_days:
        start = start_of(start - datetime.timedelta(days=1))
    return start - datetime.timedelta(days=1)


def _year(date):
    return date.replace(month=1, day=1)


def _quarter(date):
    return date.replace(month=date.month - (date.month - 1) % 3, day=1)


def _month(date):
    return date.replace(day=1)


def _week(date):
    return date - datetime.timedelta(days=calendar.weekday(*date.timetuple()[:3]))
