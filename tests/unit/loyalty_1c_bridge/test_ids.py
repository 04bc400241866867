"""Tax ids: real numbers pass, a wrong digit is seen, spelling does not matter."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine import ids

REAL = [
    ("inn", "7707083893"),
    ("inn", "7736050003"),
    ("inn", "500100732259"),
    ("ogrn", "1027700132195"),
    ("kpp", "773601001"),
    ("bin", "220840049859"),
    ("bin", "901041000015"),
    ("hvhh", "01234567"),
    ("ge", "204378869"),
    ("ge", "01024054654"),
    ("unp", "200988541"),
    ("edrpou", "32855961"),
]


def test_doctests():
    assert doctest.testmod(ids).failed == 0


@pytest.mark.parametrize(("kind", "number"), REAL)
def test_real_numbers_pass(kind, number):
    assert ids.check(kind, number)


@pytest.mark.parametrize(
    ("kind", "number"),
    [pair for pair in REAL if pair[0] in ("inn", "ogrn", "bin", "unp", "edrpou")],
)
def test_any_other_last_digit_is_refused(kind, number):
    others = {number[:-1] + digit for digit in "0123456789"} - {number}
    assert [other for other in others if ids.check(kind, other)] == []


@pytest.mark.parametrize("kind", ids.LENGTHS)
@pytest.mark.parametrize("number", ["", "1", "12345678901234567890", "12345678x"])
def test_what_has_not_the_form_is_refused(kind, number):
    assert not ids.check(kind, number)


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text):
    once = ids.normalise(text)
    assert ids.normalise(once) == once


@given(st.text(max_size=20), st.sampled_from([None, "RU", "KZ", "AM", "GE", "XX"]))
def test_whatever_is_typed_gets_an_answer(text, country):
    assert ids.problem(text, country) in ("", "length", "digit")
    assert isinstance(ids.kinds_of(text, country), list)


def test_a_number_without_country_finds_the_countries_it_may_be_of():
    assert "inn" in ids.kinds_of("7707083893")
    assert ids.kinds_of("ՀՎՀՀ 01234567", "AM") == []
    assert ids.kinds_of("01234567", "AM") == ["hvhh"]
