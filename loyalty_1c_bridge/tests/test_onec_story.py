from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.test_gift_cards import GiftCardCommon

from ..engine.enterprisedata import VERSIONS
from ..engine.enterprisedata.validate import validate
from ..models.onec_ed_book import Book
from .test_onec_outbox import CASH_IN, RETURN, SALE, OnecDocumentsCommon

GIFT_SALE = "Документ.РеализацияПодарочныхСертификатов"
CASH_OUT = "Документ.РКОРасчетыСКонтрагентами"
NETTING = "Документ.КорректировкаДолга"


@tagged("post_install", "-at_install")
class TestOnecStory(OnecDocumentsCommon, GiftCardCommon):
    """Friday's message 1 of the week at Arev (times of Yerevan are UTC+4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani_card = cls._enroll()
        cls.boris_card = cls._enroll(cls.boris)

    def _order_of(self, amount, partner, points=0, gift=None):
        order = self._order(amount, partner, product=self.beans)
        if points:
            order.action_loyalty_spend(points)
        if gift:
            order._loyalty_pay_with_gift_card(*gift)
        order.action_confirm()
        return self._invoiced(order)

    def _invoiced(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        return invoice

    def _week(self):
        """What happened until Friday 20:00."""
        with freeze_time("2026-03-02 06:05:00"):
            self._pay(self._sell(20000))
        with freeze_time("2026-03-03 08:00:00"):
            tuesday = self._sell(90000)
            self._pay(tuesday)
        with freeze_time("2026-03-04 12:01:00"):
            self._order_of(50000, self.ani, points=3000)
        with freeze_time("2026-03-05 07:00:00"):
            self._pay(self._credit(tuesday, 10000))
        card = self.batch.card_ids[0]
        with freeze_time("2026-03-05 09:00:00"):
            order = self.env["sale.order"].create({"partner_id": self.boris.id})
            order._loyalty_sell_gift_card(card)
            order.action_confirm()
            self._invoiced(order)
        with freeze_time("2026-03-06 09:00:00"):
            self._order_of(9000, self.boris, gift=(card, 4000))
        with freeze_time("2026-03-06 10:40:00"):
            self._order_of(23000, self.ani)

    def _of_partner(self, objects, name, partner):
        guid = self.backend._guid("partner", partner)
        return [
            values
            for values in self._of(objects, name)
            if values["Контрагент"]["Ссылка"] == guid
        ]

    def _sums(self, objects, name, partner):
        return [
            values.get("Сумма") or values["ОбщиеДанные"]["Сумма"]
            for values in self._of_partner(objects, name, partner)
        ]

    def test_message_one_has_the_week_to_the_coin(self):
        self._week()
        objects = self._message()
        self.assertEqual(
            self._sums(objects, SALE, self.ani), [20000, 90000, 47000, 23000]
        )
        self.assertEqual(self._sums(objects, RETURN, self.ani), [10000])
        self.assertEqual(
            self._sums(objects, CASH_IN, self.ani), [20000, 90000, 47000, 23000]
        )
        self.assertEqual(self._sums(objects, CASH_OUT, self.ani), [10000])
        charged = sum(self._sums(objects, SALE, self.ani)) - 10000
        paid = sum(self._sums(objects, CASH_IN, self.ani)) - 10000
        self.assertEqual((charged, paid), (170000, 170000))

    def test_days_and_hours_are_those_of_yerevan(self):
        build = self.env["onec.ed.build"]
        book = Book(self.env, self.backend)
        monday = date(2026, 3, 2)
        for created, moment in (
            (datetime(2026, 3, 2, 6, 5), "2026-03-02 10:05:00"),
            (datetime(2026, 3, 1, 21, 30), "2026-03-02 01:30:00"),
            (datetime(2026, 3, 5, 6, 5), "2026-03-02 12:00:00"),
        ):
            self.assertEqual(str(build._moment(book, monday, created)), moment)

    def test_points_spent_are_a_discount_that_trade_configurations_see(self):
        self._week()
        (row,) = self._of(self._message(), SALE)[2]["Товары"]
        self.assertEqual((row["Сумма"], row["СуммаБонусныхБаллов"]), (47000, 3000))
        self.assertAlmostEqual(float(row["СуммаНДС"]), 47000 / 6, 2)
        trade = self._make_backend("УТ", kind="ut", use_ed=True)
        self.outbox._queue(
            trade,
            "sale",
            self.env["account.move"].browse(
                self._rows().filtered(lambda r: r.amount == 47000)[:1].res_id
            ),
        )
        (sale,) = self._of(self._message(trade), SALE)
        (row,) = sale["Товары"]
        self.assertEqual(
            [row["Сумма"], row["СуммаСкидки"], row["СуммаСУчетомСкидки"]],
            [50000, 3000, 47000],
        )
        self.assertEqual(sale["ДисконтнаяКарта"]["НомерКарты"], self.ani_card.code)

    def test_the_gift_card_is_sold_and_used(self):
        self._week()
        objects = self._message()
        (gift,) = self._of(objects, GIFT_SALE)
        self.assertEqual(gift["СуммаДокумента"], 10000)
        (row,) = gift["ПодарочныеСертификаты"]
        card = self.batch.card_ids[0]
        self.assertEqual(row["ДанныеСертификата"]["СерийныйНомер"], f"ОД{card.id:09d}")
        self.assertNotIn(card.code, str(objects))
        self.assertEqual(self._sums(objects, SALE, self.boris), [9000])
        self.assertEqual(self._sums(objects, CASH_IN, self.boris), [5000])
        (used,) = self._of(objects, NETTING)
        (debt,) = used["ДебиторскаяЗадолженность"]
        self.assertEqual((debt["Сумма"], used["СчетДт"]), (4000, "523"))
        self.assertEqual(
            debt["ДокументРасчетов"]["РеализацияТоваровУслугСсылка"]["Ссылка"],
            self._of_partner(objects, SALE, self.boris)[0]["КлючевыеСвойства"][
                "Ссылка"
            ],
        )

    def test_before_1_17_the_gift_card_is_an_advance_that_is_netted(self):
        self.backend.ed_version = "1.16"
        self._week()
        objects = self._message()
        advance, paid = self._of_partner(objects, CASH_IN, self.boris)
        (row,) = advance["РасшифровкаПлатежа"]
        self.assertEqual((row["Сумма"], paid["ОбщиеДанные"]["Сумма"]), (10000, 5000))
        self.assertEqual(
            row["ВидРасчетовРасширенный"]["ВидРасчетовСПокупателямиПоставщиками"],
            "Аванс",
        )
        (used,) = self._of(objects, NETTING)
        self.assertEqual(used["ВидОперации"], "ПроведениеВзаимозачета")
        for side in ("ДебиторскаяЗадолженность", "КредиторскаяЗадолженность"):
            self.assertEqual(used[side][0]["Сумма"], 4000)

    def test_each_version_takes_the_week(self):
        self._week()
        for version in VERSIONS:
            with self.subTest(version=version):
                backend = self._make_backend(version, use_ed=True, ed_version=version)
                for row in self._rows(backend=self.backend):
                    record = self.env[row.model].browse(row.res_id)
                    self.outbox._queue(backend, row.otype, record)
                objects = self._message(backend)
                states = set(self._rows(backend=backend).mapped("state"))
                self.assertLessEqual(states, {"sent", "ignored"})
                self.assertEqual(
                    sum(values["Сумма"] for values in self._of(objects, SALE)), 189000
                )

    def test_sent_again_after_a_lost_line_nothing_doubles(self):
        self._week()
        first = self._message()
        self.assertEqual(self._message(), [])
        self._rows().filtered(lambda r: r.state == "sent").write(
            {"state": "queued", "message_id": False, "force": True}
        )
        again = self._message()
        self.assertEqual(
            [(kind, values) for kind, values, _row in first],
            [(kind, values) for kind, values, _row in again],
        )

    def test_a_gift_card_that_expired_is_cancelled_in_1c_once(self):
        self._week()
        self._message()
        card = self.batch.card_ids[0]
        card._post_points([card._entry("expire", -6000)])
        row = self._queued()
        self.assertRecordValues(row, [{"otype": "gift_cancel", "amount": 6000}])
        (values,) = self._of(
            self._message(), "Документ.АннулированиеПодарочныхСертификатов"
        )
        self.assertEqual(values["ПодарочныеСертификаты"][0]["Сумма"], 6000)
        self.assertFalse(self._queued())

    def test_the_exchange_numbers_the_week_and_its_receipt_closes_it(self):
        self.backend.write({"ed_node_code": "ОД", "ed_peer_code": "БП"})
        self._week()
        message = self.backend._ed_collect()
        self.assertEqual((message.number, message.state), (1, "ready"))
        self.assertEqual(
            validate(message.attachment_id.raw, self.backend.ed_version), []
        )
        rows = self._rows()
        self.assertEqual(set(rows.mapped("state")), {"queued", "ignored"})
        self.backend._ed_publish(message)
        self.backend._ed_handed_over(message)
        self.assertEqual(self.backend._ed_collect(), message.browse())
        self.backend._ed_acknowledge(1)
        self.assertEqual(set(rows.mapped("state")), {"received", "ignored"})
