import io
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..engine.errors import ExchangeError
from ..engine.odata.ledger import Entry
from .common import OnecCommon


class _Ledger:
    """What OData would read, from a list; test_onec_odata.py reads it for real."""

    def __init__(self, opening, entries):
        self._opening, self._entries = opening, entries

    def balances(self, at):
        return self._opening

    def entries(self, first, last):
        return [entry for entry in self._entries if first <= entry.day <= last]


class ReconcileCommon(OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.write(
            {"use_ed": True, "use_odata": True, "odata_url": "http://127.0.0.1:1/x"}
        )
        cls.accountant = cls._user("rec_acc", "loyalty_1c_bridge.group_onec_accountant")
        cls.ani_key = cls.backend._guid("partner", cls.ani)

    def _dated(self, move, day):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET date = %(d)s, invoice_date = %(d)s "
            "WHERE id = %(i)s",
            {"d": day, "i": move.id},
        )
        self.env.cr.execute(
            "UPDATE account_move_line SET date = %(d)s WHERE move_id = %(i)s",
            {"d": day, "i": move.id},
        )
        self.env.invalidate_all()
        return move

    def _sale(self, amount, day="2026-03-02"):
        return self._dated(self._invoice(amount), day)

    def _theirs(self, move, amount=None, day=date(2026, 3, 2), **values):
        amount = Decimal(str(move.amount_total if amount is None else amount))
        otype = move._onec_otype()
        debit = move.move_type == "out_invoice"
        return Entry(
            **{
                "document": self.backend._guid(otype, move),
                "kind": "Document_РеализацияТоваровУслуг"
                if debit
                else "Document_ВозвратТоваровОтПокупателя",
                "day": day,
                "partner": self.ani_key,
                "contract": "",
                "debit": amount if debit else Decimal(0),
                "credit": Decimal(0) if debit else amount,
                **values,
            }
        )

    def _compare(self, *entries, opening=None, error=None, **values):
        act = self.env["onec.reconcile"].create(
            {
                "backend_id": self.backend.id,
                "partner_id": self.ani.id,
                "date_from": "2026-03-01",
                "date_to": "2026-03-06",
                **values,
            }
        )
        ledger = _Ledger(opening or {}, entries)

        def read(backend):
            if error:
                raise error
            return ledger

        with patch.object(type(self.backend), "_odata_ledger", read):
            act.with_user(self.accountant).action_compare()
        return act


@tagged("post_install", "-at_install")
class TestOnecReconcile(ReconcileCommon):
    def test_the_week_of_ani_agrees_to_the_coin(self):
        sales = [self._sale(amount) for amount in (20000, 90000, 47000, 23000)]
        refund = self._dated(self._credit(sales[1], 10000), "2026-03-05")
        bank = self.env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", self.env.company.id)], limit=1
        )
        paid = self.env["account.move"].create(
            {
                "date": "2026-03-06",
                "journal_id": bank.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "account_id": self.ani.property_account_receivable_id.id,
                            "partner_id": self.ani.id,
                            "credit": 170000,
                        },
                    ),
                    (
                        0,
                        0,
                        {"account_id": bank.default_account_id.id, "debit": 170000},
                    ),
                ],
            }
        )
        paid.action_post()
        act = self._compare(
            *(self._theirs(sale) for sale in sales),
            self._theirs(refund, day=date(2026, 3, 5)),
            Entry(
                document="pko",
                kind="Document_ПКО",
                day=date(2026, 3, 6),
                partner=self.ani_key,
                contract="",
                debit=Decimal(0),
                credit=Decimal(170000),
            ),
        )
        self.assertEqual((act.debit, act.credit), (170000, 170000))
        self.assertEqual((act.onec_debit, act.onec_credit), (170000, 170000))
        self.assertIn(-10000, act.line_ids.mapped("debit"))
        self.assertEqual((act.closing, act.onec_closing), (0, 0))
        statuses = act.line_ids.mapped("status")
        self.assertEqual(statuses.count("agreed"), 5)
        self.assertEqual(statuses.count("link"), 1)

    def test_each_difference_has_its_reason(self):
        agreed, cheaper, only_here = self._sale(100), self._sale(200), self._sale(300)
        gone = self._theirs(agreed, document="unknown", amount=7)
        act = self._compare(
            self._theirs(agreed), self._theirs(cheaper, amount=150), gone
        )
        found = {line.move_id or line.onec_debit: line.status for line in act.line_ids}
        self.assertEqual(
            found,
            {
                agreed: "agreed",
                cheaper: "amount",
                only_here: "missing_there",
                7.0: "missing_here",
            },
        )
        self.assertEqual(act.open_count, 3)
        self.assertEqual(act.difference, 600 - 257)

    def test_opening_balances_of_both_sides(self):
        self._sale(500, "2026-02-01")
        act = self._compare(opening={(self.ani_key, ""): Decimal(500)})
        self.assertEqual((act.opening, act.onec_opening), (500, 500))
        self.assertEqual(act.difference, 0)

    def test_only_a_statement_without_differences_is_agreed(self):
        sale = self._sale(100)
        act = self._compare()
        with self.assertRaises(UserError):
            act.with_user(self.accountant).action_agree()
        self.assertEqual(act.state, "compared")
        act = self._compare(self._theirs(sale))
        act.with_user(self.accountant).action_agree()
        self.assertEqual((act.state, act.agreed_by), ("agreed", self.accountant))
        with self.assertRaises(UserError):
            act.with_user(self.accountant).action_compare()

    def test_a_payment_without_an_entry_is_paid_until_a_statement_stands_for_it(self):
        sale = self._sale(100)
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.ani.id,
                "partner_type": "customer",
                "payment_type": "inbound",
                "amount": 40,
                "date": "2026-03-03",
                "journal_id": self.cash.id,
            }
        )
        # As where an accounting addon reconciles bank statements with invoices.
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        act = self._compare(self._theirs(sale))
        line = act.line_ids.filtered("payment_id")
        self.assertEqual((act.debit, act.credit, act.closing), (100, 40, 60))
        self.assertEqual((line.payment_id, line.credit), (payment, 40))
        self.assertEqual(line.status, "missing_there")
        later = self._compare(date_from="2026-03-04")
        self.assertEqual(later.opening, 60)
        payment.invoice_ids = sale
        self._pay(sale)
        act = self._compare(self._theirs(sale), date_to="2100-01-01")
        self.assertNotIn(payment, act.line_ids.payment_id)

    def test_a_branch_is_in_the_statement_of_its_parents_base(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.backend.company_id.id}
        )
        sale = self._sale(100)
        moved = self._sale(30)
        self.env.cr.execute(
            "UPDATE account_move_line SET company_id = %s WHERE move_id = %s",
            [branch.id, moved.id],
        )
        self.env.invalidate_all()
        act = self._compare(self._theirs(sale))
        self.assertEqual(act.debit, 130)

    def test_a_silent_1c_leaves_our_side_and_says_why(self):
        self._sale(100)
        act = self._compare(error=ExchangeError("odata_unreachable"))
        self.assertTrue(act.error)
        self.assertEqual((act.debit, act.line_ids.status), (100, "here"))

    def test_another_customer_and_another_company_are_not_in_it(self):
        sale = self._sale(100)
        other = self._theirs(sale, partner="somebody-else", document="x")
        act = self._compare(self._theirs(sale), other)
        self.assertEqual(act.line_ids.mapped("status"), ["agreed"])

    def test_all_customers_at_once_in_one_reading(self):
        self._sale(100)
        boris = self.env["res.partner"].create({"name": "Boris"})
        self._dated(self._invoice(50, partner=boris), "2026-03-03")
        wizard = (
            self.env["onec.reconcile.many"]
            .with_user(self.accountant)
            .create(
                {
                    "backend_id": self.backend.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-06",
                }
            )
        )
        reads = []

        def read(backend):
            reads.append(backend)
            return _Ledger({}, [])

        with patch.object(type(self.backend), "_odata_ledger", read):
            action = wizard.action_run()
        acts = self.env["onec.reconcile"].search(action["domain"])
        self.assertIn(boris, acts.partner_id)
        self.assertEqual(len(reads), 1)

    def test_the_printed_form_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.ani.lang = "ru_RU"
        act = self._compare(
            self._theirs(self._sale(100)),
            signed_here="Vardan of Arev",
            signed_there="Ani herself",
        )
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("loyalty_1c_bridge.onec_reconcile_customer", act.ids)[0]
            .decode()
        )
        self.assertIn(act.line_ids.text, html)
        self.assertIn("Vardan of Arev", html)
        self.assertIn("Ani herself", html)

    def test_others_neither_see_nor_compare(self):
        act = self._compare()
        clerk = self._user("rec_clerk", "base.group_user")
        auditor = self._user("rec_auditor", "loyalty_club.group_loyalty_auditor")
        self.assertEqual(act.with_user(auditor).partner_id.id, self.ani.id)
        for user in (clerk, auditor):
            with self.assertRaises(AccessError):
                act.with_user(user).action_compare()
        with self.assertRaises(AccessError):
            act.with_user(auditor).write({"closing": 5})
        self.assertEqual(act.closing, 0)


@tagged("post_install", "-at_install")
class TestOnecReconcileExcel(ReconcileCommon, HttpCase):
    def test_excel_has_both_ledgers_and_no_formulas(self):
        act = self._compare(self._theirs(self._sale(100), text="=1+1"))
        self.authenticate("rec_acc", "rec_acc")
        answer = self.url_open(f"/loyalty_1c/reconcile/{act.id}.xlsx")
        sheet = load_workbook(io.BytesIO(answer.content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        self.assertIn(100, [cell.value for cell in cells])
        self.assertNotIn("f", {cell.data_type for cell in cells})
        self._user("rec_stranger", "base.group_user")
        self.authenticate("rec_stranger", "rec_stranger")
        answer = self.url_open(f"/loyalty_1c/reconcile/{act.id}.xlsx")
        self.assertEqual(answer.status_code, 404)


@tagged("post_install", "-at_install")
class TestOnecProof(ReconcileCommon):
    def _rows(self, record):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["onec.proof"].search(
            [
                ("backend_id", "=", self.backend.id),
                ("model", "=", record._name),
                ("res_id", "=", record.id),
            ]
        )

    def test_a_finished_document_is_in_it_until_1c_posted_it(self):
        sale = self._invoice(100)
        row = self._rows(sale)
        self.assertEqual(row.state, "queued")
        row.outbox_id.state = "posted"
        self.assertEqual(self._rows(sale).state, "posted")

    def test_what_was_never_queued_is_found_and_queued(self):
        sale = self._invoice(100)
        self.env["onec.outbox"].search([("res_id", "=", sale.id)]).unlink()
        row = self._rows(sale)
        self.assertEqual((row.state, row.amount), ("missing", sale.amount_total))
        row.with_user(self.accountant).action_queue()
        self.assertEqual(self._rows(sale).state, "queued")

    def test_a_payment_that_was_never_queued_is_found_too(self):
        sale = self._invoice(100)
        self._pay(sale)
        payment = sale.matched_payment_ids
        self.env["onec.outbox"].search(
            [("model", "=", "account.payment"), ("res_id", "=", payment.id)]
        ).unlink()
        self.assertEqual(self._rows(payment).state, "missing")

    def test_left_out_leaves_a_trace(self):
        sale = self._invoice(100)
        row = self._rows(sale)
        action = row.with_user(self.accountant).action_leave_out()
        self.assertEqual(self._rows(sale).state, "queued")
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.accountant)
            .with_context(**action["context"])
            .create({"reason": "Booked by hand in 1C"})
        )
        self.assertEqual(wizard.count, 1)
        wizard.action_leave_out()
        row = self._rows(sale)
        self.assertEqual(row.state, "ignored")
        self.assertIn(self.accountant.name, row.error)
        self.assertIn("Booked by hand in 1C", row.error)

    def test_an_auditor_leaves_nothing_out(self):
        sale = self._invoice(100)
        auditor = self._user("leave_auditor", "loyalty_club.group_loyalty_auditor")
        with self.assertRaises(AccessError):
            self._rows(sale).with_user(auditor).action_leave_out()
        with self.assertRaises(AccessError):
            self.env["onec.proof.leave"].with_user(auditor).create({"reason": "x"})
        self.assertEqual(self._rows(sale).state, "queued")

    def test_drafts_old_days_and_other_companies_are_not_in_it(self):
        draft = self._invoice(100, post=False)
        self.assertFalse(self._rows(draft))
        self.backend.date_start = "2100-01-01"
        sale = self._invoice(100)
        self.assertFalse(self._rows(sale))

    def test_an_auditor_reads_and_queues_nothing(self):
        sale = self._invoice(100)
        self.env["onec.outbox"].search([("res_id", "=", sale.id)]).unlink()
        auditor = self._user("proof_auditor", "loyalty_club.group_loyalty_auditor")
        row = self._rows(sale).with_user(auditor)
        self.assertEqual(row.state, "missing")
        with self.assertRaises(AccessError):
            row.action_queue()
        self.assertEqual(self._rows(sale).state, "missing")
