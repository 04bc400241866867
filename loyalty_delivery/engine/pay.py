"""What a courier earns by a trip, by rules that stand side by side.

>>> rules = [Rule("stop", Decimal(700))]
>>> work = Trip((Stop(1, "delivered"), Stop(2, "failed")), metres=9000, seconds=3600)
>>> [(line.basis, line.amount) for line in pay(rules, work)]
[('stop', Decimal('700'))]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# What each basis counts: deliveries one by one, or the trip as a whole.
OF_STOPS = ("stop", "failed", "percent_order", "percent_fee")
OF_TRIPS = ("km", "hour")
HANDED_OVER = ("delivered", "partial")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rate, for all deliveries or for those of a zone, tier or weight.

    :param basis: one of :data:`OF_STOPS`, :data:`OF_TRIPS` or ``minimum``, of a day
    :param rate: money for each; percent for the bases that begin with it
    :param to_kg: weight that is too much; 0 is no limit
    """

    basis: str
    rate: Decimal
    zones: frozenset = frozenset()
    tiers: frozenset = frozenset()
    from_kg: float = 0.0
    to_kg: float = 0.0
    key: int = 0

    def fits(self, stop: "Stop") -> bool:
        """Whether the rule is meant for this delivery."""
        return (
            (not self.zones or stop.zone in self.zones)
            and (not self.tiers or stop.tier in self.tiers)
            and stop.weight_kg >= self.from_kg
            and (not self.to_kg or stop.weight_kg < self.to_kg)
        )


@dataclass(frozen=True, slots=True)
class Stop:
    """A finished delivery; of a failed one, whether the attempt is paid."""

    key: int
    outcome: str
    order: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    zone: int | None = None
    tier: int | None = None
    weight_kg: float = 0.0
    paid_attempt: bool = True


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip as it was driven."""

    stops: tuple[Stop, ...]
    metres: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Part of the pay: ``amount`` for ``quantity`` of ``basis``."""

    basis: str
    rule: int
    quantity: Decimal
    rate: Decimal
    amount: Decimal
    stop: int | None = None


def pay(rules: Iterable[Rule], trip: Trip, step: Decimal = Decimal(1)) -> list[Line]:
    """What the trip earns, without the minimum of the day.

    Of several rules of one basis that fit a delivery the first one counts: narrow ones
    stand before wide ones.

    :param step: the smallest coin, to which each amount is rounded
    """
    rules = list(rules)
    lines = []
    for stop in trip.stops:
        for basis in OF_STOPS:
            rule = next((r for r in rules if r.basis == basis and r.fits(stop)), None)
            quantity = _of_stop(basis, stop)
            if rule and quantity:
                lines.append(_line(rule, quantity, step, stop.key))
    for rule in rules:
        if rule.basis in OF_TRIPS and (quantity := _of_trip(rule.basis, trip)):
            lines.append(_line(rule, quantity, step))
    return lines


def top_up(rules: Iterable[Rule], earned: Decimal) -> Line | None:
    """What lacks to the minimum of the day, if anything does."""
    minimums = [rule for rule in rules if rule.basis == "minimum"]
    if not minimums:
        return None
    rule = max(minimums, key=lambda r: r.rate)
    lacking = rule.rate - earned
    if lacking <= 0:
        return None
    return Line("minimum", rule.key, Decimal(1), lacking, lacking)


def _of_stop(basis, stop):
    if basis == "failed":
        return Decimal(stop.outcome == "failed" and stop.paid_attempt)
    if stop.outcome not in HANDED_OVER:
        return Decimal(0)
    if basis == "stop":
        return Decimal(1)
    return max(stop.order if basis == "percent_order" else stop.fee, Decimal(0))


def _of_trip(basis, trip):
    if basis == "km":
        return Decimal(max(trip.metres, 0)) / 1000
    return Decimal(max(trip.seconds, 0)) / 3600


def _line(rule, quantity, step, stop=None):
    share = Decimal(100) if rule.basis.startswith("percent") else Decimal(1)
    amount = quantity * rule.rate / share
    amount = (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    return Line(rule.basis, rule.key, quantity, rule.rate, amount, stop)
