from odoo.tests import tagged

from .test_onec_ed_apply import CURRENCY, CUSTOMER, SALE, EdApplyCommon


@tagged("post_install", "-at_install")
class TestOnecEdStates(EdApplyCommon):
    def _sale(self, guid, amount="1200.00", word="Актуальный"):
        return (
            SALE,
            {
                "КлючевыеСвойства": self._key(77, guid),
                "ВидОперации": "РеализацияКлиенту",
                "Валюта": CURRENCY,
                "Сумма": amount,
                "Контрагент": CUSTOMER,
                "ДанныеВзаиморасчетов": {"РасчетыВУсловныхЕдиницах": False},
                **self._state(word),
            },
        )

    def _sent(self):
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id}
        )
        outbox = self.outbox.create(
            {
                "backend_id": self.backend.id,
                "otype": "sale",
                "model": "account.move",
                "res_id": invoice.id,
                "amount": 1200,
                "currency_id": self.env.company.currency_id.id,
                "state": "received",
            }
        )
        return outbox, self.backend._guid("sale", invoice)

    def test_a_sale_of_ours_comes_back_with_its_number(self):
        outbox, guid = self._sent()
        self._receive(self._sale(guid))
        row = self.backend._find("sale", [guid])[guid]
        self.assertEqual((row.number_1c, row.posted_1c), ("БП-77", True))
        self.assertEqual((outbox.state, outbox.number_1c), ("posted", "БП-77"))

    def test_a_sale_born_in_1c_stays_there(self):
        message = self._receive(self._sale("g-foreign"))
        self.assertEqual((message.state, message.count_unchanged), ("done", 1))
        self.assertFalse(self.backend._find("sale", ["g-foreign"]))

    def test_another_amount_is_asked_about(self):
        outbox, guid = self._sent()
        message = self._receive(self._sale(guid, "1000.00"))
        self.assertEqual(message.state, "partial")
        self.assertEqual(outbox.state, "received")
        self.assertEqual(self._conflicts().kind, "amount_differs")

    def test_a_deleted_sale_is_told(self):
        outbox, guid = self._sent()
        self._receive(self._sale(guid, word="Устаревший"))
        self.assertEqual(outbox.state, "refused")
        self.assertEqual(self.backend._find("sale", [guid])[guid].state, "deleted")
        self.assertEqual(self._conflicts().kind, "both_changed")

    def test_an_edit_that_waits_here_is_not_taken_for_posted(self):
        outbox, guid = self._sent()
        outbox.state = "queued"
        self._receive(self._sale(guid))
        self.assertEqual(outbox.state, "queued")

    def _reference(self, name, guid):
        return {"СсылкаНаОбъект": {"СсылкаНаОбъект": {name: guid}}}

    def test_a_deletion_archives(self):
        message = self._receive(
            (
                "УдалениеОбъекта",
                self._reference("КонтрагентыСсылка", CUSTOMER["Ссылка"]),
            )
        )
        self.assertEqual(message.state, "done")
        self.assertFalse(self.customer.active)
        self.assertTrue(self.customer.exists())

    def test_a_deletion_of_a_finished_document_is_asked_about(self):
        outbox, guid = self._sent()
        message = self._receive(
            ("УдалениеОбъекта", self._reference("РеализацияТоваровУслугСсылка", guid))
        )
        self.assertEqual(message.state, "partial")
        self.assertEqual(self._conflicts().res_id, outbox.res_id)

    def test_1c_may_ask_for_an_operation_once_more(self):
        outbox, guid = self._sent()
        content = self._receive(work=False)._ed_content()
        body = (
            "<ЗапросНаВыгрузку><СсылкаНаОбъект><РеализацияТоваровУслугСсылка>"
            f"{guid}</РеализацияТоваровУслугСсылка></СсылкаНаОбъект>"
            "</ЗапросНаВыгрузку></Body>"
        )
        text = content.decode("utf-8-sig").replace(
            ">1</msg:MessageNo", ">8</msg:MessageNo"
        )
        at = text.index("/>", text.index("<Body"))
        text = f"{text[:at]}>{body}{text[at + 2 :]}"
        message = self.backend._ed_take("x.xml", text.encode())
        self.assertTrue(message._work(30))
        self.assertEqual(message.state, "done")
        self.assertEqual(outbox.state, "queued")
