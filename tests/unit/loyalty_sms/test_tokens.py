import re

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import tokens

numbers = st.integers(1, 2**40)
made = st.builds(tokens.Token, numbers, st.integers(0, 200), st.integers(0, 10**6))


@given(made)
def test_a_link_reads_as_it_was_made(token):
    text = tokens.make("secret", "stop", token)
    assert re.fullmatch(r"[A-Za-z0-9_-]{14,40}", text)
    assert tokens.read("secret", "stop", text) == token


@given(made, st.integers(0, 13), st.sampled_from("AZaz09-_"))
def test_a_changed_link_says_nothing(token, place, letter):
    text = tokens.make("secret", "stop", token)
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        assert tokens.read("secret", "stop", changed) is None


@given(st.text(max_size=60))
def test_strangers_are_not_read(text):
    assert tokens.read("secret", "stop", text) is None


def test_a_link_for_one_thing_is_none_for_another():
    text = tokens.make("secret", "stop", tokens.Token(5, 1))
    assert tokens.read("secret", "login", text) is None
    assert tokens.read("other", "stop", text) is None
