from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine.earning import Factor
from odoo.addons.loyalty_club.engine.multipliers import (
    Multiplier,
    applies,
    label_of,
    to_factor,
    window_day,
)

TUESDAY_NOON = datetime(2026, 3, 3, 12)
TUESDAY = frozenset({1})


def campaign(**conditions):
    return Multiplier(key=1, label="Campaign", value=Decimal(2), **conditions)


def is_multiplied(moment, tier_key=None, birthday=None, number=None, **conditions):
    return applies(
        campaign(**conditions), moment, tier_key, birthday, purchase_number=number
    )


def test_story_multiplies_on_tuesday_only():
    days = [TUESDAY_NOON + timedelta(days=shift) for shift in range(7)]
    found = [day for day in days if is_multiplied(day, weekdays=TUESDAY)]
    assert found == [TUESDAY_NOON]


@given(st.datetimes(), st.none() | st.text(), st.none() | st.dates())
def test_multiplier_without_conditions_always_applies(moment, tier_key, birthday):
    assert is_multiplied(moment, tier_key, birthday)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(1, False), (2, True), (3, True), (4, True), (5, False)],
)
def test_first_and_last_day_are_included(day, expected):
    found = is_multiplied(
        datetime(2026, 3, day, 23, 59),
        date_from=date(2026, 3, 2),
        date_to=date(2026, 3, 4),
    )
    assert found is expected


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(13, 29, False), (13, 30, True), (14, 59, True), (15, 0, False)],
)
def test_hours_begin_included_and_end_excluded(hour, minute, expected):
    moment = datetime(2026, 3, 3, hour, minute)
    assert is_multiplied(moment, hour_from=13.5, hour_to=15) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 3, 1), False),
        (datetime(2026, 3, 3, 21, 59), False),
        (datetime(2026, 3, 3, 22), True),
        (datetime(2026, 3, 4, 1, 59), True),
        (datetime(2026, 3, 4, 2), False),
        (datetime(2026, 3, 4, 22), False),
    ],
)
def test_night_belongs_to_the_day_it_began_on(moment, expected):
    night = {"hour_from": 22, "hour_to": 2}
    last_day = {"date_from": date(2026, 3, 3), "date_to": date(2026, 3, 3)}
    assert is_multiplied(moment, weekdays=TUESDAY, **night) is expected
    assert is_multiplied(moment, **last_day, **night) is expected


@given(st.datetimes(), st.floats(0, 24))
def test_equal_hours_are_the_whole_day(moment, hour):
    multiplier = campaign(hour_from=hour, hour_to=hour)
    assert window_day(multiplier, moment) == moment.date()


@given(
    st.datetimes(datetime(2000, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.floats(0, 24),
    st.floats(0, 24),
)
def test_window_and_its_opposite_share_the_day(moment, one, other):
    if one == other:
        other = one + 1
    inside = window_day(campaign(hour_from=one, hour_to=other), moment)
    outside = window_day(campaign(hour_from=other, hour_to=one), moment)
    assert (inside is None) != (outside is None)


@pytest.mark.parametrize(
    ("tier_key", "expected"), [("Silver", True), ("Gold", False), (None, False)]
)
def test_only_members_of_the_tiers(tier_key, expected):
    tiers = frozenset({"Silver"})
    assert is_multiplied(TUESDAY_NOON, tier_key, tier_keys=tiers) is expected


@pytest.mark.parametrize(
    ("birthday", "days", "expected"),
    [
        (date(1990, 3, 3), 0, True),
        (date(1990, 3, 4), 0, False),
        (date(1990, 3, 6), 3, True),
        (date(1990, 2, 28), 3, True),
        (date(1990, 3, 7), 3, False),
        (date(1990, 2, 27), 3, False),
        (date(1992, 2, 29), 2, False),
        (date(1992, 2, 29), 3, True),
        (None, 30, False),
    ],
)
def test_days_around_the_birthday(birthday, days, expected):
    found = is_multiplied(TUESDAY_NOON, None, birthday, birthday_days=days)
    assert found is expected


@pytest.mark.parametrize(
    ("moment", "birthday", "expected"),
    [
        (datetime(2026, 12, 30), date(1990, 1, 2), True),
        (datetime(2026, 12, 29), date(1990, 1, 2), False),
        (datetime(2026, 1, 2), date(1990, 12, 30), True),
        (datetime(2026, 1, 3), date(1990, 12, 30), False),
    ],
)
def test_birthday_window_crosses_the_new_year(moment, birthday, expected):
    assert is_multiplied(moment, None, birthday, birthday_days=3) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2027, 2, 28), True),
        (datetime(2027, 3, 1), False),
        (datetime(2028, 2, 28), False),
        (datetime(2028, 2, 29), True),
    ],
)
def test_leap_birthday_counts_on_the_28th_in_common_years(moment, expected):
    assert is_multiplied(moment, None, date(1992, 2, 29), birthday_days=0) is expected


@pytest.mark.parametrize(("number", "expected"), [(1, True), (2, False), (None, False)])
def test_only_the_first_purchase(number, expected):
    assert is_multiplied(TUESDAY_NOON, number=number, first_purchase=True) is expected


def test_label_is_its_own_or_the_weekday():
    assert label_of(campaign(), "Երեքշաբթի") == "Campaign"
    assert label_of(Multiplier(1, "", Decimal(2)), "Երեքշաբթի") == "Երեքշաբթի"


def test_factor_takes_value_and_bonus_over():
    expected = Factor("Campaign", Decimal(2), Decimal(5), "multiplier")
    assert to_factor(campaign(bonus=Decimal(5))) == expected
