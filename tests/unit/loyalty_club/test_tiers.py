from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine.tiers import (
    POLICIES,
    Decision,
    Level,
    decide,
    progress,
    qualify,
    window,
)

D = Decimal
TODAY = date(2026, 3, 3)
YESTERDAY = TODAY - timedelta(days=1)
BRONZE = Level("Bronze", D(0))
SILVER = Level("Silver", D(100000))
GOLD = Level("Gold", D(300000))
# Not in order on purpose.
LEVELS = [SILVER, GOLD, BRONZE]


def decided(current_key, metric, *, levels=LEVELS, **options):
    options = {"policy": "recompute", "today": TODAY, "grace_days": 30, **options}
    return decide(levels, current_key, D(metric), **options)


# Windows


@pytest.mark.parametrize(
    ("mode", "today", "first", "last"),
    [
        ("rolling", date(2026, 3, 6), date(2025, 3, 7), None),
        ("rolling", date(2028, 2, 29), date(2027, 3, 1), None),
        ("calendar", date(2026, 3, 6), date(2026, 1, 1), date(2026, 12, 31)),
        ("lifetime", date(2026, 3, 6), None, None),
    ],
)
def test_window_of_a_mode(mode, today, first, last):
    assert window(mode, today) == (first, last)


def test_rolling_window_has_its_months():
    assert window("rolling", date(2026, 3, 6), months=3) == (date(2025, 12, 7), None)


@pytest.mark.parametrize(
    ("joined", "today", "first", "last"),
    [
        ((2020, 3, 6), (2026, 3, 6), (2026, 3, 6), (2027, 3, 5)),
        ((2020, 3, 7), (2026, 3, 6), (2025, 3, 7), (2026, 3, 6)),
        ((2024, 2, 29), (2026, 2, 27), (2025, 2, 28), (2026, 2, 27)),
        ((2024, 2, 29), (2026, 2, 28), (2026, 2, 28), (2027, 2, 27)),
        ((2024, 2, 29), (2028, 2, 28), (2027, 2, 28), (2028, 2, 28)),
    ],
)
def test_membership_year_begins_on_the_day_of_joining(joined, today, first, last):
    found = window("anniversary", date(*today), anniversary=date(*joined))
    assert found == (date(*first), date(*last))


@given(
    st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_membership_year_contains_today(joined, today):
    first, last = window("anniversary", today, anniversary=joined)
    assert first <= today <= last
    assert 364 <= (last - first).days <= 365


def test_membership_year_needs_the_day_of_joining():
    with pytest.raises(ValueError, match="joining"):
        window("anniversary", TODAY)


def test_unknown_window_is_refused():
    with pytest.raises(ValueError, match="weekly"):
        window("weekly", TODAY)


# Qualifying


@pytest.mark.parametrize(
    ("metric", "level"),
    [
        (-1, None),
        (0, BRONZE),
        (20000, BRONZE),
        ("99999.99", BRONZE),
        (100000, SILVER),
        (110000, SILVER),
        (300000, GOLD),
    ],
)
def test_highest_reached_threshold_qualifies(metric, level):
    assert qualify(LEVELS, D(metric)) == level


# Deciding


def test_story_upgrades_at_once():
    assert decided("Bronze", 110000) == Decision("Silver", None, "upgrade")


def test_upgrade_may_jump_and_ends_the_grace():
    assert decided("Bronze", 300000, grace_until=TODAY) == Decision(
        "Gold", None, "upgrade"
    )


def test_first_level_is_given_at_once():
    assert decided(None, 0) == Decision("Bronze", None, "upgrade")


def test_no_level_while_none_is_reached():
    assert decided(None, 5, levels=[SILVER]) == Decision(None, None, "kept")


def test_level_which_is_no_more_is_replaced():
    assert decided("Platinum", 5) == Decision("Bronze", None, "upgrade")
    assert decided("Platinum", 5, levels=[SILVER]) == Decision(None, None, "downgrade")


def test_level_is_kept_down_to_its_retain_threshold():
    levels = [BRONZE, Level("Silver", D(100000), retain=D(80000))]
    assert decided("Silver", 80000, levels=levels).reason == "kept"
    assert decided("Silver", 79999, levels=levels).reason == "grace"
    assert decided("Bronze", 99999, levels=levels).key == "Bronze"


def test_retain_above_the_threshold_does_not_count():
    levels = [BRONZE, Level("Silver", D(100000), retain=D(150000))]
    assert decided("Silver", 100000, levels=levels).reason == "kept"


@pytest.mark.parametrize("policy", ["one_step", "recompute"])
def test_fall_begins_a_grace(policy):
    assert decided("Silver", 99999, policy=policy) == Decision(
        "Silver", date(2026, 4, 2), "grace"
    )


def test_grace_runs_through_its_last_day():
    decision = decided("Silver", 99999, grace_until=TODAY)
    assert decision == Decision("Silver", TODAY, "grace")


def test_recovery_clears_the_grace():
    decision = decided("Silver", 100000, grace_until=TODAY)
    assert decision == Decision("Silver", None, "kept")


def test_after_the_grace_the_level_is_recomputed():
    decision = decided("Gold", 5, grace_until=YESTERDAY)
    assert decision == Decision("Bronze", None, "downgrade")


def test_after_the_grace_one_step_down_and_a_new_grace():
    decision = decided("Gold", 5, policy="one_step", grace_until=YESTERDAY)
    assert decision == Decision("Silver", date(2026, 4, 2), "downgrade")


def test_one_step_down_to_a_level_that_is_kept_needs_no_grace():
    decision = decided("Gold", 150000, policy="one_step", grace_until=YESTERDAY)
    assert decision == Decision("Silver", None, "downgrade")


@pytest.mark.parametrize("policy", ["one_step", "recompute"])
def test_below_the_lowest_level_there_is_none(policy):
    decision = decided(
        "Silver", 5, levels=[SILVER, GOLD], policy=policy, grace_until=YESTERDAY
    )
    assert decision == Decision(None, None, "downgrade")


def test_without_grace_days_the_fall_is_immediate():
    assert decided("Gold", 5, grace_days=0) == Decision("Bronze", None, "downgrade")


def test_policy_never_keeps_and_forgets_the_grace():
    decision = decided("Gold", 5, policy="never", grace_until=YESTERDAY)
    assert decision == Decision("Gold", None, "kept")


@pytest.mark.parametrize("locked_until", [None, TODAY])
@pytest.mark.parametrize("metric", [5, 10**6])
def test_locked_level_stays_whatever_the_metric(locked_until, metric):
    decision = decided("Silver", metric, locked=True, locked_until=locked_until)
    assert decision == Decision("Silver", None, "locked")


def test_lock_ends_after_its_last_day():
    decision = decided("Silver", 10**6, locked=True, locked_until=YESTERDAY)
    assert decision.key == "Gold"


def test_end_date_without_a_lock_locks_nothing():
    assert decided("Silver", 10**6, locked_until=TODAY).key == "Gold"


def test_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="two_steps"):
        decided("Gold", 5, policy="two_steps")


@given(
    st.sampled_from([None, "Bronze", "Silver", "Gold", "Platinum"]),
    st.integers(-10, 400000),
    st.sampled_from(POLICIES),
    st.integers(0, 40),
    st.none() | st.dates(TODAY - timedelta(40), TODAY + timedelta(40)),
    st.booleans(),
)
def test_second_decision_of_a_day_changes_nothing(
    current_key, metric, policy, grace_days, grace_until, locked
):
    options = {"policy": policy, "grace_days": grace_days, "locked": locked}
    first = decided(current_key, metric, grace_until=grace_until, **options)
    second = decided(first.key, metric, grace_until=first.grace_until, **options)
    assert (second.key, second.grace_until) == (first.key, first.grace_until)


@given(st.sampled_from(["Bronze", "Silver", "Gold"]), st.integers(0, 400000))
def test_more_is_never_a_lower_level(current_key, metric):
    ranks = ["Bronze", "Silver", "Gold"]
    options = {"grace_until": YESTERDAY}
    lower = decided(current_key, metric, **options).key
    higher = decided(current_key, metric + 50000, **options).key
    assert ranks.index(higher) >= ranks.index(lower)


# Progress


@pytest.mark.parametrize(
    ("metric", "missing", "share"),
    [(147000, 153000, "0.49"), (170000, 130000, "0.5666")],
    ids=["Thursday", "Friday"],
)
def test_story_tells_what_is_missing_to_gold(metric, missing, share):
    found = progress(LEVELS, "Silver", D(metric))
    assert (found.next_key, found.missing) == ("Gold", missing)
    assert found.share == D(share)


def test_nothing_is_above_the_top():
    assert progress(LEVELS, "Gold", D(5)) is None


def test_without_a_level_the_lowest_is_next():
    assert progress([GOLD, SILVER], None, D(25000)).next_key == "Silver"
    assert progress([], None, D(25000)) is None


@pytest.mark.parametrize(
    ("metric", "missing", "share"), [(-5, 300005, 0), (400000, 0, 1)]
)
def test_share_stays_between_nothing_and_all(metric, missing, share):
    found = progress(LEVELS, "Silver", D(metric))
    assert (found.missing, found.share) == (missing, share)


def test_threshold_of_zero_divides_nothing():
    assert progress([BRONZE], None, D(-1)).share == 0
