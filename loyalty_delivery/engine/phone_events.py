"""What a courier's phone sends, read without trust; plain Python."""

import json
import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

KINDS = (
    "take",
    "depart",
    "arrive",
    "deliver",
    "partial",
    "fail",
    "undo",
    "note",
    "return",
)
# What is told of a delivery; the rest is told of the trip.
STOP_KINDS = ("arrive", "deliver", "partial", "fail", "undo", "note")
MOST_PAYLOAD = 8000
MOST_TEXT = 500
MOST_MONEY = 1e12
# A clock that is further off, or news that is older, is shown to the dispatcher.
SUSPICIOUS_S = 600
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EPOCH = datetime(1970, 1, 1)
FIRST_MS, LAST_MS = 1_577_836_800_000, 4_102_444_800_000  # years 2020 and 2100


class BadEvent(Exception):
    """Not an event of the page; ``what`` names the part that is wrong."""

    def __init__(self, what, uuid=None):
        super().__init__(what)
        self.what = what
        self.uuid = uuid


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """One event as the phone wrote it down.

    :ivar client_ms: by the phone's clock, milliseconds since 1970
    :ivar offset_ms: server's clock minus the phone's, as measured when the phone last
        spoke with the server before the event; ``None`` if it never did
    """

    uuid: str
    kind: str
    client_ms: int
    stop_id: int | None = None
    offset_ms: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    payload: dict = field(default_factory=dict)

    def text(self, key):
        """A short text of the payload, or an empty one."""
        value = self.payload.get(key)
        return value.strip()[:MOST_TEXT] if isinstance(value, str) else ""

    def money(self, key):
        """An amount of the payload, ``None`` when it tells none.

        :raise BadEvent: an amount that nobody can pay
        """
        value = self.payload.get(key)
        if value is None:
            return None
        if not _is_number(value) or not 0 <= value <= MOST_MONEY:
            raise BadEvent(key, self.uuid)
        return float(value)

    def quantities(self):
        """``{key of an item: quantity handed over}`` of a part delivery.

        :raise BadEvent: no quantities, or impossible ones
        """
        lines = self.payload.get("lines")
        if not isinstance(lines, dict) or not lines:
            raise BadEvent("lines", self.uuid)
        for quantity in lines.values():
            if not _is_number(quantity) or not 0 <= quantity <= MOST_MONEY:
                raise BadEvent("lines", self.uuid)
        return {str(key)[:40]: float(quantity) for key, quantity in lines.items()}


@dataclass(frozen=True, slots=True)
class Clock:
    """When it happened by the server's clock, and how far that can be trusted.

    :ivar offset_s: the phone's clock minus the server's
    :ivar gap_s: from what happened to its receipt
    """

    told: datetime
    happened: datetime
    offset_s: int
    gap_s: int
    is_flagged: bool


def parse(raw):
    """Read one event.

    :param raw: any JSON value
    :raise BadEvent: with the name of the part that is wrong

    >>> parse({"uuid": "x"})
    Traceback (most recent call last):
    ...
    odoo.addons.loyalty_delivery.engine.phone_events.BadEvent: uuid
    """
    if not isinstance(raw, dict):
        raise BadEvent("event")
    uuid = raw.get("uuid")
    if not isinstance(uuid, str) or not UUID.fullmatch(uuid):
        raise BadEvent("uuid", uuid[:64] if isinstance(uuid, str) else None)
    if raw.get("kind") not in KINDS:
        raise BadEvent("kind", uuid)
    kind, stop_id = raw["kind"], raw.get("stop")
    if kind in STOP_KINDS and not is_id(stop_id):
        raise BadEvent("stop", uuid)
    client_ms = raw.get("client_ms")
    if not _is_whole(client_ms) or not FIRST_MS <= client_ms <= LAST_MS:
        raise BadEvent("client_ms", uuid)
    payload = raw.get("payload") or {}
    if not isinstance(payload, dict) or len(_dumped(payload, uuid)) > MOST_PAYLOAD:
        raise BadEvent("payload", uuid)
    return PhoneEvent(
        uuid=uuid,
        kind=kind,
        client_ms=client_ms,
        stop_id=stop_id if kind in STOP_KINDS else None,
        offset_ms=_offset(raw.get("offset_ms"), uuid),
        payload=payload,
        **place(raw.get("pos"), uuid),
    )


def place(position, uuid=None):
    """``latitude``, ``longitude``, ``accuracy_m`` of a position; empty without one.

    :raise BadEvent: a position that is not on Earth
    """
    if position is None:
        return {}
    if not isinstance(position, dict):
        raise BadEvent("pos", uuid)
    latitude, longitude = position.get("lat"), position.get("lon")
    accuracy = position.get("acc") or 0
    if (
        not all(map(_is_number, (latitude, longitude, accuracy)))
        or not -90 <= latitude <= 90
        or not -180 <= longitude <= 180
        or accuracy < 0
    ):
        raise BadEvent("pos", uuid)
    return {
        "latitude": float(latitude),
        "longitude": float(longitude),
        "accuracy_m": float(min(accuracy, 1e6)),
    }


def clock(event, received, sent_ms=None):
    """Put an event on the server's clock.

    The clock's offset is taken from when the phone last spoke with the server before
    the event: what was done to the clock later moves nothing. What would lie in the
    future happened just now.

    :param received: UTC, as the database has it
    :param sent_ms: the phone's clock when it sent the batch

    >>> noon = datetime(2026, 3, 6, 12)
    >>> told = milliseconds(noon) - 3_600_000
    >>> late = clock(PhoneEvent("", "note", told), noon, milliseconds(noon))
    >>> late.happened.hour, late.offset_s, late.gap_s, late.is_flagged
    (11, 0, 3600, True)
    """
    now_ms = milliseconds(received)
    sent_offset = None if sent_ms is None else now_ms - sent_ms
    offset = next(
        (each for each in (event.offset_ms, sent_offset) if each is not None), 0
    )
    happened_ms = min(event.client_ms + offset, now_ms)
    gap_s = (now_ms - happened_ms) // 1000
    moved_s = 0 if sent_offset is None else abs(sent_offset - offset) // 1000
    return Clock(
        told=moment(event.client_ms),
        happened=moment(happened_ms),
        offset_s=_fitting(-offset // 1000),
        gap_s=_fitting(gap_s),
        is_flagged=max(abs(offset) // 1000, gap_s, moved_s) > SUSPICIOUS_S,
    )


def milliseconds(when):
    """Of a naive UTC datetime, since 1970.

    >>> milliseconds(datetime(1970, 1, 1, 0, 0, 1))
    1000
    """
    return (when - EPOCH) // timedelta(milliseconds=1)


def moment(milliseconds_since_1970):
    """A naive UTC datetime of whole seconds, as the database has it.

    >>> moment(1999)
    datetime.datetime(1970, 1, 1, 0, 0, 1)
    """
    limited = max(0, min(milliseconds_since_1970, LAST_MS))
    aware = datetime.fromtimestamp(limited // 1000, timezone.utc)
    return aware.replace(tzinfo=None)


def _offset(value, uuid):
    if value is None:
        return None
    if not _is_whole(value) or abs(value) > LAST_MS:
        raise BadEvent("offset_ms", uuid)
    return value


def _dumped(payload, uuid):
    try:
        dumped = json.dumps(payload, allow_nan=False)
    except ValueError as error:
        raise BadEvent("payload", uuid) from error
    # What PostgreSQL cannot keep: a zero character, half of a pair.
    if re.search(r"\\u(0000|d[89a-f]..)", dumped) and not _is_storable(dumped):
        raise BadEvent("payload", uuid)
    return dumped


def _is_storable(dumped):
    texts = json.dumps(json.loads(dumped), ensure_ascii=False)
    try:
        texts.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in texts


def _is_number(value):
    return _is_real(value) and math.isfinite(value)


def _is_real(value):
    # A whole number may be too long for a float.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and (isinstance(value, float) or abs(value) < 2**63)


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_id(value):
    """Whether a JSON value can be the id of a record.

    >>> is_id(7), is_id(True), is_id(2**40), is_id("7")
    (True, False, False, False)
    """
    return _is_whole(value) and 0 < value < 2**31


def _fitting(seconds):
    return max(-(2**31), min(seconds, 2**31 - 1))
