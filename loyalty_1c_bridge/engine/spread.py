"""Lines of a document as 1C wants them: discounts inside the lines, none below zero."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(slots=True)
class Line:
    """A line of goods: what is paid for it with tax, the tax in it, and its key."""

    key: int
    total: Decimal
    tax: Decimal
    group: object = None
    points: Decimal = Decimal(0)
    discount: Decimal = field(default=Decimal(0))


def money(value):
    """A number with two decimals.

    >>> money(1.005)
    Decimal('1.01')
    """
    return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)


def spread(lines, discounts):
    """Take discounts off the lines they belong to, to the coin.

    1C has no lines below zero. A discount goes to the lines of its own group (the same
    taxes) in proportion to their totals; to all of them where no line is of its group.

    :param lines: :class:`Line` with totals above zero; they are changed
    :param discounts: :class:`Line` with totals below zero
    :return: what could not be taken off, zero or below

    >>> none = Decimal(0)
    >>> goods = [Line(1, Decimal(100), none), Line(2, Decimal(50), none)]
    >>> spread(goods, [Line(3, Decimal(-10), none)])
    Decimal('0')
    >>> [str(line.total) for line in goods]
    ['93.33', '46.67']
    """
    left = Decimal(0)
    for discount in discounts:
        own = [line for line in lines if line.group == discount.group] or lines
        room = sum((line.total for line in own), Decimal(0))
        if room < -discount.total:
            own, room = lines, sum((line.total for line in lines), Decimal(0))
        taken = max(discount.total, -room)
        left += discount.total - taken
        shares = share(taken, [line.total for line in own])
        for line, part, tax, points in zip(
            own,
            shares,
            share(discount.tax, [line.total for line in own]),
            share(discount.points, [line.total for line in own]),
            strict=True,
        ):
            line.total += part
            line.tax += tax
            line.points += points
            line.discount -= part
    return left


def share(amount, weights):
    """Split ``amount`` by ``weights`` so that the parts make it up to the coin.

    >>> [str(part) for part in share(Decimal("10"), [1, 1, 1])]
    ['3.33', '3.34', '3.33']
    """
    total = sum(weights, Decimal(0))
    parts, given, seen = [], Decimal(0), Decimal(0)
    for weight in weights:
        seen += weight
        upto = (amount * seen / total).quantize(CENT, ROUND_HALF_UP) if total else given
        parts.append(upto - given)
        given = upto
    return parts
