"""Reports in any order, any number of times, end a message in the same state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import states

REPORTS = st.lists(st.sampled_from(states.REPORTED), min_size=1, max_size=8)
STATES = st.sampled_from(sorted(states.RANK))


def _after(state, reports):
    for report in reports:
        state = states.heard(state, report)
    return state


@given(STATES, REPORTS, st.randoms())
def test_any_order_ends_in_the_same_state(state, reports, random):
    shuffled = [*reports]
    random.shuffle(shuffled)
    assert _after(state, reports) == _after(state, shuffled)


@given(STATES, REPORTS)
def test_repeated_reports_change_nothing(state, reports):
    assert _after(state, reports) == _after(state, reports * 2)


@given(STATES, REPORTS)
def test_a_state_never_says_less_than_before(state, reports):
    assert states.RANK[_after(state, reports)] >= states.RANK[state]


@given(STATES)
def test_what_nobody_reports_is_refused(state):
    with pytest.raises(ValueError):
        states.heard(state, "suppressed")


def test_every_move_leads_to_a_state():
    assert set(states.MOVES) == set(states.RANK)
    for targets in states.MOVES.values():
        assert targets <= set(states.RANK)


def test_nothing_that_arrived_goes_out_again():
    for state in ("accepted", "submitted", "delivered", "read", "failed"):
        assert not states.may(state, "queued")
        assert not states.may(state, "sending")
