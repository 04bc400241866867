"""Prices of 1C as prices of the ERP: per unit, with or without tax."""

from decimal import Decimal


def per_unit(amount, factor):
    """Price of one unit of stock when ``amount`` is the price of ``factor`` of them.

    >>> per_unit(Decimal("120"), Decimal("12")), per_unit(Decimal("7"), Decimal("0"))
    (Decimal('10'), Decimal('7'))
    """
    return amount / factor if factor and factor > 0 else amount


def with_inclusion(amount, rate, is_gross, wants_gross):
    """The same price with its tax inside or on top.

    :param rate: per cent
    :param is_gross: whether ``amount`` holds the tax; None when nobody says
    :param wants_gross: whether the product's tax is included in its price

    >>> plain(with_inclusion(Decimal("120"), Decimal("20"), True, False))
    '100'
    >>> plain(with_inclusion(Decimal("100"), Decimal("20"), False, True))
    '120'
    >>> plain(with_inclusion(Decimal("100"), Decimal("20"), None, True))
    '100'
    """
    if is_gross is None or is_gross == wants_gross or not rate:
        return amount
    share = 1 + rate / 100
    return amount / share if is_gross else amount * share


def plain(number):
    """A number for people: no exponent, no idle zeros.

    >>> plain(Decimal("10.500")), plain(3.0), plain(Decimal("1E+2"))
    ('10.5', '3', '100')
    """
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
