import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine.earning import (
    Factor,
    Line,
    Rule,
    earn,
    earn_base,
    sentence,
    take_back,
)

D = Decimal
CLUB = Rule("club", "money", D(3), per_amount=D(100))
BRONZE = Factor("Bronze", D(1), kind="tier")
SILVER = Factor("Silver", D("1.5"), kind="tier")
GOLD = Factor("Gold", D("1.5"), kind="tier")
TUESDAY = Factor("Tuesday", D(2), kind="weekday")
BIRTHDAY = Factor("Birthday", bonus=D(500))

amounts = st.decimals(0, 10**6, places=2)
positive_amounts = st.decimals("0.01", 10**6, places=2)


def points_of(lines, *rules, factors=(), **options):
    return earn(lines, rules or [CLUB], factors, **options).points


def bill(*values):
    return [Line(number, D(value)) for number, value in enumerate(values)]


# The week of design/story.md


@pytest.mark.parametrize(
    ("values", "factors", "points", "told"),
    [
        ([20000], [BRONZE], 600, "600 × Bronze 1 = 600"),
        ([90000], [TUESDAY], 5400, "2 700 × Tuesday 2 = 5 400"),
        ([50000, -3000], [SILVER], 2115, "1 410 × Silver 1.5 = 2 115"),
        ([23000], [SILVER], 1035, "690 × Silver 1.5 = 1 035"),
        ([9000, -4000], [], 150, "150"),
    ],
    ids=["cash", "tuesday", "part paid with points", "delivery", "gift card"],
)
def test_story_earns_to_the_point(values, factors, points, told):
    earning = earn(bill(*values), [CLUB], factors)
    assert earning.points == points
    assert sentence(earning.trace()) == told


def test_story_refund_takes_its_share_of_the_points():
    assert take_back(D(5400), D(90000), [D(10000)]) == [D(600)]


# Deductions


def test_excluded_line_bears_its_share_of_the_deduction_and_earns_nothing():
    lines = [Line(1, D(600)), Line(2, D(400), excluded=True), Line(3, D(-500))]
    earning = earn(lines, [CLUB])
    assert (earning.amount, earning.points) == (300, 9)
    assert earning.line_points == {1: 9, 2: 0, 3: 0}


def test_deduction_in_thirds_loses_nothing():
    lines = bill(10000, 10000, 10000, -1000)
    earning = earn(lines, [CLUB])
    assert (earning.points, earning.amount) == (870, 29000)


@pytest.mark.parametrize("deduction", [-1000, -1001])
def test_nothing_is_earned_on_a_document_wholly_paid_otherwise(deduction):
    rules = [
        CLUB,
        Rule("unit", "unit", D(5)),
        Rule("order", "order", D(10)),
        Rule("product", "product", D(1)),
    ]
    lines = [Line(1, D(1000), D(2), D(7)), Line(2, D(deduction))]
    earning = earn(lines, rules, [BIRTHDAY])
    assert (earning.points, earning.base, earning.amount) == (0, 0, 0)


def test_quantity_of_a_deduction_is_ignored():
    lines = [Line(1, D(1000), D(3)), Line("down payment", D(-400), D(-1))]
    assert points_of(lines, Rule(1, "unit", D(2))) == 6


# Rules


def test_units_earn_by_quantity():
    assert points_of([Line(1, D(10), D("2.5"))], Rule(1, "unit", D(4))) == 10


def test_products_earn_their_own_points():
    lines = [
        Line(1, D(10), D(2), product_points=D(7)),
        Line(2, D(10), D(3), product_points=D(1)),
    ]
    assert points_of(lines, Rule(1, "product", D(2))) == 34


def test_order_earns_once_and_spreads_over_its_lines_by_amount():
    earning = earn(bill(300, 100), [Rule(1, "order", D(20))])
    assert earning.points == 20
    assert earning.line_points == {0: 15, 1: 5}


def test_free_order_spreads_its_points_evenly():
    earning = earn(bill(0, 0), [Rule(1, "order", D(20))])
    assert earning.line_points == {0: 10, 1: 10}


@pytest.mark.parametrize(
    "line", [Line(1, D(10), D(0)), Line(2, D(10)), Line(1, D(10), excluded=True)]
)
def test_order_without_a_matched_line_earns_nothing(line):
    assert points_of([line], Rule(1, "order", D(20), line_keys=frozenset({1}))) == 0


def test_rule_looks_at_its_own_lines_only():
    rule = Rule("food", "money", D(1), line_keys=frozenset({1}))
    earning = earn(bill(10, 20), [rule])
    assert earning.line_points == {0: 0, 1: 20}


def test_rules_add_up_and_are_told_apart():
    earning = earn(bill(1000), [CLUB, Rule("visit", "order", D(10))])
    assert earning.points == 40
    assert earning.rule_points == {"club": 30, "visit": 10}


@pytest.mark.parametrize(("paid", "points"), [("99.99", 0), (100, 3)])
def test_minimum_amount_is_what_remains_of_the_matched_lines(paid, points):
    rule = Rule(
        1,
        "money",
        D(3),
        per_amount=D(100),
        line_keys=frozenset({0}),
        minimum_amount=D(100),
    )
    # Half of both lines is paid with points.
    lines = [*bill(2 * D(paid), 2 * D(paid)), Line("points", -2 * D(paid))]
    assert points_of(lines, rule) == points


@pytest.mark.parametrize(("quantity", "points"), [(2, 0), (3, 30)])
def test_minimum_quantity_is_counted_on_the_matched_lines(quantity, points):
    rule = Rule(1, "order", D(30), line_keys=frozenset({1}), minimum_quantity=D(3))
    lines = [Line(1, D(10), D(quantity)), Line(2, D(10), D(5))]
    assert points_of(lines, rule) == points


@pytest.mark.parametrize(
    ("purchases", "purchase_n", "counted"),
    [
        ("any", 0, [1, 2, 3, 4, 5, 6]),
        ("first", 0, [1]),
        ("nth", 3, [3]),
        ("every", 3, [3, 6]),
        ("every", 0, []),
    ],
)
def test_purchase_number_decides(purchases, purchase_n, counted):
    rule = Rule(1, "order", D(1), purchases=purchases, purchase_n=purchase_n)
    assert [
        number
        for number in range(1, 7)
        if points_of(bill(10), rule, purchase_number=number)
    ] == counted


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "gold"},
        {"mode": "money", "per_amount": D(0)},
        {"mode": "money", "purchases": "second"},
    ],
)
def test_impossible_rule_is_refused(wrong):
    with pytest.raises(ValueError, match="|".join(map(str, wrong.values()))):
        Rule(key=1, points=D(1), **wrong)


# Factors


def test_factors_multiply():
    assert points_of(bill(2000), factors=[GOLD, TUESDAY]) == 180


def test_best_factor_alone_counts_and_every_bonus():
    weekday = Factor("Opening", D("1.2"), bonus=D(10))
    earning = earn(
        bill(2000), [CLUB], [GOLD, TUESDAY, weekday, BIRTHDAY], stacking="best"
    )
    assert earning.points == 60 * 2 + 10 + 500
    assert (
        sentence(earning.trace()) == "60 × Tuesday 2 + Opening 10 + Birthday 500 = 630"
    )


def test_bonus_does_not_displace_a_reducing_factor():
    reduced = Factor("Outlet", D("0.5"))
    assert points_of(bill(2000), factors=[reduced, BIRTHDAY], stacking="best") == 530


def test_bonus_comes_after_the_multiplication():
    earning = earn(bill(2000), [CLUB], [BIRTHDAY, TUESDAY])
    assert sentence(earning.trace()) == "60 × Tuesday 2 + Birthday 500 = 620"


def test_no_bonus_where_no_rule_gives_points():
    earning = earn(
        bill(99), [Rule(1, "order", D(1), minimum_amount=D(100))], [BIRTHDAY]
    )
    assert (earning.points, earning.factors) == (0, ())


def test_unknown_stacking_is_refused():
    with pytest.raises(ValueError, match="add"):
        earn(bill(1), [CLUB], stacking="add")


@pytest.mark.parametrize(("digits", "points"), [(0, "12"), (1, "12.9"), (2, "12.99")])
def test_points_are_cut_not_rounded(digits, points):
    assert points_of(bill("433.3"), digits=digits) == D(points)


def test_factor_works_on_the_base_before_it_is_cut():
    # 0.999 × 10: a base cut to 0.99 would give 9.90.
    assert points_of(bill("33.3"), factors=[Factor("Ten", D(10))]) == D("9.99")


# Trace and sentence


def test_trace_survives_json():
    earning = earn(bill(50000, -3000), [CLUB, Rule(7, "order", D(0))], [SILVER])
    trace = earning.trace()
    assert json.loads(json.dumps(trace)) == trace
    assert trace == {
        "points": "2115",
        "base": "1410",
        "amount": "47000",
        "factors": [{"label": "Silver", "value": "1.5", "bonus": "0", "kind": "tier"}],
        "rules": {"club": "1410"},
    }


def test_sentence_of_two_factors():
    trace = earn([Line(1, D(8000))], [Rule(1, "money", D("0.01"))], [GOLD, TUESDAY])
    assert sentence(trace.trace()) == "80 × Gold 1.5 × Tuesday 2 = 240"


def test_sentence_without_factors_is_the_points():
    assert sentence(earn(bill(20000), [CLUB]).trace()) == "600"


def test_sentence_follows_the_language():
    trace = earn(bill("41130.5"), [CLUB], [SILVER]).trace()
    told = sentence(trace, thousands="\u202f", decimal=",")
    assert told == "1\u202f233,92 × Silver 1,5 = 1\u202f850,87"


# Refunds


def test_base_of_a_refund_ignores_thresholds_purchases_and_orders():
    rules = [
        Rule(1, "money", D(3), per_amount=D(100), minimum_amount=D(10**6)),
        Rule(2, "unit", D(2), purchases="first"),
        Rule(3, "order", D(1000)),
    ]
    assert earn_base([Line(1, D(1000), D(4))], rules) == 38


def test_base_of_an_order_rule_alone_is_the_amount():
    assert earn_base(bill(1000), [Rule(1, "order", D(50))]) == 1000


def test_base_without_rule_points_is_the_net_amount():
    lines = [Line(1, D(1000)), Line(2, D(1000), excluded=True), Line(3, D(-500))]
    assert earn_base(lines, [Rule(1, "product", D(1))]) == 750


def test_three_thirds_take_everything_back():
    thirds = [D("33.333333")] * 2 + [D("33.333334")]
    assert take_back(D(100), D(100), thirds) == [D("33.33"), D("33.34"), D("33.33")]


def test_document_without_base_is_taken_back_by_its_first_refund():
    assert take_back(D(50), D(0), [D(0), D(10)]) == [50, 0]


@pytest.mark.parametrize(("points", "refund"), [(-1, 1), (1, -1)])
def test_negative_refund_is_refused(points, refund):
    with pytest.raises(ValueError, match="negative"):
        take_back(D(points), D(10), [D(refund)])


# Properties

lines_lists = st.lists(
    st.builds(
        Line,
        key=st.integers(0, 9),
        amount=st.decimals(-(10**5), 10**6, places=2),
        quantity=st.decimals(0, 100, places=1),
        product_points=st.decimals(0, 100, places=1),
        excluded=st.booleans(),
    ),
    max_size=6,
)
rules_lists = st.lists(
    st.builds(
        Rule,
        key=st.integers(0, 9),
        mode=st.sampled_from(["money", "unit", "order", "product"]),
        points=st.decimals(0, 100, places=2),
        per_amount=st.decimals("0.01", 1000, places=2),
        line_keys=st.none() | st.frozensets(st.integers(0, 9)),
        minimum_amount=amounts,
    ),
    max_size=4,
)
factors_lists = st.lists(
    st.builds(
        Factor,
        label=st.just("factor"),
        value=st.decimals(0, 10, places=2),
        bonus=st.decimals(0, 1000, places=2),
    ),
    max_size=3,
)
stackings = st.sampled_from(["multiply", "best"])


@given(lines_lists, rules_lists, factors_lists, stackings)
def test_points_are_never_negative_and_explained(lines, rules, factors, stacking):
    earning = earn(lines, rules, factors, stacking=stacking)
    assert earning.points >= 0
    slack = D("0.00001")
    assert abs(sum(earning.rule_points.values()) - earning.base) < slack
    assert abs(sum(earning.line_points.values()) - earning.base) < slack


@given(lines_lists, rules_lists, factors_lists, stackings, positive_amounts, st.data())
def test_paying_more_never_earns_less(lines, rules, factors, stacking, more, data):
    positive = [index for index, line in enumerate(lines) if line.amount > 0]
    if not positive:
        lines, positive = [*lines, Line(0, D(1))], [len(lines)]
    index = data.draw(st.sampled_from(positive))
    line = lines[index]
    dearer = list(lines)
    dearer[index] = Line(
        line.key, line.amount + more, line.quantity, line.product_points, line.excluded
    )
    before = earn(lines, rules, factors, stacking=stacking).points
    assert earn(dearer, rules, factors, stacking=stacking).points >= before


@given(positive_amounts, positive_amounts)
def test_what_is_paid_with_points_earns_nothing(paid, deducted):
    lines = bill(paid + deducted, -deducted)
    assert points_of(lines) == points_of(bill(paid))


@given(amounts, positive_amounts, st.lists(amounts, max_size=8), st.integers(0, 2))
def test_refunds_take_back_all_points_and_never_more(points, base, refunds, digits):
    shares = take_back(points, base, refunds, digits)
    assert len(shares) == len(refunds)
    assert all(share >= 0 for share in shares)
    assert sum(shares) <= points
    if sum(refunds) >= base:
        assert sum(shares) == points


@given(amounts, positive_amounts, st.lists(amounts, min_size=1, max_size=8))
def test_each_refund_total_is_its_share_within_half_a_hundredth(points, base, refunds):
    total = min(sum(refunds), base)
    error = sum(take_back(points, base, refunds)) - points * total / base
    assert abs(error) <= D("0.0050001")
