"""A price is never below zero, above the full one, or better for a bigger distance."""

import doctest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine import pricing

MONEY = st.integers(0, 100_000).map(Decimal)
TARIFFS = st.builds(
    pricing.Tariff,
    base=MONEY,
    km_fee=MONEY,
    km_included=st.integers(0, 20).map(Decimal),
    kg_fee=MONEY,
    kg_included=st.integers(0, 20).map(Decimal),
    free_from=st.none() | MONEY,
)
TERMS = st.lists(
    st.builds(
        pricing.TierTerms,
        base=st.none() | MONEY,
        discount=st.integers(0, 100).map(Decimal),
        free_from=st.none() | MONEY,
    ),
    max_size=3,
).map(tuple)
KG = st.integers(0, 50).map(Decimal)
METRES = st.integers(0, 50_000)


def test_examples():
    assert doctest.testmod(pricing).failed == 0


@given(TARIFFS, MONEY, KG, METRES, TERMS, MONEY)
def test_a_tier_never_pays_more(tariff, amount, kg, metres, terms, extra):
    price, full = pricing.price(tariff, amount, kg, metres, terms, extra)
    assert 0 <= price <= full


@given(TARIFFS, MONEY, KG, METRES, TERMS)
def test_more_terms_are_never_worse_and_never_added(tariff, amount, kg, metres, terms):
    price, _full = pricing.price(tariff, amount, kg, metres, terms)
    alone = [pricing.price(tariff, amount, kg, metres, (term,))[0] for term in terms]
    none = pricing.price(tariff, amount, kg, metres)[0]
    assert price == min([none, *alone])


@given(TARIFFS, KG, METRES, st.integers(0, 10_000))
def test_farther_is_not_cheaper(tariff, kg, metres, more):
    near = pricing.full_price(tariff, kg, metres)
    assert pricing.full_price(tariff, kg, metres + more) >= near


def test_the_kilometre_begun_counts_whole():
    tariff = pricing.Tariff(km_fee=Decimal(100), km_included=Decimal(3))
    assert pricing.full_price(tariff, Decimal(0), 3000) == 0
    assert pricing.full_price(tariff, Decimal(0), 3001) == 100
