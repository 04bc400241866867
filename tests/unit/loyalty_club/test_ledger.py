from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine.ledger import (
    InsufficientPoints,
    Lot,
    give_back,
    settle,
    spend,
    take_back,
)

D = Decimal
MARCH_END = date(2027, 3, 31)
LOT_A = Lot("A", D(600), MARCH_END)
LOT_B = Lot("B", D(5400), MARCH_END)

points_amounts = st.decimals(0, 10**5, places=2)
lots_lists = st.lists(
    st.builds(
        Lot,
        key=st.integers(0, 50),
        remaining=points_amounts,
        expiration_date=st.none() | st.dates(),
    ),
    max_size=8,
    unique_by=lambda lot: lot.key,
)


def held(lots):
    return sum(lot.remaining for lot in lots)


# The week of design/story.md


def test_story_spends_lot_a_and_part_of_lot_b():
    assert spend([LOT_B, LOT_A], D(3000)) == {"A": 600, "B": 2400}


def test_story_refund_takes_from_the_lot_of_the_invoice():
    own, others = [Lot("B", D(3000), MARCH_END)], [Lot("C", D(2115), MARCH_END)]
    assert take_back(own, others, D(600)) == ({"B": 600}, 0)


# Spending


def test_soonest_to_expire_is_spent_first_and_never_expiring_last():
    lots = [
        Lot(1, D(1), None),
        Lot(2, D(1), date(2027, 6, 30)),
        Lot(3, D(1), date(2026, 6, 30)),
    ]
    assert list(spend(lots, D(3))) == [3, 2, 1]


def test_equal_dates_are_spent_by_key():
    lots = [Lot(key, D(1), MARCH_END) for key in (3, 1, 2)]
    assert list(spend(lots, D(3))) == [1, 2, 3]


def test_untouched_and_empty_lots_are_absent():
    lots = [Lot(1, D(0), MARCH_END), Lot(2, D(5), MARCH_END), Lot(3, D(5), MARCH_END)]
    assert spend(lots, D(5)) == {2: 5}


def test_refusal_carries_the_numbers():
    with pytest.raises(InsufficientPoints) as refusal:
        spend([LOT_A], D(4000))
    assert (refusal.value.available, refusal.value.requested) == (600, 4000)
    assert "4000" in str(refusal.value)


@pytest.mark.parametrize(
    "operation",
    [
        lambda points: spend([LOT_A], points),
        lambda points: give_back([("A", D(600))], points),
        lambda points: take_back([LOT_A], [], points),
    ],
    ids=["spend", "give back", "take back"],
)
def test_negative_points_are_refused(operation):
    with pytest.raises(ValueError, match="-1"):
        operation(D(-1))


@given(lots_lists, points_amounts)
def test_spending_takes_exactly_the_points_or_nothing(lots, points):
    if points > held(lots):
        with pytest.raises(InsufficientPoints) as refusal:
            spend(lots, points)
        assert refusal.value.available == held(lots)
        return
    taken = spend(lots, points)
    remaining = {lot.key: lot.remaining for lot in lots}
    assert sum(taken.values()) == points
    assert all(0 < part <= remaining[key] for key, part in taken.items())


@given(lots_lists, st.data())
def test_no_lot_is_kept_while_a_later_one_is_spent(lots, data):
    points = data.draw(st.decimals(0, held(lots), places=2))
    taken = spend(lots, points)
    full = [lot for lot in lots if taken.get(lot.key, 0) < lot.remaining]
    for kept in full:
        for lot in lots:
            if lot.key in taken and lot.key != kept.key:
                assert (lot.expiration_date or date.max) <= (
                    kept.expiration_date or date.max
                )


# Giving back


def test_points_return_in_reverse_order():
    spent = [("A", D(600)), ("B", D(2400))]
    assert give_back(spent, D(2500)) == {"B": 2400, "A": 100}


def test_debt_is_restored_before_the_lots():
    spent = [("A", D(600)), (None, D(50)), ("B", D(100))]
    assert give_back(spent, D(120)) == {None: 50, "B": 70}


def test_lot_spent_twice_gets_both_parts():
    spent = [("A", D(10)), ("B", D(5)), ("A", D(20))]
    assert give_back(spent, D(35)) == {"A": 30, "B": 5}


def test_more_than_was_spent_is_refused():
    with pytest.raises(ValueError, match="1 points more"):
        give_back([("A", D(600))], D(601))


@given(lots_lists, st.data())
def test_spending_then_giving_back_changes_nothing(lots, data):
    points = data.draw(st.decimals(0, held(lots), places=2))
    taken = spend(lots, points)
    assert give_back(list(taken.items()), points) == taken


@given(lots_lists, st.data())
def test_giving_back_in_two_parts_is_giving_back_at_once(lots, data):
    taken = spend(lots, held(lots))
    first = data.draw(st.decimals(0, held(lots), places=2))
    returned = give_back(list(taken.items()), first)
    left = [(key, part - returned.get(key, 0)) for key, part in taken.items()]
    rest = give_back(left, held(lots) - first)
    total = {key: returned.get(key, 0) + rest.get(key, 0) for key in taken}
    assert total == taken


# Taking back


def test_own_lots_pay_before_others_that_expire_sooner():
    own = [Lot("own", D(100), None)]
    others = [Lot("late", D(100), MARCH_END), Lot("soon", D(100), date(2026, 4, 30))]
    taken, debt = take_back(own, others, D(250))
    assert list(taken.items()) == [("own", 100), ("soon", 100), ("late", 50)]
    assert debt == 0


def test_what_no_lot_covers_is_a_debt():
    assert take_back([Lot("B", D(100), None)], [LOT_A], D(1000)) == (
        {"B": 100, "A": 600},
        300,
    )


def test_lot_named_twice_is_taken_from_once():
    assert take_back([LOT_A], [LOT_A, LOT_B], D(700)) == ({"A": 600, "B": 100}, 0)


@given(lots_lists, points_amounts, st.integers(0, 8))
def test_taken_and_debt_are_exactly_the_points(lots, points, cut):
    taken, debt = take_back(lots[:cut], lots[cut:], points)
    assert sum(taken.values()) + debt == points
    assert debt == max(points - held(lots), 0)


# Debts


@pytest.mark.parametrize(
    ("debt", "points", "paid"),
    [(500, 300, 300), (500, 900, 500), (0, 900, 0), (500, 0, 0), (-5, 10, 0)],
)
def test_earned_points_pay_the_debt_first(debt, points, paid):
    assert settle(D(debt), D(points)) == paid
