from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine.expiry import (
    MODES,
    add_months,
    expiration_date,
    in_year,
)

days_of_life = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def test_story_points_expire_at_the_end_of_the_month_a_year_later():
    day = expiration_date("month_end", date(2026, 3, 2), months=12)
    assert day == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("mode", "months", "day"),
    [
        ("month_end", 0, date(2026, 1, 31)),
        ("month_end", 1, date(2026, 2, 28)),
        ("month_end", 25, date(2028, 2, 29)),
        ("quarter_end", 0, date(2026, 3, 31)),
        ("quarter_end", 3, date(2026, 6, 30)),
        ("quarter_end", 11, date(2026, 12, 31)),
        ("year_end", 0, date(2026, 12, 31)),
        ("year_end", 12, date(2027, 12, 31)),
    ],
)
def test_period_ends_after_the_months(mode, months, day):
    assert expiration_date(mode, date(2026, 1, 31), months=months) == day


@pytest.mark.parametrize("mode", ["days", "inactivity"])
def test_days_are_counted_from_the_earning(mode):
    day = expiration_date(mode, date(2026, 12, 31), days=60, months=5)
    assert day == date(2027, 3, 1)


def test_points_may_last_for_ever():
    assert expiration_date("none", date(2026, 3, 2), days=1, months=1) is None


@pytest.mark.parametrize("wrong", [{"days": -1}, {"months": -1}])
@pytest.mark.parametrize("mode", MODES)
def test_expiry_before_the_earning_is_refused(mode, wrong):
    with pytest.raises(ValueError, match="before"):
        expiration_date(mode, date(2026, 3, 2), **wrong)


def test_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="week_end"):
        expiration_date("week_end", date(2026, 3, 2))


@given(
    st.sampled_from([mode for mode in MODES if mode != "none"]),
    days_of_life,
    st.integers(0, 3000),
    st.integers(0, 120),
)
def test_points_never_expire_before_they_are_earned(mode, earned_on, days, months):
    assert expiration_date(mode, earned_on, days=days, months=months) >= earned_on


@given(
    st.sampled_from(["month_end", "quarter_end", "year_end"]),
    days_of_life,
    st.integers(0, 120),
)
def test_period_ends_on_the_last_day_of_a_month(mode, earned_on, months):
    day = expiration_date(mode, earned_on, months=months)
    assert (day + timedelta(days=1)).day == 1


@given(days_of_life, days_of_life, st.sampled_from(MODES[1:]), st.integers(0, 36))
def test_earlier_points_never_expire_later(one, other, mode, amount):
    first, second = sorted([one, other])
    assert expiration_date(mode, first, days=amount, months=amount) <= (
        expiration_date(mode, second, days=amount, months=amount)
    )


@pytest.mark.parametrize(
    ("months", "day"),
    [
        (0, date(2026, 1, 31)),
        (1, date(2026, 2, 28)),
        (11, date(2026, 12, 31)),
        (-1, date(2025, 12, 31)),
        (-2, date(2025, 11, 30)),
        (-12, date(2025, 1, 31)),
    ],
)
def test_months_are_clamped_to_their_last_day(months, day):
    assert add_months(date(2026, 1, 31), months) == day


@pytest.mark.parametrize(
    ("year", "day"), [(2023, date(2023, 2, 28)), (2028, date(2028, 2, 29))]
)
def test_leap_day_is_kept_on_the_28th(year, day):
    assert in_year(date(2024, 2, 29), year) == day
