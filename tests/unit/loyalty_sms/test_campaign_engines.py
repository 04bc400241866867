"""Lots, scores and differences of campaigns."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import draw, rfm, uplift

IDS = st.integers(min_value=1, max_value=2**31)
FIGURES = st.lists(
    st.integers(min_value=-1000, max_value=1000), min_size=1, max_size=60
)


# -- lots ----------------------------------------------------------------------------
@given(IDS, IDS)
def test_nobody_is_in_a_control_group_of_nobody(campaign, partner):
    assert not draw.is_control(campaign, partner, 0)
    assert draw.is_control(campaign, partner, 100)


@given(IDS, IDS, st.floats(min_value=0, max_value=100), st.floats(0, 100))
def test_a_larger_control_group_holds_the_smaller_one(campaign, partner, one, two):
    small, large = sorted((one, two))
    if draw.is_control(campaign, partner, small):
        assert draw.is_control(campaign, partner, large)


def test_lots_are_even():
    people = range(1, 20001)
    control = sum(draw.is_control(7, partner, 10) for partner in people)
    assert 1900 < control < 2100
    first = sum(draw.variant(7, partner) == "A" for partner in people)
    assert 9800 < first < 10200
    waiting = sum(draw.variant(7, partner, 20) == "W" for partner in people)
    assert 15800 < waiting < 16200


def test_who_is_in_the_control_group_says_nothing_of_the_half():
    control = [p for p in range(1, 20001) if draw.is_control(7, p, 50)]
    first = sum(draw.variant(7, partner) == "A" for partner in control)
    assert 0.48 < first / len(control) < 0.52


# -- scores --------------------------------------------------------------------------
@given(FIGURES)
def test_scores_follow_the_figures(figures):
    scored = dict(zip(figures, rfm.scores(figures), strict=True))
    ordered = [scored[figure] for figure in sorted(scored)]
    assert ordered == sorted(ordered)
    assert set(ordered) <= {1, 2, 3, 4, 5}
    assert scored[max(figures)] == 5


@given(st.integers(min_value=1, max_value=100))
def test_fifths_of_different_figures_are_as_large(fifth):
    scores = rfm.scores(range(5 * fifth))
    assert [scores.count(number) for number in (1, 2, 3, 4, 5)] == [fifth] * 5


@pytest.mark.parametrize("recency", range(1, 6))
@pytest.mark.parametrize("frequency", range(1, 6))
@pytest.mark.parametrize("monetary", range(1, 6))
def test_every_customer_has_a_name_whose_ranges_hold(recency, frequency, monetary):
    name = rfm.name(recency, frequency, monetary)
    (low, high), (least, most) = rfm.GROUPS[name]
    assert low <= recency <= high
    assert least <= max(frequency, monetary) <= most


# -- differences -----------------------------------------------------------------------
def _group(figures):
    return uplift.Group(
        len(figures), sum(figures), sum(figure * figure for figure in figures)
    )


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=80))
def test_mean_and_variance_are_those_of_the_textbook(figures):
    group = _group(figures)
    assert math.isclose(group.mean, statistics.mean(figures), abs_tol=1e-6)
    expected = statistics.variance(figures)
    assert math.isclose(group.variance, expected, rel_tol=1e-6, abs_tol=1e-3)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=60), st.integers(0, 50))
def test_what_is_gained_lies_in_its_range(figures, more):
    gain = uplift.compare(_group([f + more for f in figures]), _group(figures))
    assert gain.low <= gain.total + 0.01 and gain.total <= gain.high + 0.01
    assert math.isclose(gain.total, more * len(figures), abs_tol=0.02)


def test_few_people_prove_nothing():
    assert uplift.compare(_group([9] * 29), _group([1] * 100)).note == "small"
    assert uplift.compare(_group([9] * 30), _group([1] * 30)).note == "sure"
    assert uplift.compare(_group([0, 9] * 30), _group([0, 8] * 30)).note == "unsure"
    assert uplift.compare(_group([9] * 30), uplift.Group()).note == "none"
