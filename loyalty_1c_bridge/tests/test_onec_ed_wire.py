import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..engine.enterprisedata import soap
from . import fake_1c
from .test_onec_ed_send import EdCommon

CATEGORY = "Справочник.НоменклатураГруппа"
CATEGORY_XML = (
    "<КлючевыеСвойства><Ссылка>{0}</Ссылка><Наименование>{1}</Наименование>"
    "</КлючевыеСвойства>"
)


@tagged("post_install", "-at_install")
class TestOnecEdService(EdCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fake = fake_1c.enterprisedata()
        cls.backend.write(
            {
                "ed_transport": "soap",
                "ed_login": "bridge",
                "ed_password": "secret",
                "ed_settings_sent_at": "2026-09-01",
            }
        )
        cls.startClassPatcher(patch.object(soap, "PAUSE_S", 0))

    def setUp(self):
        super().setUp()
        self.base = self.fake.Base()
        self.node = self.base.node
        address = self.enterContext(self.fake.running(self.base))
        self.backend.ed_url = address
        self.address = address

    def _run(self, step="send"):
        field = "ed_error" if step == "send" else "ed_fetch_error"
        return self.backend._ed_guarded(getattr(self.backend, f"_ed_{step}"), field)

    def _fetch(self):
        self.assertTrue(self._run("fetch"))
        self.env["onec.message"]._cron_apply()

    def _known(self):
        """Names that 1C has, by its own reading."""
        return sorted(
            node.findtext("{*}КлючевыеСвойства/{*}Наименование")
            for node in self.node.objects.values()
        )

    def test_a_day_goes_to_1c_and_its_receipt_comes_back(self):
        row = self._queue("Ани")
        self.assertTrue(self._run())
        self.assertEqual((row.state, self._known()), ("sent", ["Ани"]))
        self._fetch()
        self.assertEqual(row.state, "received")
        self.assertEqual(self.node.loaded, [1])
        self.assertFalse(self.base.ready)

    def test_objects_of_1c_arrive_and_are_forgotten_there_after_our_receipt(self):
        self.node.register(CATEGORY, "g1", CATEGORY_XML.format("g1", "Чай"))
        self._fetch()
        row = self.backend._find("category", ["g1"])["g1"]
        self.assertEqual(row._records().name, "Чай")
        self.assertTrue(self.node.changes)
        self.assertTrue(self._run())
        self.assertFalse(self.node.changes)

    def test_big_archives_go_in_parts_both_ways(self):
        self.backend.ed_part_kb = 1
        for number in range(60):
            self._queue(f"Покупатель {number} {os.urandom(40).hex()}")
            guid = f"g{number}"
            xml = CATEGORY_XML.format(guid, f"Группа {os.urandom(40).hex()}")
            self.node.register(CATEGORY, guid, xml)
        self.assertTrue(self._run())
        self.assertGreater(self.base.calls.count("PutFilePart"), 1)
        self.assertEqual(len(self._known()), 60)
        self._fetch()
        self.assertGreater(self.base.calls.count("GetDataPart"), 1)
        self.assertEqual(len(self.backend._find("category", ["g0", "g59"])), 2)

    def test_a_running_operation_is_waited_for(self):
        self.base.polls = 3
        self._queue("Ани")
        self.assertTrue(self._run())
        self.assertEqual(self.base.calls.count("PutDataActionResult"), 4)

    def test_a_connection_cut_after_loading_doubles_nothing(self):
        row = self._queue("Ани")
        self.base.drop = ["PutData"]
        self.assertFalse(self._run())
        self.assertEqual(self._known(), ["Ани"])
        self.assertTrue(self.backend.ed_error)
        self.assertEqual(row.state, "queued")
        self.assertTrue(self._run())
        self._fetch()
        self.assertEqual(self.node.loaded, [1])
        self.assertEqual((row.state, self._known()), ("received", ["Ани"]))

    def test_after_a_cut_connection_news_take_the_next_number(self):
        rows = self._queue("Ани")
        self.base.drop = ["PutData"]
        self.assertFalse(self._run())
        rows |= self._queue("Борис")
        self.assertTrue(self._run())
        self._fetch()
        self.assertEqual(self.node.loaded, [1, 2])
        self.assertEqual(self._known(), ["Ани", "Борис"])
        self.assertEqual(set(rows.mapped("state")), {"received"})

    def test_a_connection_cut_before_the_receipt_asks_again(self):
        self.node.register(CATEGORY, "g1", CATEGORY_XML.format("g1", "Чай"))
        self.base.drop = ["GetDataPart"]
        self.assertFalse(self._run("fetch"))
        self.assertEqual(self.backend.ed_last_received_no, 0)
        self._fetch()
        self.assertEqual(self.backend.ed_last_received_no, 2)
        self.assertEqual(len(self.backend._find("category", ["g1"])), 1)

    def test_a_connection_cut_at_the_confirmation_loses_nothing(self):
        self.node.register(CATEGORY, "g1", CATEGORY_XML.format("g1", "Чай"))
        self.base.drop = ["ConfirmGettingFile"]
        self.assertFalse(self._run("fetch"))
        self.env["onec.message"]._cron_apply()
        self.assertEqual(self.backend.ed_last_received_no, 1)

    def test_swapped_codes_are_refused_with_a_text(self):
        self.node.swap_codes = True
        self._fetch()
        message = self.env["onec.message"].search(
            [("backend_id", "=", self.backend.id)], limit=1
        )
        self.assertEqual(message.state, "failed")
        self.assertEqual(self.backend.ed_last_received_no, 0)

    def test_a_receipt_from_the_future_is_refused(self):
        self.node.claim_received = 7
        self._fetch()
        self.assertEqual(self.backend.ed_peer_received_no, 0)
        self.assertEqual(self.backend.ed_claimed_no, 7)

    def test_a_wrong_password_is_told_and_never_shown(self):
        self.backend.ed_password = "пароль-тайна"
        self._queue("Ани")
        with self.assertLogs("odoo.addons.loyalty_1c_bridge", "WARNING") as logs:
            self.assertFalse(self._run())
        self.assertIn("401", self.backend.ed_error)
        for text in (*logs.output, self.backend.ed_error):
            self.assertNotIn("тайна", text)
            self.assertNotIn("bridge:", text)

    def test_a_manager_tests_the_connection(self):
        user = self._user("boss", "loyalty_1c_bridge.group_onec_manager")
        backend = self.backend.with_user(user)
        self.assertEqual(backend.action_ed_test()["params"]["type"], "success")
        self.node.peer = "ХХ"
        with self.assertRaises(UserError) as raised:
            backend.action_ed_test()
        self.assertIn("Не найден узел", str(raised.exception))
        self.assertEqual(set(self.base.calls), {"Ping", "TestConnection"})
        accountant = self._user("acc", "loyalty_1c_bridge.group_onec_accountant")
        with self.assertRaises(AccessError):
            self.backend.with_user(accountant).action_ed_test()

    def test_an_unknown_code_is_told(self):
        self.node.peer = "ХХ"
        self._queue("Ани")
        self.assertFalse(self._run())
        self.assertIn("Не найден узел", self.backend.ed_error)

    def test_a_redirect_is_not_followed(self):
        other = self.fake.Base()
        with self.fake.running(other) as address:
            self.base.redirect = address
            self._queue("Ани")
            self.assertFalse(self._run())
        self.assertEqual(other.calls, [])

    def test_a_message_that_1c_cannot_load_stays_to_be_sent(self):
        self.node.versions = ["1.10"]
        row = self._queue("Ани")
        self.assertFalse(self._run())
        self.assertTrue(self._run("fetch"))
        self.assertIn("1.19", self.backend.ed_error)
        self.assertIn("1.19", self.backend.health_text)
        self.assertEqual(row.state, "queued")

    def test_metadata_addresses_are_refused(self):
        for url in (
            "http://169.254.169.254/latest",
            "http://[fe80::1]/",
            "http://[::ffff:169.254.169.254]/",
            "ftp://1c/base",
            "http://user:secret@1c/base",
            "http://0.0.0.0/",
        ):
            with self.subTest(url), self.assertRaises(ValidationError) as raised:
                self.backend.ed_url = url
            self.assertNotIn("secret", str(raised.exception))
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.ed_url, self.address)

    def test_a_name_that_leads_to_a_metadata_address_is_not_called(self):
        self._queue("Ани")
        with patch(
            "odoo.addons.loyalty_1c_bridge.engine.safe.outgoing.METADATA",
            ("127.0.0.1",),
        ):
            self.backend.flush_recordset()
            self.assertFalse(self._run())
        self.assertEqual(self.base.calls, [])

    def test_the_one_way_service_needs_no_receipt(self):
        self.backend.ed_transport = "upload"
        row = self._queue("Ани")
        self.assertTrue(self._run())
        self.assertEqual(len(self.base.uploaded), 1)
        self.assertEqual(row.state, "received")
        self.assertEqual(self.backend.ed_peer_received_no, 1)

    def test_one_base_that_fails_does_not_stop_the_others(self):
        other = self._make_backend(
            "УТ",
            use_ed=True,
            ed_node_code="ОД",
            ed_peer_code="УТ",
            ed_transport="soap",
            ed_url="http://127.0.0.1:9/ut",
            sequence=1,
        )
        self._queue("Ани")
        self.env["onec.backend"]._cron_ed_send()
        self.assertTrue(other.ed_error)
        self.assertEqual(self._known(), ["Ани"])
