"""Properties of the roads' plain Python: any places, any lines, any gaps."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine.geo import haversine_m
from odoo.addons.loyalty_delivery.engine.roads import address, pairs, polyline, straight
from odoo.addons.loyalty_delivery.engine.roads.base import Table
from odoo.addons.loyalty_delivery.engine.roads.calibrate import Leg, propose
from odoo.addons.loyalty_delivery.engine.roads.cells import CellMatrix
from odoo.addons.loyalty_delivery.engine.roads.fixes import Fix, settle

LATITUDE = st.floats(-85, 85, allow_nan=False)
LONGITUDE = st.floats(-180, 180, allow_nan=False)
PLACE = st.tuples(LATITUDE, LONGITUDE)
PACE = st.builds(straight.Pace, st.floats(1, 4), st.floats(3, 120))


@given(st.lists(st.tuples(PLACE, PACE), min_size=2, max_size=8))
@settings(deadline=None)
def test_the_straight_line_is_the_great_circle_times_the_factor(doors):
    places, paces = zip(*doors, strict=True)
    metres, seconds = straight.table(places, paces)
    for row, (a, pace_a) in enumerate(doors):
        for column, (b, pace_b) in enumerate(doors):
            if row == column:
                continue
            factor = (pace_a.factor + pace_b.factor) / 2
            length = haversine_m(a, b) * factor
            pace = (3.6 / pace_a.speed_kmh + 3.6 / pace_b.speed_kmh) / 2
            # Opposite sides of the globe: both formulas lose some digits there.
            assert metres[row][column] == pytest.approx(length, rel=1e-4, abs=1)
            assert seconds[row][column] == pytest.approx(length * pace, rel=1e-4, abs=1)
            assert metres[row][column] == metres[column][row]


@given(st.lists(st.tuples(PLACE, PACE), min_size=31, max_size=40))
@settings(max_examples=15, deadline=None)
def test_numpy_says_the_same_as_python(doors):
    pytest.importorskip("numpy")
    places, paces = zip(*doors, strict=True)
    quick = straight.table(places, paces)
    slow = straight.table(places, paces, fast=False)
    for quick_rows, slow_rows in zip(quick, slow, strict=True):
        for quick_row, slow_row in zip(quick_rows, slow_rows, strict=True):
            assert quick_row == pytest.approx(slow_row, rel=1e-6, abs=1)


def test_a_thousand_places_take_a_second_without_numpy():
    places = [(40 + n % 37 / 1000, 44 + n % 41 / 1000) for n in range(1000)]
    started = time.process_time()
    straight.table(places, [straight.Pace()] * 1000, fast=False)
    # A machine with other work on it is allowed twice what was measured.
    assert time.process_time() - started < 2.5


@given(st.lists(st.tuples(LATITUDE, LONGITUDE), max_size=20))
def test_a_line_comes_back_as_it_was(places):
    places = [[round(lat, 6), round(lon, 6)] for lat, lon in places]
    decoded = polyline.decode(polyline.encode(places))
    assert len(decoded) == len(places)
    for found, wanted in zip(decoded, places, strict=True):
        assert found == pytest.approx(wanted, abs=1e-9)


@given(st.text(max_size=40))
def test_any_text_is_a_line_or_refused(text):
    try:
        polyline.decode(text)
    except polyline.MalformedLineError:
        pass
    else:
        assert all(63 <= ord(sign) < 127 for sign in text)


@st.composite
def gaps(draw):
    size = draw(st.integers(1, 9))
    rows = st.lists(st.sets(st.integers(0, size - 1)), min_size=size, max_size=size)
    return draw(rows)


@given(gaps(), st.integers(1, 4))
def test_what_is_asked_covers_what_is_missing_once(missing, size):
    asked = [
        (row, column)
        for block in pairs.blocks(missing)
        for tile in pairs.tiles(block, size, size)
        for row in tile.rows
        for column in tile.columns
    ]
    wanted = {(row, column) for row, gap in enumerate(missing) for column in gap}
    assert wanted <= set(asked)
    assert len(asked) == len(set(asked))


def test_a_new_door_costs_its_row_and_column():
    count = 200
    missing = [[count - 1] for _row in range(count - 1)] + [list(range(count - 1))]
    asked = sum(len(b.rows) * len(b.columns) for b in pairs.blocks(missing))
    assert asked == 2 * (count - 1)


@given(PLACE)
def test_a_cell_holds_its_place(place):
    found = pairs.geohash(place)
    assert len(found) == 8
    near = place[0] + 1e-9, place[1]
    assert pairs.geohash(near)[:6] == found[:6] or haversine_m(near, place) < 1


@given(st.lists(st.builds(Fix, LATITUDE, LONGITUDE, st.floats(0, 100)), max_size=6))
def test_a_learned_door_is_where_most_fixes_are(fixes):
    place = settle(fixes)
    if place:
        near = [
            f for f in fixes if haversine_m(place, (f.latitude, f.longitude)) <= 320
        ]
        assert len(near) >= 2
        assert 2 * len(near) > len(fixes)


def test_fixes_that_do_not_agree_teach_nothing():
    assert settle([Fix(40, 44, 5), Fix(40.1, 44.1, 5)]) is None
    assert settle([Fix(40, 44, 5)]) is None


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_is_an_address_that_breaks_nothing(text):
    assert address.key(text) == address.key(f"  {text.upper().lower()} ") or text
    assert all(house for _street, house in address.candidates(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Abovyan st. 12, Yerevan", "ABOVYAN STREET 12 Yerevan"),
        ("ул. Абовяна, д. 12, кв. 5", "улица Абовяна 12"),
        ("Աբովյան փողոց 12, բն. 7", "Աբովյան փ. 12"),
        ("Rue de l'Église 4", "rue de l eglise 4"),
    ],
)
def test_spellings_of_one_address_are_one(one, other):
    assert address.key(one) == address.key(other)


@pytest.mark.parametrize("other", ["Abovyan 13", "Abovyan 12a", "Tumanyan 12"])
def test_other_doors_are_other_addresses(other):
    assert address.key("Abovyan 12") != address.key(other)


def test_too_few_legs_propose_nothing():
    assert propose([Leg(1000, 1400, 200)] * 19, 1.4) is None
    assert propose([Leg(100, 1400, 200)] * 50, 1.4) is None


def test_without_metres_only_the_speed_is_proposed():
    found = propose([Leg(1000, 0, 180)] * 20, 1.5)
    assert (found.factor, found.speed_kmh) == (0.0, 30.0)


@st.composite
def answers(draw):
    """Sources, each of which knows some pairs of a few cells."""
    size = draw(st.integers(2, 6))
    way = st.one_of(st.none(), st.integers(1, 9999))
    rows = st.lists(
        st.lists(way, min_size=size, max_size=size), min_size=size, max_size=size
    )
    return size, draw(st.lists(rows, min_size=1, max_size=3))


@given(answers(), st.integers(1, 6))
@settings(deadline=None)
def test_the_first_source_that_knows_a_pair_counts(known, tile_size):
    size, sources = known
    matrix = CellMatrix([str(cell) for cell in range(size)])
    for rows in sources:
        for block in pairs.blocks(matrix.missing()):
            for tile in pairs.tiles(block, tile_size, tile_size):
                figures = [[rows[r][c] for c in tile.columns] for r in tile.rows]
                matrix.fill(tile, Table(figures, figures), 1)
    for row in range(size):
        for column in range(size):
            told = [rows[row][column] for rows in sources]
            first = next((way for way in told if way is not None), None)
            wanted = 0 if row == column else first
            assert matrix.metres[row][column] == wanted
            assert matrix.seconds[row][column] == wanted


def test_places_of_one_cell_keep_the_straight_line_between_them():
    matrix = CellMatrix(["a", "b"])
    ways = [[0, 70], [80, 0]]
    matrix.fill(pairs.Block((0, 1), (0, 1)), Table(ways, ways), 2)
    metres = [[0, 5, 6], [5, 0, 6], [6, 6, 0]]
    seconds = [list(row) for row in metres]
    matrix.overlay(metres, seconds, ["a", "a", "b"])
    assert metres == [[0, 5, 70], [5, 0, 70], [80, 80, 0]]
    assert seconds == [[0, 5, 140], [5, 0, 140], [160, 160, 0]]
