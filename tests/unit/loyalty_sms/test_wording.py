import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import wording
from odoo.addons.loyalty_sms.engine.wording import Placeholder, Style, fill, show

plain = st.text(st.characters(exclude_characters="{}"))
NAMES = ("name", "points")


def test_a_placeholder_has_a_name_a_format_and_words_for_nobody():
    assert wording.parse("{{name}}, {{ points|number or '0' }}.") == (
        Placeholder("name"),
        ", ",
        Placeholder("points", "number", "0"),
        ".",
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ name",
        "name }}",
        "{{}}",
        "{{ name.phone }}",
        "{{ name() }}",
        "{{ 1 + 1 }}",
        "{{ name or friend }}",
        '{{ name["x"] }}',
    ],
)
def test_braces_that_are_no_placeholder_are_refused(text):
    with pytest.raises(wording.MalformedPlaceholder) as caught:
        wording.parse(text)
    assert caught.value.excerpt in text


def test_an_unknown_variable_is_named_with_the_allowed_ones():
    with pytest.raises(wording.UnknownVariable) as caught:
        wording.check("{{ name }} {{ pointz }}", NAMES)
    assert (caught.value.name, caught.value.allowed) == ("pointz", ["name", "points"])


def test_an_unknown_format_is_named():
    with pytest.raises(wording.UnknownFormat) as caught:
        wording.check("{{ points|roman }}", NAMES)
    assert (caught.value.name, caught.value.format) == ("points", "roman")


@pytest.mark.parametrize("missing", [None, False, ""])
def test_default_stands_for_what_is_missing(missing):
    assert fill("{{ name or 'friend' }}", {"name": missing}) == "friend"
    assert fill("{{ name }}", {"name": missing}) == ""


def test_zero_is_a_value():
    assert fill("{{ points or 'no' }}", {"points": 0}, kinds={"points": "number"}) == (
        "0"
    )


@given(plain, plain)
def test_values_are_never_read_as_templates(before, value):
    value = "{{ points }}" + value
    assert fill(before + "{{ name }}", {"name": value, "points": 5}) == before + value


@given(plain)
def test_text_without_braces_stays_as_it_is(text):
    assert fill(text, {}) == text


@pytest.mark.parametrize(
    ("value", "wanted", "lang", "shown"),
    [
        (12500, "number", "en_US", "12,500"),
        (12500, "number", "hy_AM", "12 500"),
        (12500, "number", "ru_RU", "12 500"),
        (12500, "number", "ka_GE", "12 500"),
        (12500, "number", "fa_IR", "۱۲٬۵۰۰"),
        (12.5, "number", "en_US", "12.50"),
        (20000, "money", "en_US", "AMD 20,000"),
        (20000, "money", "hy_AM", "20 000 ֏"),
        (Decimal("20000.00"), "money", "ru_RU", "20 000 AMD"),
        ("2026-03-08", "date", "en_US", "Mar 8, 2026"),
        (datetime.date(2026, 3, 8), "date", "ru_RU", "8 мар. 2026 г."),
        (datetime.datetime(2026, 3, 8, 10), "time", "hy_AM", "14:00"),
        ("2026-03-08 21:30:00", "date", "en_US", "Mar 9, 2026"),
        ("tomorrow", "date", "en_US", "tomorrow"),
        ("a few", "number", "en_US", "a few"),
        (5, "number", "tlh_QO", "5"),
    ],
)
def test_figures_and_days_are_shown_as_the_customer_reads_them(
    value, wanted, lang, shown
):
    style = Style(lang, "Asia/Yerevan", "AMD", 0)
    assert show(value, wanted, style) == shown


def test_cents_are_shown_only_where_there_are_some():
    style = Style("en_US", currency="USD", decimals=2)
    assert show(5, "money", style) == "$5"
    assert show(Decimal("5.5"), "money", style) == "$5.50"


def test_values_in_html_are_escaped():
    escaped = fill("<b>{{ name }}</b>", {"name": "<i>"}, escape=lambda w: "&lt;i>")
    assert escaped == "<b>&lt;i></b>"
