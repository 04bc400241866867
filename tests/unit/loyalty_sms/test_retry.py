"""What becomes of a message after a hand-over."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import retry, states
from odoo.addons.loyalty_sms.engine.gateways import base

NOW = datetime(2026, 3, 1, 12)


def _decide(outcome=base.RETRY, attempts=1, route=(1, 2), tried=(), **values):
    expires_at = values.pop("expires_at", None)
    result = base.Result("u", outcome, **values)
    return retry.decide(result, NOW, attempts, expires_at, 1, route, tried)


@given(
    st.sampled_from(base.OUTCOMES),
    st.integers(min_value=1, max_value=9),
    st.sampled_from((None, *base.FAILURES)),
    st.lists(st.sampled_from((1, 2, 3)), unique=True),
)
def test_only_what_was_surely_not_taken_goes_again(outcome, attempts, failure, route):
    decision = _decide(outcome, attempts, tuple(route), failure=failure)
    assert states.may("sending", decision.state)
    if outcome != base.RETRY:
        assert decision.state != "queued"


def test_the_next_gateway_of_the_route_is_tried_at_once():
    decision = _decide(failure="server")
    assert decision == retry.Decision("queued", NOW, 2, (1,), False)


def test_after_all_gateways_the_first_is_asked_again_later():
    decision = _decide(failure="server", route=(2, 1), tried=(2,))
    assert decision.gateway_id == 2
    assert decision.not_before == NOW + timedelta(seconds=5)
    assert decision.tried == ()


def test_trouble_of_the_gateway_costs_no_attempt():
    for failure in retry.TROUBLE:
        assert not _decide(failure=failure, attempts=50).is_counted
        assert _decide(failure=failure, attempts=50).state == "queued"


def test_too_many_attempts_fail():
    assert _decide(attempts=4, route=(1,)).state == "queued"
    assert _decide(attempts=5, route=(1,)).state == "failed"


def test_who_asks_for_patience_gets_it():
    decision = _decide(failure="throttled", retry_after_s=40)
    assert decision.gateway_id == 1
    assert decision.not_before == NOW + timedelta(seconds=40)


def test_what_would_come_too_late_expires():
    soon = NOW + timedelta(seconds=4)
    assert _decide(route=(1,), expires_at=soon).state == "expired"
    assert _decide(route=(1, 2), expires_at=soon).state == "queued"
