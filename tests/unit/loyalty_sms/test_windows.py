import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import windows, zones

DAY = windows.Window(dt.time(10), dt.time(20))
NAMES = ["Asia/Yerevan", "Europe/Moscow", "America/New_York", "Asia/Tehran", "UTC"]
moments = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 12, 31))


def test_a_message_at_night_waits_for_ten_in_the_morning_of_the_customer():
    night = dt.datetime(2026, 3, 6, 20)  # midnight in Yerevan
    assert windows.next_open(night, ["Asia/Yerevan"], DAY) == dt.datetime(2026, 3, 7, 6)


def test_a_message_by_day_leaves_at_once():
    noon = dt.datetime(2026, 3, 7, 8)
    assert windows.next_open(noon, ["Asia/Yerevan"], DAY) == noon


def test_a_holiday_is_passed_over():
    window = windows.Window(dt.time(10), dt.time(20), frozenset({dt.date(2026, 3, 8)}))
    evening = dt.datetime(2026, 3, 7, 17)  # 21:00
    found = windows.next_open(evening, ["Asia/Yerevan"], window)
    assert found == dt.datetime(2026, 3, 9, 6)


def test_a_window_past_midnight_has_its_holiday_end_at_midnight():
    window = windows.Window(dt.time(22), dt.time(2), frozenset({dt.date(2026, 3, 7)}))
    found = windows.next_open(dt.datetime(2026, 3, 7, 12), ["UTC"], window)
    assert found == dt.datetime(2026, 3, 8)


def test_nothing_is_open_when_all_days_are_holidays():
    days = {dt.date(2026, 3, 1) + dt.timedelta(days=n) for n in range(40)}
    window = windows.Window(dt.time(10), dt.time(20), frozenset(days))
    assert windows.next_open(dt.datetime(2026, 3, 7), ["UTC"], window) is None


def test_a_time_that_the_clock_skips_opens_when_the_clock_jumps():
    # New York, 8 March 2026: 02:00 is followed by 03:00.
    window = windows.Window(dt.time(2, 30), dt.time(4))
    found = windows.next_open(
        dt.datetime(2026, 3, 8, 6, 30), ["America/New_York"], window
    )
    assert found == dt.datetime(2026, 3, 8, 7)
    assert windows.local(found, "America/New_York").time() == dt.time(3)


def test_several_zones_share_their_hours():
    both = ["Europe/Moscow", "Asia/Yekaterinburg"]  # +3, +5
    early = dt.datetime(2026, 3, 7, 4)
    assert windows.next_open(early, both, DAY) == dt.datetime(2026, 3, 7, 7)
    late = dt.datetime(2026, 3, 7, 15)  # 18:00 and 20:00
    assert windows.next_open(late, both, DAY) == dt.datetime(2026, 3, 8, 7)


def test_zones_too_far_apart_leave_the_largest_group():
    russia = zones.of_number("+79161234567")
    found = windows.next_open(dt.datetime(2026, 3, 7), russia, DAY)
    clocks = [windows.local(found, name).time() for name in russia]
    inside = [clock for clock in clocks if dt.time(10) <= clock < dt.time(20)]
    assert len(inside) >= len(russia) - 3
    assert windows.local(found, "Europe/Moscow").time() >= dt.time(10)


@given(moments, st.lists(st.sampled_from(NAMES[:2] + NAMES[3:4]), min_size=1))
def test_the_answer_is_inside_in_every_zone_and_not_earlier(moment, names):
    found = windows.next_open(moment, names, DAY)
    assert found >= moment
    assert windows.is_open(found, names, DAY)


@given(moments, st.sampled_from(NAMES))
def test_nothing_open_lies_between(moment, name):
    found = windows.next_open(moment, [name], DAY)
    step = moment
    while step < found:
        assert not windows.is_open(step, [name], DAY)
        step += dt.timedelta(minutes=15)


@given(moments, st.sampled_from(NAMES))
def test_a_good_moment_stays(moment, name):
    found = windows.next_open(moment, [name], DAY)
    assert windows.next_open(found, [name], DAY) == found


@pytest.mark.parametrize(
    ("given_as", "names"),
    [
        (("Asia/Tokyo", "AM", None, "+37491234567", "UTC"), ("Asia/Tokyo",)),
        ((None, "AM", None, None, "UTC"), ("Asia/Yerevan",)),
        ((None, "RU", "SVE", "+79161234567", "UTC"), ("Asia/Yekaterinburg",)),
        ((None, None, None, "+989121234567", "UTC"), ("Asia/Tehran",)),
        ((None, "US", None, "+12125551234", "UTC"), ("America/New_York",)),
        ((None, None, None, "ani@example.com", "Asia/Tbilisi"), ("Asia/Tbilisi",)),
    ],
)
def test_the_surest_source_of_a_zone_wins(given_as, names):
    assert zones.resolve(*given_as) == names


def test_every_zone_of_the_tables_exists():
    for name in zones.STATES.values():
        assert windows.zone(name)


def test_hours_close_in_the_evening_of_the_first_zone():
    zones_of_two = ["Europe/Moscow", "Asia/Yekaterinburg"]
    noon = dt.datetime(2026, 3, 7, 9)
    assert windows.closes(noon, zones_of_two, DAY) == dt.datetime(2026, 3, 7, 15)


def test_hours_past_midnight_close_on_the_next_day():
    night = windows.Window(dt.time(22), dt.time(2))
    late = dt.datetime(2026, 3, 7, 23)
    assert windows.closes(late, ["UTC"], night) == dt.datetime(2026, 3, 8, 2)
    early = dt.datetime(2026, 3, 8, 1)
    assert windows.closes(early, ["UTC"], night) == dt.datetime(2026, 3, 8, 2)


@given(moments, st.sampled_from(NAMES))
def test_hours_are_open_until_they_close(moment, name):
    found = windows.next_open(moment, [name], DAY)
    end = windows.closes(found, [name], DAY)
    assert windows.is_open(end - dt.timedelta(seconds=1), [name], DAY)
    assert not windows.is_open(end, [name], DAY)
