"""How many points may pay for a document."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ._decimals import round_down

_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """The most ``points`` to spend, and each limit that was looked at.

    :param limits: ``(name, points)``, the names being ``percent``, ``points``,
        ``amount``, ``margin``, ``balance`` and ``day``
    """

    points: Decimal
    limits: tuple[tuple[str, Decimal], ...]


def offer(
    *,
    balance: Decimal,
    point_value: Decimal,
    requested: Decimal | None = None,
    minimum: Decimal = Decimal(0),
    document_amount: Decimal | None = None,
    spendable_amount: Decimal | None = None,
    cap_percent: Decimal | None = None,
    cap_points: Decimal | None = None,
    cap_day: Decimal | None = None,
    spent_today: Decimal = Decimal(0),
    already: Decimal = Decimal(0),
    max_discount: Decimal | None = None,
) -> Offer:
    """Count the most points that may be spent, cut to hundredths, never negative.

    None switches a limit off. Amounts are those of the document before any points.

    :param balance: what the card still holds, ``already`` being taken off
    :param point_value: money one point pays
    :param requested: what the member wishes; not listed among the limits
    :param minimum: spending less than this on a document is not allowed
    :param document_amount: what ``cap_percent`` is taken of; without a percentage
        and a ``spendable_amount`` it is the limit itself
    :param spendable_amount: what points may pay for, excluded products left out
    :param spent_today: points spent today on other documents
    :param already: points spent on this document before
    :param max_discount: money, see :func:`margin_discount`

    >>> offer(
    ...     balance=Decimal(6000), point_value=Decimal(1), cap_percent=Decimal(30),
    ...     document_amount=Decimal(50000), cap_day=Decimal(20000),
    ... ).points
    Decimal('6000.00')
    """
    if point_value <= 0:
        raise ValueError(f"point_value must be above zero, not {point_value}")
    if cap_percent is not None and document_amount is None:
        raise ValueError("cap_percent needs the document_amount it is taken of")
    percent_amount = None
    if cap_percent is not None:
        percent_amount = Fraction(document_amount) * Fraction(cap_percent) / 100
    elif spendable_amount is None:
        spendable_amount = document_amount
    limits = _limits(
        ("percent", _in_points(percent_amount, point_value), already),
        ("amount", _in_points(spendable_amount, point_value), already),
        ("margin", _in_points(max_discount, point_value), already),
        ("points", cap_points, already),
        ("balance", balance, Decimal(0)),
        ("day", cap_day, spent_today + already),
    )
    points = min(value for _name, value in limits)
    if requested is not None:
        points = min(points, _spendable(requested))
    if points + already < minimum:
        points = Decimal(0)
    return Offer(points, limits)


def margin_discount(
    subtotal: Decimal, cost: Decimal, minimum_margin_percent: Decimal
) -> Decimal:
    """Find the largest discount that leaves the margin, cut to hundredths.

    :param subtotal: untaxed, like ``cost``
    :param minimum_margin_percent: of the price after the discount

    >>> margin_discount(Decimal(1000), Decimal(600), Decimal(25))
    Decimal('200.00')
    """
    if minimum_margin_percent >= 100:
        return Decimal(0)
    lowest = Fraction(cost) / (1 - Fraction(minimum_margin_percent) / 100)
    return _spendable(Fraction(subtotal) - max(lowest, Fraction(0)))


def _in_points(
    amount: Fraction | Decimal | None, point_value: Decimal
) -> Fraction | None:
    return None if amount is None else Fraction(amount) / Fraction(point_value)


def _limits(
    *caps: tuple[str, Fraction | Decimal | None, Decimal],
) -> tuple[tuple[str, Decimal], ...]:
    """Name what is left of each ``(name, cap, used)``, those without a cap absent."""
    return tuple(
        (name, _spendable(Fraction(cap) - Fraction(used)))
        for name, cap, used in caps
        if cap is not None
    )


def _spendable(value: Fraction | Decimal) -> Decimal:
    return max(round_down(value, _DIGITS), Decimal(0))
