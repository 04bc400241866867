import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import keywords

SHIPPED = {
    "stop": keywords.STOP,
    "стоп": keywords.STOP,
    "դադար": keywords.STOP,
    "შეწყვეტა": keywords.STOP,
    "لغو": keywords.STOP,
    "لغو11": keywords.STOP,
    "stop all": keywords.STOP_ALL,
    "start": keywords.START,
    "баланс": keywords.BALANCE,
    "բալանս": keywords.BALANCE,
}
WORDS = {keywords.normalise(word): kind for word, kind in SHIPPED.items()}


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "Stop.",
        " stop!!! ",
        "«стоп»",
        "STOP PLEASE",
        "please stop",
        "стоп пожалуйста",
        "СТОП, спасибо",
        "ԴԱԴԱՐ",
        "դադար խնդրում եմ",
        "შეწყვეტა გთხოვთ",
        "لغو",
        "لغو لطفاً",
        "لغو۱۱",
        "s\u0301top",
        "\u200fلغو\u200f",
    ],
)
def test_a_stop_is_understood_however_it_is_written(text):
    assert keywords.read(text, WORDS).kind == keywords.STOP


@pytest.mark.parametrize(
    "text",
    [
        "don't stop sending",
        "never stop",
        "stop the delivery of order 5",
        "не стоп",
        "nonstop",
        "bus stop please wait",
        "",
        "   ",
    ],
)
def test_a_word_in_a_sentence_is_for_a_person(text):
    assert keywords.read(text, WORDS).kind == keywords.OTHER


def test_longer_words_win_over_shorter():
    assert keywords.read("Stop all", WORDS).kind == keywords.STOP_ALL


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("5!", 5),
        (" 5 ", 5),
        ("10", 10),
        ("0", 0),
        ("۴", 4),
        ("٣", 3),
        ("5/5", 5),
        ("8/10", 8),
        ("⭐️⭐️⭐️⭐️", 4),
        ("5 thanks", 5),
        ("5. Все отлично", 5),
        ("2, cold coffee", 2),
    ],
)
def test_a_rating_is_a_number_alone_or_before_other_words(text, value):
    assert keywords.read(text, WORDS) == keywords.Reply(keywords.RATING, value)


@pytest.mark.parametrize("text", ["11", "5 minutes late", "order 5", "-", "2026"])
def test_other_numbers_are_no_rating(text):
    found = keywords.read(text, WORDS)
    assert found.kind == keywords.OTHER


@given(st.text(max_size=80))
def test_any_text_is_read(text):
    assert keywords.read(text, WORDS).kind in {
        *SHIPPED.values(),
        keywords.RATING,
        keywords.OTHER,
    }


@example("𝐀")
@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text):
    once = keywords.normalise(text)
    assert keywords.normalise(once) == once


@given(
    st.sampled_from(sorted(SHIPPED)),
    st.text('!?.,;:-«»"() \n', max_size=6),
    st.text('!?.,;:-«»"() \n', max_size=6),
)
def test_punctuation_around_a_word_changes_nothing(word, before, after):
    read = keywords.read(before + word.upper() + after, WORDS)
    assert read.kind == SHIPPED[word]
