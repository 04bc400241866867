from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import OnecCommon
from .fake_odata import FakeOdata

SALE = "Document_РеализацияТоваровУслуг"


@tagged("post_install", "-at_install")
class TestOnecOdataHandOver(FakeOdata, OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._start_odata()
        cls.backend.write({"kind": "bk_kz", "odata_hand_over": True})
        for otype, record in (
            ("organization", cls.env.company),
            ("partner", cls.ani),
            ("product", cls.product),
            ("currency", cls.env.company.currency_id),
        ):
            cls.backend._guid(otype, record)
        cls.move = cls._finished(20000)
        cls.row = cls.env["onec.outbox"]._queue(cls.backend, "sale", cls.move)
        cls.key = cls.backend._guid("sale", cls.move)

    @classmethod
    def _finished(cls, amount):
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.ani.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    (0, 0, {"product_id": cls.product.id, "price_unit": amount})
                ],
            }
        )
        move.action_post()
        return move

    def setUp(self):
        super().setUp()
        self.addCleanup(self.fake.base.traps.clear)
        with self.fake.store.open() as state:
            state["objects"].clear()

    def _run(self):
        self.env["onec.backend"]._cron_odata()
        return self.fake.store.read()["objects"].get(SALE, {})

    def test_a_base_with_odata_alone_gets_what_is_finished(self):
        self.backend.write({"use_ed": False, "use_odata": True})
        move = self._finished(700)
        row = self.env["onec.outbox"].search(
            [("model", "=", "account.move"), ("res_id", "=", move.id)]
        )
        self.assertEqual((row.backend_id, row.state), (self.backend, "queued"))

    def test_a_sale_is_created_under_our_key_posted_and_proved(self):
        there = self._run()
        self.assertEqual(list(there), [self.key])
        sale = there[self.key]
        self.assertTrue(sale["Posted"])
        self.assertEqual(sale["СуммаДокумента"], self.move.amount_total)
        self.assertEqual(
            sale["Контрагент_Key"], self.backend._guid("partner", self.ani)
        )
        self.assertEqual(sale["Товары"][0]["LineNumber"], 1)
        self.assertEqual(self.row.state, "posted")
        self.assertNotIn("DELETE", self.fake.methods)

    def test_an_answer_that_was_lost_makes_no_second_document(self):
        self._run()
        self.row.state = "queued"
        self.backend._find("sale", [self.key])[self.key].version_1c = False
        self.assertEqual(list(self._run()), [self.key])
        self.assertEqual(self.row.state, "posted")

    def test_what_1c_does_not_know_is_named_and_nothing_is_sent(self):
        self.backend._find("product", [self.backend._guid("product", self.product)])[
            self.backend._guid("product", self.product)
        ].unlink()
        self.assertFalse(self._run())
        self.assertEqual(self.row.state, "refused")
        self.assertIn("Номенклатура_Key", self.row.error)

    def test_a_document_1c_does_not_post_says_so(self):
        self.fake.base.traps.add("not_posting")
        self._run()
        self.assertEqual(self.row.state, "refused")
        self.assertIn("post", self.row.error)

    def test_a_silent_1c_leaves_the_document_in_the_queue(self):
        self.fake.base.traps.add("rights")
        self.assertFalse(self._run())
        self.assertEqual(self.row.state, "queued")
        self.assertTrue(self.backend.odata_error)

    def test_what_is_not_switched_on_stays(self):
        self.backend.odata_hand_over = False
        self.assertFalse(self._run())
        self.assertEqual(self.row.state, "queued")

    def test_what_was_cancelled_is_unposted_and_marked_never_deleted(self):
        self._run()
        self.row.write({"op": "cancel", "state": "queued"})
        sale = self._run()[self.key]
        self.assertEqual((sale["Posted"], sale["DeletionMark"]), (False, True))
        self.assertNotIn("DELETE", self.fake.methods)

    def test_a_change_made_in_1c_is_not_overwritten(self):
        self._run()
        with self.fake.store.open() as state:
            state["objects"][SALE][self.key].update(
                {"Комментарий": "theirs", "DataVersion": "changed"}
            )
        self.row.state = "queued"
        self.assertEqual(self._run()[self.key]["Комментарий"], "theirs")
        self.assertEqual(self.row.state, "refused")

    def test_templates_name_only_fields_that_may_be_sent(self):
        template = self.backend.odata_template_ids.filtered(
            lambda one: one.otype == "sale"
        )
        for path in ("nonsense", "partner_id.nothing", "partner_id.signup_type"):
            with self.assertRaises(ValidationError):
                template.line_ids[0].value = path

    def test_only_the_manager_changes_templates(self):
        user = self._user("tmpl_acc", "loyalty_1c_bridge.group_onec_accountant")
        template = self.backend.odata_template_ids[:1]
        with self.assertRaises(AccessError):
            template.with_user(user).entity = "Document_X"
        self.assertNotEqual(template.entity, "Document_X")
        boss = self._user("tmpl_boss", "loyalty_1c_bridge.group_onec_manager")
        template.with_user(boss).table = template.table
