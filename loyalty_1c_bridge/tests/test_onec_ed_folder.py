import os
import tempfile
import time

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from . import fake_1c
from .test_onec_ed_send import EdCommon


@tagged("post_install", "-at_install")
class TestOnecEdFolder(EdCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fake = fake_1c.enterprisedata()

    def setUp(self):
        super().setUp()
        self.root = self.enterContext(tempfile.TemporaryDirectory())
        self.env["ir.config_parameter"].set_param(
            "loyalty_1c_bridge.exchange_root", self.root
        )
        self.backend.write({"ed_transport": "folder", "ed_folder": "bp"})
        self.folder = os.path.join(self.root, "bp")
        self.node = self.fake.Node()

    def _send(self):
        self.assertTrue(self.backend._ed_guarded(self.backend._ed_send))

    def _fetch(self):
        self.assertTrue(
            self.backend._ed_guarded(self.backend._ed_fetch, "ed_fetch_error")
        )
        self.env["onec.message"]._cron_apply()

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _read(self):
        with open(self._path("Message_ОД_БП.xml"), "rb") as stream:
            return stream.read()

    def _put(self, content, age=60, name="Message_БП_ОД.xml"):
        os.makedirs(self.folder, exist_ok=True)
        with open(self._path(name), "wb") as stream:
            stream.write(content)
        then = time.time() - age
        os.utime(self._path(name), (then, then))

    def test_a_message_goes_to_1c_and_its_receipt_comes_back(self):
        self.backend.ed_settings_sent_at = "2026-09-01"
        row = self._queue("Ани")
        self._send()
        self.assertEqual(row.state, "sent")
        self.assertEqual(self.node.load(self._read()), "loaded")
        self._put(self.node.unload())
        self._fetch()
        self.assertEqual(row.state, "received")
        self.assertFalse(os.path.exists(self._path("Message_БП_ОД.xml")))
        self.assertTrue(self.backend.ed_ok_at)

    def test_settings_lie_in_the_folder_until_1c_answers_them(self):
        row = self._queue("Ани")
        self._send()
        self.assertEqual(self.node.load(self._read()), "settings")
        self._send()
        self.assertEqual(self.node.load(self._read()), "settings")
        self.assertEqual(row.state, "queued")
        self._put(self.node.settings())
        self._fetch()
        self._send()
        self.assertEqual(self.node.load(self._read()), "loaded")
        self.assertEqual(row.state, "sent")

    def test_a_base_that_never_answers_settings_gets_messages_after_a_day(self):
        self._queue("Ани")
        with freeze_time("2026-09-29 10:00:00"):
            self._send()
        with freeze_time("2026-09-30 11:00:00"):
            self._send()
        self.assertEqual(self.node.load(self._read()), "loaded")

    def test_a_file_still_being_written_waits(self):
        content = self.node.unload()
        self._put(content[:-20])
        self._fetch()
        self._put(content, age=0)
        self._fetch()
        self.assertEqual(self.backend.ed_last_received_no, 0)
        self._put(content)
        self._fetch()
        self.assertEqual(self.backend.ed_last_received_no, 1)

    def test_files_of_other_bases_stay(self):
        self._put(self.node.unload(), name="Message_БП_РТ.xml")
        self._fetch()
        self.assertTrue(os.path.exists(self._path("Message_БП_РТ.xml")))
        self.assertEqual(self.backend.ed_last_received_no, 0)

    def test_a_link_in_the_folder_is_not_followed(self):
        os.makedirs(self.folder, exist_ok=True)
        with tempfile.NamedTemporaryFile() as secret:
            secret.write(self.node.unload())
            secret.flush()
            os.utime(secret.name, (1, 1))
            os.symlink(secret.name, self._path("Message_БП_ОД.xml"))
            self._fetch()
            os.unlink(self._path("Message_БП_ОД.xml"))
        self.assertEqual(self.backend.ed_last_received_no, 0)

    def test_a_folder_elsewhere_is_refused(self):
        for name in ("../x", "/etc", "a/../../b", "."):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.backend.ed_folder = name
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.ed_folder, "bp")

    def test_a_link_out_of_the_directory_is_refused(self):
        os.symlink("/tmp", os.path.join(self.root, "out"))
        with self.assertRaises(ValidationError):
            self.backend.ed_folder = "out"
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.ed_folder, "bp")

    def test_only_an_administrator_sets_the_folder(self):
        user = self._user("boss", "loyalty_1c_bridge.group_onec_manager")
        with self.assertRaises(AccessError):
            self.backend.with_user(user).ed_folder = "other"
        with self.assertRaises(AccessError):
            self.backend.with_user(user).read(["ed_password"])
        self.assertEqual(self.backend.ed_folder, "bp")

    def test_a_folder_that_cannot_be_used_is_told_on_the_base(self):
        self._queue("Ани")
        with open(self.folder, "wb"):
            self.assertFalse(self.backend._ed_guarded(self.backend._ed_send))
        self.assertTrue(self.backend.ed_error)
        self.assertFalse(self.backend.ed_ok_at)
