from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine.pay import (
    OF_STOPS,
    OF_TRIPS,
    Rule,
    Stop,
    Trip,
    pay,
    top_up,
)

RATES = st.decimals(0, 5000, places=2)
RULES = st.lists(
    st.builds(
        Rule,
        st.sampled_from((*OF_STOPS, *OF_TRIPS, "minimum")),
        RATES,
        zones=st.frozensets(st.integers(1, 3), max_size=2),
        to_kg=st.sampled_from((0.0, 5.0)),
    ),
    max_size=6,
)
STOPS = st.lists(
    st.builds(
        Stop,
        st.integers(1, 99),
        st.sampled_from(("delivered", "partial", "failed")),
        order=st.decimals(0, 100_000, places=2),
        fee=st.decimals(0, 2000, places=2),
        zone=st.integers(1, 3),
        weight_kg=st.floats(0, 30),
        paid_attempt=st.booleans(),
    ),
    max_size=12,
)
TRIPS = st.builds(
    Trip,
    STOPS.map(tuple),
    metres=st.integers(0, 200_000),
    seconds=st.integers(0, 50_000),
)


def total(lines):
    return sum((line.amount for line in lines), Decimal(0))


def test_seven_deliveries_at_700_are_4900():
    trip = Trip(tuple(Stop(key, "delivered") for key in range(7)))
    assert total(pay([Rule("stop", Decimal(700))], trip)) == 4900


def test_the_first_rate_that_fits_counts():
    far = Rule("stop", Decimal(1200), zones=frozenset({2}))
    near = Rule("stop", Decimal(700))
    trip = Trip((Stop(1, "delivered", zone=2), Stop(2, "delivered", zone=1)))
    assert [line.amount for line in pay([far, near], trip)] == [1200, 700]


@pytest.mark.parametrize(("kg", "amount"), [(0, 100), (4.99, 100), (5, 300), (20, 300)])
def test_weight_brackets_meet_without_gap(kg, amount):
    rules = [
        Rule("stop", Decimal(100), to_kg=5),
        Rule("stop", Decimal(300), from_kg=5),
    ]
    assert total(pay(rules, Trip((Stop(1, "delivered", weight_kg=kg),)))) == amount


def test_a_failed_attempt_is_paid_only_when_the_courier_is_not_to_blame():
    stops = (Stop(1, "failed"), Stop(2, "failed", paid_attempt=False))
    lines = pay([Rule("failed", Decimal(300))], Trip(stops))
    assert [line.stop for line in lines] == [1]


def test_percents_are_rounded_to_the_coin():
    stop = Stop(1, "delivered", order=Decimal("333.33"))
    (line,) = pay([Rule("percent_order", Decimal(5))], Trip((stop,)), Decimal("0.01"))
    assert line.amount == Decimal("16.67")


def test_what_lacks_to_the_minimum_is_topped_up_once():
    rules = [Rule("minimum", Decimal(3000)), Rule("minimum", Decimal(5000))]
    assert top_up(rules, Decimal(1400)).amount == 3600
    assert top_up(rules, Decimal(5000)) is None
    assert top_up([], Decimal(0)) is None


@given(RULES, TRIPS)
def test_pay_is_never_negative_and_whole_coins(rules, trip):
    for line in pay(rules, trip, Decimal("0.5")):
        assert line.amount >= 0
        assert line.amount % Decimal("0.5") == 0


@given(RULES, TRIPS)
def test_a_delivery_earns_each_basis_at_most_once(rules, trip):
    stops = [(index, stop) for index, stop in enumerate(trip.stops)]
    numbered = Trip(
        tuple(
            Stop(index, stop.outcome, stop.order, stop.fee, stop.zone)
            for index, stop in stops
        )
    )
    earned = [(line.stop, line.basis) for line in pay(rules, numbered) if line.stop]
    assert len(earned) == len(set(earned))


@given(RULES, TRIPS, STOPS)
def test_another_delivery_never_lowers_the_pay(rules, trip, more):
    longer = Trip(trip.stops + tuple(more), trip.metres, trip.seconds)
    assert total(pay(rules, longer)) >= total(pay(rules, trip))


@given(RULES, st.decimals(0, 10_000, places=2))
def test_with_the_top_up_the_day_reaches_its_minimum_exactly(rules, earned):
    minimum = max((r.rate for r in rules if r.basis == "minimum"), default=Decimal(0))
    line = top_up(rules, earned)
    reached = earned + (line.amount if line else 0)
    assert reached == max(earned, minimum)
