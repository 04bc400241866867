"""When a campaign multiplies points: weekdays, hours, dates, tiers, birthdays."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from .earning import Factor
from .expiry import in_year

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A factor with the conditions under which it counts; all of them must hold.

    :param weekdays: 0 for Monday to 6 for Sunday, as ``date.weekday()``
    :param date_from: first day, and ``date_to`` last day, both included
    :param hour_from: included, and ``hour_to`` excluded (13.5 is 13:30); a window
        that ends before it begins goes past midnight and belongs to the day it
        began on; equal hours are the whole day
    :param tier_keys: None for any member, with or without a tier
    :param birthday_days: so many days before and after the birthday, 0 for the
        day itself; 29 February counts on the 28th in common years
    :param first_purchase: only for the first purchase of the member
    """

    key: Hashable
    label: str
    value: Decimal
    bonus: Decimal = Decimal(0)
    weekdays: frozenset[int] = EVERY_DAY
    date_from: date | None = None
    date_to: date | None = None
    hour_from: float = 0
    hour_to: float = 24
    tier_keys: frozenset | None = None
    birthday_days: int | None = None
    first_purchase: bool = False


def applies(
    multiplier: Multiplier,
    moment: datetime,
    tier_key: Hashable | None,
    birthday: date | None,
    *,
    purchase_number: int | None = None,
) -> bool:
    """Tell whether a purchase at ``moment`` is multiplied.

    :param moment: in the time zone of the shop
    :param purchase_number: from 1; None when unknown, which is not a first one

    >>> tuesdays = Multiplier(1, "Tuesday", Decimal(2), weekdays=frozenset({1}))
    >>> applies(tuesdays, datetime(2026, 3, 3, 12), None, None)
    True
    """
    if multiplier.tier_keys is not None and tier_key not in multiplier.tier_keys:
        return False
    if multiplier.first_purchase and purchase_number != 1:
        return False
    day = window_day(multiplier, moment)
    if day is None or not _is_open_on(multiplier, day):
        return False
    return multiplier.birthday_days is None or _is_near_birthday(
        birthday, moment.date(), multiplier.birthday_days
    )


def window_day(multiplier: Multiplier, moment: datetime) -> date | None:
    """Find the day to which ``moment`` belongs by the hours of the multiplier.

    :return: None outside the hours; the day before, after midnight in a window
        that began in the evening
    """
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    hour_from, hour_to = multiplier.hour_from, multiplier.hour_to
    if hour_from == hour_to or hour_from <= hour < hour_to:
        return moment.date()
    if hour_from > hour_to:
        if hour >= hour_from:
            return moment.date()
        if hour < hour_to:
            return moment.date() - timedelta(days=1)
    return None


def label_of(multiplier: Multiplier, weekday_name: str = "") -> str:
    """Name the multiplier, by the weekday where it has no label of its own.

    :param weekday_name: in the language of the reader, of :func:`window_day`
    """
    return multiplier.label or weekday_name


def to_factor(multiplier: Multiplier, weekday_name: str = "") -> Factor:
    """Make the factor which :func:`~.earning.earn` takes."""
    return Factor(
        label_of(multiplier, weekday_name),
        multiplier.value,
        multiplier.bonus,
        kind="multiplier",
    )


def _is_open_on(multiplier: Multiplier, day: date) -> bool:
    return (
        day.weekday() in multiplier.weekdays
        and (multiplier.date_from is None or multiplier.date_from <= day)
        and (multiplier.date_to is None or day <= multiplier.date_to)
    )


def _is_near_birthday(birthday: date | None, day: date, days: int) -> bool:
    if birthday is None:
        return False
    years = (day.year - 1, day.year, day.year + 1)
    return any(abs((in_year(birthday, year) - day).days) <= days for year in years)
