from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine.caps import margin_discount, offer

D = Decimal
money = st.decimals(0, 10**6, places=2)


def offered(**options):
    return offer(**{"balance": D(6000), "point_value": D(1), **options})


def test_story_offers_the_least_of_the_bill_the_balance_and_the_day():
    found = offered(document_amount=D(50000), cap_percent=D(30), cap_day=D(20000))
    assert found.points == 6000
    assert found.limits == (("percent", 15000), ("balance", 6000), ("day", 20000))


def test_wish_below_the_limits_is_granted():
    assert offered(requested=D(3000)).points == 3000


def test_wish_above_the_limits_is_cut():
    found = offered(requested=D(7000))
    assert (found.points, found.limits) == (6000, (("balance", 6000),))


@pytest.mark.parametrize(
    ("options", "name", "points"),
    [
        ({"document_amount": D(500)}, "amount", 500),
        ({"document_amount": D(500), "spendable_amount": D(400)}, "amount", 400),
        ({"document_amount": D(500), "cap_percent": D(30)}, "percent", 150),
        ({"cap_points": D(1000)}, "points", 1000),
        ({"cap_day": D(2000), "spent_today": D(1500)}, "day", 500),
        ({"max_discount": D(70)}, "margin", 70),
    ],
)
def test_each_limit_counts(options, name, points):
    found = offered(**options)
    assert found.points == points
    assert dict(found.limits)[name] == points


def test_points_already_on_the_document_count_against_its_limits():
    found = offered(
        already=D(100),
        document_amount=D(5000),
        spendable_amount=D(4000),
        cap_percent=D(30),
        cap_points=D(1000),
        cap_day=D(2000),
        spent_today=D(500),
        max_discount=D(900),
    )
    assert found.limits == (
        ("percent", 1400),
        ("amount", 3900),
        ("margin", 800),
        ("points", 900),
        ("balance", 6000),
        ("day", 1400),
    )
    assert found.points == 800


def test_value_of_a_point_turns_money_into_points():
    found = offered(point_value=D(3), spendable_amount=D(1000))
    assert found.points == D("333.33")


@pytest.mark.parametrize(("minimum", "points"), [(6000, 6000), (6001, 0)])
def test_less_than_the_minimum_is_not_offered(minimum, points):
    assert offered(minimum=D(minimum)).points == points


def test_wish_below_the_minimum_is_not_granted():
    assert offered(minimum=D(100), requested=D(99)).points == 0


def test_points_already_spent_help_to_reach_the_minimum():
    assert offered(minimum=D(100), already=D(60), requested=D(40)).points == 40


@pytest.mark.parametrize(
    "options",
    [
        {"balance": D(-50)},
        {"requested": D(-1)},
        {"cap_day": D(10), "spent_today": D(20)},
        {"cap_points": D(10), "already": D(20)},
    ],
    ids=["debt", "negative wish", "day is over", "document is full"],
)
def test_offer_is_never_negative(options):
    assert offered(**options).points == 0


@pytest.mark.parametrize("value", [0, -1])
def test_point_without_value_is_refused(value):
    with pytest.raises(ValueError, match="point_value"):
        offered(point_value=D(value))


def test_percentage_of_nothing_is_refused():
    with pytest.raises(ValueError, match="document_amount"):
        offered(cap_percent=D(30))


@given(money, st.decimals("0.01", 1000, places=2), money, st.none() | money, money)
def test_offer_fits_the_balance_the_bill_and_the_wish(
    balance, point_value, spendable, requested, minimum
):
    found = offer(
        balance=balance,
        point_value=point_value,
        spendable_amount=spendable,
        requested=requested,
        minimum=minimum,
    )
    assert 0 <= found.points <= balance
    assert found.points * point_value <= spendable
    assert found.points == 0 or found.points >= minimum
    assert requested is None or found.points <= requested
    assert found.points == round(found.points, 2)


# Margin


@pytest.mark.parametrize(
    ("subtotal", "cost", "percent", "discount"),
    [
        (1000, 600, 25, 200),
        (1000, 600, 0, 400),
        (1000, 600, 40, 0),
        (1000, 900, 25, 0),
        (1000, 0, 25, 1000),
        (1000, -10, 25, 1000),
        (1000, 600, 100, 0),
        (1000, 100, 30, "857.14"),
    ],
)
def test_discount_leaves_the_margin(subtotal, cost, percent, discount):
    assert margin_discount(D(subtotal), D(cost), D(percent)) == D(discount)


@given(money, money, st.decimals(0, 99, places=1))
def test_margin_after_the_largest_discount_is_reached_and_no_cent_wasted(
    subtotal, cost, percent
):
    discount = margin_discount(subtotal, cost, percent)

    def leaves_margin(price):
        return (price - cost) * 100 >= percent * price

    assert 0 <= discount <= subtotal
    assert discount == 0 or leaves_margin(subtotal - discount)
    cent = D("0.01")
    assert discount == subtotal or not leaves_margin(subtotal - discount - cent)
