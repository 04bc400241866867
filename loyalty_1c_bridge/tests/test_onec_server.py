import os
import time
from datetime import timedelta
from pathlib import Path

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ..models import onec_backend_purge
from .common import OnecCommon
from .onec_files import groups

OLD = fields.Datetime.to_datetime("2026-01-02 03:04:05")


@tagged("post_install", "-at_install")
class TestOnecServer(OnecCommon):
    """Addresses, stored files, and what is removed by and by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.use_cml = True
        cls.accountant = cls._user(
            "onec-accountant", "loyalty_1c_bridge.group_onec_accountant"
        )
        cls.manager = cls._user("onec-manager", "loyalty_1c_bridge.group_onec_manager")
        cls.stranger = cls._user("onec-stranger", "base.group_user")

    def _session(self, **values):
        session = self.env["onec.session"]._begin(self.backend, "catalog", "192.0.2.7")[
            0
        ]
        session.write(values)
        return session

    def _file(self, session, name, data):
        self.env["onec.upload"]._announce(session, [name])
        upload = self.env["onec.upload"]._lookup(session, session.upload_batch, name)
        path = Path(upload._path())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.addCleanup(path.unlink, missing_ok=True)
        return upload

    # --- address and password -------------------------------------------------------

    def test_a_manager_makes_an_address_and_sees_it_once(self):
        action = self.backend.with_user(self.manager).action_new_credentials()
        shown = action["context"]
        token = shown["default_address"].split("/")[-2]
        self.assertEqual(self.env["onec.backend"]._by_token(token), self.backend)
        self.assertTrue(
            self.backend._check_password(
                shown["default_login"], shown["default_password"]
            )
        )
        self.assertFalse(self.env[action["res_model"]].search([]))

    def test_the_window_with_the_password_keeps_nothing(self):
        action = self.backend.with_user(self.manager).action_new_credentials()
        windows = self.env["onec.backend.credentials"]
        window = windows.with_user(self.manager).with_context(**action["context"])
        window.create({})
        self.env.cr.execute("SELECT to_jsonb(c)::text FROM onec_backend_credentials c")
        self.assertNotIn(
            action["context"]["default_password"], str(self.env.cr.fetchall())
        )

    def test_an_accountant_makes_no_address(self):
        for user in (self.accountant, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.backend.with_user(user).action_new_credentials()
        self.assertFalse(self.backend.has_password)

    def test_a_manager_of_another_company_makes_no_address(self):
        company = self.env["res.company"].create({"name": "Другая"})
        self.backend.company_id = company
        with self.assertRaises(AccessError):
            self.backend.with_user(self.manager).action_new_credentials()

    def test_hashes_are_for_the_system_only(self):
        self.backend._new_credentials()
        for name in ("token_hash", "password_hash"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.backend.with_user(self.manager).read([name])
        session = self._session()
        for name in ("cookie_hash", "sessid_hash"):
            with self.subTest(name), self.assertRaises(AccessError):
                session.with_user(self.manager).read([name])

    def test_a_copy_of_a_base_has_no_password(self):
        self.backend._new_credentials()
        copy = self.backend.copy()
        self.assertFalse(copy.has_password or copy.login)

    def test_a_neutralized_database_answers_nobody(self):
        token, password = self.backend._new_credentials()
        session = self._session()
        self.env.flush_all()
        with file_open("loyalty_1c_bridge/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.assertFalse(self.env["onec.backend"]._by_token(token))
        self.assertFalse(self.backend._check_password(self.backend.login, password))
        self.assertEqual(session.state, "expired")

    def test_only_addresses_are_allowed_addresses(self):
        with self.assertRaises(ValidationError):
            self.backend.allowed_addresses = "example.com"

    # --- who may read ---------------------------------------------------------------

    def test_files_and_failures_are_read_by_those_who_may(self):
        session = self._session()
        upload = self._file(session, "import.xml", groups())
        failures = self.env["onec.login.failure"]
        failures._note(self.backend, "192.0.2.1")
        failure = failures.search([("backend_id", "=", self.backend.id)])
        self.assertEqual(upload.with_user(self.accountant).name, "import.xml")
        self.assertEqual(failure.with_user(self.manager).address, "192.0.2.1")
        for record, user in (
            (upload, self.stranger),
            (failure, self.accountant),
            (session, self.stranger),
        ):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(user).read(["create_date"])
        for record in (upload, failure):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(self.manager).write({"create_date": OLD})
        with self.assertRaises(AccessError):
            upload.with_user(self.manager).unlink()
        self.assertTrue(upload.exists())

    def test_files_of_other_companies_are_not_read(self):
        upload = self._file(self._session(), "import.xml", groups())
        self.backend.company_id = self.env["res.company"].create({"name": "Другая"})
        self.env.flush_all()
        with self.assertRaises(AccessError):
            upload.with_user(self.accountant).read(["name"])

    # --- what is stored -------------------------------------------------------------

    def test_bytes_and_files_are_stored_with_their_digest(self):
        data = groups()
        stored = self.backend._store_incoming("cml", "catalog", "import.xml", data)
        self.assertRecordValues(
            stored, [{"state": "received", "size": len(data), "direction": "in"}]
        )
        upload = self._file(self._session(), "other.xml", data + b"\n")
        other = self.backend._store_incoming(
            "cml", "catalog", "other.xml", upload._path(), upload.session_id
        )
        self.assertNotEqual(other.sha256, stored.sha256)
        with other._open() as file:
            self.assertEqual(file.read(), data + b"\n")
        os.remove(other.path)

    def test_the_same_bytes_are_the_message_that_still_waits(self):
        store = self.backend._store_incoming
        first = store("cml", "catalog", "import.xml", groups())
        self.assertEqual(store("cml", "catalog", "import.xml", groups()), first)
        first.state = "done"
        again = store("cml", "catalog", "import.xml", groups())
        self.assertEqual(again.state, "superseded")

    def test_what_failed_is_tried_again(self):
        store = self.backend._store_incoming
        store("cml", "catalog", "import.xml", b"<half>").state = "failed"
        again = store("cml", "catalog", "import.xml", b"<half>")
        self.assertEqual(again.state, "received")

    def test_older_prices_come_back_after_newer_ones(self):
        store = self.backend._store_incoming
        store("cml", "offers", "offers.xml", b"<a/>").state = "done"
        store("cml", "prices", "prices.xml", b"<b/>").state = "done"
        self.assertEqual(
            store("cml", "offers", "offers.xml", b"<a/>").state, "received"
        )

    # --- what is removed ------------------------------------------------------------

    def test_pictures_stay_while_their_message_is_applied(self):
        session = self._session()
        picture = self._file(session, "import_files/1.jpg", b"\xff\xd8\xff")
        message = self.backend._store_incoming(
            "cml", "catalog", "import.xml", groups(), session
        )
        session._start_uploads()
        self.assertTrue(self.backend._incoming_file(message, "import_files/1.jpg"))
        self.assertIsNone(self.backend._incoming_file(session, "import_files/1.jpg"))
        session.touched_at = OLD
        self.env["onec.session"]._cron_purge()
        self.assertTrue(picture.exists())
        message.state = "done"
        self.env["onec.session"]._cron_purge()
        self.assertFalse(picture.exists())
        self.assertFalse(os.path.exists(session._root()))

    def test_idle_sessions_end(self):
        idle, busy = self._session(touched_at=OLD), self._session()
        self.env["onec.session"]._cron_purge()
        self.assertEqual((idle.state, busy.state), ("expired", "open"))

    def test_files_of_old_messages_go_and_the_journal_stays(self):
        session = self._session()
        old, waiting = (
            self.backend._store_incoming(
                "cml",
                "catalog",
                name,
                self._file(session, name, groups(prefix=name))._path(),
                session,
            )
            for name in ("old.xml", "waiting.xml")
        )
        old.state, waiting.state = "done", "review"
        self.env.flush_all()
        (old | waiting).invalidate_recordset()
        self.env.cr.execute(
            "UPDATE onec_message SET create_date = %s WHERE id IN %s",
            [fields.Datetime.now() - timedelta(days=181), (old.id, waiting.id)],
        )
        path, kept = old.path, waiting.path
        self.addCleanup(os.remove, kept)
        self.env["onec.session"]._cron_purge()
        self.assertFalse(old.path or os.path.exists(path))
        self.assertTrue(os.path.exists(kept))
        self.assertTrue(old.exists())

    def test_orphans_are_removed_after_a_day(self):
        folder = Path(self.backend._directory())
        orphan, fresh = folder / "messages" / "old.xml", folder / "messages" / "new.xml"
        session = folder / "999999999" / "1" / "a.xml"
        for path in (orphan, fresh, session):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        past = time.time() - onec_backend_purge.ORPHAN_SECONDS - 60
        os.utime(orphan, (past, past))
        os.utime(session.parents[1], (past, past))
        self.env["onec.session"]._cron_purge()
        self.assertFalse(orphan.exists() or session.exists())
        self.assertTrue(fresh.exists())
        fresh.unlink()

    @mute_logger("odoo.sql_db")
    def test_limits_are_positive(self):
        for name in ("file_limit", "max_body_mb", "max_unpacked_mb", "keep_days"):
            with self.subTest(name), self.assertRaises(CheckViolation):
                self.backend[name] = 0
                self.env.flush_all()
