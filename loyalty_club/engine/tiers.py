"""Which level a member holds, and how far the next one is."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ._decimals import round_down
from .expiry import add_months, in_year

WINDOWS = ("rolling", "calendar", "anniversary", "lifetime")
POLICIES = ("never", "one_step", "recompute")


@dataclass(frozen=True, slots=True)
class Level:
    """A tier: reached from ``threshold`` on, kept down to ``retain``.

    :param retain: None for the threshold itself; never counts above it
    """

    key: Hashable
    threshold: Decimal
    retain: Decimal | None = None

    def is_kept_with(self, metric: Decimal) -> bool:
        if self.retain is None:
            return metric >= self.threshold
        return metric >= min(self.retain, self.threshold)


@dataclass(frozen=True, slots=True)
class Decision:
    """The level from today on.

    :param key: None for no level
    :param grace_until: the last day of the grace that runs, to be stored
    :param reason: ``kept``, ``upgrade``, ``grace``, ``downgrade`` or ``locked``
    """

    key: Hashable | None
    grace_until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What lies between a member and the next level.

    :param share: of the next threshold, from 0 to 1, cut to four decimals
    """

    next_key: Hashable
    missing: Decimal
    share: Decimal


def window(
    mode: str, today: date, *, months: int = 12, anniversary: date | None = None
) -> tuple[date | None, date | None]:
    """Find the days whose purchases count today.

    :param mode: ``rolling`` (the last ``months``), ``calendar`` (this year),
        ``anniversary`` (the year of membership) or ``lifetime``
    :param anniversary: the day the member joined, for the mode of that name
    :return: the first and the last day, both included; None where there is none

    >>> window("rolling", date(2026, 3, 6))
    (datetime.date(2025, 3, 7), None)
    """
    if mode == "rolling":
        return add_months(today, -months) + timedelta(days=1), None
    if mode == "calendar":
        return date(today.year, 1, 1), date(today.year, 12, 31)
    if mode == "anniversary":
        return _membership_year(today, anniversary)
    if mode == "lifetime":
        return None, None
    raise ValueError(f"mode {mode!r} is not one of {WINDOWS}")


def qualify(levels: Iterable[Level], metric: Decimal) -> Level | None:
    """Choose the highest level whose threshold is reached."""
    reached = [level for level in levels if level.threshold <= metric]
    return max(reached, key=lambda level: level.threshold, default=None)


def decide(
    levels: Iterable[Level],
    current_key: Hashable | None,
    metric: Decimal,
    *,
    policy: str,
    today: date,
    grace_days: int = 0,
    grace_until: date | None = None,
    locked_until: date | None = None,
    locked: bool = False,
) -> Decision:
    """Decide the level of a member; a second call on the same day changes nothing.

    Upgrades are immediate. Below what keeps the level, a grace begins; once it is
    over, ``policy`` says how far down: ``never``, ``one_step`` (with a new grace
    before the next step) or ``recompute`` (to the level the metric reaches).

    :param grace_days: 0 to downgrade at once
    :param grace_until: the grace that runs, from the last decision
    :param locked: set by hand, up to and including ``locked_until`` (None: for good)

    >>> levels = [Level("Bronze", Decimal(0)), Level("Silver", Decimal(100000))]
    >>> decide(levels, "Bronze", Decimal(110000), policy="recompute",
    ...        today=date(2026, 3, 3))
    Decision(key='Silver', grace_until=None, reason='upgrade')
    """
    if policy not in POLICIES:
        raise ValueError(f"policy {policy!r} is not one of {POLICIES}")
    levels = sorted(levels, key=lambda level: level.threshold)
    if locked and (locked_until is None or today <= locked_until):
        return Decision(current_key, None, "locked")
    reached = qualify(levels, metric)
    current = next((level for level in levels if level.key == current_key), None)
    if current is None:
        return _first_level(current_key, reached)
    if reached and reached.threshold > current.threshold:
        return Decision(reached.key, None, "upgrade")
    if policy == "never" or current.is_kept_with(metric):
        return Decision(current.key, None, "kept")
    if grace_until is None and grace_days > 0:
        return Decision(current.key, today + timedelta(days=grace_days), "grace")
    if grace_until is not None and today <= grace_until:
        return Decision(current.key, grace_until, "grace")
    if policy == "recompute":
        return Decision(reached.key if reached else None, None, "downgrade")
    return _one_step_down(levels, current, metric, today + timedelta(days=grace_days))


def progress(
    levels: Iterable[Level], current_key: Hashable | None, metric: Decimal
) -> Progress | None:
    """Measure the way to the level above the current one; None at the top.

    >>> levels = [Level("Silver", Decimal(100000)), Level("Gold", Decimal(300000))]
    >>> progress(levels, "Silver", Decimal(147000))
    Progress(next_key='Gold', missing=Decimal('153000'), share=Decimal('0.4900'))
    """
    levels = sorted(levels, key=lambda level: level.threshold)
    keys = [level.key for level in levels]
    above = levels[keys.index(current_key) + 1 :] if current_key in keys else levels
    if not above:
        return None
    target = above[0].threshold
    missing = max(target - metric, Decimal(0))
    return Progress(above[0].key, missing, _share(metric, target))


def _share(metric: Decimal, target: Decimal) -> Decimal:
    if metric >= target:
        return Decimal(1)
    return (
        round_down(Fraction(metric) / Fraction(target), 4) if metric > 0 else Decimal(0)
    )


def _membership_year(today: date, joined: date | None) -> tuple[date, date]:
    if joined is None:
        raise ValueError("the anniversary window needs the day of joining")
    year = today.year if in_year(joined, today.year) <= today else today.year - 1
    return in_year(joined, year), in_year(joined, year + 1) - timedelta(days=1)


def _first_level(current_key: Hashable | None, reached: Level | None) -> Decision:
    if reached:
        return Decision(reached.key, None, "upgrade")
    return Decision(None, None, "kept" if current_key is None else "downgrade")


def _one_step_down(
    levels: list[Level], current: Level, metric: Decimal, next_grace: date
) -> Decision:
    below = [level for level in levels if level.threshold < current.threshold]
    if not below:
        return Decision(None, None, "downgrade")
    is_kept = below[-1].is_kept_with(metric)
    return Decision(below[-1].key, None if is_kept else next_grace, "downgrade")
