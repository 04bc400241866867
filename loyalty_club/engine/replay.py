"""What a club would have given: a program replayed over purchases of the past."""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from . import earning, expiry, tiers
from .multipliers import Multiplier, applies, to_factor

METRICS = ("spend", "points", "orders", "margin")
_NOON = time(12)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase, in the currency of the club; a refund has an amount below zero."""

    member: Hashable
    day: date
    amount: Decimal
    quantity: Decimal = Decimal(1)
    margin: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class Club:
    """The terms that are replayed.

    :param rules: those that look at no product, since purchases name none
    :param factors: ``{tier key: multiplier}``
    :param release_days: days until points can be spent
    """

    rules: tuple[earning.Rule, ...]
    levels: tuple[tiers.Level, ...] = ()
    factors: Mapping[Hashable, Decimal] = field(default_factory=dict)
    multipliers: tuple[Multiplier, ...] = ()
    stacking: str = "multiply"
    metric: str = "spend"
    window: str = "rolling"
    window_months: int = 12
    policy: str = "recompute"
    grace_days: int = 0
    expiry_mode: str = "none"
    expiry_days: int = 0
    expiry_months: int = 0
    release_days: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in a month, and how things stood at its end.

    :param members: customers who had bought by then
    :param taken_back: points that refunds took back
    :param tiers: ``{tier key: members}`` at the end, None for no tier
    """

    first_day: date
    last_day: date
    purchases: int
    amount: Decimal
    buyers: int
    members: int
    issued: Decimal
    taken_back: Decimal
    expired: Decimal
    spendable: Decimal
    pending: Decimal
    tiers: Mapping[Hashable | None, int]


@dataclass(slots=True, eq=False)
class _Lot:
    points: Decimal
    expires: date | None
    available: date


@dataclass(slots=True, eq=False)
class Member:
    """Where one member stands while the purchases are replayed."""

    key: Hashable
    joined: date
    tier: Hashable | None = None
    grace_until: date | None = None
    purchases: int = 0
    amount: Decimal = _ZERO
    issued: Decimal = _ZERO
    metric: Decimal = _ZERO
    counted: deque = field(default_factory=deque)
    lots: list[_Lot] = field(default_factory=list)

    def open_lots(self) -> list[tuple[Decimal, date | None]]:
        """``(points, last day)`` of what is left, the soonest to expire first."""
        left = [(lot.points, lot.expires) for lot in self.lots if lot.points]
        return sorted(left, key=lambda lot: lot[1] or date.max)


class Replay:
    """A club running over purchases, month by month.

    >>> rule = earning.Rule(1, "money", Decimal(3), per_amount=Decimal(100))
    >>> replay = Replay(Club(rules=(rule,)))
    >>> [month.issued for month in replay.run(
    ...     [Purchase("Ani", date(2026, 3, 2), Decimal(20000))], date(2026, 3, 31))]
    [Decimal('600.00')]
    """

    def __init__(
        self, club: Club, birthdays: Mapping[Hashable, date | None] | None = None
    ):
        if club.metric not in METRICS:
            raise ValueError(f"metric {club.metric!r} is not one of {METRICS}")
        self.club = club
        self.birthdays = birthdays or {}
        self.members: dict[Hashable, Member] = {}
        self._lowest = tiers.qualify(club.levels, _ZERO)
        self._needs_number = any(rule.purchases != "any" for rule in club.rules)
        self._due: dict[tuple[int, int], list[_Lot]] = defaultdict(list)
        self._pending: list[_Lot] = []
        self._risen: set[Hashable] = set()
        self._earn = lru_cache(maxsize=2**16)(self._earn_uncached)
        self._issued = self._taken_back = self._expired = _ZERO
        self._balance = _ZERO

    def run(self, purchases: Iterable[Purchase], end: date) -> Iterator[Month]:
        """Replay purchases up to ``end`` and yield each month as it closes.

        :param purchases: in the order of their days
        """
        by_month: dict[tuple[int, int], list[Purchase]] = defaultdict(list)
        for purchase in purchases:
            if purchase.day <= end:
                by_month[purchase.day.year, purchase.day.month].append(purchase)
        if not by_month:
            return
        year, month = min(by_month)
        while (year, month) <= (end.year, end.month):
            yield self._run_month(date(year, month, 1), by_month[year, month], end)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)

    def _run_month(self, first: date, purchases: list[Purchase], end: date) -> Month:
        last = min(expiry.add_months(first, 1) - timedelta(days=1), end)
        self._issued = self._taken_back = self._expired = _ZERO
        for purchase in purchases:
            self._buy(purchase)
        self._expire_due(last)
        self._review_tiers(last)
        self._pending = [lot for lot in self._pending if lot.available > last]
        pending = sum((lot.points for lot in self._pending), _ZERO)
        standing: dict[Hashable | None, int] = defaultdict(int)
        for member in self.members.values():
            standing[member.tier] += 1
        return Month(
            first_day=first,
            last_day=last,
            purchases=len(purchases),
            amount=sum((purchase.amount for purchase in purchases), _ZERO),
            buyers=len({purchase.member for purchase in purchases}),
            members=len(self.members),
            issued=self._issued,
            taken_back=self._taken_back,
            expired=self._expired,
            spendable=self._balance - pending,
            pending=pending,
            tiers=dict(standing),
        )

    # -- purchases -----------------------------------------------------------------
    def _buy(self, purchase: Purchase) -> None:
        member = self.members.get(purchase.member)
        if member is None:
            member = Member(purchase.member, purchase.day)
            member.tier = self._lowest.key if self._lowest else None
            self.members[purchase.member] = member
        if self.club.expiry_mode == "inactivity":
            self._expire_of(member, purchase.day)
        points = self._points(member, purchase)
        if purchase.amount < 0:
            self._take_back(member, points)
            points = -points
        else:
            member.purchases += 1
            self._give(member, points, purchase.day)
        member.amount += purchase.amount
        self._count(member, purchase, points)
        self._decide(member, purchase.day)

    def _points(self, member: Member, purchase: Purchase) -> Decimal:
        # Days are known, hours are not: all purchases are made at noon.
        moment = datetime.combine(purchase.day, _NOON)
        factors = []
        value = self.club.factors.get(member.tier)
        if value is not None and value != 1:
            factors.append(earning.Factor("tier", value, kind="tier"))
        for multiplier in self.club.multipliers:
            if applies(multiplier, moment, member.tier, self.birthdays.get(member.key)):
                factors.append(to_factor(multiplier))
        number = member.purchases + 1 if self._needs_number else 1
        return self._earn(
            abs(purchase.amount), abs(purchase.quantity), number, tuple(factors)
        )

    def _earn_uncached(self, amount, quantity, number, factors) -> Decimal:
        return earning.earn(
            [earning.Line(1, amount, quantity)],
            self.club.rules,
            factors,
            purchase_number=number,
            stacking=self.club.stacking,
        ).points

    def _give(self, member: Member, points: Decimal, day: date) -> None:
        expires = expiry.expiration_date(
            self.club.expiry_mode,
            day,
            days=self.club.expiry_days,
            months=self.club.expiry_months,
        )
        if self.club.expiry_mode == "inactivity":
            for lot in member.lots:
                lot.expires = expires
                self._note_expiry(lot)
        if not points:
            return
        lot = _Lot(points, expires, day + timedelta(days=self.club.release_days))
        member.lots.append(lot)
        member.issued += points
        self._issued += points
        self._balance += points
        self._note_expiry(lot)
        if self.club.release_days:
            self._pending.append(lot)

    def _take_back(self, member: Member, points: Decimal) -> None:
        """A refund takes the latest points; what is gone already is forgiven."""
        for lot in reversed(member.lots):
            taken = min(points, lot.points)
            lot.points -= taken
            points -= taken
            self._taken_back += taken
            self._balance -= taken
            if not points:
                return

    # -- expiry --------------------------------------------------------------------
    def _note_expiry(self, lot: _Lot) -> None:
        if lot.expires:
            gone = lot.expires + timedelta(days=1)
            self._due[gone.year, gone.month].append(lot)

    def _expire_due(self, last: date) -> None:
        for lot in self._due.pop((last.year, last.month), ()):
            self._expire(lot, last)

    def _expire_of(self, member: Member, day: date) -> None:
        for lot in member.lots:
            self._expire(lot, day)
        member.lots = [lot for lot in member.lots if lot.points]

    def _expire(self, lot: _Lot, day: date) -> None:
        if lot.points and lot.expires and lot.expires < day:
            self._expired += lot.points
            self._balance -= lot.points
            lot.points = _ZERO
        elif lot.points and lot.expires and lot.expires >= day:
            # Renewed meanwhile, or on the last day of a period that ends early.
            self._keep(lot, day)

    def _keep(self, lot: _Lot, day: date) -> None:
        gone = lot.expires + timedelta(days=1)
        if (gone.year, gone.month) == (day.year, day.month):
            self._due[gone.year, gone.month].append(lot)

    # -- tiers ----------------------------------------------------------------------
    def _count(self, member: Member, purchase: Purchase, points: Decimal) -> None:
        figure = {
            "spend": purchase.amount,
            "margin": purchase.margin,
            "points": points,
            "orders": Decimal(1) if purchase.amount >= 0 else _ZERO,
        }[self.club.metric]
        member.counted.append((purchase.day, figure))
        member.metric += figure

    def _decide(self, member: Member, day: date) -> None:
        if not self.club.levels:
            return
        start, _end = tiers.window(
            self.club.window,
            day,
            months=self.club.window_months,
            anniversary=member.joined,
        )
        while start and member.counted and member.counted[0][0] < start:
            member.metric -= member.counted.popleft()[1]
        decision = tiers.decide(
            self.club.levels,
            member.tier,
            member.metric,
            policy=self.club.policy,
            today=day,
            grace_days=self.club.grace_days,
            grace_until=member.grace_until,
        )
        member.tier, member.grace_until = decision.key, decision.grace_until
        if member.tier != (self._lowest.key if self._lowest else None):
            self._risen.add(member.key)
        else:
            self._risen.discard(member.key)

    def _review_tiers(self, last: date) -> None:
        # Time alone takes nobody up, so only who has something to lose is looked at.
        for key in list(self._risen):
            self._decide(self.members[key], last)
