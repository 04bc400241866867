import base64
import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine.enterprisedata import package, reader
from .test_onec_ed_send import EdCommon

ACCOUNTANT = "loyalty_1c_bridge.group_onec_accountant"


@tagged("post_install", "-at_install")
class TestOnecEdFiles(EdCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("acc", ACCOUNTANT)

    def _wizard(self, user=None, **values):
        wizards = self.env["onec.ed.files"].with_user(user or self.accountant)
        return wizards.create({"backend_id": self.backend.id, **values})

    def _last(self):
        return self.backend._ed_message(self.backend.ed_last_sent_no)

    def test_an_accountant_downloads_what_waits(self):
        row = self._queue("Ани")
        wizard = self._wizard()
        self.assertEqual(wizard.count_waiting, 1)
        action = wizard.action_download()
        message = self._last()
        self.assertEqual(action["url"], f"/loyalty_1c/message/{message.id}")
        self.assertEqual((message.state, row.state), ("sent", "sent"))
        self.assertEqual(message.filename, "Message_ОД_БП.xml")

    def test_a_lost_download_is_given_again_unchanged(self):
        self._queue("Ани")
        first = self._wizard().action_download()
        content = self._last()._ed_content()
        self.assertEqual(self._wizard().action_download(), first)
        self.assertEqual(self._last()._ed_content(), content)
        self.assertEqual(self.backend.ed_last_sent_no, 1)

    def test_nothing_to_download_says_so(self):
        with self.assertRaises(UserError):
            self._wizard().action_download()
        self.assertEqual(self.backend.ed_last_sent_no, 0)

    def test_the_settings_file_has_our_code(self):
        action = self._wizard().action_download_settings()
        message = self.env["onec.message"].browse(int(action["url"].rsplit("/")[-1]))
        header = reader.read_header(io.BytesIO(message._ed_content()))
        self.assertTrue(header.is_handshake)
        self.assertEqual(header.prefix, self.backend.prefix)

    def test_an_accountant_uploads_a_zip_of_1c_and_sees_it_in_the_journal(self):
        row = self._queue("Ани")
        self._wizard().action_download()
        archive = package.pack("data.xml", self._from_1c(1, 1))
        action = self._wizard(
            file=base64.b64encode(archive), filename="Message_БП_ОД.zip"
        ).action_upload()
        message = self.env["onec.message"].browse(action["res_id"])
        self.assertEqual((message.number, row.state), (1, "received"))
        self.assertEqual(message.filename, "Message_БП_ОД.zip")

    def test_without_the_code_of_1c_nothing_is_written(self):
        self.backend.ed_peer_code = False
        self._queue("Ани")
        with self.assertRaises(UserError):
            self._wizard().action_download()
        self.assertEqual(self.backend.ed_last_sent_no, 0)

    def test_others_may_not_exchange_files(self):
        self._queue("Ани")
        stranger = self._user("stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self._wizard(stranger)
        auditor = self._user("audit", "loyalty_club.group_loyalty_auditor")
        with self.assertRaises(AccessError):
            self._wizard(auditor)
        wizard = self._wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(stranger).action_download()
        self.assertEqual(self.backend.ed_last_sent_no, 0)

    def test_files_of_another_company_are_out_of_reach(self):
        other = self._make_company("Other LLC")
        backend = self._make_backend(
            "Другая",
            company_id=other.id,
            use_ed=True,
            ed_node_code="ОД",
            ed_peer_code="БП",
        )
        with self.assertRaises(AccessError):
            self._wizard(backend_id=backend.id).action_download_settings()
        self.assertFalse(backend.ed_settings_sent_at)

    def test_only_accountants_start_an_exchange_and_managers_continue_numbers(self):
        stranger = self._user("stranger", "loyalty_club.group_loyalty_auditor")
        with self.assertRaises(AccessError):
            self.backend.with_user(stranger).action_ed_exchange()
        self.backend.ed_claimed_no = 5
        with self.assertRaises(AccessError):
            self.backend.with_user(self.accountant).action_ed_continue_numbers()
        self.assertEqual(self.backend.ed_last_sent_no, 0)
        self.backend.with_user(self.accountant).action_ed_exchange()
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("loyalty_1c_bridge.ir_cron_ed_send").id)]
        )
        self.assertTrue(trigger)
