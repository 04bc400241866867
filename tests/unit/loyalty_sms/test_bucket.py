"""No gateway is given more than its contract allows, whatever it complains of."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine.bucket import FIRST_BRAKE, Bucket

STEPS = st.lists(
    st.tuples(
        st.floats(min_value=0, max_value=5),
        st.integers(min_value=0, max_value=500),
        st.booleans(),
    ),
    max_size=30,
)


@given(st.floats(min_value=0.5, max_value=500), STEPS)
def test_never_faster_than_the_contract(rate, steps):
    bucket, now, taken = Bucket(rate, now=0.0), 0.0, 0
    for passed, wanted, is_throttled in steps:
        now += passed
        taken += bucket.take(wanted, now)
        if is_throttled:
            bucket.throttled(now)
        assert bucket.current <= rate + 1e-9
        assert taken <= max(1.0, rate) + rate * now + 1e-6


def test_no_limit_lets_everything_through():
    assert Bucket(0, now=0.0).take(10**6, now=0.0) == 10**6


def test_a_complaint_halves_the_rate_and_it_recovers_by_a_twentieth_a_second():
    bucket = Bucket(100, now=0.0)
    bucket.throttled(now=0.0)
    assert bucket.current == 50
    assert bucket.take(100, now=0.0) == 0
    bucket.take(0, now=2.0)
    assert bucket.current == 60
    bucket.take(0, now=60.0)
    assert bucket.current == 100


def test_a_gateway_without_a_limit_is_braked_and_let_go():
    bucket = Bucket(0, now=0.0)
    bucket.throttled(now=0.0)
    assert bucket.current == FIRST_BRAKE / 2
    bucket.take(0, now=30.0)
    assert not bucket.is_limited


def test_unused_tokens_come_back():
    bucket = Bucket(10, now=0.0)
    assert bucket.take(10, now=0.0) == 10
    bucket.give_back(4)
    assert bucket.take(10, now=0.0) == 4


def test_it_says_how_long_to_wait():
    bucket = Bucket(10, now=0.0)
    bucket.take(10, now=0.0)
    assert bucket.wait() == 0.1
