"""Calls of the gateways: read no more than needed, believe no more than proved.

Used by the ERP's own controller and by the worker's receiver alike.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import re
import time
from typing import NamedTuple
from urllib.parse import parse_qsl

from . import base

BODY_LIMIT = 64 * 1024
KINDS = ("report", "inbound", "verify")
MAX_ITEMS = 1000
MAX_FIELDS = 2000
CLOCK_TOLERANCE_S = 300
# WhatsApp's longest; a chain of SMS is shorter.
TEXT_LIMIT = 4096
ADDRESS_LIMIT = 254
# A body that is not what the provider documents.
NONSENSE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class Reply(NamedTuple):
    """What is answered, and the rows for the inbox, empty for whatever is not ours."""

    status: int
    body: str
    rows: list


REFUSED = Reply(404, "", [])


def accept(provider, kind, request):
    """Judge one call of a gateway whose key was found right already.

    :param provider: the adapter of the gateway
    :param kind: the last part of the path, one of :data:`KINDS`
    :return: a :class:`Reply`; rows are dicts of ``kind``, ``external_id``, ``state``,
        ``uuid``, ``gateway_ref`` and ``payload``, as ``loyalty.message.inbox`` has them
    """
    if kind not in KINDS or request.method not in ("GET", "POST"):
        return REFUSED
    if len(request.body) > BODY_LIMIT:
        return Reply(413, "", [])
    if kind == "verify" or request.method == "GET" and hasattr(provider, "challenge"):
        challenge = getattr(provider, "challenge", None)
        word = challenge(request) if challenge else None
        return Reply(200, word, []) if word else REFUSED
    try:
        is_proved = provider.verify(request)
    except NONSENSE:
        return REFUSED  # thousands of fields, among which the signature was sought
    if not is_proved:
        return REFUSED
    rows = _rows(provider, kind, request)
    return Reply(200, provider.answer(request), rows)


def _rows(provider, kind, request):
    """Rows of both sorts: WhatsApp sends reports and replies to one address."""
    try:
        statuses = provider.parse_reports(request)
        inbounds = provider.parse_inbound(request)
    except NONSENSE:
        return []
    if not getattr(provider, "one_address", False):
        statuses, inbounds = (statuses, []) if kind == "report" else ([], inbounds)
    return [report_row(status) for status in statuses[:MAX_ITEMS]] + [
        inbound_row(inbound) for inbound in inbounds[:MAX_ITEMS]
    ]


def report_row(status):
    """A status as the inbox keeps it."""
    found = status.uuid or status.ref or ""
    return {
        "kind": "report",
        "external_id": _key(status.external_id or f"{found}:{status.state}"),
        "state": status.state,
        "uuid": base.storable(status.uuid),
        "gateway_ref": base.storable(status.ref),
        "payload": {
            "code": base.storable(status.code),
            "text": base.storable(status.text),
            "failure": status.failure,
            "cost": None if status.cost is None else str(status.cost),
        },
    }


def inbound_row(inbound):
    """A customer's message as the inbox keeps it."""
    key = _key(inbound.external_id)
    reply_to = base.storable(inbound.reply_to)
    storable = inbound._replace(
        number=base.storable(inbound.number, ADDRESS_LIMIT),
        text=base.storable(inbound.text, TEXT_LIMIT),
        to=base.storable(inbound.to, ADDRESS_LIMIT),
        external_id=key or "",
        reply_to=reply_to,
    )
    return {
        "kind": "inbound",
        "external_id": key,
        "state": None,
        "uuid": None,
        "gateway_ref": reply_to,
        "payload": storable._asdict(),
    }


def _key(text, limit=200):
    """An id by which a repeated call is known, however long the provider makes it.

    >>> _key("a"), _key(""), len(_key("a" * 9000)), _key("a" * 201) == _key("b" * 201)
    ('a', None, 64, False)
    """
    text = base.storable(text or "", BODY_LIMIT)
    if len(text) > limit:
        return hashlib.sha256(text.encode()).hexdigest()
    return text or None


def inbound_of(payload):
    """The :class:`.base.Inbound` of a row's payload."""
    return base.Inbound(**payload)


# -- what a request holds ----------
def fields(request):
    """Parameters of the query and of a form, the form's winning.

    >>> fields(base.RawRequest("POST", "/", {"a": "1"}, {}, b"a=2&b=%D5%80"))
    {'a': '2', 'b': 'Հ'}
    """
    return {**request.query, **form(request)}


def form(request):
    """Parameters of the body, when it is a form."""
    kind = header(request, "content-type")
    if not request.body or kind.startswith("application/json"):
        return {}
    pairs = parse_qsl(
        request.body.decode("utf-8", "replace"),
        keep_blank_values=True,
        max_num_fields=MAX_FIELDS,
    )
    return dict(pairs)


def document(request):
    """The decoded JSON of the body.

    :raise ValueError: it is none
    """
    return json.loads(request.body)


def header(request, name):
    """A header by its name, in whatever case; empty when there is none."""
    for found, value in request.headers.items():
        if found.lower() == name.lower():
            return value or ""
    return ""


def our_uuid(value):
    """Our id if it looks like one: 32 hexadecimal digits, with dashes or without.

    >>> our_uuid("5D1F0B34-0000-4000-8000-000000000001")
    '5d1f0b34000040008000000000000001'
    >>> our_uuid("1") is None
    True
    """
    value = value.replace("-", "").lower()
    return value if re.fullmatch(r"[0-9a-f]{32}", value) else None


def plus(number):
    """A number of a provider as E.164.

    >>> plus("37491234567"), plus("+37491234567"), plus("0037491234567"), plus("Bank")
    ('+37491234567', '+37491234567', '+37491234567', 'Bank')
    """
    digits = number.strip().removeprefix("+").removeprefix("00")
    return f"+{digits}" if digits.isascii() and digits.isdigit() else number.strip()


# -- whose call it is ----------
def from_allowed(request, networks):
    """Whether the call comes from one of ``networks``; no list allows everybody.

    >>> call = base.RawRequest("GET", "/", remote="10.1.2.3")
    >>> from_allowed(call, "10.1.0.0/16, 127.0.0.1"), from_allowed(call, "10.2.0.0/16")
    (True, False)
    >>> from_allowed(call, "")
    True
    """
    listed = [part for part in (networks or "").replace(",", " ").split() if part]
    if not listed:
        return True
    try:
        remote = ipaddress.ip_address(request.remote)
    except ValueError:
        return False
    return any(remote in ipaddress.ip_network(part, strict=False) for part in listed)


def signed(body, secret, found, *, digest="sha256", prefix="", encoding="hex"):
    """Whether ``found`` is the HMAC of ``body``; compared in constant time.

    >>> code = hmac.new(b"s", b"x", "sha256").hexdigest()
    >>> signed(b"x", "s", "sha256=" + code, prefix="sha256=")
    True
    >>> signed(b"x", "", code), signed(b"x", "s", "")
    (False, False)
    """
    if not secret or not found or not found.startswith(prefix):
        return False
    code = hmac.new(secret.encode(), body, getattr(hashlib, digest)).digest()
    wanted = code.hex() if encoding == "hex" else base64.b64encode(code).decode()
    given = found.removeprefix(prefix).strip()
    if encoding == "hex":
        given = given.lower()
    return same(wanted, given)


def signed_url(url, fields_, secret, found):
    """Whether ``found`` signs an address and the parameters after it, sorted.

    https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    if not secret or not found:
        return False
    text = url + "".join(name + fields_[name] for name in sorted(fields_))
    code = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    return same(base64.b64encode(code).decode(), found)


def same(wanted, given):
    """Equality that takes the same time wherever the two begin to differ."""
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def recent(stamp, now=None):
    """Whether a signed time is of the last minutes: an old call is a replay.

    >>> recent("1000", now=1200), recent("1000", now=1400), recent("x", now=1)
    (True, False, False)
    """
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 13:
        return False
    seconds = int(stamp) / (1000 if len(stamp) == 13 else 1)
    return abs((time.time() if now is None else now) - seconds) <= CLOCK_TOLERANCE_S
