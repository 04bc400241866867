#!/usr/bin/env python3
"""A message centre for tests: SMPP 3.4 on one port, questions about it on another.

The last two digits of a number choose what becomes of its message::

    90  receipt UNDELIV        93  refused at once, ESME_RINVDSTADR
    91  receipt EXPIRED        94  ESME_RTHROTTLED the first time
    92  receipt REJECTD        95  no receipt

Control, by GET: ``/stats``, ``/messages``, ``/reset``, ``/refuse?on=1`` (drop the links
and take none), ``/limit?tps=N`` and ``/mo?from=…&to=…&text=…`` (a customer writes).
"""

import argparse
import asyncio
import collections
import contextlib
import itertools
import json
import struct
import time
from urllib.parse import parse_qsl, urlsplit

# SMPP 3.4, 5.1.2.1: commands; an answer has the highest bit set.
SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x04, 0x05, 0x06, 0x15
BINDS = (0x01, 0x02, 0x09)
ANSWER = 0x80000000
# SMPP 3.4, 5.1.3: results.
OK, BAD_NUMBER, THROTTLED = 0x00, 0x0B, 0x58
# SMPP 3.4, appendix B: words of a receipt, and message_state of 5.2.28.
RECEIPTS = {"90": ("UNDELIV", 5), "91": ("EXPIRED", 3), "92": ("REJECTD", 8)}
DELIVERED = ("DELIVRD", 2)
TAG_RECEIPTED_ID, TAG_STATE, TAG_PAYLOAD = 0x001E, 0x0427, 0x0424
UDH, UCS2 = 0x40, 0x08
HEADER = struct.Struct(">IIII")


class Centre:
    """What the message centre knows: the counts, the messages, the links."""

    def __init__(self):
        self.counts = collections.Counter()
        self.messages = []
        self.links = set()
        self.is_refusing = False
        self.tps = 0
        self.second = (0, 0)
        self.throttled = set()
        self.ids = itertools.count(1)
        self.sequences = itertools.count(1)

    def reset(self):
        """Forget what was counted."""
        self.counts.clear()
        self.messages.clear()
        self.throttled.clear()

    def is_too_fast(self):
        """Whether this second has had its messages."""
        now = int(time.time())
        second, count = self.second
        self.second = (now, count + 1 if second == now else 1)
        return bool(self.tps) and self.second[1] > self.tps

    def result(self, number, body):
        """The command status for a message."""
        tail = number[-2:]
        if self.is_too_fast():
            return THROTTLED
        if tail == "94" and (number, body) not in self.throttled:
            self.throttled.add((number, body))
            return THROTTLED
        return BAD_NUMBER if tail == "93" else OK


class Link:
    """One SMPP session."""

    def __init__(self, centre, reader, writer):
        self.centre, self.reader, self.writer = centre, reader, writer

    async def run(self):
        """Serve until the other side goes."""
        if self.centre.is_refusing:
            self.writer.close()
            return
        self.centre.links.add(self)
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await self.reader.readexactly(HEADER.size)
                length, command, _status, sequence = HEADER.unpack(head)
                body = await self.reader.readexactly(length - HEADER.size)
                self.handle(command, sequence, body)
                await self.writer.drain()
        self.centre.links.discard(self)
        self.writer.close()

    def put(self, command, sequence, body=b"", status=OK):
        self.writer.write(
            HEADER.pack(HEADER.size + len(body), command, status, sequence) + body
        )

    def handle(self, command, sequence, body):
        if command in BINDS:
            self.centre.counts["binds"] += 1
            self.put(command | ANSWER, sequence, b"CENTRE\0")
        elif command in (ENQUIRE, UNBIND):
            self.put(command | ANSWER, sequence)
        elif command == SUBMIT:
            self.submit(sequence, body)

    def submit(self, sequence, body):
        centre = self.centre
        message = parse_submit(body)
        centre.counts["submits"] += 1
        status = centre.result(message["to"], message["body"])
        if status != OK:
            centre.counts["throttled" if status == THROTTLED else "refused"] += 1
            self.put(SUBMIT | ANSWER, sequence, b"\0", status)
            return
        message["id"] = f"{next(centre.ids):x}"
        centre.counts["taken"] += 1
        centre.messages.append(message)
        self.put(SUBMIT | ANSWER, sequence, message["id"].encode() + b"\0")
        if message["wants_receipt"] and not message["to"].endswith("95"):
            self.deliver(receipt(message))

    def deliver(self, body):
        self.centre.counts["delivers"] += 1
        self.put(DELIVER, next(self.centre.sequences) & 0x7FFFFFFF, body)


def parse_submit(body):
    """The parts of ``submit_sm`` that matter here (SMPP 3.4, 4.4.1)."""
    _service, rest = _string(body)
    sender, rest = _string(rest[2:])
    number, rest = _string(rest[2:])
    esm_class, rest = rest[0], rest[3:]
    _schedule, rest = _string(rest)
    _validity, rest = _string(rest)
    wants_receipt, coding, length = rest[0] & 3, rest[2], rest[4]
    text, tags = rest[5 : 5 + length], rest[5 + length :]
    while len(tags) >= 4:
        tag, size = struct.unpack(">HH", tags[:4])
        if tag == TAG_PAYLOAD:
            text = tags[4 : 4 + size]
        tags = tags[4 + size :]
    header = b""
    if esm_class & UDH:
        header, text = text[: text[0] + 1], text[text[0] + 1 :]
    is_ucs2 = coding & 0x0C == UCS2
    return {
        "from": sender.decode(),
        "to": number.decode(),
        "body": text.decode("utf-16-be" if is_ucs2 else "latin-1", "replace"),
        "is_ucs2": is_ucs2,
        # 3GPP TS 23.040, 9.2.3.24.1: reference, number of parts, which part.
        "part": list(header[3:6]) if header else [],
        "wants_receipt": bool(wants_receipt),
    }


def _string(body):
    end = body.index(0)
    return body[:end], body[end + 1 :]


def _address(number):
    return b"\1\1" + number.encode() + b"\0"


def receipt(message):
    """``deliver_sm`` with what became of a message (SMPP 3.4, appendix B)."""
    word, state = RECEIPTS.get(message["to"][-2:], DELIVERED)
    stamp = time.strftime("%y%m%d%H%M")
    text = (
        f"id:{message['id']} sub:001 dlvrd:001 submit date:{stamp} done date:{stamp}"
        f" stat:{word} err:000 text:"
    ).encode()
    mark = message["id"].encode() + b"\0"
    return (
        b"\0"
        + _address(message["to"])
        + _address(message["from"])
        + b"\x04\0\0\0\0\0\0\0\0"
        + bytes([len(text)])
        + text
        + struct.pack(">HH", TAG_RECEIPTED_ID, len(mark))
        + mark
        + struct.pack(">HHB", TAG_STATE, 1, state)
    )


def written(query):
    """``deliver_sm`` with a customer's words."""
    text = query["text"]
    coding = 0 if text.isascii() else UCS2
    body = text.encode("ascii" if text.isascii() else "utf-16-be")
    return (
        b"\0"
        + _address(query["from"])
        + _address(query["to"])
        + b"\0\0\0\0\0\0\0"
        + bytes([coding, 0, len(body)])
        + body
    )


def answer(centre, path, query):
    """Do what the test asks; the result goes back as JSON."""
    if path == "/messages":
        return centre.messages
    if path == "/reset":
        centre.reset()
    elif path == "/limit":
        centre.tps = int(query["tps"])
    elif path == "/refuse":
        centre.is_refusing = query["on"] == "1"
        if centre.is_refusing:
            for link in [*centre.links]:
                link.writer.close()
    elif path == "/mo":
        for link in [*centre.links][:1]:
            link.deliver(written(query))
    return {**centre.counts, "links": len(centre.links)}


async def control(centre, reader, writer):
    """One question over HTTP."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        url = urlsplit(head.split(b" ")[1].decode())
        found = answer(centre, url.path, dict(parse_qsl(url.query)))
        body = json.dumps(found).encode()
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body)
        await writer.drain()
    writer.close()


async def main(port, control_port):
    """Serve both ports until the process is ended."""
    centre = Centre()
    smpp = await asyncio.start_server(
        lambda reader, writer: Link(centre, reader, writer).run(), "127.0.0.1", port
    )
    questions = await asyncio.start_server(
        lambda reader, writer: control(centre, reader, writer),
        "127.0.0.1",
        control_port,
    )
    async with smpp, questions:
        await asyncio.gather(smpp.serve_forever(), questions.serve_forever())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control", type=int, required=True)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.port, arguments.control))
