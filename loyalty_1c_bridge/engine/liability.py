"""What points that members have not used yet are worth to the books."""

from decimal import ROUND_HALF_UP, Decimal


def liability(points, point_value, redemption_rate, rounding="0.01"):
    """Money that members are expected to take with their points (IFRS 15.B40-B43).

    :param points: points that can be used or wait to be released; a debt counts as none
    :param point_value: money that one point pays
    :param redemption_rate: percent of the points that are expected to be used; the rest
        is breakage
    :param rounding: smallest coin of the currency

    >>> liability(5550, 1, 80)
    Decimal('4440.00')
    >>> liability(-10, 1, 80)
    Decimal('0.00')
    """
    value = (
        max(Decimal(str(points)), Decimal(0))
        * Decimal(str(point_value))
        * Decimal(str(redemption_rate))
        / 100
    )
    coin = Decimal(str(rounding))
    return (value / coin).quantize(Decimal(1), ROUND_HALF_UP) * coin
