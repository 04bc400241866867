"""Discounts inside lines, and what points are worth: to the coin, whatever comes."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.liability import liability
from odoo.addons.loyalty_1c_bridge.engine.spread import Line, share, spread

AMOUNTS = st.decimals(min_value="0.01", max_value=100000, places=2)
GROUPS = st.sampled_from(["vat 20", "vat 10", "none"])
NONE = Decimal(0)


@given(
    st.lists(st.tuples(AMOUNTS, GROUPS), min_size=1, max_size=8),
    st.lists(st.tuples(AMOUNTS, GROUPS), max_size=4),
)
def test_no_coin_is_lost_and_no_line_goes_below_zero(goods, discounts):
    lines = [Line(n, total, NONE, group) for n, (total, group) in enumerate(goods)]
    minus = [Line(n, -total, NONE, group) for n, (total, group) in enumerate(discounts)]
    due = sum((line.total for line in lines + minus), NONE)
    left = spread(lines, minus)
    assert sum((line.total for line in lines), NONE) + left == due
    assert all(line.total >= 0 for line in lines)
    assert left <= 0


def test_a_discount_stays_with_its_taxes():
    taxed = Line(1, Decimal(100), Decimal(20), "vat")
    free = Line(2, Decimal(100), NONE, "none")
    spread([taxed, free], [Line(3, Decimal(-30), Decimal(-6), "vat", Decimal(30))])
    assert (taxed.total, taxed.tax, taxed.points) == (70, 14, 30)
    assert (free.total, free.tax, free.points) == (100, 0, 0)


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=9))
def test_parts_make_up_the_whole(amount, weights):
    assert sum(share(amount, weights), NONE) == amount


@given(AMOUNTS, st.decimals(min_value=0, max_value=100, places=1))
def test_more_breakage_is_less_liability(points, rate):
    assert 0 <= liability(points, 1, rate) <= liability(points, 1, 100)
