"""Between exact fractions and the decimals people see."""

from decimal import Decimal
from fractions import Fraction
from math import floor


def round_down(value: Fraction | Decimal, digits: int) -> Decimal:
    """Cut ``value`` to ``digits`` decimals, towards minus infinity.

    >>> round_down(Fraction(2, 3), 2)
    Decimal('0.66')
    """
    return Decimal(floor(Fraction(value) * 10**digits)).scaleb(-digits)


def round_half_up(value: Fraction | Decimal, digits: int) -> Decimal:
    """Round ``value`` to ``digits`` decimals, a half going up.

    >>> round_half_up(Fraction(1, 8), 2)
    Decimal('0.13')
    """
    return round_down(Fraction(value) + Fraction(1, 2 * 10**digits), digits)


def plain(value: Decimal) -> str:
    """Write a decimal without an exponent and without idle zeros.

    >>> plain(Decimal("600.00")), plain(Decimal("1.50")), plain(Decimal("6E+2"))
    ('600', '1.5', '600')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
