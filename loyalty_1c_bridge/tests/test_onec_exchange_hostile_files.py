import io
import logging
import os
import socket
import time
import zipfile
from unittest.mock import patch

from odoo.tests import tagged

from ..controllers import onec_dispatcher
from ..engine import storage
from ..engine.safe import zip as archives
from .exchange_common import ExchangeCommon
from .onec_files import groups


@tagged("post_install", "-at_install")
class TestOnecExchangeHostileFiles(ExchangeCommon):
    """Bodies, names and files that no 1C ever wrote."""

    def _nothing_came(self):
        self.assertFalse(self._messages())
        self.assertFalse(self._sessions().upload_ids)

    # --- bodies ---------------------------------------------------------------------

    def _raw(self, lines, body=b"", wait=20):
        """Answer to a request written by hand."""
        client = self._ready()
        path = f"{client.url.path}?type=catalog&mode=file&filename=a.xml{client.tail}"
        head = [
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: {client.headers['Authorization']}",
            f"Cookie: {client.cookie}",
            *lines,
        ]
        with socket.create_connection(
            (client.url.hostname, client.url.port), timeout=wait
        ) as connection:
            connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer.decode()

    def test_a_claim_of_two_gigabytes_is_refused_before_it_comes(self):
        began = time.monotonic()
        for length in (2 * 1024**3, 10**30):
            with self.subTest(length):
                answer = self._raw([f"Content-Length: {length}"])
                self.assertIn("failure\n", answer)
                self.assertIn("larger than 512 MB", answer)
        self.assertLess(time.monotonic() - began, 5)
        self._nothing_came()

    def test_a_body_that_comes_too_slowly_is_given_up(self):
        began = time.monotonic()
        with (
            patch.object(onec_dispatcher, "BODY_SECONDS", 1),
            patch.object(onec_dispatcher, "BYTES_A_SECOND", 10**6),
        ):
            answer = self._raw(["Content-Length: 1000"], b"<?xml")
        self.assertIn("too slowly", answer)
        self.assertLess(time.monotonic() - began, 10)
        self._nothing_came()

    def test_a_body_cut_in_the_middle_is_not_kept(self):
        client = self._ready()
        path = f"{client.url.path}?type=catalog&mode=file&filename=a.xml{client.tail}"
        with socket.create_connection((client.url.hostname, client.url.port)) as cut:
            cut.sendall(
                f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n"
                f"Cookie: {client.cookie}\r\n\r\n<?xml".encode()
            )
        client.init()
        client.send("a.xml", groups())
        client.do_import("a.xml")
        self.assertEqual(self._messages().size, len(groups()))
        left = [
            name
            for _folder, _folders, names in os.walk(self.backend._directory())
            for name in names
            if name.endswith(".part")
        ]
        self.assertEqual(left, [])

    def test_who_sends_much_without_a_right_still_hears_the_refusal(self):
        client = self._client(password="wrong")
        client.limit = 10 << 20
        self.assertIn("wrong", self._refused(client.send, "a.xml", b" " * (10 << 20)))
        self._nothing_came()

    def test_a_body_larger_than_the_base_takes_is_refused(self):
        self._set(max_body_mb=1)
        client = self._ready()
        client.send("a.xml", b" " * 700_000)
        text = self._refused(client.send, "a.xml", b" " * 700_000)
        self.assertIn("larger than 1 MB", text)
        text = self._refused(client.send, "b.xml", b" " * 1_100_000)
        self.assertIn("larger than 1 MB", text)

    def test_all_files_together_have_a_limit(self):
        self._set(max_unpacked_mb=1)
        client = self._ready()
        client.send("1.jpg", b"x" * 600_000)
        self.assertIn(
            "larger than 1 MB", self._refused(client.send, "2.jpg", b"x" * 600_000)
        )

    def test_a_full_disk_is_told(self):
        client = self._ready()
        with patch.object(storage, "RESERVE", 1 << 62):
            self.assertIn("full", self._refused(client.send, "a.xml", groups()))
        self._nothing_came()

    # --- names ----------------------------------------------------------------------

    def test_names_that_lead_out_are_refused(self):
        for name in (
            "../../etc/passwd.xml",
            r"..\..\odoo.xml",
            "/etc/import.xml",
            "C:/import.xml",
            "a/../../b.xml",
            "nul.xml",
            "a%00.xml",
            "a%0d%0aSet-Cookie: x.xml",
            "x" * 300 + ".xml",
            "import.py",
            "shell.php",
            "import",
            "",
        ):
            client = self._ready()
            query = client.query("catalog", f"&mode=file&filename={name}")
            with self.subTest(name):
                text = client.ask("POST", query.replace("%25", "%"), groups())
                self.assertEqual(text.split("\n")[0], "failure")
        self._nothing_came()

    def test_names_on_the_disk_are_made_by_us(self):
        client = self._ready()
        client.send("Каталог; rm -rf $HOME.xml", groups())
        for folder, _folders, names in os.walk(self.backend._directory()):
            for name in names:
                self.assertRegex(f"{folder}/{name}", r"/[0-9a-f]{32}\.xml(\.lock)?$")

    # --- content --------------------------------------------------------------------

    def _archive(self, *entries, method=zipfile.ZIP_DEFLATED):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            for name, data in entries:
                archive.writestr(name, data)
        return packed.getvalue()

    def _unpack_refused(self, data):
        client = self._ready()
        client.send("v8.zip", data)
        return self._refused(client.do_import, "import.xml")

    def test_hostile_xml_is_refused_and_changes_nothing(self):
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        for name, text in {
            "laughs": f'<!DOCTYPE r [<!ENTITY l0 "ha">{laughs}]><r>&l9;</r>',
            "file": '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r>&f;</r>',
            "network": '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd"><r/>',
            "entity": "<r>&unknown;</r>",
            "deep": "<Группа>" * 300 + "</Группа>" * 300,
        }.items():
            client = self._ready()
            client.send("import.xml", f'<?xml version="1.0"?>\n{text}'.encode())
            with self.subTest(name):
                answer = self._refused(client.do_import, "import.xml")
                self.assertNotIn("root:", answer)
                self.assertEqual(self._messages()[-1].state, "failed")
        self.assertFalse(self._messages().line_ids)

    def test_an_archive_that_grows_without_end_is_refused(self):
        bomb = self._archive(("import.xml", b" " * (300 << 20)))
        self.assertIn("200 times", self._unpack_refused(bomb))
        self._set(max_unpacked_mb=1)
        large = self._archive(("import.xml", os.urandom(1_500_000)))
        client = self._ready()
        self._set(max_unpacked_mb=2)
        client.send("v8.zip", large)
        self.assertIn(
            "larger than allowed", self._refused(client.do_import, "import.xml")
        )
        self.assertFalse(self._messages())

    def test_archives_of_strangers_are_refused(self):
        link = zipfile.ZipInfo("import.xml")
        link.external_attr = 0o120777 << 16
        packed = self._archive(("import.xml", groups()))
        secret = bytearray(packed)
        secret[6] |= 1
        secret[packed.rindex(b"PK\x01\x02") + 8] |= 1
        for words, data in {
            "leads out": self._archive(("../../evil.xml", b"<a/>")),
            "links": self._archive((link, "/etc/passwd")),
            "other archives": self._archive(("inner.zip", packed)),
            "password": bytes(secret),
            "cut or damaged": packed[:-30],
        }.items():
            with self.subTest(words):
                self.assertIn(words, self._unpack_refused(data))
        with patch.object(archives, "MAX_ENTRIES", 3):
            many = self._archive(*((f"{n}.xml", b"<a/>") for n in range(4)))
            self.assertIn("more than 3 files", self._unpack_refused(many))
        self.assertFalse(self._messages())

    # --- the server itself ----------------------------------------------------------

    def test_an_unforeseen_error_is_a_failure_in_plain_text(self):
        client = self._ready(exchange="sale")
        with (
            patch.object(
                self.registry["onec.backend"], "_orders_query", side_effect=KeyError
            ),
            self.assertLogs("odoo.addons.loyalty_1c_bridge", logging.ERROR),
        ):
            text = client.ask("GET", client.query("sale", "&mode=query"))
        self.assertTrue(text.startswith("failure\n"))
        self.assertNotIn("Traceback", text)
        self.assertEqual(client.status, 200)

    def test_other_methods_are_answered_in_plain_text(self):
        client = self._ready()
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
            with self.subTest(method):
                text = client.ask(method, "?type=catalog&mode=none")
                self.assertTrue(text.startswith("failure\n"))

    def test_no_request_is_redirected(self):
        if "website" in self.env:
            self.env["res.lang"]._activate_lang("ru_RU")
            website = self.env["website"].search([], limit=1)
            website.language_ids |= self.env.ref("base.lang_ru")
            self.env.flush_all()
        for headers in (
            {},
            {"Cookie": "frontend_lang=ru_RU"},
            {"Accept-Language": "ru"},
        ):
            client = self._client()
            client.headers.update(headers)
            for end in ("", "/"):
                with self.subTest(f"{headers} {end}"):
                    client.ask("GET", f"{end}?type=catalog&mode=checkauth")
                    self.assertEqual(client.status, 200)
                    self.assertIsNone(client.answered.getheader("Location"))

    def test_the_secret_of_the_address_is_not_in_the_access_log(self):
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            client = self._client()
            client.checkauth()
            client.init()
        text = "\n".join(logs.output)
        self.assertIn("mode=init", text)
        self.assertNotIn(self.token, text)
        self.assertNotIn(client.tail.partition("=")[2], text)
