from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine import values
from odoo.addons.loyalty_club.engine.values import BadValue


@pytest.mark.parametrize(
    ("words", "order", "expected"),
    [
        ("2026-03-02", "dmy", date(2026, 3, 2)),
        ("2026-03-02 10:15:00", "dmy", date(2026, 3, 2)),
        ("20260302", "mdy", date(2026, 3, 2)),
        ("02.03.2026", "dmy", date(2026, 3, 2)),
        ("02/03/2026", "mdy", date(2026, 2, 3)),
        ("2.3.98", "dmy", date(1998, 3, 2)),
        ("26-3-2", "ymd", date(2026, 3, 2)),
        (datetime(2026, 3, 2, 15), "dmy", date(2026, 3, 2)),
        (date(2026, 3, 2), "dmy", date(2026, 3, 2)),
    ],
)
def test_dates_are_read(words, order, expected):
    assert values.day(words, order, latest=date(2026, 12, 31)) == expected


@pytest.mark.parametrize(
    "words", ["31.02.2026", "soon", "1/2", "2026-13-01", "1.2.3456.7", "12345", ""]
)
def test_what_is_no_date_is_refused(words):
    with pytest.raises(BadValue) as caught:
        values.day(words)
    assert caught.value.code == "date"


@pytest.mark.parametrize("words", ["1899-12-31", "2026-03-03"])
def test_a_date_out_of_range_is_refused(words):
    with pytest.raises(BadValue) as caught:
        values.day(words, latest=date(2026, 3, 2))
    assert caught.value.code == "date_range"


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from("./-"))
def test_a_date_written_in_an_order_is_read_in_it(day, mark):
    for order in values.DATE_ORDERS:
        parts = {"d": f"{day.day:02}", "m": f"{day.month:02}", "y": f"{day.year}"}
        assert values.day(mark.join(parts[part] for part in order), order) == day


def test_the_order_is_guessed_from_a_day_above_twelve():
    assert values.guess_date_order(["01/02/2026", "02/13/2026"]) == "mdy"
    assert values.guess_date_order(["01/02/2026", "13/02/2026"]) == "dmy"
    assert values.guess_date_order(["2026-01-02", None, 5]) == "dmy"


@pytest.mark.parametrize(
    ("words", "mark", "expected"),
    [
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("0,5", ".", "0.5"),
        ("1.234.567", ".", "1234567"),
        ("1'234.50", ".", "1234.50"),
        ("1\u00a0234,5", ",", "1234.5"),
        ("-7", ".", "-7"),
        (12.5, ".", "12.5"),
    ],
)
def test_numbers_are_read(words, mark, expected):
    assert values.number(words, mark) == Decimal(expected)


@pytest.mark.parametrize(
    "words",
    ["", "abc", "1,2,3.4.5", "nan", "inf", "1e400", True, "12%", "--1", "9" * 20],
)
def test_what_is_no_number_is_refused(words):
    with pytest.raises(BadValue) as caught:
        values.number(words)
    assert caught.value.code == "number"


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([",", "."]))
def test_a_number_with_two_decimals_is_read_whatever_the_mark(value, mark):
    words = f"{value:,.2f}"
    if mark == ",":
        words = words.translate(str.maketrans(",.", ".,"))
    assert values.number(words, ".") == value
    assert values.number(words, ",") == value


@given(st.text(max_size=60))
def test_anything_typed_is_read_or_refused_with_a_code(words):
    for read in (
        values.text,
        values.day,
        values.number,
        values.boolean,
        values.gender,
        values.email,
        lambda cell: values.phone(cell, "AM"),
    ):
        try:
            read(words)
        except BadValue as error:
            assert error.code


@pytest.mark.parametrize(
    "words", ["091234567", "+374 91 234567", "37491234567", 37491234567.0, 37491234567]
)
def test_phones_are_read_to_e164(words):
    assert values.phone(words, "AM") == "+37491234567"


@pytest.mark.parametrize("words", ["12", "phone", "+37412", "0912345678901234"])
def test_what_is_no_phone_is_refused(words):
    with pytest.raises(BadValue) as caught:
        values.phone(words, "AM")
    assert caught.value.code == "phone"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("=1+1", "formula"),
        ("@SUM(A1)", "formula"),
        ("a\x00b", "control"),
        ("x" * 1001, "long"),
        ("#REF!", "error"),
    ],
)
def test_hostile_texts_are_refused(words, code):
    with pytest.raises(BadValue) as caught:
        values.text(words)
    assert caught.value.code == code


def test_words_are_understood_in_three_languages():
    assert [values.boolean(word) for word in ("Yes", "да", "Այո", 1.0)] == [True] * 4
    assert [values.boolean(word) for word in ("No", "нет", "Ոչ", 0)] == [False] * 4
    assert [values.gender(word) for word in ("Woman", "жен", "կին")] == ["female"] * 3
