import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine.codes import (
    ALPHABET,
    generate,
    is_valid,
    mask,
    normalise,
)

random_bytes = st.binary(min_size=9, max_size=9)
codes = random_bytes.map(lambda drawn: generate(lambda _size: drawn))


def test_code_is_prefix_thirteen_characters_and_a_check():
    assert re.fullmatch(r"044[0-9A-HJKMNP-TV-Z]{14}", generate())


def test_two_codes_differ():
    assert generate() != generate()


def test_all_bits_reach_the_code():
    drawn = [
        generate(lambda _size, bit=bit: (1 << bit).to_bytes(9, "big"))
        for bit in range(7, 72)
    ]
    assert len(set(drawn)) == 65


@pytest.mark.parametrize("prefix", ["GIFT", "04-", "044a", "0" * 18])
def test_prefix_outside_the_alphabet_is_refused(prefix):
    with pytest.raises(ValueError, match=prefix):
        generate(prefix=prefix)


@given(random_bytes, st.text(ALPHABET, max_size=17))
def test_generated_code_is_valid_under_any_prefix(drawn, prefix):
    code = generate(lambda _size: drawn, prefix)
    assert code.startswith(prefix)
    assert is_valid(code)
    assert normalise(code) == code


@pytest.mark.parametrize("prefix", ["", "0" * 17])
def test_shortest_and_longest_prefix_are_possible(prefix):
    assert is_valid(generate(prefix=prefix))


@given(codes, st.data())
def test_one_changed_character_is_noticed(code, data):
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if c != code[place]]))
    assert not is_valid(code[:place] + wrong + code[place + 1 :])


@given(codes, st.data())
def test_two_swapped_characters_are_noticed_wherever_they_stand(code, data):
    places = [
        (one, other)
        for one in range(len(code))
        for other in range(one)
        if code[one] != code[other]
    ]
    one, other = data.draw(st.sampled_from(places))
    swapped = list(code)
    swapped[one], swapped[other] = code[other], code[one]
    assert not is_valid("".join(swapped))


@given(codes)
def test_lost_or_doubled_leading_zero_is_noticed(code):
    assert not is_valid(code[1:])
    assert not is_valid("0" + code)


@pytest.mark.parametrize(
    "text", ["", "0", "044", "0" * 17, "0" * 31, "Z" * 40, "×" * 17]
)
def test_other_texts_are_not_valid(text):
    assert not is_valid(text)


@given(st.text())
def test_any_text_can_be_looked_up(text):
    is_valid(text)
    assert normalise(normalise(text)) == normalise(text)
    assert len(mask(text)) == len(text)


@given(codes, st.data())
def test_what_a_person_types_becomes_the_code(code, data):
    typed = []
    for place, character in enumerate(code):
        like = {"0": "0Oo", "1": "1IiLl"}.get(character, character)
        typed.append(data.draw(st.sampled_from(like if place >= 3 else character)))
        typed.append(data.draw(st.sampled_from(["", " ", "-", "–", "\u00a0"])))
    text = "".join(typed)
    assert normalise(data.draw(st.sampled_from([text, text.lower()]))) == code


def test_letters_of_the_prefix_and_of_short_texts_are_left():
    assert normalise("oil-0O123456789abil") == "OIL00123456789AB11"
    assert normalise("gift 10-oil") == "GIFT10OIL"


def test_lookalikes_are_read_in_a_code_without_prefix():
    assert normalise("OIL3456789ABCD") == "0113456789ABCD"


def test_mask_leaves_the_prefix_and_the_end():
    assert mask("0447ZZ01111111234") == "044••••••••••1234"


def test_short_text_is_hidden_wholly():
    assert mask("0441234567890") == "•" * 13
    assert mask("04412345678901") == "044•••••••8901"
