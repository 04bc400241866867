"""The worker's receiver among strangers: no database here, a line to it."""

import socket
import time
from contextlib import closing, suppress
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..engine.gateways import registry
from ..worker import receiver

KEY = "k" * 43


class Stored:
    """In place of the database: one gateway, and what was stored."""

    def __init__(self):
        self.rows = []

    def call(self, work):
        if work is receiver._keys_of_gateways:
            return {KEY: (7, registry.build("kannel"))}
        return None


@tagged("post_install", "-at_install")
class TestReceiver(BaseCase):
    def setUp(self):
        super().setUp()
        self.receiver = receiver.Receiver(Stored(), "127.0.0.1", 0, lambda: None)
        self.receiver._write = self.receiver.database.rows.extend
        self.receiver.start()
        self.addCleanup(self.receiver.stop)

    def _line(self):
        line = socket.create_connection(("127.0.0.1", self.receiver.port), timeout=5)
        self.addCleanup(line.close)
        return line

    def _answer(self, line):
        """The status of the first answer, once the line is closed; None without."""
        found = b""
        # A line that is cut before its request was read is reset.
        with suppress(ConnectionResetError):
            while part := line.recv(65536):
                found += part
        return int(found.split(b" ", 2)[1]) if found else None

    def _ask(self, data):
        with closing(self._line()) as line:
            line.sendall(data)
            return self._answer(line)

    def _request(self, key=KEY, query="uuid=1&type=1", headers="", body=""):
        return (
            f"POST /loyalty_sms/cb/{key}/report?{query} HTTP/1.1\r\n"
            f"Host: x\r\n{headers}\r\n{body}"
        ).encode()

    @mute_logger("asyncio")
    def test_what_cannot_be_read_is_answered(self):
        many = "&".join(f"f{number}=1" for number in range(300))
        for status, data in (
            (400, b"nonsense\r\n\r\n"),
            (400, b"GET //[ HTTP/1.1\r\n\r\n"),
            (400, self._request(query=many)),
            (413, self._request(headers=f"Content-Length: {'9' * 5000}\r\n")),
            (413, self._request(headers="Content-Length: 65537\r\n")),
            (400, self._request(headers="Content-Length: -1\r\n")),
            (
                400,
                self._request(headers="Content-Length: 0\r\nContent-Length: 5\r\n"),
            ),
            (411, self._request(headers="Transfer-Encoding: chunked\r\n")),
            (431, self._request(headers=f"X: {'a' * 40000}\r\n")),
        ):
            with self.subTest(status=status, data=data[:60]):
                self.assertEqual(self._ask(data), status)
        self.assertFalse(self.receiver.database.rows)

    def test_a_stranger_holds_no_line(self):
        self.assertEqual(self._ask(self._request(key="x" * 43)), 404)

    def test_a_gateway_keeps_its_line_for_many_calls(self):
        with closing(self._line()) as line:
            calls = b"".join(
                self._request(query=f"uuid={number}&type=1") for number in range(3)
            )
            line.sendall(calls + self._request(headers="Connection: close\r\n"))
            self.assertEqual(self._answer(line), 200)
        self.assertEqual(len(self.receiver.database.rows), 4)

    def test_who_dribbles_is_cut_off(self):
        with patch.object(receiver, "FIRST_S", 0.3):
            line = self._line()
            line.sendall(b"POST /loyalty_sms")
            begun = time.monotonic()
            self.assertIsNone(self._answer(line))
            self.assertLess(time.monotonic() - begun, 4)

    def test_one_address_does_not_take_all_lines(self):
        with (
            patch.object(receiver, "LOCAL", ()),
            patch.object(receiver, "MAX_EACH", 3),
        ):
            silent = [self._line() for _each in range(3)]
            time.sleep(0.1)
            self.assertIsNone(self._ask(self._request()))
            silent[0].close()
            time.sleep(0.1)
            asked = self._request(headers="Connection: close\r\n")
            self.assertEqual(self._ask(asked), 200)
