"""A real Kannel, the worker as a process, and things that die in the middle.

What these tests leave is committed, the database is a clone; the message centre's own
count is what they believe.
"""

import http.client
import itertools
import os
import random
import threading
import unittest
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from .kannel import PASSWORD, USER, Kannel, ask, is_installed, until
from .worker_process import WorkerProcess

ARMENIAN = (
    "Հարգելի Անի, շնորհակալ ենք գնումների համար։ Դուք հավաքել եք 1250 միավոր, որոնք"
    " կարող եք ծախսել մինչև տարեվերջ մեր բոլոր խանութներում։ Սպասում ենք Ձեզ"
)


@tagged("post_install", "-at_install", "database_breaking")
class TestKannel(BaseCase):
    """Text in, reports out, and whatever can break on the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._need_kannel()
        cls.registry = Registry(get_db_name())
        # What customers wrote in another run stays: these are other customers.
        cls.numbers = itertools.count(random.randrange(10**5))
        cls.worker = WorkerProcess(get_db_name())
        cls.addClassCleanup(cls.worker.close)
        cls.gateway_id, cls.company_id, key = cls._call(cls._make_gateway)
        cls.addClassCleanup(cls._call, cls._retire)
        base = f"http://127.0.0.1:{cls.worker.port}/loyalty_sms/cb/{key}"
        cls.key = key
        cls.kannel = Kannel(f"{base}/inbound")
        cls.kannel.__enter__()
        cls.addClassCleanup(cls.kannel.__exit__)
        cls._call(cls._connect)
        cls.worker.start()

    @classmethod
    def _need_kannel(cls):
        """A developer may lack it; setup/test installs it, and must not skip this."""
        if is_installed():
            return
        missing = "Debian's package kannel is not installed: setup/test installs it."
        if os.environ.get("LOYALTY_TEST"):
            raise AssertionError(missing)
        raise unittest.SkipTest(missing)

    def setUp(self):
        super().setUp()
        if self.kannel.crashed():
            self.kannel.heal()
        self.kannel.centre("reset")
        if self.worker.process.poll() is not None:
            self.worker.start()

    @classmethod
    def _call(cls, work):
        """Run ``work(env)`` in a transaction of its own and commit it."""
        with cls.registry.cursor() as cr:
            return work(api.Environment(cr, SUPERUSER_ID, {}))

    @classmethod
    def _make_gateway(cls, env):
        # A company of its own: no other gateway takes what this one must not lose.
        company = env["res.company"].create(
            {"name": f"Kannel of the tests {cls.worker.port}"}
        )
        gateway = env["loyalty.sms.gateway"].create(
            {
                "name": "Kannel of the tests",
                "company_id": company.id,
                "kind": "kannel",
                "login": USER,
                "secret": PASSWORD,
                "webhook_base": f"http://127.0.0.1:{cls.worker.port}",
            }
        )
        return gateway.id, gateway.company_id.id, gateway.webhook_key

    @classmethod
    def _connect(cls, env):
        env["loyalty.sms.gateway"].browse(cls.gateway_id).kannel_url = cls.kannel.url

    @classmethod
    def _retire(cls, env):
        env["loyalty.sms.gateway"].browse(cls.gateway_id).active = False
        env.cr.execute(
            "DELETE FROM loyalty_message WHERE gateway_id = %s", (cls.gateway_id,)
        )
        env.cr.execute(
            "DELETE FROM loyalty_message_inbox WHERE gateway_id = %s", (cls.gateway_id,)
        )

    # -- what the tests do ------------------------------------------------------------
    def _number(self, tail="00"):
        return f"+3749{next(self.numbers) % 10**5:05d}{tail}"

    def _queue(self, count=1, tail="00", **values):
        """Commit messages to numbers of their own.

        :return: ``{number: id}``
        """
        numbers = [self._number(tail) for _each in range(count)]

        def work(env):
            return (
                env["loyalty.message"]
                ._enqueue(
                    [
                        {
                            "company_id": self.company_id,
                            "gateway_id": self.gateway_id,
                            "number": number,
                            "body": "Barev",
                            **values,
                        }
                        for number in numbers
                    ]
                )
                .ids
            )

        return dict(zip(numbers, self._call(work), strict=True))

    def _read(self, queued, *names):
        return self._call(
            lambda env: env["loyalty.message"].browse(queued.values()).read(names)
        )

    def _states(self, queued):
        return Counter(row["state"] for row in self._read(queued, "state"))

    def _until_all(self, queued, state, timeout=30):
        try:
            until(
                lambda: self._states(queued) == {state: len(queued)},
                f"all {state}",
                timeout,
            )
        except AssertionError as error:
            found = dict(self._states(queued))
            log = self.worker.log.read_text()[-3000:]
            raise AssertionError(f"{error}, found {found}\n{log}") from error

    def _assert_each_once(self, queued):
        """The centre had each message, and had none twice."""
        arrived = Counter(self.kannel.arrived())
        self.assertEqual(arrived, Counter(number[1:] for number in queued))

    # -- messages and reports ----------------------------------------------------------
    def test_a_text_arrives_and_is_reported(self):
        queued = self._queue(body="Tea & coffee: 10% [today] @ £5")
        self._until_all(queued, "delivered")
        (message,) = self._read(
            queued, "attempts", "accepted_at", "submitted_at", "delivered_at"
        )
        self.assertEqual(message["attempts"], 1)
        self.assertTrue(message["accepted_at"] and message["delivered_at"])
        # A message of service asks for each step: report 8 beside report 1.
        until(lambda: self._read(queued, "submitted_at")[0]["submitted_at"], "report 8")
        self._assert_each_once(queued)

    def test_three_parts_in_armenian_have_one_report(self):
        queued = self._queue(body=ARMENIAN, message_class="marketing", segments=3)
        self._until_all(queued, "delivered")
        parts = sorted(self.kannel.centre("messages"), key=lambda part: part["part"])
        self.assertEqual([part["part"][1:] for part in parts], [[3, 1], [3, 2], [3, 3]])
        self.assertEqual("".join(part["body"] for part in parts), ARMENIAN)
        self.assertEqual(self._reports(queued), ["delivered"])

    def _reports(self, queued):
        return self._call(
            lambda env: (
                env["loyalty.message.inbox"]
                .search(
                    [
                        (
                            "uuid",
                            "in",
                            env["loyalty.message"]
                            .browse(queued.values())
                            .mapped("uuid"),
                        )
                    ]
                )
                .mapped("state")
            )
        )

    def test_each_kind_of_failure_is_told_by_its_report(self):
        queued = {}
        for tail in ("90", "91", "92", "93"):
            queued |= self._queue(tail=tail, message_class="marketing")
        self._until_all(queued, "failed")
        failures = [row["failure"] for row in self._read(queued, "failure")]
        self.assertEqual(
            sorted(failures), sorted(["not_delivered", "expired", "blocked", "number"])
        )

    def test_a_throttling_centre_gets_everything_once(self):
        self.kannel.centre("limit", tps=30)
        self.addCleanup(self.kannel.centre, "limit", tps=0)
        queued = self._queue(60) | self._queue(2, tail="94")
        self._until_all(queued, "delivered")
        self._assert_each_once(queued)
        self.assertGreater(self.kannel.centre("stats")["throttled"], 0)

    # -- what customers write ----------------------------------------------------------
    def test_what_customers_write_comes_in_whole(self):
        number = self._number()
        for text in ("STOP", "Բալանս"):
            self.kannel.centre("mo", **{"from": number[1:], "to": "1234", "text": text})

        def inbound(env):
            rows = env["loyalty.message.inbox"].search(
                [("gateway_id", "=", self.gateway_id), ("kind", "=", "inbound")]
            )
            found = [row.payload for row in rows if row.payload["number"] == number]
            return len(found) == 2 and sorted(row["text"] for row in found)

        texts = until(lambda: self._call(inbound), "both messages")
        self.assertEqual(texts, ["STOP", "Բալանս"])

    def test_stop_during_a_campaign(self):
        """Who writes STOP gets nothing that was still waiting, and the others do."""
        soon = fields.Datetime.now() + timedelta(seconds=5)
        queued = self._queue(5, message_class="marketing", not_before=soon)
        stopped, *others = queued
        self.kannel.centre("mo", **{"from": stopped[1:], "to": "1234", "text": "STOP"})
        kept = {number: queued[number] for number in others}
        self._until_all(kept, "delivered")
        self._until_all({stopped: queued[stopped]}, "suppressed")
        self.assertEqual(
            self._read({stopped: queued[stopped]}, "reason")[0]["reason"], "opted_out"
        )
        arrived = Counter(
            message["to"]
            for message in self.kannel.centre("messages")
            if message["body"] == "Barev"
        )
        self.assertEqual(arrived, Counter(number[1:] for number in others))

    def test_strangers_are_not_heard(self):
        def calls():
            return self._call(lambda env: env["loyalty.message.inbox"].search_count([]))

        before = calls()
        query = "report?uuid=x&type=1&text=&ref="
        for path in (
            f"/loyalty_sms/cb/wrong/{query}",
            f"/loyalty_sms/cb/{self.key[:-1]}/{query}",
            f"/loyalty_sms/cb/{self.key}/other",
            "/web",
            "/",
        ):
            with self.subTest(path=path):
                self.assertEqual(ask(self.worker.port, path), "")
        for size, status in ((10**7, 413), ("x", 400)):
            with self.subTest(size=size):
                self.assertEqual(self._post(f"{self.key}/report", size), status)
        self.assertEqual(calls(), before)

    def _post(self, path, size):
        """The status for a body said to be of this size; it is not sent."""
        line = http.client.HTTPConnection("127.0.0.1", self.worker.port, timeout=5)
        try:
            line.putrequest("POST", f"/loyalty_sms/cb/{path}")
            line.putheader("Content-Length", size)
            line.endheaders()
            return line.getresponse().status
        finally:
            line.close()

    # -- things that die ---------------------------------------------------------------
    def test_messages_wait_while_the_gateway_is_down(self):
        self.kannel.stop("smsbox")
        queued = self._queue(20)
        until(
            lambda: all(row["not_before"] for row in self._read(queued, "not_before"))
            and self._states(queued) == {"queued": 20},
            "all waiting",
        )
        self.kannel.start_smsbox()
        self._until_all(queued, "delivered")
        self._assert_each_once(queued)
        self.assertEqual(
            {row["attempts"] for row in self._read(queued, "attempts")}, {1}
        )

    def test_bearerbox_dies_with_messages_in_hand(self):
        self.kannel.centre("refuse", on=1)
        queued = self._queue(100)
        self._until_all(queued, "accepted")
        self.kannel.stop("bearerbox", kill=True)
        self.kannel.stop("smsbox")
        self.kannel.centre("refuse", on=0)
        self.kannel.start_bearerbox()
        self.kannel.start_smsbox()
        # Kannel keeps all messages over its death; a report it may drop on its start.
        until(
            lambda: set(self._states(queued)) <= {"submitted", "delivered"},
            "all taken by the centre",
        )
        self._assert_each_once(queued)
        self.assertGreater(self._states(queued)["delivered"], 90)

    def test_the_worker_dies_in_the_middle(self):
        """Killed while it sends; reports of what it sent are refused for a while."""
        for _attempt in range(4):
            queued = self._queue(1000, message_class="marketing")
            if self._is_killed_in_the_middle():
                break
            # Reports die with smsbox: what they prove cannot be seen this time.
            self._call(
                lambda env, gone=queued: env.cr.execute(
                    "DELETE FROM loyalty_message WHERE id IN %s",
                    (tuple(gone.values()),),
                )
            )
            self.kannel.heal()
            self.kannel.centre("reset")
            self.worker.start()
        else:
            self.fail("smsbox crashed each time that the worker was killed")
        restarted = fields.Datetime.now() + timedelta(seconds=1)
        self.worker.start()

        def is_quiet():
            return not any(
                row["state"] in ("queued", "accepted")
                or row["state"] == "sending"
                and row["claimed_at"] > restarted
                for row in self._read(queued, "state", "claimed_at")
            )

        until(is_quiet, "all but the doubtful", timeout=40)
        doubtful = self._doubt(queued)
        arrived = Counter(self.kannel.arrived())
        # A report proves each message that left; those without one did not leave.
        self.assertEqual(
            arrived,
            Counter(number[1:] for number in queued if number not in doubtful),
        )
        self._call(
            lambda env: (
                env["loyalty.message"]
                .browse(doubtful.values())
                .action_resolve_send_again()
            )
        )
        self._until_all(queued, "delivered")
        self._assert_each_once(queued)

    def _is_killed_in_the_middle(self):
        """Kill the worker while it sends, and have reports refused.

        :return: false when smsbox crashed at it
        """
        until(lambda: self.kannel.centre("stats").get("taken", 0) > 150, "a part sent")
        self.worker.kill()
        with self._all_calls_fail() as refused:
            until(
                lambda: refused or self.kannel.crashed(), "a report that is refused", 60
            )
            until(lambda: self.kannel.crashed() or len(refused) > 20, "some more")
        return not self.kannel.crashed()

    def _doubt(self, queued):
        """Let the time pass after which a dead worker is not waited for.

        :return: the messages nobody has heard of, ``{number: id}``
        """
        soon = fields.Datetime.now() + timedelta(minutes=3)
        self._call(lambda env: env["loyalty.message"]._mend(soon))
        states = {row["id"]: row["state"] for row in self._read(queued, "state")}
        self.assertLessEqual(set(states.values()), {"delivered", "unknown"})
        return {
            number: id_ for number, id_ in queued.items() if states[id_] == "unknown"
        }

    @contextmanager
    def _all_calls_fail(self):
        """Where the worker listened, somebody answers 500."""
        refused = []

        class Broken(BaseHTTPRequestHandler):
            def do_GET(self):
                refused.append(self.path)
                self.send_error(500)

            def log_message(self, *_arguments):
                """Nothing on the terminal."""

        server = HTTPServer(("127.0.0.1", self.worker.port), Broken)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield refused
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def test_the_worker_finishes_what_it_has_in_hand(self):
        queued = self._queue(300, message_class="marketing")
        until(lambda: self.kannel.centre("stats").get("taken", 0) > 50, "a part sent")
        self.assertEqual(self.worker.stop(), 0)
        self.assertEqual(self._states(queued)["sending"], 0)
        self.assertEqual(
            self._call(
                lambda env: (
                    env["loyalty.sms.worker"]
                    .search([("pid", "=", self.worker.pid)], limit=1)
                    .state
                )
            ),
            "stopped",
        )
        self.worker.start()
        self._until_all(queued, "delivered")
        self._assert_each_once(queued)

    def test_the_worker_outlives_its_connections(self):
        queued = self._queue()
        self._until_all(queued, "delivered")
        ended = self._call(self._end_connections)
        self.assertGreater(ended, 0)
        queued |= self._queue(20)
        self._until_all(queued, "delivered")
        self._assert_each_once(queued)

    def _end_connections(self, env):
        """As a restart of PostgreSQL does to the worker."""
        env.cr.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            (f"odoo-{self.worker.pid}",),
        )
        return env.cr.fetchone()[0]
