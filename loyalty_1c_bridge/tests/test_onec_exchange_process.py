"""Servers that die, lines that are cut, clients that come together: for real.

What these tests leave is committed, the database is a clone.
"""

import http.client
import re
import secrets
import shutil
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from .onec_client import OnecClient
from .onec_files import files, groups
from .server_process import ServerProcess, until


@tagged("post_install", "-at_install", "database_breaking")
class TestOnecExchangeProcess(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.prefix = f"process-{secrets.token_hex(4)}-"
        cls.backend_id, cls.login, cls.token, cls.password, cls.folder = cls._call(
            cls._make_backend
        )
        cls.addClassCleanup(cls._call, cls._clean)
        cls.server, cls.other = (
            ServerProcess(get_db_name()),
            ServerProcess(get_db_name()),
        )
        for server in (cls.server, cls.other):
            cls.addClassCleanup(server.close)
            server.start()

    @classmethod
    def _call(cls, work):
        """Run ``work(env)`` in a transaction of its own and commit it."""
        with cls.registry.cursor() as cr:
            return work(api.Environment(cr, SUPERUSER_ID, {}))

    @classmethod
    def _make_backend(cls, env):
        backend = env["onec.backend"].create(
            {
                "name": cls.prefix,
                "use_cml": True,
                "dry_run": False,
                "use_zip": False,
                "file_limit": 1024,
            }
        )
        token, password = backend._new_credentials()
        return backend.id, backend.login, token, password, backend._directory()

    @classmethod
    def _clean(cls, env):
        backend = env["onec.backend"].browse(cls.backend_id)
        maps = env["onec.map"].search([("backend_id", "=", backend.id)])
        maps.unlink()
        env["product.category"].search([("name", "like", cls.prefix)]).unlink()
        env["onec.message"].search([("backend_id", "=", backend.id)]).unlink()
        backend.unlink()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def _client(self, server=None, profile="ut"):
        server = server or self.server
        url = f"{server.url}/loyalty_1c/{self.token}/1c_exchange"
        return OnecClient(url, self.login, self.password, profile)

    def _ready(self, exchange="catalog"):
        client = self._client()
        client.checkauth(exchange)
        client.init(exchange)
        return client

    def _count(self, prefix):
        return self._call(
            lambda env: env["product.category"].search_count(
                [("name", "like", f"Группа {prefix}")]
            )
        )

    def _state(self, filename):
        def read(env):
            return (
                env["onec.message"]
                .search(
                    [
                        ("backend_id", "=", self.backend_id),
                        ("filename", "=", filename),
                    ],
                    order="id desc",
                    limit=1,
                )
                .state
            )

        return self._call(read)

    def test_the_server_dies_between_two_pieces(self):
        prefix = f"{self.prefix}pieces-"
        data = groups(50, prefix)
        client = self._ready()
        client.send("import.xml", data[:3000])
        self.server.restart()
        client.send("import.xml", data[3000:])
        client.do_import("import.xml")
        self.assertEqual(self._count(prefix), 50)

    def test_the_server_dies_while_it_applies_a_file(self):
        prefix = f"{self.prefix}dies-"
        client = self._ready()
        client.send("dies.xml", groups(3000, prefix), step=1 << 20)
        lost = []

        def ask():
            try:
                client.do_import("dies.xml", most=1)
            except (OSError, http.client.HTTPException) as error:
                lost.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        until(lambda: self._state("dies.xml") == "applying", "the file is applied")
        self.server.restart()
        thread.join()
        self.assertTrue(lost)
        self.assertLess(self._count(prefix), 3000)
        client.do_import("dies.xml")
        self.assertEqual(self._count(prefix), 3000)
        self.assertEqual(self._state("dies.xml"), "done")

    def test_the_line_is_cut_in_the_middle_of_a_piece(self):
        prefix = f"{self.prefix}cut-"
        data = groups(40, prefix)
        client = self._ready()
        client.send("import.xml", data[:2048])
        self._cut(
            client, "POST", "&mode=file&filename=import.xml", data[2048:3000], 1024
        )
        client.send("import.xml", data[2048:])
        client.do_import("import.xml")
        self.assertEqual(self._count(prefix), 40)

    def test_the_line_is_cut_while_1c_waits_for_the_import(self):
        prefix = f"{self.prefix}wait-"
        client = self._ready()
        client.send("wait.xml", groups(300, prefix), step=1 << 20)
        for _each in range(3):
            self._cut(client, "GET", "&mode=import&filename=wait.xml")
        client.do_import("wait.xml")
        self.assertEqual(self._count(prefix), 300)

    def test_the_line_is_cut_after_the_orders_were_asked(self):
        client = self._client()
        asked = [client.pull(confirm=False), client.pull()]
        # The time at which the file was made is no part of what it says.
        bare = {re.sub(rb'"\d{4}-\d\d-\d\dT[\d:]+"', b"", body) for body in asked}
        self.assertEqual(len(bare), 1)

    def test_pieces_may_go_to_different_servers(self):
        prefix = f"{self.prefix}two-"
        data = groups(60, prefix)
        one, other = self._ready(), self._client(self.other)
        other.cookie, other.tail = one.cookie, one.tail
        for number, start in enumerate(range(0, len(data), 700)):
            client = (one, other)[number % 2]
            client.send("import.xml", data[start : start + 700], step=700)
        other.do_import("import.xml")
        self.assertEqual(self._count(prefix), 60)

    def test_many_clients_come_at_once(self):
        def push(number):
            profile = ("ut", "unf", "bitrix")[number % 3]
            client = self._client((self.server, self.other)[number % 2], profile)
            prefix = f"{self.prefix}many{number}-"
            client.push({**files(), "import0_1.xml": groups(100, prefix)})
            return prefix

        with ThreadPoolExecutor(4) as pool:
            for prefix in pool.map(push, range(4)):
                self.assertEqual(self._count(prefix), 100)

    def test_two_clients_ask_for_the_same_import_at_once(self):
        prefix = f"{self.prefix}same-"
        one, other = self._ready(), self._client(self.other)
        one.send("same.xml", groups(600, prefix), step=1 << 20)
        other.cookie, other.tail = one.cookie, one.tail
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(lambda each: each.do_import("same.xml"), (one, other))
            )
        self.assertEqual({answer.split("\n")[0] for answer in answers}, {"success"})
        self.assertEqual(self._count(prefix), 600)

    def _cut(self, client, method, tail, body=b"", length=None):
        """Send a request, or the beginning of it, and hang up."""
        head = [
            f"{method} {client.url.path}{client.query('catalog', tail)} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: {client.headers['Authorization']}",
            f"Cookie: {client.cookie}",
        ]
        if body:
            head.append(f"Content-Length: {length}")
        with socket.create_connection(("127.0.0.1", client.url.port)) as connection:
            connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
