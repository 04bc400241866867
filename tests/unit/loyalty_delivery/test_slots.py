"""Times of slots, also where clocks are changed."""

import doctest
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine import slots

DAY = date(2026, 3, 6)
NUMBERS = st.integers(0, 20)


def test_examples():
    assert doctest.testmod(slots).failed == 0


def test_an_hour_is_the_clock_s_on_the_day_clocks_change():
    # Berlin: 29 March 2026, from 2 to 3 o'clock.
    assert slots.moment(date(2026, 3, 29), 10, "Europe/Berlin").hour == 8
    assert slots.moment(date(2026, 3, 28), 10, "Europe/Berlin").hour == 9


def test_midnight_after_is_the_next_day():
    assert slots.moment(DAY, 24, "UTC") == datetime(2026, 3, 7)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_what_is_free_never_exceeds_what_is_there(capacity, reserved, taken, best):
    rules = slots.Rules(14, 16, capacity, reserved=reserved, reserved_minutes=60)
    at = datetime(2026, 3, 6, 9)
    best = min(best, taken)
    told = {"taken": taken, "taken_best": best}
    others = slots.free_places(rules, DAY, "UTC", at, **told)
    members = slots.free_places(rules, DAY, "UTC", at, best=True, **told)
    if not capacity:
        assert others is members is None
        return
    assert 0 <= others <= members <= capacity
    assert members == max(capacity - taken, 0)
