"""How many points a document earns, why, and how many a refund takes back.

Everything is counted in exact fractions and rounded once, at the end: three lines
that share a deduction by thirds earn what one line of the same sum earns.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any

from ._decimals import plain, round_down, round_half_up

MODES = ("money", "unit", "order", "product")
PURCHASES = ("any", "first", "nth", "every")
STACKINGS = ("multiply", "best")

# Shown and stored figures that are not points: far below a hundredth of a point.
_TRACE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document, in the currency and tax mode of the program.

    :param amount: below zero for a deduction: points spent, a gift card, a
        promotion, a down payment; its quantity is then ignored
    :param product_points: points one unit of the product brings in mode ``product``
    :param excluded: earns nothing, but bears its share of the deductions
    """

    key: Hashable
    amount: Decimal
    quantity: Decimal = Decimal(1)
    product_points: Decimal = Decimal(0)
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to earn.

    :param mode: ``money`` (``points`` for each ``per_amount``), ``unit``
        (``points`` for each unit), ``order`` (``points`` once) or ``product``
        (the points of the products, times ``points``)
    :param line_keys: the lines it looks at; None for all of them
    :param purchases: ``any``, ``first``, ``nth`` (only the ``purchase_n``-th) or
        ``every`` (each ``purchase_n``-th)
    """

    key: Hashable
    mode: str
    points: Decimal
    per_amount: Decimal = Decimal(1)
    line_keys: frozenset | None = None
    minimum_amount: Decimal = Decimal(0)
    minimum_quantity: Decimal = Decimal(0)
    purchases: str = "any"
    purchase_n: int = 0

    def __post_init__(self):
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r} is not one of {MODES}")
        if self.purchases not in PURCHASES:
            raise ValueError(f"purchases {self.purchases!r} is not one of {PURCHASES}")
        if self.per_amount <= 0:
            raise ValueError(f"per_amount must be above zero, not {self.per_amount}")


@dataclass(frozen=True, slots=True)
class Factor:
    """What multiplies the base (``value``) or is added after it (``bonus``).

    :param kind: free for the caller (``tier``, ``weekday``...), kept in the trace
    """

    label: str
    value: Decimal = Decimal(1)
    bonus: Decimal = Decimal(0)
    kind: str = ""

    @property
    def is_pure_bonus(self) -> bool:
        return self.value == 1 and self.bonus != 0


@dataclass(frozen=True, slots=True)
class Earning:
    """What a document earns.

    :param base: points before the factors
    :param amount: what remains of the lines that may earn, deductions taken off
    :param factors: those which were used; a factor used for its bonus alone has
        the value 1
    :param rule_points: base points by rule, a rule that did not apply having 0
    :param line_points: base points by line, a line that earned nothing having 0
    """

    points: Decimal
    base: Decimal
    amount: Decimal
    factors: tuple[Factor, ...]
    rule_points: dict[Hashable, Decimal]
    line_points: dict[Hashable, Decimal]

    def trace(self) -> dict[str, Any]:
        """Why these points, ready for JSON: numbers are strings, keys too."""
        return {
            "points": plain(self.points),
            "base": plain(round_half_up(self.base, 2)),
            "amount": plain(self.amount),
            "factors": [
                {
                    "label": factor.label,
                    "value": plain(factor.value),
                    "bonus": plain(factor.bonus),
                    "kind": factor.kind,
                }
                for factor in self.factors
            ],
            "rules": {
                str(key): plain(points)
                for key, points in self.rule_points.items()
                if points
            },
        }


@dataclass(frozen=True, slots=True)
class _NetLine:
    """A line that may earn, its share of the deductions taken off."""

    key: Hashable
    amount: Fraction
    quantity: Fraction
    product_points: Fraction


def earn(
    lines: Iterable[Line],
    rules: Iterable[Rule],
    factors: Iterable[Factor] = (),
    *,
    purchase_number: int = 1,
    stacking: str = "multiply",
    digits: int = 2,
) -> Earning:
    """Count the points of a document.

    Deductions are spread pro rata over all positive lines first; nothing at all is
    earned when they cover the whole document. Without base points there is no
    bonus either.

    :param purchase_number: which purchase of the member this is, from 1
    :param stacking: ``multiply`` all values, or take the ``best`` one only; the
        bonuses are added in both cases
    :param digits: decimals of the points, the rest being cut off

    >>> earn(
    ...     [Line(1, Decimal(50000)), Line(2, Decimal(-3000))],
    ...     [Rule("paid", "money", Decimal(3), per_amount=Decimal(100))],
    ...     [Factor("Silver", Decimal("1.5"))],
    ... ).points
    Decimal('2115.00')
    """
    if stacking not in STACKINGS:
        raise ValueError(f"stacking {stacking!r} is not one of {STACKINGS}")
    lines, rules = list(lines), list(rules)
    net_lines = _net_lines(lines)
    rule_points = dict.fromkeys((rule.key for rule in rules), Fraction(0))
    line_points = dict.fromkeys((line.key for line in lines), Fraction(0))
    for rule in rules:
        matched = _matched(rule, net_lines)
        if not _is_due(rule, matched, purchase_number):
            continue
        for key, points in _points_by_line(rule, matched):
            rule_points[rule.key] += points
            line_points[key] += points
    base = max(sum(rule_points.values()), Fraction(0))
    used = _used_factors(factors, stacking) if base else ()
    points = base * prod(Fraction(factor.value) for factor in used)
    points += sum(Fraction(factor.bonus) for factor in used)
    return Earning(
        points=round_down(max(points, Fraction(0)), digits),
        base=_shown(base),
        amount=_shown(sum(line.amount for line in net_lines)),
        factors=used,
        rule_points={key: _shown(value) for key, value in rule_points.items()},
        line_points={key: _shown(value) for key, value in line_points.items()},
    )


def earn_base(lines: Iterable[Line], rules: Iterable[Rule]) -> Decimal:
    """Weigh a document or its refund, to know which part of it is refunded.

    The base points without thresholds, purchase conditions or factors. Rules per
    order are left out: what they gave is shared by the other points, or, where there
    are none, by the net amount.
    """
    net_lines, rules = _net_lines(list(lines)), list(rules)
    base = sum(
        points
        for rule in rules
        if rule.mode != "order"
        for _key, points in _points_by_line(rule, _matched(rule, net_lines))
    )
    return _shown(base or sum(line.amount for line in net_lines))


def take_back(
    points: Decimal, base: Decimal, refunded: Sequence[Decimal], digits: int = 2
) -> list[Decimal]:
    """Share the points a document earned among its refunds.

    Each share is the difference of two rounded running totals, so that rounding
    never drifts: refunds of the whole base take exactly ``points``, and never more.

    :param points: what the document earned
    :param base: on what, in the unit of ``refunded`` (see :func:`earn_base`)
    :param refunded: the refunds of that document, the oldest first, none negative
    :return: the points each refund takes, in the same order, none negative

    >>> take_back(Decimal(5400), Decimal(90000), [Decimal(10000)])
    [Decimal('600.00')]
    """
    if points < 0 or any(part < 0 for part in refunded):
        raise ValueError("points and refunds must not be negative")
    shares, taken, total = [], Decimal(0), Fraction(0)
    for part in refunded:
        total += Fraction(part)
        due = points
        if total < base:
            share = round_half_up(Fraction(points) * total / Fraction(base), digits)
            due = min(share, points)
        shares.append(due - taken)
        taken = due
    return shares


def sentence(trace: Mapping[str, Any], thousands: str = " ", decimal: str = ".") -> str:
    """Tell a trace in one line.

    :param thousands: between groups of three digits; on a screen better a no-break
        space than the default

    >>> sentence(earn(
    ...     [Line(1, Decimal(80))],
    ...     [Rule(1, "money", Decimal(1))],
    ...     [Factor("Gold", Decimal("1.5")), Factor("Tuesday", Decimal(2))],
    ... ).trace())
    '80 × Gold 1.5 × Tuesday 2 = 240'
    """

    def shown(text):
        return _grouped(text, thousands, decimal)

    points = shown(trace["points"])
    factors = [
        Factor(entry["label"], Decimal(entry["value"]), Decimal(entry["bonus"]))
        for entry in trace["factors"]
    ]
    if not factors:
        return points
    multiplied = [
        f" × {factor.label} {shown(plain(factor.value))}"
        for factor in factors
        if not factor.is_pure_bonus
    ]
    added = [
        f" + {factor.label} {shown(plain(factor.bonus))}"
        for factor in factors
        if factor.bonus
    ]
    return "".join([shown(trace["base"]), *multiplied, *added, f" = {points}"])


def factors_from_trace(trace: Mapping[str, Any]) -> tuple[Factor, ...]:
    """Read back the factors of a document, to count its edited lines by them.

    >>> factors_from_trace({"factors": []})
    ()
    """
    return tuple(
        Factor(
            entry["label"],
            Decimal(entry["value"]),
            Decimal(entry["bonus"]),
            entry.get("kind", ""),
        )
        for entry in trace.get("factors", [])
    )


def _grouped(text: str, thousands: str, decimal: str) -> str:
    return f"{Decimal(text):,f}".translate({ord(","): thousands, ord("."): decimal})


def _shown(value: Fraction | int) -> Decimal:
    return Decimal(plain(round_half_up(Fraction(value), _TRACE_DIGITS)))


def _net_lines(lines: Sequence[Line]) -> list[_NetLine]:
    gross = Fraction(sum(line.amount for line in lines if line.amount > 0))
    deducted = Fraction(sum(-line.amount for line in lines if line.amount < 0))
    if deducted and deducted >= gross:
        return []
    kept = (gross - deducted) / gross if gross else Fraction(1)
    return [
        _NetLine(
            line.key,
            Fraction(line.amount) * kept,
            Fraction(line.quantity),
            Fraction(line.product_points),
        )
        for line in lines
        if line.amount >= 0 and not line.excluded
    ]


def _matched(rule: Rule, net_lines: Iterable[_NetLine]) -> list[_NetLine]:
    if rule.line_keys is None:
        return list(net_lines)
    return [line for line in net_lines if line.key in rule.line_keys]


def _is_due(rule: Rule, matched: Sequence[_NetLine], purchase_number: int) -> bool:
    if not _is_purchase_counted(rule, purchase_number):
        return False
    amount = sum(line.amount for line in matched)
    quantity = sum(line.quantity for line in matched)
    return amount >= rule.minimum_amount and quantity >= rule.minimum_quantity


def _is_purchase_counted(rule: Rule, purchase_number: int) -> bool:
    if rule.purchases == "first":
        return purchase_number == 1
    if rule.purchases == "nth":
        return purchase_number == rule.purchase_n
    if rule.purchases == "every":
        return rule.purchase_n > 0 and purchase_number % rule.purchase_n == 0
    return True


def _points_by_line(
    rule: Rule, matched: Sequence[_NetLine]
) -> list[tuple[Hashable, Fraction]]:
    points = Fraction(rule.points)
    if rule.mode == "order":
        return _order_points_by_line(points, matched)
    if rule.mode == "money":
        rate = points / Fraction(rule.per_amount)
        return [(line.key, line.amount * rate) for line in matched]
    if rule.mode == "unit":
        return [(line.key, line.quantity * points) for line in matched]
    return [
        (line.key, line.quantity * line.product_points * points) for line in matched
    ]


def _order_points_by_line(
    points: Fraction, matched: Sequence[_NetLine]
) -> list[tuple[Hashable, Fraction]]:
    """Spread the points of an order by amount, evenly over a free one."""
    present = [line for line in matched if line.quantity > 0]
    total = sum(line.amount for line in present)
    if not total:
        return [(line.key, points / len(present)) for line in present]
    return [(line.key, points * line.amount / total) for line in present]


def _used_factors(factors: Iterable[Factor], stacking: str) -> tuple[Factor, ...]:
    factors = tuple(factors)
    if stacking == "multiply":
        return factors
    # A bonus that multiplies nothing must not displace a value below one.
    values = [factor for factor in factors if not factor.is_pure_bonus]
    best = max(values, key=lambda factor: factor.value, default=None)
    return tuple(
        factor if factor is best else replace(factor, value=Decimal(1))
        for factor in factors
        if factor is best or factor.bonus
    )
