import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import dates

days = st.dates(dt.date(1930, 1, 1), dt.date(2060, 12, 31))


@given(days, st.integers(2020, 2060))
def test_every_date_is_remembered_on_exactly_one_day_of_a_year(date, year):
    key = date.strftime("%m%d")
    start = dt.date(year, 1, 1)
    span = range((dt.date(year + 1, 1, 1) - start).days)
    hits = [
        start + dt.timedelta(days=n)
        for n in span
        if key in dates.remembered_on(start + dt.timedelta(days=n))
    ]
    assert hits == [dates.yearly(date, year)]


@given(days, st.integers(-400, 400))
def test_the_occasion_of_a_message_is_as_many_days_away(day, offset):
    assert day - dates.occasion(day, offset) == dt.timedelta(days=offset)


def test_a_leap_day_child_is_as_old_as_the_years_say():
    assert dates.years(dt.date(1996, 2, 29), dt.date(2027, 2, 28)) == 31
