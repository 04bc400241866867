import base64

from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tests import tagged

from .common import OnecCommon

OURS = "40702810000000000001"
THEIRS = "40702810000000000888"


def document(number, amount, purpose, **fields):
    told = {
        "Номер": number,
        "Дата": "05.03.2026",
        "Сумма": amount,
        "ПлательщикСчет": THEIRS,
        "ПлательщикИНН": "7700000003",
        "Плательщик1": "ООО Клиент",
        "ПолучательСчет": OURS,
        "ДатаПоступило": "05.03.2026",
        "НазначениеПлатежа": purpose,
        **fields,
    }
    body = "".join(f"{key}={value}\r\n" for key, value in told.items())
    return f"СекцияДокумент=Платежное поручение\r\n{body}КонецДокумента\r\n"


def statement(*documents, opening="1000.00", income="0", closing="1000.00"):
    return (
        "1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\n"
        "СекцияРасчСчет\r\nДатаНачала=05.03.2026\r\nДатаКонца=05.03.2026\r\n"
        f"РасчСчет={OURS}\r\nНачальныйОстаток={opening}\r\n"
        f"ВсегоПоступило={income}\r\nВсегоСписано=0\r\nКонечныйОстаток={closing}\r\n"
        f"КонецРасчСчет\r\n{''.join(documents)}КонецФайла\r\n"
    ).encode("cp1251")


@tagged("post_install", "-at_install")
class TestOnecBank(OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.use_bank = True
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.journal.bank_account_id = cls.env["res.partner.bank"].create(
            {"acc_number": OURS, "partner_id": cls.env.company.partner_id.id}
        )
        cls.client = cls.env["res.partner"].create(
            {"name": "Клиент", "is_company": True, "company_registry": "7700000003"}
        )

    def _wizard(self, data, **values):
        attachment = self.env["ir.attachment"].create(
            {"name": "kl_to_1c.txt", "datas": base64.b64encode(data)}
        )
        return self.env["onec.bank.import"].create(
            {
                "backend_id": self.backend.id,
                "attachment_ids": [Command.set(attachment.ids)],
                **values,
            }
        )

    def _lines(self):
        return self.env["account.bank.statement.line"].search(
            Domain("journal_id", "=", self.journal.id)
            & Domain("onec_key", "!=", False),
            order="id",
        )

    def test_the_preview_shows_and_writes_nothing(self):
        wizard = self._wizard(
            statement(document("7", "500", "Оплата"), income="500", closing="1500")
        )
        wizard.action_preview()
        self.assertEqual((wizard.count_new, wizard.count_old), (1, 0))
        self.assertFalse(wizard.problems)
        self.assertEqual(wizard.account_ids.journal_id, self.journal)
        self.assertEqual(wizard.line_ids.partner_id, self.client)
        self.assertFalse(self._lines())

    def test_rows_are_imported_once_and_equal_ones_stay_two(self):
        twice = document("7", "500", "Оплата") * 2
        data = statement(twice, income="1000", closing="2000")
        self._wizard(data).action_import()
        lines = self._lines()
        self.assertEqual(lines.mapped("amount"), [500.0, 500.0])
        self.assertEqual(lines.statement_id.balance_end_real, 2000.0)
        self.assertEqual(lines.partner_id, self.client)
        self.assertTrue(all(lines.mapped("onec_reason")))
        self._wizard(data).action_import()
        self.assertEqual(self._lines(), lines)
        longer = statement(
            twice, document("8", "1", "Ещё"), income="1001", closing="2001"
        )
        self._wizard(longer).action_import()
        self.assertEqual(self._lines().mapped("amount"), [500.0, 500.0, 1.0])
        self.assertEqual(lines.statement_id.balance_end_real, 2001.0)
        messages = lines.onec_message_id | self._lines().onec_message_id
        self.assertEqual(messages.mapped("count_created"), [2, 1])
        self.assertEqual(messages[1].count_unchanged, 2)

    def test_the_invoice_named_in_the_purpose_is_paid(self):
        invoice = self._invoice(20000, partner=self.client)
        data = statement(
            document("7", "20000", f"Оплата по счету {invoice.name}, НДС 20%"),
            income="20000",
            closing="21000",
        )
        self._wizard(data).action_import()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertTrue(self._lines().is_reconciled)

    def test_more_than_is_open_is_left_to_a_person(self):
        invoice = self._invoice(20000, partner=self.client)
        data = statement(document("7", "20001", f"Счет {invoice.name}"))
        self._wizard(data).action_import()
        self.assertEqual(invoice.amount_residual, 20000.0)
        self.assertEqual(self._lines().partner_id, self.client)

    def test_balances_that_disagree_are_told_before_the_import(self):
        wizard = self._wizard(statement(document("7", "500", "Оплата"), income="400"))
        wizard.action_preview()
        self.assertIn(OURS, wizard.problems)
        self.assertIn("500", wizard.problems)

    def test_a_statement_that_does_not_continue_is_told(self):
        self._wizard(
            statement(document("7", "500", "Оплата"), income="500", closing="1500")
        ).action_import()
        later = statement(document("8", "5", "Оплата"), opening="1400").replace(
            b"05.03.2026", b"06.03.2026"
        )
        wizard = self._wizard(later)
        wizard.action_preview()
        self.assertIn("1,500", wizard.account_ids.problem.replace("\xa0", ""))

    def test_what_is_no_statement_is_refused_with_the_name_of_the_file(self):
        with self.assertRaisesRegex(UserError, "kl_to_1c.txt"):
            self._wizard(b"MZ\x90 no bank").action_preview()
        self.assertFalse(self._lines())

    def test_an_account_without_journal_is_asked_for(self):
        self.journal.bank_account_id = False
        wizard = self._wizard(statement(document("7", "500", "Оплата")))
        wizard.action_preview()
        self.assertFalse(wizard.account_ids.journal_id)
        with self.assertRaisesRegex(UserError, OURS):
            wizard.action_import()
        wizard.account_ids.journal_id = self.journal
        wizard.action_import()
        self.assertEqual(self._lines().mapped("amount"), [500.0])

    def test_only_who_may_write_statements_imports_them(self):
        user = self._user("onec_acc", "loyalty_1c_bridge.group_onec_accountant")
        attachment = (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": "kl_to_1c.txt",
                    "datas": base64.b64encode(
                        statement(document("7", "500", "Оплата"))
                    ),
                }
            )
        )
        wizard = (
            self.env["onec.bank.import"]
            .with_user(user)
            .create(
                {
                    "backend_id": self.backend.id,
                    "attachment_ids": [Command.set(attachment.ids)],
                }
            )
        )
        wizard.action_preview()
        self.assertEqual(wizard.count_new, 1)
        with self.assertRaisesRegex(UserError, "Invoicing"):
            wizard.action_import()
        self.assertFalse(self._lines())

    # --- payment orders ---------------------------------------------------------------

    def _payment(self, **values):
        bank = self.env["res.bank"].create({"name": "Банк", "bic": "044525225"})
        account = self.env["res.partner.bank"].create(
            {"acc_number": THEIRS, "partner_id": self.client.id, "bank_id": bank.id}
        )
        account.allow_out_payment = True
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "supplier",
                "partner_id": self.client.id,
                "partner_bank_id": account.id,
                "journal_id": self.journal.id,
                "amount": 1234.5,
                "memo": "Оплата по счету № 15",
                "date": "2026-03-05",
                **values,
            }
        )
        payment.action_post()
        return payment

    def test_a_payment_goes_to_the_bank_once(self):
        payment = self._payment()
        export = self.env["onec.bank.export"].create(
            {
                "backend_id": self.backend.id,
                "journal_id": self.journal.id,
                "payment_ids": [Command.set(payment.ids)],
            }
        )
        export.action_export()
        message = payment.onec_order_message_id
        text = base64.b64decode(message.attachment_id.datas).decode("cp1251")
        for told in (
            "Сумма=1234.50",
            f"ПлательщикСчет={OURS}",
            "ПолучательБИК=044525225",
        ):
            self.assertIn(told, text)
        with self.assertRaises(UserError):
            export.action_export()
        self.assertEqual(payment.onec_order_message_id, message)

    def test_an_order_that_lacks_something_is_named_and_nothing_is_written(self):
        payment = self._payment(memo=False)
        export = self.env["onec.bank.export"].create(
            {
                "backend_id": self.backend.id,
                "journal_id": self.journal.id,
                "payment_ids": [Command.set(payment.ids)],
            }
        )
        self.assertIn("purpose", export.problems)
        with self.assertRaises(UserError):
            export.action_export()
        self.assertFalse(payment.onec_order_message_id)
