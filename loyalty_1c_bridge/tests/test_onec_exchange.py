import io
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from unittest import SkipTest
from unittest.mock import patch

from odoo.tests import tagged

from ..controllers import onec_conversation
from .exchange_common import ExchangeCommon
from .onec_files import PIXEL, files, groups, nothing

PROFILES = ("ut", "unf", "bitrix")


@tagged("post_install", "-at_install")
class TestOnecExchange(ExchangeCommon):
    """What the clients of 1C ask, in their order and in their words."""

    def test_each_profile_sends_a_catalogue(self):
        for number, profile in enumerate(PROFILES):
            with self.subTest(profile):
                sent = {**files(), "import0_1.xml": groups(2, f"{profile}-")}
                self._client(profile).push(sent)
                self.assertEqual(
                    self._messages()[-2 if number == 0 else -1].state,
                    "done" if number == 0 else "superseded",
                )
                self.assertIn(
                    f"Группа {profile}-2",
                    self.env["product.category"].search([]).mapped("name"),
                )

    def test_each_profile_sends_a_catalogue_packed_and_in_pieces_of_a_kilobyte(self):
        self._set(use_zip=True, file_limit=1024)
        for profile in PROFILES:
            with self.subTest(profile):
                sent = {**files(), "import0_1.xml": groups(300, f"{profile}-")}
                client = self._client(profile)
                client.push(sent)
                self.assertTrue(client.zip)
                self.assertEqual(client.limit, 1024)
                self.assertIn(
                    f"Группа {profile}-300",
                    self.env["product.category"].search([]).mapped("name"),
                )

    def test_each_profile_pulls_orders(self):
        for profile in PROFILES:
            with self.subTest(profile):
                body = self._client(profile).pull()
                self.assertTrue(body.startswith(b"<?xml"))
                self.assertIn("КоммерческаяИнформация".encode(), body)

    def test_each_profile_sends_orders(self):
        for profile in PROFILES:
            with self.subTest(profile):
                self._client(profile).push({"orders.xml": nothing()}, "sale")
                self.assertEqual(self._messages()[-1].kind, "orders")

    def test_the_answer_to_checkauth_is_lines_ended_by_lf_only(self):
        client = self._client()
        raw = client.call("GET", "?type=catalog&mode=checkauth")
        self.assertNotIn(b"\r", raw)
        self.assertRegex(
            raw.decode(),
            r"^success\nloyalty1c\n[\w-]{32}\nsessid=[\w-]{24}\ntimestamp=\d+\n$",
        )
        self.assertEqual(
            client.answered.getheader("Content-Type"), "text/plain; charset=utf-8"
        )
        self.assertIsNone(client.answered.getheader("Set-Cookie"))

    def test_the_answer_to_init_has_two_lines_and_no_end_of_line(self):
        client = self._client()
        client.checkauth()
        raw = client.call("GET", client.query("catalog", "&mode=init"))
        self.assertEqual(raw, b"zip=no\nfile_limit=10485760")

    def test_the_answer_to_init_with_a_version_has_four_lines(self):
        client = self._client("bitrix")
        client.checkauth()
        lines = client.init().split("\n")
        self.assertEqual(lines[0], "zip=no")
        self.assertEqual(lines[2], client.tail.lstrip("&"))
        self.assertEqual(lines[3], "version=2.09")

    def test_the_other_address_and_a_slash_at_the_end_are_answered_too(self):
        for end in ("exchange", "1c_exchange/", "exchange/"):
            client = self._client()
            path = client.url.path.rpartition("/")[0]
            client.url = client.url._replace(path=f"{path}/{end}")
            with self.subTest(end):
                self.assertIn("success", client.checkauth())

    def test_info_and_unsupported_requests_are_answered(self):
        client = self._client()
        client.checkauth("sale")
        body = client.call("GET", client.query("sale", "&mode=info"))
        self.assertTrue(body.startswith(b"<?xml"))
        for exchange, mode in (
            ("get_catalog", "init"),
            ("crm", "query"),
            ("listen", "query"),
            ("catalog", "answer"),
            ("catalog", ""),
            ("catalog", "__class__"),
            ("", ""),
        ):
            with self.subTest(f"{exchange} {mode}"):
                text = client.ask("GET", f"?type={exchange}&mode={mode}{client.tail}")
                self.assertEqual(text.split("\n")[0], "failure")
                self.assertEqual(client.status, 200)

    def test_references_are_an_exchange_of_their_own(self):
        client = self._client("bitrix")
        client.push({"references.xml": nothing()}, "reference")
        self.assertEqual(self._messages()[-1].kind, "reference")

    def test_a_repeated_import_is_answered_again_and_changes_nothing(self):
        client = self._ready()
        client.upload({"import.xml": groups()})
        first = client.do_import("import.xml")
        count = len(self._messages())
        self.assertEqual(client.do_import("import.xml"), first)
        self.assertEqual(len(self._messages()), count)

    def test_the_same_file_once_more_is_known(self):
        sent = {"import.xml": groups(3, "twice-")}
        self._client().push(sent)
        self._client().push(sent)
        self.assertEqual(self._messages().mapped("state"), ["done", "superseded"])
        self.assertEqual(
            self.env["product.category"].search_count([("name", "like", "twice-")]), 3
        )

    def test_a_file_is_applied_again_after_another_one_came_between(self):
        for prefix in ("a-", "b-", "a-"):
            self._client().push({"import.xml": groups(1, prefix)})
        self.assertEqual(self._messages().mapped("state"), ["done"] * 3)

    def test_1c_hears_progress_while_the_file_is_worked_on(self):
        client = self._ready()
        client.upload({"import.xml": groups()})
        messages = self.registry["onec.message"]
        with (
            patch.object(onec_conversation, "HOLD_SECONDS", 0.2),
            patch.object(messages, "_help", lambda self, seconds: False),
        ):
            text = client.ask(
                "GET", client.query("catalog", "&mode=import&filename=import.xml")
            )
            self.assertEqual(text.split("\n")[0], "progress")
            self.assertEqual(self._messages().state, "received")
        self.assertIn("success", client.do_import("import.xml"))
        self.assertEqual(self._messages().state, "done")

    def test_success_may_mean_stored(self):
        self._set(answer_when="stored")
        client = self._ready()
        client.upload({"import.xml": groups()})
        messages = self.registry["onec.message"]

        def stage(message, seconds):
            return message._work_begin() == "end"

        with (
            patch.object(messages, "_help", lambda message, seconds: stage(message, 1)),
            patch.object(onec_conversation, "HOLD_SECONDS", 2),
        ):
            client.do_import("import.xml", most=1)
        self.assertEqual(self._messages().state, "applying")

    def test_a_file_that_waits_for_approval_is_a_success(self):
        self._set(dry_run=True)
        self._client().push({"import.xml": groups(2, "dry-")})
        self.assertEqual(self._messages().state, "review")
        self.assertFalse(
            self.env["product.category"].search([("name", "like", "dry-")])
        )

    def test_an_import_before_the_file_fails(self):
        client = self._ready()
        self.assertIn("did not come", self._refused(client.do_import, "import.xml"))
        self.assertFalse(self._messages())

    def test_a_file_cut_at_any_byte_is_a_failure_and_changes_nothing(self):
        whole = groups(2, "cut-")
        for size in range(0, len(whole), 97):
            client = self._ready()
            client.send("import.xml", whole[:size] or b" ")
            with self.subTest(size):
                text = self._refused(client.do_import, "import.xml")
                self.assertIn("failure", text)
        self.assertEqual(set(self._messages().mapped("state")), {"failed"})
        self.assertFalse(
            self.env["product.category"].search([("name", "like", "cut-")])
        )

    def test_init_forgets_what_was_sent_before(self):
        client = self._ready()
        client.send("import.xml", b"<?xml version='1.0'?><half>")
        client.init()
        client.send("import.xml", groups())
        client.do_import("import.xml")
        self.assertEqual(self._messages().state, "done")

    def test_a_file_that_starts_again_replaces_what_came(self):
        whole = groups(20)
        client = self._ready()
        client.send("import.xml", whole[:700])
        client.send("import.xml", whole, step=500)
        client.do_import("import.xml")
        self.assertEqual(self._messages().size, len(whole))

    def test_a_first_piece_of_an_archive_sent_twice_counts_once(self):
        self._set(use_zip=True)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("import.xml", groups(50))
        data = packed.getvalue()
        client = self._ready()
        client.send("v8_1.zip", data[:600])
        client.send("v8_1.zip", data, step=600)
        client.do_import("import.xml")
        self.assertEqual(self._messages().state, "done")

    def test_pictures_of_an_archive_are_found_by_their_path(self):
        self._set(use_zip=True)
        self._client().push(files())
        message = self._messages()[0]
        path = self.backend._incoming_file(message, "import_files/ab/1.png")
        self.assertEqual(Path(path).read_bytes(), PIXEL)
        self.assertEqual(
            self.backend._incoming_file(self._session(), r"import_files\ab\1.png"), path
        )
        self.assertIsNone(self.backend._incoming_file(message, "import_files/2.png"))
        self.assertIsNone(self.backend._incoming_file(message, "../../etc/passwd"))

    def test_names_of_1c_on_linux_and_windows_are_the_same_file(self):
        for name in (
            "/tmp/import.xml",
            "upload/1c/webdata/import.xml",
            r"a\import.xml",
        ):
            client = self._ready()
            client.send(name, groups())
            with self.subTest(name):
                self.assertIn("success", client.do_import("import.xml"))

    def test_an_archive_may_be_imported_by_its_own_name(self):
        self._set(use_zip=True)
        client = self._ready()
        client.upload({"webdata/offers.xml": nothing(), "webdata/import.xml": groups()})
        client.do_import("v8_1A2B_3c.zip")
        self.assertEqual(
            self._messages().mapped("filename"),
            ["webdata/import.xml", "webdata/offers.xml"],
        )

    def test_two_clients_at_once_do_not_mix(self):
        one, other = self._ready(), self._ready()
        whole = groups(20, "one-"), groups(20, "other-")
        for start in range(0, max(map(len, whole)), 400):
            for client, data in zip((one, other), whole, strict=True):
                if piece := data[start : start + 400]:
                    client.send("import.xml", piece)
        one.do_import("import.xml")
        other.do_import("import.xml")
        names = self.env["product.category"].search([]).mapped("name")
        self.assertIn("Группа one-20", names)
        self.assertIn("Группа other-20", names)

    def test_a_client_that_loses_its_cookie_goes_on(self):
        for tail in (True, False):
            client = self._ready()
            client.forget_cookie = True
            if not tail:
                client.tail = ""
            with self.subTest(tail):
                client.send("import.xml", groups(30), step=1024)
                self.assertIn("success", client.do_import("import.xml"))

    def test_a_client_without_password_goes_on_by_its_cookie(self):
        client = self._ready()
        client.headers = {}
        client.send("import.xml", groups())
        self.assertIn("success", client.do_import("import.xml"))

    def test_the_address_alone_is_enough_where_the_base_says_so(self):
        self._set(accept_token=True)
        client = self._client(login="")
        client.push({"import.xml": groups()})
        client = self._ready()
        client.headers, client.forget_cookie = {}, True
        client.send("import.xml", groups())
        self.assertEqual(self._messages()[0].state, "done")

    def test_a_form_keeps_its_body(self):
        for kind in (
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json",
        ):
            client = self._ready()
            data = groups(40, kind[12:16])
            client.send("import.xml", data, headers={"Content-Type": kind})
            with self.subTest(kind):
                client.do_import("import.xml")
                self.assertEqual(self._messages()[-1].size, len(data))

    def test_a_conversation_goes_on_after_it_was_done(self):
        client = self._ready(exchange="sale")
        client.headers = {}
        for _each in range(2):
            body = client.call("GET", client.query("sale", "&mode=query"))
            self.assertTrue(body.startswith(b"<?xml"))
            client.expect("GET", client.query("sale", "&mode=success"))

    def test_orders_sent_without_an_import_are_not_lost(self):
        client = self._ready(exchange="sale")
        client.send("orders.xml", nothing(), "sale")
        sessions = self.env["onec.session"]
        sessions._cron_import_forgotten()
        self.assertFalse(self._messages())
        self._session().touched_at = "2026-01-01 00:00:00"
        sessions._cron_import_forgotten()
        self.assertEqual(self._messages().mapped("filename"), ["orders.xml"])

    def test_deactivation_is_a_question_and_not_an_act(self):
        self._client("bitrix").push({"import.xml": groups()})
        conflict = self.env["onec.conflict"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(conflict.kind, "deactivate")

    def test_the_tool_for_developers_is_content(self):
        """The stand-in kept beside the repository, when it is there."""
        shared = Path(__file__).resolve().parents[3] / "shared" / "data" / "1c"
        tool = shared / "tools" / "fake_1c_client.py"
        if not tool.exists():
            raise SkipTest("the stand-in for 1C is not beside the repository")
        self._set(use_zip=True, file_limit=1024)
        with tempfile.TemporaryDirectory() as folder:
            for name, data in files().items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            for profile in PROFILES:
                for action in (["push-catalog", folder], ["pull-orders", os.devnull]):
                    with self.subTest(f"{profile} {action[0]}"):
                        self._run_tool(tool, *action, "--profile", profile)

    def _run_tool(self, tool, *arguments):
        done = subprocess.run(
            [
                *(sys.executable, str(tool), self._address()),
                *(self.backend.login, self.password, *arguments, "--pause", "0"),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
