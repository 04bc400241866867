"""Two ledgers: every document is in exactly one pair, and sums are kept."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.reconcile import Row, by_document, match

MARCH = date(2026, 3, 2)


def row(key="a", day=MARCH, debit=100, credit=0, contract=""):
    return Row(key, day, Decimal(debit), Decimal(credit), contract=contract)


def statuses(ours, theirs, contract=""):
    return [pair.status for pair in match(ours, theirs, contract)]


def test_the_same_document_with_the_same_sum_agrees():
    assert statuses([row()], [row()]) == ["agreed"]


def test_each_difference_has_its_reason():
    assert statuses([row()], [row(debit=90)]) == ["amount"]
    assert statuses([row()], [row(day=date(2026, 4, 1))]) == ["period"]
    assert statuses([row()], [row(contract="c2")], "c1") == ["contract"]
    assert statuses([row()], []) == ["missing_there"]
    assert statuses([], [row()]) == ["missing_here"]
    assert statuses([row("a")], [row("b")]) == ["link"]
    assert statuses([row("")], [row("b", debit=5)]) == ["missing_there", "missing_here"]


def test_another_day_of_the_same_month_still_agrees():
    assert statuses([row()], [row(day=date(2026, 3, 5))]) == ["agreed"]


def test_an_offset_of_an_advance_inside_a_document_vanishes():
    rows = [row(debit=100), row(debit=0, credit=40), row(debit=40)]
    assert [(one.debit, one.credit) for one in by_document(rows)] == [(100, 0)]
    assert by_document([row(debit=5), row(debit=0, credit=5)]) == []


def test_a_return_is_a_charge_below_zero_however_it_is_booked():
    for booked in ({"debit": -10}, {"debit": 0, "credit": 10}):
        back = row(**booked)
        back.red = True
        assert [(one.debit, one.credit) for one in by_document([back])] == [(-10, 0)]


ROWS = st.lists(
    st.builds(
        row,
        key=st.sampled_from(["", "a", "b", "c", "d"]),
        day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        debit=st.integers(0, 5),
        credit=st.integers(0, 5),
    ),
    max_size=12,
)


@given(ROWS, ROWS)
def test_nothing_is_lost_and_nothing_counted_twice(ours, theirs):
    ours, theirs = by_document(ours), by_document(theirs)
    pairs = match(ours, theirs)
    for side, rows in (("ours", ours), ("theirs", theirs)):
        found = [getattr(pair, side) for pair in pairs if getattr(pair, side)]
        assert sorted(map(id, found)) == sorted(map(id, rows))
