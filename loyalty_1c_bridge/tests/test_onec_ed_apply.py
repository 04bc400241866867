from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..engine.enterprisedata.header import Header
from ..engine.enterprisedata.writer import write_message
from .test_onec_ed_send import EdCommon

ACCOUNT = "40702810000000000001"
BANK_IN = "Документ.ПБДСРасчетыСКонтрагентами"
SALE = "Документ.РеализацияТоваровУслуг"
CURRENCY = {"ДанныеКлассификатора": {"Код": "051", "Наименование": "AMD"}}
ORGANIZATION = {
    "Наименование": "Арев",
    "НаименованиеСокращенное": "Арев",
    "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
}
CUSTOMER = {
    "Ссылка": "11111111-0000-4000-8000-000000000001",
    "Наименование": "ООО Клиент",
    "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
}
UNIT = {"ДанныеКлассификатора": {"Код": "796", "Наименование": "шт"}}


class EdApplyCommon(EdCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.bank.bank_account_id = cls.env["res.partner.bank"].create(
            {"acc_number": ACCOUNT, "partner_id": cls.env.company.partner_id.id}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Клиент"})
        cls.backend._bind("partner", {CUSTOMER["Ссылка"]: cls.customer})
        cls.number = 0

    def _receive(self, *objects, work=True):
        type(self).number += 1
        header = Header(
            sender="БП",
            receiver="ОД",
            number=self.number,
            received=0,
            versions=["1.19"],
        )
        content = write_message(header, objects, "1.19")
        message = self.backend._ed_take("Message_БП_ОД.xml", content)
        if work:
            self.assertTrue(message._work(30))
        return message

    def _key(self, number, guid=None):
        return {
            "Ссылка": guid or f"22222222-0000-4000-8000-{number:>012}",
            "Дата": "2026-09-30T12:00:00",
            "Номер": f"БП-{number}",
            "Организация": ORGANIZATION,
        }

    def _money(self, number=1, amount="1200.00", **values):
        return (
            BANK_IN,
            {
                "КлючевыеСвойства": self._key(number),
                "ОбщиеДанные": {
                    "ДатаВыписки": "2026-09-30",
                    "Валюта": CURRENCY,
                    "Сумма": amount,
                    "БанковскийСчетОрганизации": {
                        "Ссылка": "g-acc",
                        "НомерСчета": ACCOUNT,
                        "Банк": {"ДанныеКлассификатораБанков": {"БИК": "044525225"}},
                        "Владелец": {"ОрганизацииСсылка": ORGANIZATION},
                    },
                    "НазначениеПлатежа": "Оплата",
                },
                "ВидРасчетов": "СПокупателем",
                "Контрагент": CUSTOMER,
                "РасшифровкаПлатежа": [
                    {"Сумма": amount, "ДанныеВзаиморасчетов": {}},
                ],
                **values,
            },
        )

    def _payment(self, number=1):
        guid = f"22222222-0000-4000-8000-{number:>012}"
        row = self.backend._find("bank_in", [guid]).get(guid)
        return row._records() if row else self.env["account.payment"]

    def _state(self, word):
        return {"ОбщиеСвойстваОбъектовФормата": {"СостояниеОбъекта": word}}

    def _conflicts(self):
        return self.env["onec.conflict"].search(
            [("backend_id", "=", self.backend.id), ("state", "=", "open")]
        )


@tagged("post_install", "-at_install")
class TestOnecEdPayments(EdApplyCommon):
    def test_a_bank_receipt_becomes_a_posted_payment_once(self):
        message = self._receive(self._money())
        payment = self._payment()
        self.assertEqual(message.state, "done")
        self.assertRecordValues(
            payment,
            [
                {
                    "amount": 1200.0,
                    "partner_id": self.customer.id,
                    "journal_id": self.bank.id,
                    "payment_type": "inbound",
                    "date": fields.Date.to_date("2026-09-30"),
                }
            ],
        )
        self.assertIn(payment.state, ("in_process", "paid"))
        again = self._receive(self._money())
        self.assertEqual(again.count_unchanged, 1)
        self.assertEqual(
            self.env["account.payment"].search([("partner_id", "=", self.customer.id)]),
            payment,
        )

    def test_a_payment_pays_the_invoice_it_names(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-09-29",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "x", "quantity": 1, "price_unit": 1200, "tax_ids": []}
                    )
                ],
            }
        )
        invoice.action_post()
        guid = self.backend._guid("sale", invoice)
        row = {
            "Сумма": "1200.00",
            "ДанныеВзаиморасчетов": {},
            "ДокументРасчетов": {"РеализацияТоваровУслугСсылка": self._key(1, guid)},
        }
        self._receive(self._money(РасшифровкаПлатежа=[row]))
        self.assertEqual(self._payment().invoice_ids, invoice)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_a_changed_amount_changes_the_payment(self):
        self._receive(self._money())
        message = self._receive(self._money(amount="900.00"))
        self.assertEqual(self._payment().amount, 900.0)
        self.assertEqual(message.count_updated, 1)
        self.assertTrue(message.line_ids.diff)

    def test_a_payment_matched_here_is_not_changed_silently(self):
        self.test_a_payment_pays_the_invoice_it_names()
        payment = self._payment()
        message = self._receive(self._money(amount="900.00"))
        self.assertEqual((message.state, payment.amount), ("partial", 1200.0))
        message = self._receive(self._money(**self._state("Устаревший")))
        self.assertEqual(message.state, "partial")
        self.assertIn(payment.state, ("in_process", "paid"))

    def test_a_deleted_payment_is_cancelled_not_unlinked(self):
        self._receive(self._money())
        payment = self._payment()
        self._receive(self._money(**self._state("Устаревший")))
        self.assertEqual(payment.state, "canceled")

    def test_a_draft_of_1c_stays_a_draft(self):
        self._receive(self._money(**self._state("Черновик")))
        self.assertEqual(self._payment().state, "draft")
        self._receive(self._money(**self._state("Актуальный")))
        self.assertIn(self._payment().state, ("in_process", "paid"))

    def test_an_unknown_counterparty_waits_for_a_choice_and_holds_up_nothing(self):
        stranger = {**CUSTOMER, "Ссылка": "g-stranger", "Наименование": "Чужой"}
        message = self._receive(self._money(1, Контрагент=stranger), self._money(2))
        self.assertEqual(message.state, "partial")
        self.assertFalse(self._payment(1))
        self.assertTrue(self._payment(2))
        self.assertEqual(self._conflicts().mapped("key"), ["partner:g-stranger"])
        self.assertEqual(self.backend.ed_last_received_no, self.number)
        self.backend._match("partner", {"g-stranger": self.customer})
        self.assertTrue(self._payment(1))
        self.assertFalse(self._conflicts())
        self.assertEqual(message.state, "done")

    def test_money_that_is_not_of_a_customer_is_asked_about(self):
        message = self._receive(self._money(ВидРасчетов="КредитБанка"))
        self.assertEqual(message.state, "partial")
        self.assertFalse(self._payment())
        self.assertEqual(self._conflicts().kind, "invalid")

    def test_an_unknown_account_is_asked_about(self):
        name, values = self._money()
        values["ОбщиеДанные"]["БанковскийСчетОрганизации"]["НомерСчета"] = "4" * 20
        self._receive((name, values))
        self.assertFalse(self._payment())
        self.assertEqual(self._conflicts().key, "journal:g-acc")
        self.backend._match("journal", {"g-acc": self.bank})
        self.assertEqual(self._payment().journal_id, self.bank)

    def test_another_organization_is_asked_about(self):
        self.env.company.vat = "7701234567"
        name, values = self._money()
        values["КлючевыеСвойства"]["Организация"] = {
            **ORGANIZATION,
            "ИНН": "7799999999",
        }
        self._receive((name, values))
        self.assertFalse(self._payment())
        self.assertEqual(self._conflicts().kind, "other_company")

    def test_a_closed_period_is_asked_about(self):
        self.env.company.fiscalyear_lock_date = "2026-09-30"
        self._receive(self._money())
        self.assertFalse(self._payment())
        self.assertEqual(self._conflicts().kind, "period_locked")

    def test_a_payment_of_1c_is_not_sent_back(self):
        self._receive(self._money())
        self.assertFalse(self.outbox.search([("backend_id", "=", self.backend.id)]))
        other = self._make_backend(
            "УТ", use_ed=True, ed_node_code="ОД", ed_peer_code="УТ", send_bank=True
        )
        payment = self._payment()
        payment.action_draft()
        payment.action_post()
        rows = self.outbox.search([("res_id", "=", payment.id)])
        self.assertEqual(rows.backend_id, other)

    def test_a_dry_run_shows_and_writes_nothing(self):
        self.backend.dry_run = True
        stranger = {**CUSTOMER, "Ссылка": "g-stranger"}
        message = self._receive(self._money(1), self._money(2, Контрагент=stranger))
        self.assertEqual(message.state, "review")
        self.assertEqual(message.line_ids.mapped("action"), ["create", "conflict"])
        self.assertFalse(self._payment(1))
        self.assertEqual(self.backend.ed_last_received_no, 0)


@tagged("post_install", "-at_install")
class TestOnecEdContracts(EdApplyCommon):
    def _contract(self, guid, kind="СПокупателем", name="Основной", **values):
        key = {
            "Ссылка": guid,
            "ВидДоговора": kind,
            "Организация": ORGANIZATION,
            "Контрагент": {**CUSTOMER, **values},
            "Наименование": name,
        }
        return ("Справочник.Договоры", {"КлючевыеСвойства": key})

    def test_the_first_contract_of_a_customer_is_the_one_our_documents_name(self):
        self._receive(
            self._contract("c-supplier", "СПоставщиком"),
            self._contract("c-1"),
            self._contract("c-2", name="Второй"),
        )
        self.assertEqual(self.backend._guid("contract", self.customer), "c-1")
        rows = self.backend._find("contract", ["c-supplier", "c-2"])
        self.assertEqual(rows["c-supplier"].role, "c-supplier")
        self.assertEqual(rows["c-2"].role, "c-2")

    def test_a_contract_of_a_stranger_waits(self):
        message = self._receive(self._contract("c-1", Ссылка="g-stranger"))
        self.assertEqual(message.state, "partial")
        self.assertEqual(self._conflicts().key, "partner:g-stranger")
        self.backend._match("partner", {"g-stranger": self.customer})
        self.assertEqual(self.backend._guid("contract", self.customer), "c-1")
        self.assertEqual(message.state, "done")
