"""What a delivery costs: arithmetic on a zone's tariff, nothing else."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The price of a zone.

    The kilometre and the kilogram that are begun count whole. ``free_from`` of ``None``
    says that delivery is never free for the amount of the order alone.
    """

    base: Decimal = ZERO
    km_fee: Decimal = ZERO
    km_included: Decimal = ZERO
    kg_fee: Decimal = ZERO
    kg_included: Decimal = ZERO
    free_from: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TierTerms:
    """What a tier changes: another base, a discount, an own amount that frees."""

    base: Decimal | None = None
    discount: Decimal = ZERO  # percent
    free_from: Decimal | None = None


def begun(quantity: Decimal, included: Decimal) -> Decimal:
    """Whole units over those included, the one that is begun counting whole.

    >>> begun(Decimal("7.2"), Decimal(5)), begun(Decimal(5), Decimal(5))
    (Decimal('3'), Decimal('0'))
    """
    over = quantity - included
    return over.to_integral_value(ROUND_CEILING) if over > 0 else ZERO


def full_price(
    tariff: Tariff, kg: Decimal, metres: int, base: Decimal | None = None
) -> Decimal:
    """The price before anything is given away.

    >>> full_price(Tariff(Decimal(500), Decimal(100), Decimal(3)), ZERO, 4200)
    Decimal('700')
    """
    km = begun(Decimal(metres) / 1000, tariff.km_included)
    weight = begun(kg, tariff.kg_included)
    start = tariff.base if base is None else base
    return start + km * tariff.km_fee + weight * tariff.kg_fee


def price(
    tariff: Tariff,
    amount: Decimal,
    kg: Decimal,
    metres: int,
    terms: tuple[TierTerms, ...] = (),
    extra: Decimal = ZERO,
) -> tuple[Decimal, Decimal]:
    """What the customer pays, and would pay without a tier.

    Of several ``terms`` the best for the customer counts, and none is added to
    another. ``extra`` (the fee of a slot) is a part of the price: free is free.

    >>> story = Tariff(Decimal(1000), free_from=Decimal(30000))
    >>> silver = TierTerms(free_from=Decimal(15000))
    >>> price(story, Decimal(23000), ZERO, 0, (silver,))
    (Decimal('0'), Decimal('1000'))
    """
    free_from = tariff.free_from
    full = full_price(tariff, kg, metres) + extra
    if free_from is not None and amount >= free_from:
        return ZERO, ZERO
    best = full
    for tier in terms:
        if tier.free_from is not None and amount >= tier.free_from:
            best = ZERO
            continue
        own = full_price(tariff, kg, metres, tier.base) + extra
        best = min(best, own * (100 - tier.discount) / 100)
    return best, full
