from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OnecCommon
from .fake_odata import FakeOdata

SALE = "Document_РеализацияТоваровУслуг"
ACCOUNTANT = "loyalty_1c_bridge.group_onec_accountant"


@tagged("post_install", "-at_install")
class TestOnecOdata(FakeOdata, OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._start_odata()
        cls.accountant = cls._user("onec-odata", ACCOUNTANT)
        cls.move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.ani.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    (0, 0, {"product_id": cls.product.id, "price_unit": 20000})
                ],
            }
        )
        cls.move.action_post()
        cls.key = cls.backend._guid("sale", cls.move)
        cls.row = cls.env["onec.outbox"]._queue(cls.backend, "sale", cls.move)

    def setUp(self):
        super().setUp()
        self.row.write({"state": "received", "op": "upsert"})
        self.fake.base.traps.clear()
        with self.fake.store.open() as state:
            state["objects"].clear()

    def _put(self, amount=20000, **values):
        self.fake.store.document(
            SALE, self.key, "2026-03-02", "0000-000007", amount, **values
        )

    def _conflicts(self):
        return self.env["onec.conflict"].search([("backend_id", "=", self.backend.id)])

    def test_document_posted_in_1c_is_proved_with_its_number(self):
        self._put()
        self.env["onec.backend"]._cron_odata()
        self.assertRecordValues(
            self.row,
            [
                {
                    "state": "posted",
                    "number_1c": "0000-000007",
                    "amount_1c": 20000,
                    "external_id": self.key,
                    "error": False,
                }
            ],
        )
        self.assertRecordValues(
            self.backend._find("sale", [self.key])[self.key],
            [
                {
                    "posted_1c": True,
                    "number_1c": "0000-000007",
                    "date_1c": date(2026, 3, 2),
                }
            ],
        )
        self.assertNotIn("DELETE", self.fake.methods)

    def test_document_not_posted_waits_and_says_so(self):
        self._put(posted=False)
        self.row.action_look_up()
        self.assertEqual(self.row.state, "received")
        self.assertIn("0000-000007", self.row.error)
        self.assertFalse(self._conflicts())

    def test_other_amount_is_a_conflict_and_no_proof(self):
        self._put(19000)
        self.row.action_look_up()
        self.assertEqual(self.row.state, "received")
        conflict = self._conflicts()
        self.assertEqual(conflict.kind, "amount_differs")
        self.assertEqual(conflict.left["Amount"], "20000.00")
        self._put(20000)
        self.row.action_look_up()
        self.assertEqual((self.row.state, conflict.state), ("posted", "solved"))

    def test_document_that_1c_lost_is_queued_again_by_choice(self):
        self.row.action_look_up()
        conflict = self._conflicts()
        self.assertEqual((conflict.kind, self.row.state), ("not_found", "received"))
        self.backend.use_ed = True
        conflict._resolve("here")
        self.assertEqual(self.row.state, "queued")

    def test_cancelled_document_agrees_when_1c_unposted_it(self):
        self.row.op = "cancel"
        self._put()
        self.row.action_look_up()
        self.assertEqual(self.row.state, "received")
        self._put(posted=False)
        self.row.action_look_up()
        self.assertEqual(self.row.state, "posted")

    def test_failure_is_shown_and_nothing_is_taken_for_proof(self):
        self._put()
        self.fake.base.traps.add("rights")
        with self.assertLogs(
            "odoo.addons.loyalty_1c_bridge.models.onec_backend_odata", "WARNING"
        ) as logs:
            self.env["onec.backend"]._cron_odata()
        self.assertNotIn("secret", str(logs.output))
        self.assertEqual(self.row.state, "received")
        self.assertIn("right", self.backend.odata_error)
        self.assertEqual(self.backend.health, "bad")
        self.fake.base.traps.clear()
        self.env["onec.backend"]._cron_odata()
        self.assertEqual(self.row.state, "posted")
        self.assertFalse(self.backend.odata_error)

    def test_lock_date_of_1c_is_read(self):
        self.fake.store.put(
            "InformationRegister_ДатыЗапретаИзменения",
            ДатаЗапрета="2026-01-31T00:00:00",
        )
        self.env["onec.backend"]._cron_odata()
        self.assertEqual(self.backend.lock_date_1c, date(2026, 1, 31))

    def test_accountant_looks_up_and_others_may_not(self):
        self._put()
        with self.assertRaises(AccessError):
            self.row.with_user(self._user("nobody-odata", "base.group_user")).read()
        seller = self._user("seller-odata", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.row.with_user(seller).action_look_up()
        self.assertEqual(self.row.state, "received")
        self.row.with_user(self.accountant).action_look_up()
        self.assertEqual(self.row.state, "posted")

    def test_queued_document_cannot_be_looked_up(self):
        self.row.state = "queued"
        with self.assertRaises(UserError):
            self.row.action_look_up()

    def test_forbidden_address_is_refused(self):
        with self.assertRaises(ValidationError):
            self.backend.odata_url = "http://169.254.169.254/latest"

    def test_password_of_odata_is_for_administrators(self):
        with self.assertRaises(AccessError):
            self.backend.with_user(self.accountant).read(["odata_password"])
        self.assertFalse(self.backend.copy().odata_password)
