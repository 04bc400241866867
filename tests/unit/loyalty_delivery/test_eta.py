"""Delay carried through a route, and what of it is told."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine import eta

SECONDS = st.integers(0, 100_000)
LEGS = st.lists(
    st.tuples(
        st.integers(0, 7200),
        st.integers(0, 1800),
        st.one_of(st.none(), SECONDS),
    ),
    max_size=12,
)
WIDTHS = st.sampled_from([600, 1800, 3600, 7200])


def route(rows):
    return [eta.Leg(number, *row) for number, row in enumerate(rows)]


def test_examples():
    assert doctest.testmod(eta).failed == 0


@given(SECONDS, SECONDS, LEGS)
def test_nobody_is_served_before_the_window_nor_in_the_past(free_at, now, rows):
    times = eta.propagate(free_at, now, route(rows))
    for leg in route(rows):
        assert times[leg.key] >= max(now, leg.opens or 0)


@given(SECONDS, SECONDS, LEGS)
def test_doors_are_reached_one_after_the_other(free_at, now, rows):
    legs = route(rows)
    times = eta.propagate(free_at, now, legs)
    for one, following in zip(legs, legs[1:], strict=False):
        gap = times[following.key] - times[one.key]
        assert gap >= one.service_s + following.drive_s


@given(SECONDS, SECONDS, st.integers(0, 7200), LEGS)
def test_a_delay_never_helps_and_never_grows(free_at, now, delay, rows):
    before = eta.propagate(free_at, now, route(rows))
    after = eta.propagate(free_at + delay, now, route(rows))
    assert all(0 <= after[key] - before[key] <= delay for key in before)


@given(LEGS)
def test_waiting_takes_a_delay_up(rows):
    legs = [*route(rows), eta.Leg("slot", 600, 0, opens=1_000_000)]
    assert eta.propagate(0, 0, legs)["slot"] == 1_000_000
    assert eta.propagate(3600, 0, legs)["slot"] == 1_000_000


@given(st.integers(0, 2_000_000), WIDTHS, st.integers(0, 2_000_000))
def test_the_time_told_holds_the_expected_one(second, width, not_before):
    start, end = eta.window(second, width, min(not_before, second))
    assert start <= second <= end
    assert end - start >= width
    assert start % 60 == 0


@given(st.integers(10_000, 90_000), WIDTHS, st.integers(10_000, 90_000))
def test_what_is_inside_of_the_time_told_is_no_news(first, width, later):
    start, end = eta.window(first, width)
    found = eta.change(eta.Told(first, start, end), later, None, 900)
    if start <= later <= end:
        assert found is None
    if found == "later":
        assert later > end and later - first > 900
    if found == "earlier":
        assert later < start and first - later > 900


def test_a_promise_that_will_be_broken_is_told_though_the_shift_is_small():
    told = eta.Told(eta=3500, start=0, end=3600)
    assert eta.change(told, 3700, 3600, 900) == "later"
    assert eta.change(told, 3700, 7200, 900) is None


def test_who_was_told_of_the_broken_promise_is_not_told_again():
    told = eta.Told(eta=4000, start=3600, end=7200)
    assert eta.change(told, 7300, 3600, 3600) is None


@given(SECONDS, SECONDS, SECONDS)
def test_idle_time_is_counted_from_the_sign_that_was_due(now, sign, expected):
    idle = eta.idle_s(now, sign, expected)
    assert idle == 0 or idle == now - max(sign, expected)


@given(st.floats(-80, 80), st.floats(-170, 170))
def test_a_blurred_place_is_near_and_hides_the_house(latitude, longitude):
    place = eta.blur((latitude, longitude))
    assert abs(place[0] - latitude) <= 0.000251
    assert round(place[0] / 0.0005, 3) == round(place[0] / 0.0005)
    assert eta.haversine_m(place, (latitude, longitude)) < 41


def test_the_rest_of_a_leg_is_never_more_than_the_leg():
    start, end = (40.0, 44.0), (40.01, 44.0)
    assert eta.rest_of_leg_s(600, start, end, (39.9, 44.0)) == 600
    assert eta.rest_of_leg_s(600, start, start, (39.9, 44.0)) == 0
