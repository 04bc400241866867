import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OnecCommon


@tagged("post_install", "-at_install")
class TestOnecMapImport(OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("acc", "loyalty_1c_bridge.group_onec_accountant")
        cls.debtors, cls.advances = cls.env["account.account"].create(
            [
                {"name": "Customers", "code": "62010", "account_type": "asset_current"},
                {"name": "Advances", "code": "62020", "account_type": "asset_current"},
            ]
        )

    def _wizard(self, user=None, **values):
        return (
            self.env["onec.map.import"]
            .with_user(user or self.accountant)
            .create({"backend_id": self.backend.id, "otype": "account", **values})
        )

    def _answer(self):
        answer = self.backend._resolve("account", {"62.01": {}, "62.02": {}})
        return {key: record.id for key, record in answer.items()}

    def test_a_pasted_table_is_shown_first_and_matched_then(self):
        wizard = self._wizard(
            text="62.01\tПокупатели\t62010\n62.02\tАвансы\tAdvances\n"
            "62.03\tВекселя\t99999\n62.01\tЕще раз\t62020\n\n"
        )
        wizard.action_check()
        self.assertEqual(
            (wizard.count_ready, wizard.count_same, wizard.count_problem), (2, 0, 2)
        )
        self.assertIn("99999", wizard.preview)
        self.assertEqual(self._answer(), {})
        wizard.action_import()
        both = {"62.01": self.debtors.id, "62.02": self.advances.id}
        self.assertEqual(self._answer(), both)
        again = self._wizard(text="62.01;62010")
        again.action_check()
        self.assertEqual((again.count_ready, again.count_same), (0, 1))
        with self.assertRaises(UserError):
            again.action_import()

    def test_a_workbook_and_a_text_of_windows_are_read(self):
        book = openpyxl.Workbook()
        book.active.append(["62.01", "Покупатели", 62010])
        stream = io.BytesIO()
        book.save(stream)
        for data in (stream.getvalue(), "62.01;Покупатели;62010".encode("cp1251")):
            wizard = self._wizard(file=base64.b64encode(data))
            wizard.action_check()
            self.assertEqual(wizard.count_ready, 1)
            self.assertIn("Покупатели", wizard.preview)

    def test_what_is_no_workbook_is_refused_in_words(self):
        wizard = self._wizard(file=base64.b64encode(b"PK\x03\x04 nothing"))
        with self.assertRaisesRegex(UserError, "neither a workbook"):
            wizard.action_check()

    def test_markup_of_the_table_is_shown_as_text(self):
        wizard = self._wizard(text="<script>;62010")
        wizard.action_check()
        self.assertIn("&lt;script&gt;", wizard.preview)

    def test_an_id_that_went_out_is_not_given_to_another(self):
        guid = self.backend._guid("account", self.debtors)
        wizard = self._wizard(text=f"{guid};62020")
        wizard.action_check()
        self.assertEqual((wizard.count_ready, wizard.count_problem), (0, 1))

    def test_only_accountants_import(self):
        user = self._user("aud", "loyalty_club.group_loyalty_auditor")
        with self.assertRaises(AccessError):
            self._wizard(user, text="62.01;62010")
        self.assertEqual(self._answer(), {})

    def test_meanings_of_statuses_are_a_managers(self):
        statuses = self.env["onec.status"].with_user(self.accountant)
        self.assertTrue(statuses.search([("code", "=", "shipped")]))
        with self.assertRaises(AccessError):
            statuses.create({"name": "Packed", "code": "confirmed"})
        manager = self._user("man", "loyalty_1c_bridge.group_onec_manager")
        packed = statuses.with_user(manager).create(
            {"name": "Packed", "code": "confirmed"}
        )
        self.assertEqual(packed.name, "Packed")
