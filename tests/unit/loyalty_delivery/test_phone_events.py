import doctest
import json
import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine import phone_events, qr_bits
from odoo.addons.loyalty_delivery.engine.phone_events import (
    BadEvent,
    PhoneEvent,
    clock,
    milliseconds,
    parse,
)

UUID = "0b9d5f0a-4f51-4b62-9a59-6f0a2f1c9e11"
NOON = datetime(2026, 3, 6, 12)
GOOD = {"uuid": UUID, "kind": "deliver", "stop": 5, "client_ms": milliseconds(NOON)}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
names = st.sampled_from(
    ["uuid", "kind", "stop", "client_ms", "offset_ms", "pos", "payload"]
)


@pytest.mark.parametrize("module", [phone_events, qr_bits])
def test_examples(module):
    failed, tried = doctest.testmod(module)
    assert tried and not failed


@given(anything)
def test_whatever_comes_is_read_or_refused(raw):
    with pytest.raises(BadEvent):
        parse(raw)


@given(st.dictionaries(names, anything))
def test_an_event_with_odd_parts_is_read_or_refused(odd):
    try:
        event = parse({**GOOD, **odd})
    except BadEvent:
        return
    # What was read can be stored.
    json.dumps(event.payload, allow_nan=False)
    assert event.kind in phone_events.KINDS
    assert event.latitude is None or -90 <= event.latitude <= 90
    told = clock(event, NOON, None)
    assert told.happened <= NOON
    assert told.gap_s >= 0


@given(anything)
def test_amounts_are_sane_or_refused(value):
    event = PhoneEvent(UUID, "deliver", 0, payload={"cod": value})
    try:
        amount = event.money("cod")
    except BadEvent:
        return
    assert amount is None or (amount >= 0 and math.isfinite(amount))


@given(anything)
def test_quantities_are_sane_or_refused(value):
    event = PhoneEvent(UUID, "partial", 0, payload={"lines": value})
    try:
        quantities = event.quantities()
    except BadEvent:
        return
    assert quantities
    assert all(quantity >= 0 for quantity in quantities.values())


@given(
    st.integers(min_value=0, max_value=86400),
    st.integers(min_value=-7_200_000, max_value=7_200_000),
)
def test_a_wrong_clock_that_stays_wrong_moves_nothing(gap_s, wrong_ms):
    happened = NOON - timedelta(seconds=gap_s)
    event = PhoneEvent(UUID, "note", milliseconds(happened) + wrong_ms)
    told = clock(event, NOON, milliseconds(NOON) + wrong_ms)
    assert told.happened == happened
    assert told.gap_s == gap_s
    assert told.is_flagged == (gap_s > 600 or abs(wrong_ms) // 1000 > 600)


def test_a_clock_moved_before_sending_is_seen():
    honest = PhoneEvent(UUID, "note", milliseconds(NOON), offset_ms=0)
    assert not clock(honest, NOON, milliseconds(NOON)).is_flagged
    assert clock(honest, NOON, milliseconds(NOON) - 3_600_000).is_flagged
