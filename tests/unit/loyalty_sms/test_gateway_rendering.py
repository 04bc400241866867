"""Requests from templates: whatever a customer's name holds, the request stays ours."""

import ast
import doctest
import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import (
    kannel_conf,
    prefixes,
    senders,
    tariffs,
)
from odoo.addons.loyalty_sms.engine.gateways import (
    base,
    demo,
    http_config,
    http_generic,
    http_reading,
    jsonpath,
    kannel,
    presets,
    rendering,
    transport,
    webhook,
)

TEXT = st.text(max_size=60)
MODULES = (
    base,
    demo,
    http_config,
    http_generic,
    http_reading,
    jsonpath,
    kannel,
    kannel_conf,
    prefixes,
    rendering,
    senders,
    tariffs,
    transport,
    webhook,
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


@given(TEXT, TEXT)
def test_json_holds_the_text_and_nothing_more(text, sender):
    template = {"a": "{text}", "b": [{"$each": {"t": "{text}", "s?": "{sender}"}}]}
    values = {"text": text, "sender": sender}
    document = json.loads(
        json.dumps(rendering.fill_json(template, values, [values, values]))
    )
    item = {"t": text, "s": sender} if sender else {"t": text}
    assert document == {"a": text, "b": [item, item]}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_form_holds_the_text_and_nothing_more(text):
    lines = rendering.parse_lines("a = {text}\nb = fixed & final")
    body = rendering.encode_form(rendering.fill_lines(lines, {"text": text}))
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    assert pairs == [("a", text), ("b", "fixed & final")]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_an_address_keeps_its_host_and_path(text):
    url = rendering.fill_url("https://sms.example/v1/{secret}/send", {"secret": text})
    parts = urlsplit(url)
    assert parts.hostname == "sms.example"
    assert parts.path.count("/") == 3
    assert not parts.query
    assert not parts.fragment


@given(TEXT)
def test_a_header_is_one_line(text):
    (value,) = rendering.fill_headers({"X": "k {secret}"}, {"secret": text}).values()
    assert "\r" not in value
    assert "\n" not in value
    value.encode("latin-1")


@given(TEXT)
def test_placeholders_in_a_text_are_text(text):
    message = base.Outgoing("u", "+374", "{secret}" + text)
    values = rendering.message_values(message, {"secret": "k3y", "login": "l"})
    assert rendering.fill("{text}", values) == "{secret}" + text


@given(st.text(alphabet='"\\\n\r\x00abc', max_size=20))
def test_kannel_reads_one_value_or_none(text):
    try:
        line = kannel_conf.quoted(text)
    except ValueError:
        return
    assert line == f'"{text}"'
    assert not set(text) & set('"\\\n\r\x00')


@given(
    st.dictionaries(st.text("0123456789", max_size=5), st.integers(), max_size=8),
    st.text("0123456789", max_size=9),
)
def test_the_price_is_that_of_the_longest_prefix(prices, digits):
    fitting = [prefix for prefix in prices if digits.startswith(prefix)]
    expected = prices[max(fitting, key=len)] if fitting else None
    assert tariffs.lookup(prices, digits) == expected


@given(
    st.lists(st.text("123", min_size=1, max_size=4), max_size=6, unique=True),
    st.text("123", min_size=4, max_size=8),
)
def test_the_way_is_that_of_the_longest_prefix(written, digits):
    rules = [prefixes.Rule(key, prefix) for key, prefix in enumerate(written, 1)]
    found = prefixes.best(rules, f"+{digits}")
    fitting = [prefix for prefix in written if digits.startswith(prefix)]
    expected = written.index(max(fitting, key=len)) + 1 if fitting else None
    assert found == expected


@pytest.mark.parametrize(
    "text", ["no sign", "= value", "name\n= 3", "207 = number\nnonsense"]
)
def test_lines_that_say_nothing_are_named(text):
    with pytest.raises(base.GatewayError):
        rendering.parse_map(text)


def test_every_placeholder_of_the_presets_is_known():
    known = set(rendering.PLACEHOLDERS)
    for preset in presets.presets().values():
        for value in preset.values.values():
            if isinstance(value, str):
                used = {name for name, _mode in rendering._PLACEHOLDER.findall(value)}
                assert used <= known, preset.code


def test_what_engines_say_is_said_by_the_models_word_for_word():
    models = Path(kannel_conf.__file__).parents[1] / "models"
    path = models / "loyalty_sms_gateway_errors.py"
    tree = ast.parse(path.read_text())
    (table,) = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    said = {
        key.value: value.args[0].value
        for key, value in zip(table.keys, table.values, strict=True)
    }
    assert said == base.ERRORS
