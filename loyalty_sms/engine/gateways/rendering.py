"""Requests from templates: placeholders are filled in as values, never as syntax.

A JSON body is decoded first and filled in string by string; a form or a query is
filled in line by line and encoded afterwards. A text with quotes, ampersands or line
ends therefore cannot change the request around it.
"""

import json
import re
from urllib.parse import quote, urlencode

from .base import GatewayError

_PLACEHOLDER = re.compile(r"\{([a-z_]+)(:int|\[\])?\}")
_LINE = re.compile(r"^(\*?)\s*([^=]*?)\s*(\?)?=\s?(.*)$")
_HEADER = re.compile(r"^([A-Za-z0-9-]+)\s*:\s*(.*)$")
PLACEHOLDERS = (
    "number",
    "digits",
    "text",
    "sender",
    "uuid",
    "client_ref",
    "report_url",
    "report_url_uuid",
    "report_mask",
    "ttl",
    "ttl_minutes",
    "priority",
    "subject",
    "encoding",
    "unicode",
    "login",
    "secret",
    "ref",
    "refs",
)


def message_values(message, settings):
    """What the placeholders of one message stand for.

    :param settings: ``login``, ``secret`` and what else belongs to the gateway
    """
    return {
        **settings,
        "number": message.number,
        "digits": message.number.removeprefix("+"),
        "text": message.body,
        "sender": message.sender,
        "uuid": message.uuid,
        "client_ref": message.client_ref,
        "report_url": message.report_url,
        "report_url_uuid": _with_uuid(message.report_url, message.uuid),
        "report_mask": message.report_mask,
        "ttl": message.ttl_s or "",
        "ttl_minutes": -(-message.ttl_s // 60) or "",
        "priority": message.priority,
        "subject": message.subject,
        "encoding": message.encoding,
        "unicode": 0 if message.encoding == "GSM7" else 1,
    }


def _with_uuid(url, uuid):
    """
    >>> _with_uuid("https://h/cb?a=1", "u"), _with_uuid("", "u")
    ('https://h/cb?a=1&uuid=u', '')
    """
    return f"{url}{'&' if '?' in url else '?'}uuid={uuid}" if url else ""


def fill(template, values, rows=(), encode=str):
    """``template`` with its placeholders filled in.

    ``{name}`` is the value, ``{name[]}`` a JSON list with that of every row.

    >>> fill("+{digits}: {text}", {"digits": "374", "text": "a {b}"})
    '+374: a {b}'
    >>> fill("{text[]}", {}, [{"text": 'say "hi"'}, {"text": "bye"}])
    '["say \\\\"hi\\\\"", "bye"]'
    """

    def value_of(match):
        name, mode = match.groups()
        if mode == "[]":
            listed = [str(row.get(name, "")) for row in rows]
            return encode(json.dumps(listed, ensure_ascii=False))
        return encode(str(values.get(name, "")))

    return _PLACEHOLDER.sub(value_of, template)


def fill_url(template, values):
    """An address; values are percent-encoded whole.

    >>> fill_url("https://h/v1/{secret}/send?t={text}", {"secret": "a/b", "text": "&é"})
    'https://h/v1/a%2Fb/send?t=%26%C3%A9'
    """
    return fill(template, values, encode=lambda value: quote(value, safe=""))


def parse_lines(text):
    """``[(repeated, name, optional, template)]`` of a form: see :func:`fill_lines`.

    :raise GatewayError: a line is not ``name = value``
    """
    parsed = []
    for line in filter(str.strip, (text or "").splitlines()):
        match = _LINE.match(line.strip())
        if not match or not match[2]:
            raise GatewayError("line", line=line.strip())
        parsed.append((bool(match[1]), match[2], bool(match[3]), match[4]))
    return parsed


def fill_lines(lines, values, rows=()):
    """``[(name, value)]`` of parsed lines.

    A line that begins with ``*`` is repeated for every message; one that ends its name
    with ``?`` is left out when it is empty.

    >>> lines = parse_lines("from ?= {sender}\\n* to[{digits}] = {text}")
    >>> fill_lines(lines, {"sender": ""}, [{"digits": "7", "text": "a"}])
    [('to[7]', 'a')]
    """
    filled = []
    for repeated, name, optional, template in lines:
        for row in rows if repeated else (values,):
            value = fill(template, row, rows)
            if value or not optional:
                filled.append((fill(name, row, rows), value))
    return filled


def encode_form(pairs):
    """Bytes of ``application/x-www-form-urlencoded`` in UTF-8."""
    return urlencode(pairs).encode()


def add_query(url, pairs):
    """``url`` with more parameters."""
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


def parse_json(text):
    """The decoded template of a JSON body.

    :raise GatewayError: it is no JSON; says where
    """
    if not (text or "").strip():
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise GatewayError("json", why=error) from error


def fill_json(template, values, rows=()):
    """A document from its template.

    ``{"$each": …}`` in a list is repeated for every message, a key that ends with ``?``
    is left out when its value is empty, ``"{client_ref:int}"`` becomes a number.

    >>> fill_json({"to?": "{sender}", "m": [{"$each": {"n": "{client_ref:int}"}}]},
    ...           {"sender": ""}, [{"client_ref": 5}, {"client_ref": 6}])
    {'m': [{'n': 5}, {'n': 6}]}
    """
    if isinstance(template, str):
        return _fill_leaf(template, values, rows)
    if isinstance(template, list):
        filled = []
        for item in template:
            if isinstance(item, dict) and list(item) == ["$each"]:
                filled += [fill_json(item["$each"], row, rows) for row in rows]
            else:
                filled.append(fill_json(item, values, rows))
        return filled
    if isinstance(template, dict):
        document = {}
        for name, item in template.items():
            value = fill_json(item, values, rows)
            if name.endswith("?") and value in ("", None, [], {}):
                continue
            document[name.removesuffix("?")] = value
        return document
    return template


def _fill_leaf(template, values, rows):
    match = _PLACEHOLDER.fullmatch(template)
    if match and match[2] == ":int":
        value = str(values.get(match[1], ""))
        return int(value) if re.fullmatch(r"-?[0-9]+", value, re.ASCII) else ""
    if match and match[2] == "[]":
        return [str(row.get(match[1], "")) for row in rows]
    return fill(template, values, rows)


def parse_headers(text):
    """``{name: template}`` of lines ``Name: value``.

    :raise GatewayError: a line is not one
    """
    headers = {}
    for line in filter(str.strip, (text or "").splitlines()):
        match = _HEADER.match(line.strip())
        if not match:
            raise GatewayError("header", line=line.strip())
        headers[match[1]] = match[2]
    return headers


def fill_headers(headers, values):
    """Filled headers; what could end a header early is taken out.

    >>> fill_headers({"X": "{text}"}, {"text": "a\\r\\nB: c"})
    {'X': 'aB: c'}
    """
    return {name: header_value(fill(value, values)) for name, value in headers.items()}


def header_value(value):
    """``value`` without what no header may hold."""
    clean = re.sub(r"[\x00-\x1f\x7f]", "", value)
    return clean.encode("latin-1", "replace").decode("latin-1")


def parse_map(text):
    """``{code: meaning}`` of lines ``code = meaning``; ``#`` begins a remark.

    >>> parse_map("207 = number # wrong\\n*=server/retry")
    {'207': 'number', '*': 'server/retry'}
    """
    found = {}
    for line in (text or "").splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        code, equals, meaning = line.partition("=")
        if not equals or not code.strip() or not meaning.strip():
            raise GatewayError("map", line=line)
        found[code.strip()] = meaning.strip()
    return found
