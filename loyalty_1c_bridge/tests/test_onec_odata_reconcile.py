from odoo.tests import tagged

from .common import OnecCommon
from .fake_odata import FakeOdata

SALE = "Document_РеализацияТоваровУслуг"
RETURN = "Document_ВозвратТоваровОтПокупателя"
CASH = "Document_ПриходныйКассовыйОрдер"
ENTITY = {"sale": SALE, "return": RETURN, "cash_in": CASH, "bank_in": CASH}
# Ani's week of the story: what she was charged, and what she paid.
CHARGED = [
    ("out_invoice", "2026-03-02", 20000),
    ("out_invoice", "2026-03-03", 90000),
    ("out_invoice", "2026-03-04", 47000),
    ("out_refund", "2026-03-05", 10000),
    ("out_invoice", "2026-03-06", 23000),
]
PAID = [("2026-03-02", 20000), ("2026-03-03", 90000), ("2026-03-06", 60000)]


@tagged("post_install", "-at_install")
class TestOnecOdataReconcile(FakeOdata, OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._start_odata()
        cls.accountant = cls._user(
            "onec-wire", "loyalty_1c_bridge.group_onec_accountant"
        )
        cls.partner_key = cls.backend._guid("partner", cls.ani)
        cls.moves = cls.env["account.move"].create(
            [
                {
                    "move_type": kind,
                    "partner_id": cls.ani.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": [
                        (0, 0, {"product_id": cls.product.id, "price_unit": amount})
                    ],
                }
                for kind, day, amount in CHARGED
            ]
        )
        cls.moves.action_post()
        cls.payments = cls.env["account.payment"].create(
            [
                {
                    "partner_id": cls.ani.id,
                    "partner_type": "customer",
                    "payment_type": "inbound",
                    "journal_id": cls.cash.id,
                    "date": day,
                    "amount": amount,
                }
                for day, amount in PAID
            ]
        )
        cls.payments.action_post()
        cls.statement = cls._statement()

    @classmethod
    def _statement(cls, **values):
        return cls.env["onec.reconcile"].create(
            {
                "backend_id": cls.backend.id,
                "partner_id": cls.ani.id,
                "date_from": "2026-03-01",
                "date_to": "2026-03-06",
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        with self.fake.store.open() as state:
            state["objects"].clear()
            state["entries"].clear()

    def _book(self, record, day=None, amount=None, contract=None, red=True):
        """What 1C has booked of one of our documents."""
        store = self.fake.store
        otype = record._onec_otype()
        key = self.backend._guid(otype, record)
        is_move = record._name == "account.move"
        amount = amount or (record.amount_total if is_move else record.amount)
        day = day or str(record.invoice_date if is_move else record.date)
        entity = ENTITY[otype]
        store.document(entity, key, day, f"0000-{record.id:06}", amount)
        debit, credit = {
            "sale": ("62.01", "90.01"),
            "return": ("62.01", "90.01") if red else ("90.01", "62.01"),
        }.get(otype, ("50.01", "62.01"))
        if otype == "return" and red:
            amount = -amount
        store.entry(
            entity,
            key,
            day,
            debit,
            credit,
            amount,
            self.partner_key,
            *([contract] if contract else []),
        )

    def _book_all(self, leave_out=()):
        for record in [*self.moves, *self.payments]:
            if record not in leave_out:
                self._book(record)

    def _compare(self, statement=None):
        statement = statement or self.statement
        statement.with_user(self.accountant).action_compare()
        statement.invalidate_recordset()
        return statement

    def test_week_of_ani_agrees_over_the_wire(self):
        self._book_all()
        self._compare()
        act = self.statement
        self.assertEqual((act.debit, act.credit), (170000, 170000))
        self.assertEqual((act.onec_debit, act.onec_credit), (170000, 170000))
        self.assertEqual((act.closing, act.onec_closing), (0, 0))
        self.assertEqual(set(act.line_ids.mapped("status")), {"agreed"})
        self.assertEqual(len(act.line_ids), 8)
        self.assertNotIn("DELETE", self.fake.methods)

    def test_return_agrees_however_1c_books_it(self):
        returned = self.moves[3]
        self._book_all(leave_out=[returned])
        self._book(returned, red=False)
        act = self._compare()
        self.assertEqual(set(act.line_ids.mapped("status")), {"agreed"})
        self.assertEqual((act.onec_debit, act.onec_credit), (170000, 170000))

    def test_differences_over_the_wire_have_their_reasons(self):
        first, second, *others = [*self.moves, *self.payments]
        self._book(first, amount=19000)
        for record in others:
            self._book(record)
        act = self._compare()
        found = {
            line.move_id: line.status
            for line in act.line_ids
            if line.status != "agreed"
        }
        self.assertEqual(found, {first: "amount", second: "missing_there"})
        self.assertEqual(act.difference, 1000 + 90000)

    def test_opening_balances_come_from_both_ledgers(self):
        self._book_all()
        act = self._compare(self._statement(date_from="2026-03-05"))
        self.assertEqual((act.opening, act.onec_opening), (47000, 47000))
        self.assertEqual(act.difference, 0)

    def test_refusal_of_1c_is_told_and_ours_stands_alone(self):
        self.fake.base.traps.add("rights")
        self.addCleanup(self.fake.base.traps.clear)
        act = self._compare()
        self.assertIn("right", act.error)
        self.assertEqual(set(act.line_ids.mapped("status")), {"here"})
