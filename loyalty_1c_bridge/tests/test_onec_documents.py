from datetime import date

from odoo import Command
from odoo.tests import tagged, warmup

from .test_onec_outbox import CASH_IN, RETURN, SALE, OnecDocumentsCommon

CORRECTION = "Документ.КорректировкаРеализацииТоваров"
BANK_IN = "Документ.ПБДСРасчетыСКонтрагентами"
BANK_OUT = "Документ.СБДСРасчетыСКонтрагентами"
CARD = "Документ.ОперацияПоПлатежнойКарте"
NETTING = "Документ.КорректировкаДолга"


@tagged("post_install", "-at_install")
class TestOnecSales(OnecDocumentsCommon):
    def test_a_closed_period_of_1c_holds_a_document_back_with_a_proposal(self):
        self.backend.lock_date_1c = "2026-10-31"
        invoice = self._sell(20000, invoice_date=date(2026, 10, 5))
        self.assertEqual(self._build_only(), [])
        row = self._rows(invoice)
        self.assertEqual(row.state, "blocked")
        self.assertIn("31.10.2026", row.error)
        self.assertIn("today", row.error)
        row.action_send_anyway()
        self.assertEqual(len(self._of(self._message(), SALE)), 1)

    def test_a_closed_period_here_holds_a_document_back_until_it_is_opened(self):
        invoice = self._sell(20000, invoice_date=date(2026, 10, 5))
        self.company.fiscalyear_lock_date = "2026-10-31"
        self.assertEqual(self._build_only(), [])
        self.assertEqual(self._rows(invoice).state, "blocked")
        self.company.fiscalyear_lock_date = False
        self.outbox._cron_retry_blocked()
        self.assertEqual(len(self._of(self._message(), SALE)), 1)

    def _build_only(self):
        return self.env["onec.ed.build"]._build(self.backend, self._queued())

    def test_any_rate_of_vat_goes_with_1_17_and_not_before(self):
        rates = {12: "Пониженная", 16: "Пониженная", 22: "Пониженная", 0: "Нулевая"}
        for rate, kind in rates.items():
            tax = self.tax.copy({"name": f"{rate} %", "amount": rate})
            invoice = self._invoice(
                1000,
                invoice_line_ids=[
                    Command.create(
                        {
                            "product_id": self.beans.id,
                            "price_unit": 1000,
                            "tax_ids": [Command.set(tax.ids)],
                        }
                    )
                ],
            )
            (sale,) = self._of(self._message(), SALE)
            self.assertEqual(sale["Товары"][0]["СтавкаНДС"]["Ставка"], rate)
            self.assertEqual(sale["Товары"][0]["СтавкаНДС"]["ВидСтавки"], kind)
        self.backend.ed_version = "1.16"
        self.outbox._queue(self.backend, "sale", invoice)
        self.assertTrue(self._build_only())
        rate_of_twelve = self.env["account.tax"].search([("name", "=", "12 %")])
        invoice.button_draft()
        invoice.invoice_line_ids.tax_ids = rate_of_twelve
        invoice.action_post()
        self.assertFalse(self._of(self._build_only(), SALE))
        self.assertIn("1.17", self._rows(invoice).error)

    def test_no_tax_is_no_vat(self):
        self._invoice(
            1000,
            invoice_line_ids=[
                Command.create(
                    {"product_id": self.beans.id, "price_unit": 1000, "tax_ids": False}
                )
            ],
        )
        (sale,) = self._of(self._message(), SALE)
        self.assertEqual(sale["Налогообложение"], "ПродажаНеОблагаетсяНДС")
        self.assertTrue(sale["Товары"][0]["СтавкаНДС"]["НеОблагается"])

    def test_another_currency_has_its_own_contract_and_rate(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": usd.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "inverse_company_rate": 390.5,
            }
        )
        self._sell(20000)
        self._sell(100, currency_id=usd.id)
        objects = self._message()
        drams, dollars = self._of(objects, SALE)
        settled = dollars["ДанныеВзаиморасчетов"]
        self.assertEqual(dollars["Валюта"]["ДанныеКлассификатора"]["Код"], "840")
        self.assertAlmostEqual(float(settled["КурсВзаиморасчетов"]), 390.5, 2)
        self.assertNotIn("КурсВзаиморасчетов", drams["ДанныеВзаиморасчетов"])
        self.assertEqual(len(self._of(objects, "Справочник.Договоры")), 2)
        self.assertEqual(len(self._of(objects, "Справочник.Контрагенты")), 1)

    def test_discounts_are_inside_the_lines_to_the_coin(self):
        discount = self._make_product("Discount", 0, type="service")
        lines = [(self.beans, 3, 333.33), (self.beans, 1, 100), (discount, 1, -100)]
        invoice = self._invoice(
            0,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": count,
                        "price_unit": price,
                        "tax_ids": [Command.set(self.tax.ids)],
                    }
                )
                for product, count, price in lines
            ],
        )
        (sale,) = self._of(self._message(), SALE)
        rows = sale["Товары"]
        self.assertEqual(len(rows), 2)
        self.assertTrue(all(row["Сумма"] > 0 for row in rows))
        self.assertEqual(float(sum(row["Сумма"] for row in rows)), invoice.amount_total)
        self.assertEqual(float(sale["Сумма"]), invoice.amount_total)

    def test_services_and_texts_are_services(self):
        service = self._make_product("Roasting", 500)
        self._invoice(
            0,
            invoice_line_ids=[
                Command.create({"product_id": service.id, "price_unit": 500}),
                Command.create({"name": "By agreement", "price_unit": 700}),
            ],
        )
        (sale,) = self._of(self._message(), SALE)
        self.assertEqual(sale["Товары"], [])
        self.assertEqual(
            [row["Содержание"] for row in sale["Услуги"]], ["Roasting", "By agreement"]
        )

    def test_accounts_go_by_the_map_only(self):
        invoice = self._sell(20000)
        income = invoice.invoice_line_ids.account_id
        self.env["onec.map"].create(
            {
                "backend_id": self.backend.id,
                "otype": "account",
                "model": income._name,
                "res_id": income.id,
                "external_id": "90.01.1",
                "origin": "user",
            }
        )
        (sale,) = self._of(self._message(), SALE)
        self.assertEqual(sale["Товары"][0]["СчетДоходов"], "90.01.1")
        settled = sale["ДанныеВзаиморасчетов"]
        self.assertIsNone(settled["СчетУчетаРасчетовСКонтрагентом"])

    def test_numbers_fit_1c_and_name_the_document_in_the_comment(self):
        invoice = self._sell(20000)
        (sale,) = self._of(self._message(), SALE)
        number = sale["КлючевыеСвойства"]["Номер"]
        self.assertLessEqual(len(number), 11)
        self.assertTrue(number.startswith("ОД"))
        self.assertIn(invoice.name, sale["ОбщиеСвойстваОбъектовФормата"]["Комментарий"])

    def test_what_1c_knows_already_is_not_overwritten_by_ours(self):
        self.env["onec.map"].create(
            {
                "backend_id": self.backend.id,
                "otype": "partner",
                "model": "res.partner",
                "res_id": self.ani.id,
                "external_id": "218aec90-5e03-5ef4-8acb-2c36dea4f66d",
                "origin": "1c",
            }
        )
        self._sell(20000)
        objects = self._message()
        self.assertEqual(self._of(objects, "Справочник.Контрагенты"), [])
        (sale,) = self._of(objects, SALE)
        self.assertEqual(
            sale["Контрагент"]["Ссылка"], "218aec90-5e03-5ef4-8acb-2c36dea4f66d"
        )

    def test_a_new_variant_of_a_good_of_1c_names_both(self):
        guid = "7e307263-986b-5703-9d59-0a244a277873"
        attribute = self.env["product.attribute"].create(
            {
                "name": "Roast",
                "value_ids": [
                    Command.create({"name": "Dark"}),
                    Command.create({"name": "Light"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Coffee beans",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        self.env["onec.map"].create(
            {
                "backend_id": self.backend.id,
                "otype": "product",
                "model": "product.template",
                "res_id": template.id,
                "external_id": guid,
                "origin": "1c",
            }
        )
        variants = template.product_variant_ids
        light = variants.filtered(
            lambda v: v.product_template_attribute_value_ids.name == "Light"
        )
        self._invoice(20000, product=light)
        (sale,) = self._of(self._message(), SALE)
        good = sale["Товары"][0]["ДанныеНоменклатуры"]
        self.assertEqual(good["Номенклатура"]["Ссылка"], guid)
        self.assertEqual(good["Характеристика"]["НаименованиеПолное"], "Light")

    # --- credit notes -----------------------------------------------------------------

    def test_goods_that_came_back_name_their_sale(self):
        invoice = self._sell(20000)
        self._credit(invoice, 5000)
        objects = self._message()
        (sale,), (back,) = self._of(objects, SALE), self._of(objects, RETURN)
        self.assertEqual(back["Сумма"], 5000)
        self.assertEqual(
            back["ДокументРеализации"]["РеализацияТоваровУслугСсылка"],
            sale["КлючевыеСвойства"],
        )

    def test_a_price_correction_has_both_prices(self):
        invoice = self._sell(20000)
        refund = self._credit(invoice, 5000, post=False)
        refund.onec_refund_kind = "correction"
        refund.action_post()
        (values,) = self._of(self._message(), CORRECTION)
        (row,) = values["Товары"]
        self.assertEqual((row["СуммаДоИзменения"], row["Сумма"]), (20000, 15000))
        self.assertEqual((row["КоличествоДоИзменения"], row["Количество"]), (1, 1))
        self.assertAlmostEqual(float(row["СуммаНДС"]), 2500, 2)

    def test_credited_services_are_a_correction(self):
        service = self._make_product("Roasting", 500)
        self._credit(self._invoice(500, product=service), 100)
        (values,) = self._of(self._message(), CORRECTION)
        self.assertEqual(values["Услуги"][0]["Сумма"], 400)

    def test_a_return_without_products_says_what_to_do(self):
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.ani.id,
                "invoice_date": date(2026, 11, 1),
                "invoice_line_ids": [
                    Command.create({"name": "Kindness", "price_unit": 100})
                ],
            }
        )
        refund.action_post()
        self.assertEqual(self._build_only(), [])
        self.assertIn("needs a product", self._rows(refund).error)

    # --- performance ------------------------------------------------------------------

    @warmup
    def test_a_hundred_invoices_cost_the_queries_of_ten(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(110)]
        )
        invoices = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": date(2026, 11, 1),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.beans.id,
                                "price_unit": 1000,
                                "tax_ids": [Command.set(self.tax.ids)],
                            }
                        )
                    ],
                }
                for partner in partners
            ]
        )
        invoices.action_post()
        rows = self._rows(invoices)
        ten = self._queries(rows[:10])
        hundred = self._queries(rows[10:])
        self.assertLess(ten, 120)
        self.assertLessEqual(hundred, ten + 10)

    def _queries(self, rows):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        objects = self.env["onec.ed.build"]._build(self.backend, rows)
        self.env.flush_all()
        self.assertEqual(len(self._of(objects, SALE)), len(rows))
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestOnecPayments(OnecDocumentsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].create(
            {
                "name": "Ameriabank",
                "type": "bank",
                "code": "AMERI",
                "bank_acc_number": "1570001234567890",
            }
        )

    def _payment(self, amount, journal=None, **values):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.ani.id,
                "amount": amount,
                "journal_id": (journal or self.bank).id,
                "memo": "By agreement",
                **values,
            }
        )
        payment.action_post()
        return payment

    def _kind(self, row):
        return row["ВидРасчетовРасширенный"]["ВидРасчетовСПокупателямиПоставщиками"]

    def test_money_without_an_invoice_is_an_advance(self):
        self._payment(5000)
        (values,) = self._of(self._message(), BANK_IN)
        (row,) = values["РасшифровкаПлатежа"]
        self.assertEqual((row["Сумма"], self._kind(row)), (5000, "Аванс"))
        account = values["ОбщиеДанные"]["БанковскийСчетОрганизации"]
        self.assertEqual(account["НомерСчета"], "1570001234567890")

    def test_a_paid_invoice_is_a_debt_with_its_document(self):
        invoice = self._sell(20000)
        self._pay(invoice)
        objects = self._message()
        (row,) = self._of(objects, CASH_IN)[0]["РасшифровкаПлатежа"]
        self.assertEqual(self._kind(row), "Долг")
        self.assertEqual(
            row["ДокументРасчетов"]["РеализацияТоваровУслугСсылка"],
            self._of(objects, SALE)[0]["КлючевыеСвойства"],
        )

    def test_money_to_a_supplier_goes_out_by_its_contract(self):
        self._payment(700, payment_type="outbound", partner_type="supplier")
        (values,) = self._of(self._message(), BANK_OUT)
        self.assertEqual(values["ВидРасчетов"], "СПоставщиком")
        (row,) = values["РасшифровкаПлатежа"]
        contract = row["ДанныеВзаиморасчетов"]["Договор"]
        self.assertEqual(contract["ВидДоговора"], "СПоставщиком")

    def test_a_terminal_is_a_journal_of_cards(self):
        terminal = self.bank.copy({"name": "Terminal", "onec_kind": "card"})
        self._payment(5000, terminal)
        (values,) = self._of(self._message(), CARD)
        self.assertEqual(
            values["КлючевыеСвойства"]["ВидОперации"], "ОплатаОтКлиентаПлатежнойКартой"
        )

    def test_a_bank_without_number_and_a_payment_of_nobody_say_so(self):
        bare = self.env["account.journal"].create(
            {"name": "Bare bank", "type": "bank", "code": "BARE"}
        )
        first = self._payment(5000, bare)
        second = self._payment(5000, self.cash, partner_id=False)
        self.assertEqual(self._message_of_nothing(), [])
        self.assertIn("Bare bank", self._rows(first).error)
        self.assertIn("no partner", self._rows(second).error)

    def _message_of_nothing(self):
        return self.env["onec.ed.build"]._build(self.backend, self._queued())

    def test_where_1c_loads_the_bank_itself_nothing_doubles(self):
        self.backend.send_bank = False
        payment = self._payment(5000)
        self.assertFalse(self._rows(payment))

    def test_a_cancelled_payment_is_a_draft_in_1c(self):
        payment = self._payment(5000)
        self._message()
        payment.action_draft()
        payment.action_cancel()
        (values,) = self._of(self._message(), BANK_IN)
        common = values["ОбщиеСвойстваОбъектовФормата"]
        self.assertEqual(common["СостояниеОбъекта"], "Черновик")

    def test_a_payment_that_came_from_1c_does_not_go_back(self):
        payment = self._payment(5000)
        self.env["onec.map"].search(
            [("model", "=", payment._name), ("res_id", "=", payment.id)]
        ).origin = "1c"
        self.assertEqual(self._message_of_nothing(), [])
        self.assertEqual(self._rows(payment).state, "ignored")

    # --- entries ----------------------------------------------------------------------

    def _entry(self, *lines):
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date(2026, 11, 1),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id if partner else False,
                            "debit": max(amount, 0),
                            "credit": max(-amount, 0),
                        }
                    )
                    for account, partner, amount in lines
                ],
            }
        )
        move.action_post()
        return move

    def _accounts(self):
        return (
            self.ani.property_account_receivable_id,
            self.ani.property_account_payable_id,
        )

    def test_debts_against_each_other_are_netted(self):
        receivable, payable = self._accounts()
        self._entry((payable, self.ani, 300), (receivable, self.ani, -300))
        (values,) = self._of(self._message(), NETTING)
        self.assertEqual(values["ВидОперации"], "ПроведениеВзаимозачета")
        self.assertEqual(values["ДебиторскаяЗадолженность"][0]["Сумма"], 300)
        self.assertEqual(
            values["КредиторскаяЗадолженность"][0]["ВидРасчетов"], "СПоставщиком"
        )

    def test_a_debt_moves_to_another_partner(self):
        receivable, _payable = self._accounts()
        davit = self.env["res.partner"].create({"name": "Davit"})
        self._entry((receivable, davit, 300), (receivable, self.ani, -300))
        (values,) = self._of(self._message(), NETTING)
        self.assertEqual(values["ВидОперации"], "ПереносЗадолженности")
        self.assertEqual(values["КонтрагентДебитор"]["Наименование"], "Ani")
        self.assertEqual(values["КонтрагентКредитор"]["Наименование"], "Davit")

    def test_a_debt_is_written_off_and_other_entries_stay_here(self):
        receivable, _payable = self._accounts()
        loss = self.company.account_journal_suspense_account_id
        self._entry((loss, None, 300), (receivable, self.ani, -300))
        other = self._entry((loss, None, 300), (loss, None, -300))
        (values,) = self._of(self._message(), NETTING)
        self.assertEqual(values["ВидОперации"], "СписаниеЗадолженности")
        self.assertFalse(self._rows(other))
