from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine import earning, expiry, multipliers, tiers
from odoo.addons.loyalty_club.engine.replay import Club, Purchase, Replay

CDNOW = Path(__file__).parents[4] / "shared" / "data" / "cdnow" / "purchases.txt"
RULE = earning.Rule(1, "money", Decimal(3), per_amount=Decimal(100))
LEVELS = (
    tiers.Level("Bronze", Decimal(0)),
    tiers.Level("Silver", Decimal(100000)),
)
AREV = Club(
    rules=(RULE,),
    levels=LEVELS,
    factors={"Bronze": Decimal(1), "Silver": Decimal("1.5")},
    multipliers=(
        multipliers.Multiplier(1, "Tuesday", Decimal(2), weekdays=frozenset({1})),
    ),
    expiry_mode="month_end",
    expiry_months=1,
)


def buy(member, day, amount):
    return Purchase(member, date.fromisoformat(day), Decimal(amount))


def run(club, purchases, end):
    replay = Replay(club)
    return replay, list(replay.run(purchases, date.fromisoformat(end)))


def test_the_week_at_arev_by_hand():
    replay, months = run(
        AREV,
        [
            buy("Ani", "2026-03-02", 20000),  # Monday: 600
            buy("Ani", "2026-03-03", 90000),  # Tuesday: 2 700 × 2 = 5 400, then Silver
            buy("Ani", "2026-03-04", 47000),  # 1 410 × 1.5 = 2 115
            buy("Aram", "2026-04-07", 1000),  # Tuesday: 60
        ],
        "2026-05-31",
    )
    shown = [
        (month.issued, month.expired, month.spendable, month.members, dict(month.tiers))
        for month in months
    ]
    assert shown == [
        (Decimal(8115), 0, Decimal(8115), 1, {"Silver": 1}),
        (Decimal(60), 0, Decimal(8175), 2, {"Silver": 1, "Bronze": 1}),
        # What March gave ends with April, and is gone on 1 May.
        (Decimal(0), Decimal(8115), Decimal(60), 2, {"Silver": 1, "Bronze": 1}),
    ]
    assert replay.members["Aram"].open_lots() == [(Decimal(60), date(2026, 5, 31))]
    assert replay.members["Ani"].open_lots() == []
    assert months[0].amount == 157000
    assert months[2].purchases == 0


def test_a_tier_is_lost_when_the_window_has_moved_on():
    club = Club(rules=(RULE,), levels=LEVELS, window_months=2, grace_days=0)
    _replay, months = run(
        club,
        [buy("Ani", "2026-01-15", 100000), buy("Eva", "2026-01-15", 1)],
        "2026-03-31",
    )
    assert [month.tiers.get("Silver", 0) for month in months] == [1, 1, 0]


def test_grace_keeps_the_tier_for_a_while():
    club = Club(rules=(RULE,), levels=LEVELS, window_months=1, grace_days=40)
    _replay, months = run(club, [buy("Ani", "2026-01-15", 100000)], "2026-04-30")
    assert [month.tiers.get("Silver", 0) for month in months] == [1, 1, 1, 0]


def test_inactivity_ends_all_points_and_a_purchase_keeps_them_alive():
    club = Club(rules=(RULE,), expiry_mode="inactivity", expiry_days=30)
    replay, months = run(
        club,
        [
            buy("Ani", "2026-01-01", 10000),
            buy("Ani", "2026-01-20", 10000),
            buy("Ani", "2026-02-19", 10000),
            buy("Aram", "2026-01-01", 10000),
            buy("Aram", "2026-03-01", 10000),
        ],
        "2026-04-30",
    )
    assert [month.expired for month in months] == [0, 300, 900, 300]
    assert months[-1].spendable == 0
    assert not any(member.open_lots() for member in replay.members.values())


def test_points_wait_until_they_are_released():
    club = Club(rules=(RULE,), release_days=14)
    _replay, months = run(club, [buy("Ani", "2026-01-25", 10000)], "2026-02-28")
    assert [(month.spendable, month.pending) for month in months] == [
        (0, 300),
        (300, 0),
    ]


def test_a_refund_takes_back_what_it_had_given():
    _replay, months = run(
        Club(rules=(RULE,)),
        [buy("Ani", "2026-01-01", 10000), buy("Ani", "2026-01-02", -4000)],
        "2026-01-31",
    )
    assert (months[0].issued, months[0].taken_back) == (300, 120)
    assert months[0].spendable == 180


def test_first_purchases_are_known():
    first = earning.Rule(2, "order", Decimal(500), purchases="first")
    _replay, months = run(
        Club(rules=(RULE, first)),
        [buy("Ani", "2026-01-01", 100), buy("Ani", "2026-01-01", 100)],
        "2026-01-31",
    )
    assert months[0].issued == 506


def test_no_purchase_no_month():
    assert run(AREV, [], "2026-01-31")[1] == []


def test_purchases_after_the_end_do_not_count():
    months = run(AREV, [buy("Ani", "2026-03-02", 100)], "2026-03-01")[1]
    assert months == []


purchases = st.lists(
    st.builds(
        Purchase,
        st.sampled_from("ABC"),
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.decimals(-1000, 90000, places=2),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(purchases, st.sampled_from(expiry.MODES), st.sampled_from([0, 20]))
def test_no_point_is_lost_or_made(bought, mode, release_days):
    bought.sort(key=lambda purchase: purchase.day)
    club = Club(
        rules=(RULE,),
        levels=LEVELS,
        factors={"Silver": Decimal("1.5")},
        expiry_mode=mode,
        expiry_days=45,
        expiry_months=1,
        release_days=release_days,
    )
    replay, months = run(club, bought, "2027-06-30")
    balance = Decimal(0)
    for month in months:
        balance += month.issued - month.taken_back - month.expired
        assert month.spendable + month.pending == balance
        assert min(month.issued, month.expired, month.spendable, month.pending) >= 0
        assert sum(month.tiers.values()) == month.members
    left = [lot for member in replay.members.values() for lot in member.open_lots()]
    assert sum(points for points, _expires in left) == balance
    assert all(expires is None or expires >= date(2027, 6, 30) for _p, expires in left)


@pytest.mark.skipif(not CDNOW.exists(), reason="the CDNOW purchases are not here")
def test_the_whole_of_cdnow():
    bought = []
    for line in CDNOW.read_text().splitlines()[1:]:
        member, day, quantity, amount = line.split()
        day = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        bought.append(Purchase(member, day, Decimal(amount), Decimal(quantity)))
    bought.sort(key=lambda purchase: purchase.day)
    replay, months = run(
        Club(
            rules=(earning.Rule(1, "money", Decimal(1)),),
            levels=(tiers.Level(0, Decimal(0)), tiers.Level(1, Decimal(200))),
            expiry_mode="days",
            expiry_days=365,
        ),
        bought,
        "1998-06-30",
    )
    assert len(months) == 18
    assert sum(month.purchases for month in months) == 69659
    assert months[-1].members == len(replay.members) == 23570
    # One point a dollar: what was issued is what was paid, cents included.
    assert sum(month.issued for month in months) == sum(p.amount for p in bought)
    gone = sum(month.expired for month in months)
    assert gone == sum(p.amount for p in bought if p.day < date(1997, 6, 30))
    assert months[-1].spendable == sum(p.amount for p in bought) - gone
