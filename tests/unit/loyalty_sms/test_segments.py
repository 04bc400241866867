import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import fitting, segments, translit

VECTORS = json.loads(
    (
        Path(__file__).parents[3] / "loyalty_sms/static/tests/segments_vectors.json"
    ).read_text()
)
gsm = st.text(st.sampled_from(sorted(segments.BASIC | segments.EXTENSION)))
letters = st.text(st.sampled_from("aé€[ Աաև’“Я№😀\u200c«ს…\n"), max_size=400)
texts = st.one_of(gsm, letters, st.text())


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_vector(case):
    text = case["text"]
    measured = segments.count(text)
    assert list(measured) == case["count"]
    assert [len(part) for part in segments.split(text)] == case["parts"]
    assert [list(one) for one in segments.forcing(text)] == case["forcing"]
    assert segments.normalise(text) == case["plain"]
    assert translit.transliterate(text) == case["latin"]
    assert fitting.fit(text, "smart") == case["smart"]
    assert fitting.fit(text, "auto") == case["auto"]
    assert [list(hint) for hint in fitting.hints(text)] == case["hints"]
    assert segments.has_torn_emoji(text) is case["torn"]


@given(texts)
def test_joined_parts_are_the_text(text):
    assert "".join(segments.split(text)) == text


@given(texts)
def test_count_agrees_with_the_parts(text):
    measured, parts = segments.count(text), segments.split(text)
    assert measured.segments == len(parts)
    assert sum(segments.count(part).units for part in parts) >= measured.units or (
        measured.encoding == "UCS2"
    )
    assert 0 <= measured.left <= segments.SINGLE[measured.encoding]


@given(texts)
def test_every_part_fits_and_none_could_take_the_next_character(text):
    alphabet, parts = segments.encoding(text), segments.split(text)
    if len(parts) < 2:
        return
    for part, following in zip(parts, parts[1:], strict=False):
        assert _units(part, alphabet) <= segments.PART[alphabet]
        assert _units(part + following[0], alphabet) > segments.PART[alphabet]


@given(texts, st.characters())
def test_one_more_character_never_costs_less(text, character):
    before, after = segments.count(text), segments.count(text + character)
    assert after.segments >= before.segments


@given(texts)
def test_no_characters_force_what_is_gsm7(text):
    forced = segments.forcing(text)
    assert bool(forced) == (segments.encoding(text) == "UCS2")
    assert all(text[one.position] == one.character for one in forced)


@given(texts)
def test_normalising_twice_changes_nothing_more(text):
    once = segments.normalise(text)
    assert segments.normalise(once) == once


@given(st.text(st.characters(categories=["L"])))
def test_normalising_keeps_letters(text):
    composed = segments.unicodedata.normalize("NFC", text).replace("ʼ", "'")
    assert segments.normalise(text) == composed


@given(texts, st.sampled_from(fitting.POLICIES[1:]))
def test_a_policy_never_costs_a_segment(text, policy):
    if policy == fitting.TRANSLITERATE and segments.encoding(text) == "GSM7":
        return
    before = segments.count(text).segments
    assert segments.count(fitting.fit(text, policy)).segments <= before


@given(texts)
def test_as_is_is_as_it_is(text):
    assert fitting.fit(text, "as_is") == text


@given(st.text(st.sampled_from("աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքևօֆԱԵՈՒՇաու ")))
def test_armenian_becomes_gsm7(text):
    assert segments.encoding(translit.transliterate(text)) == "GSM7"


def _units(text, alphabet):
    if alphabet == "GSM7":
        return len(text) + sum(c in segments.EXTENSION for c in text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
