"""Prices keep their worth whichever way they are told; names and tables are read."""

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine import pricing, similarity, table

AMOUNTS = st.decimals("0.01", "1000000", places=2)


@pytest.mark.parametrize("module", [pricing, similarity, table])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0


@given(AMOUNTS, st.integers(0, 40), st.booleans())
def test_a_tax_put_in_and_taken_out_leaves_the_price(amount, rate, is_gross):
    there = pricing.with_inclusion(amount, Decimal(rate), is_gross, not is_gross)
    back = pricing.with_inclusion(there, Decimal(rate), not is_gross, is_gross)
    assert round(back, 6) == amount
    assert (there >= amount) == (not is_gross or not rate)


@given(AMOUNTS, st.integers(1, 1000))
def test_a_box_costs_its_units(amount, factor):
    assert round(pricing.per_unit(amount, Decimal(factor)) * factor, 6) == amount


@given(AMOUNTS)
def test_a_number_for_people_is_the_same_number(amount):
    assert Decimal(pricing.plain(amount)) == amount
    assert "E" not in pricing.plain(amount)


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_between_none_and_one(one, other):
    assert 0 <= similarity.similarity(one, other) <= 1
    assert similarity.similarity(one, one) == bool(similarity.plain_name(one))


@given(st.lists(st.lists(st.text(max_size=9), max_size=5), max_size=9))
def test_any_table_gives_pairs_or_nothing(rows):
    found = table.pairs(rows)
    assert len(found) == sum(any(row) for row in rows)
