"""What a gateway is given and what it answers: the shapes that all adapters share."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, Protocol

ACCEPTED = "accepted"  # the gateway has it, and answers for it
RETRY = "retry"  # it surely was not taken: refused before a byte, busy, throttled
FAILED = "failed"  # it was refused for good
UNKNOWN = "unknown"  # the line broke after the request: only a report can tell
OUTCOMES = (ACCEPTED, RETRY, FAILED, UNKNOWN)

SUBMITTED = "submitted"
DELIVERED = "delivered"
READ = "read"
REPORTED = (SUBMITTED, DELIVERED, READ, FAILED)

# Why a message was refused, in one vocabulary for all providers.
FAILURES = (
    "number",  # no such number, or one that this gateway cannot reach
    "country",
    "blocked",  # the number asked not to be written to, at the operator's
    "text",  # forbidden words, or no such approved template
    "sender",
    "credit",
    "account",  # key or password refused, account blocked, address not allowed
    "throttled",
    "expired",
    "duplicate",
    "window",  # free text is not allowed so long after the customer's last message
    "not_delivered",
    "server",
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it is handed over.

    ``number`` is E.164 with the plus sign, or an e-mail address; ``client_ref`` is the
    message's whole number, for gateways which take numbers only; ``template`` is
    ``(name, language, [parameters])`` of a template that the provider has approved.
    """

    uuid: str
    number: str
    body: str
    channel: str = "sms"
    sender: str = ""
    encoding: str = "GSM7"
    priority: int = 5
    ttl_s: int = 0
    client_ref: int = 0
    report_url: str = ""
    report_mask: int = 0
    subject: str = ""
    template: tuple | None = None


class Result(NamedTuple):
    """What came of one hand-over.

    ``failure`` is one of the suite's words for a refusal (see ``FAILURES``), ``code``
    and ``text`` are the provider's; ``retry_after_s`` is what a throttled one asks for.
    """

    uuid: str
    outcome: str
    ref: str | None = None
    code: str | None = None
    text: str | None = None
    cost: Decimal | None = None
    retry_after_s: int = 0
    failure: str | None = None


class Status(NamedTuple):
    """What a report says: ``state`` is submitted, delivered, read or failed.

    Found by our ``uuid`` or, where the gateway does not echo it, by its own ``ref``.
    """

    state: str
    uuid: str | None = None
    ref: str | None = None
    code: str | None = None
    text: str | None = None
    cost: Decimal | None = None
    external_id: str | None = None
    failure: str | None = None


class Inbound(NamedTuple):
    """What a customer wrote. ``external_id`` is the gateway's, for duplicates."""

    number: str
    text: str
    to: str = ""
    external_id: str = ""
    channel: str = "sms"
    reply_to: str | None = None


class Balance(NamedTuple):
    """Money left at the provider."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A call that the outside made, as it came; ``path`` is with its query string."""

    method: str
    path: str
    query: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    remote: str = ""


def number_of_test(text: str, channel: str) -> str:
    """A number or address as messages have it, empty when it is none.

    >>> number_of_test(" 00374 91 123-456", "sms"), number_of_test("091123456", "sms")
    ('+37491123456', '')
    >>> number_of_test("ani@example.com", "email"), number_of_test("ani", "email")
    ('ani@example.com', '')
    """
    text = re.sub(r"[\s()-]", "", text)
    if channel == "email":
        return text if re.fullmatch(r"[^@]+@[^@]+\.[^@]+", text) else ""
    text = re.sub(r"^00", "+", text)
    return text if re.fullmatch(r"\+[1-9][0-9]{6,14}", text) else ""


def storable(text, limit: int = 200):
    """What came from outside, as the database takes it; None stays None.

    PostgreSQL has no NUL in texts, UTF-8 no half of a surrogate pair, and an index no
    room for pages of text.

    >>> storable("a\\0b\\ud800c"), storable("x" * 300, 3), storable(None)
    ('ab?c', 'xxx', None)
    """
    if text is None:
        return None
    text = str(text).replace("\0", "")
    return text.encode("utf-8", "replace").decode()[:limit]


class GatewayError(Exception):
    """The settings of a gateway cannot work, or it gave no answer that can be read.

    ``code`` is one of :data:`ERRORS`, ``data`` what its sentence names; the models say
    the same in the user's language.
    """

    def __init__(self, code, **data):
        super().__init__(ERRORS[code] % data)
        self.code, self.data = code, data


# The same sentences stand in models/loyalty_sms_gateway_errors.py, to be translated.
ERRORS = {
    "line": "“%(line)s” is not “name = value”.",
    "header": "“%(line)s” is not “Name: value”.",
    "map": "“%(line)s” is not “code = meaning”.",
    "json": "The template of the body is no JSON: %(why)s.",
    "pattern": "The pattern cannot be read: %(why)s.",
    "word": "“%(word)s” in “%(line)s” is unknown. Known are %(known)s.",
    "phone_number_id": "The id of the phone number has digits only: it is Meta's id,"
    " not the number.",
    "version": "The version looks like v23.0.",
    "silent": "There was no answer: %(why)s.",
    "no_balance": "The answer holds no balance (HTTP %(status)s).",
    "kind": "There is no adapter for gateways of the kind “%(kind)s”.",
}


class Provider(Protocol):
    """An adapter. ``config`` is a frozen snapshot, so it is safe in threads."""

    code: str
    channels: tuple
    max_batch: int

    def send(self, batch: list[Outgoing]) -> list[Result]:
        """Hand over; one result for each, never an exception for the network's sake."""

    def parse_reports(self, request: RawRequest) -> list[Status]:
        """Statuses in a call of the provider; pure."""

    def parse_inbound(self, request: RawRequest) -> list[Inbound]:
        """Messages of customers in a call of the provider; pure."""

    def verify(self, request: RawRequest) -> bool:
        """Whether the call is the provider's own."""

    def answer(self, request: RawRequest) -> str:
        """The body with which calls of the provider are answered, taken or not."""

    def query(self, refs: list[str], numbers: dict | None = None) -> list[Status]:
        """Ask for the states of messages; empty where the provider has no such call.

        ``numbers`` gives the customer's number of each ref: some providers want both.
        """

    def balance(self) -> Balance | None:
        """Money left; None where the provider does not tell."""
