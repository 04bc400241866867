"""Which lots pay, which get points back, and what becomes a debt."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


class InsufficientPoints(Exception):
    """The lots hold ``available`` points, fewer than the ``requested`` ones."""

    def __init__(self, available: Decimal, requested: Decimal):
        super().__init__(f"{requested} points requested, {available} available")
        self.available = available
        self.requested = requested


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that expire together; ``expiration_date`` None is never.

    :param key: comparable with the keys of the other lots
    """

    key: Hashable
    remaining: Decimal
    expiration_date: date | None


def spend(lots: Iterable[Lot], points: Decimal) -> dict[Hashable, Decimal]:
    """Choose the lots that pay for ``points``, the soonest to expire first.

    Lots that never expire come last; among equals the lower key is first.

    :return: ``{lot.key: points taken}`` in the order of consumption, lots left
        untouched being absent
    :raise InsufficientPoints: nothing is spent when the balance is too low

    >>> lot_a = Lot("A", Decimal(600), date(2027, 3, 31))
    >>> lot_b = Lot("B", Decimal(5400), date(2027, 3, 31))
    >>> spend([lot_b, lot_a], Decimal(3000))
    {'A': Decimal('600'), 'B': Decimal('2400')}
    """
    taken, missing = _take(_by_expiry(lots), points)
    if missing:
        raise InsufficientPoints(available=points - missing, requested=points)
    return taken


def give_back(
    spent: Sequence[tuple[Hashable | None, Decimal]], points: Decimal
) -> dict[Hashable | None, Decimal]:
    """Return spent points to the lots they came from, the last consumed first.

    :param spent: ``(lot key, points)`` in the order of consumption; the key None
        stands for the part no lot covered, a debt, which is restored first
    :return: ``{lot.key: points returned}``, lots that get nothing being absent
    :raise ValueError: when more is given back than was spent

    >>> give_back([("A", Decimal(600)), ("B", Decimal(2400))], Decimal(2500))
    {'B': Decimal('2400'), 'A': Decimal('100')}
    """
    _check_not_negative(points)
    returned: dict[Hashable | None, Decimal] = {}
    debts = [entry for entry in spent if entry[0] is None]
    lots = [entry for entry in reversed(spent) if entry[0] is not None]
    for key, part in [*debts, *lots]:
        share = min(part, points)
        if share > 0:
            returned[key] = returned.get(key, Decimal(0)) + share
            points -= share
    if points:
        raise ValueError(f"{points} points more given back than were spent")
    return returned


def take_back(
    own: Iterable[Lot], others: Iterable[Lot], points: Decimal
) -> tuple[dict[Hashable, Decimal], Decimal]:
    """Take points a document earned back from its lots, then from other lots.

    :param own: the lots this document opened
    :param others: the other lots of the card; those in ``own`` are passed over
    :return: ``{lot.key: points taken}`` and the debt that no lot could cover

    >>> take_back([Lot("B", Decimal(100), None)], [], Decimal(600))
    ({'B': Decimal('100')}, Decimal('500'))
    """
    own = list(own)
    own_keys = {lot.key for lot in own}
    others = [lot for lot in others if lot.key not in own_keys]
    return _take([*_by_expiry(own), *_by_expiry(others)], points)


def settle(debt: Decimal, points: Decimal) -> Decimal:
    """Say how many newly earned ``points`` pay an existing ``debt`` (positive).

    >>> settle(Decimal(500), Decimal(300))
    Decimal('300')
    """
    return max(min(debt, points), Decimal(0))


def _by_expiry(lots: Iterable[Lot]) -> list[Lot]:
    return sorted(lots, key=lambda lot: (lot.expiration_date or date.max, lot.key))


def _take(
    lots: Iterable[Lot], points: Decimal
) -> tuple[dict[Hashable, Decimal], Decimal]:
    _check_not_negative(points)
    taken = {}
    for lot in lots:
        share = min(lot.remaining, points)
        if share > 0:
            taken[lot.key] = share
            points -= share
    return taken, points


def _check_not_negative(points: Decimal) -> None:
    if points < 0:
        raise ValueError(f"points must not be negative: {points}")
