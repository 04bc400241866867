"""Areas: borders, postal codes and cities."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_delivery.engine import areas

SQUARE = [[40.0, 44.0], [40.0, 45.0], [41.0, 45.0], [41.0, 44.0]]
PLACES = st.tuples(st.floats(39, 42), st.floats(43, 46))


def test_examples():
    assert doctest.testmod(areas).failed == 0


@given(PLACES)
def test_a_square_holds_what_is_between_its_sides(place):
    area = areas.Area(tuple(map(tuple, SQUARE)))
    inside = 40 < place[0] < 41 and 44 < place[1] < 45
    outside = not (40 <= place[0] <= 41 and 44 <= place[1] <= 45)
    assert inside <= area.holds(place, None, None) <= (not outside)


def test_a_position_outside_the_border_is_not_saved_by_its_code():
    area = areas.Area(tuple(map(tuple, SQUARE)), codes=(("0010", "0019"),))
    assert not area.holds((42.0, 44.5), "0014", None)
    assert area.holds(None, "0014", None)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("text", "polygon"),
        ([[1, 2], [3, 4]], "corners"),
        ([[1, 2], [1, 2], [1, 2]], "corners"),
        ([[1, 2], [3, 4], [5]], "corner"),
        ([[1, 2], [3, 4], [95, 4]], "corner"),
        ([[1, 2], [3, 4], ["5", 4]], "corner"),
        ([[1, 2], [3, 4], [float("nan"), 4]], "corner"),
        ([[1, 2], [3, 4], [True, 4]], "corner"),
    ],
)
def test_a_border_that_is_none_is_refused(value, problem):
    with pytest.raises(areas.BadArea) as caught:
        areas.check_polygon(value)
    assert caught.value.problem == problem


def test_codes_of_other_countries():
    codes = areas.parse_codes("SW1A-1AA; H0H 0H0")
    assert areas.holds_code(codes, "h0h0h0")
    assert areas.holds_code(codes, "sw1a-1aa")
    assert not areas.holds_code(codes, "sw1a")
