from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.test_till import TillCommon

from ..engine.enterprisedata import VERSIONS
from .test_onec_outbox import SALE, OnecDocumentsCommon

REPORT = "Документ.ОтчетОРозничныхПродажах"
GIFT_SALE = "Документ.РеализацияПодарочныхСертификатов"


@tagged("post_install", "-at_install")
class TestOnecRetail(TillCommon, OnecDocumentsCommon):
    """Receipts of the club's own till are one retail report a day and branch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.type = "consu"

    def _day(self):
        return self.env["onec.retail.day"].search([])

    def test_a_day_at_the_till_is_one_report_and_no_sales(self):
        self._sell(20000, "one-sale")
        self._sell(
            None, "two-sale", lines=[{"product_id": self.product.id, "quantity": 2}]
        )
        objects = self._message()
        (report,) = self._of(objects, REPORT)
        self.assertEqual(report["Сумма"], 22000)
        self.assertEqual(report["КассаККМ"]["Наименование"], "Kentron")
        self.assertEqual(report["Склад"]["ТипСклада"], "Розничный")
        kinds = {name for name, _values, row in objects if row}
        self.assertEqual(kinds, {REPORT})
        self.assertFalse(self._of(objects, SALE))

    def test_money_of_the_till_is_in_the_report_and_says_so(self):
        self._sell(20000, "one-sale")
        self._message()
        (payment,) = self._rows().filtered(lambda r: r.otype == "cash_in")
        self.assertEqual(payment.state, "ignored")
        self.assertIn("retail report", payment.error)

    def test_points_given_and_spent_are_in_the_report_once(self):
        self._sell(100000, "one-sale")
        self._sell(10000, "two-sale", points=2000, to_pay=8000)
        (report,) = self._of(self._message(), REPORT)
        self.assertEqual(report["Сумма"], 108000)
        (earned,) = report["НачислениеБонусныхБаллов"]
        (spent,) = report["ОплатаБонуснымиБаллами"]
        rows = self.card.move_ids
        self.assertEqual(spent["СуммаБонусныхБаллов"], 2000)
        self.assertEqual(
            float(earned["СуммаБонусныхБаллов"]), sum(rows.mapped("points")) + 2000
        )
        reported = self.env["onec.map"].search(
            [("otype", "=", "points"), ("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(set(reported.mapped("res_id")), set(rows.ids))
        self.assertTrue(all(reported.mapped("last_out")))

    def test_a_later_sale_of_the_day_sends_the_whole_report_again(self):
        self._sell(20000, "one-sale")
        (first,) = self._of(self._message(), REPORT)
        self._sell(5000, "two-sale")
        (again,) = self._of(self._message(), REPORT)
        self.assertEqual(again["Сумма"], 25000)
        self.assertEqual(
            again["КлючевыеСвойства"]["Ссылка"], first["КлючевыеСвойства"]["Ссылка"]
        )
        self.assertEqual(len(self._day()), 1)

    def test_an_undone_sale_leaves_goods_back_in_the_report(self):
        self._sell(
            None, "one-sale", lines=[{"product_id": self.product.id, "quantity": 2}]
        )
        self.till.undo_last("test-one-sale")
        (report,) = self._of(self._message(), REPORT)
        self.assertEqual(report["Сумма"], 0)
        (row,) = report["ТоварыВозвратПродажи"]
        self.assertEqual((row["Количество"], row["СуммаВозврата"]), (2, 2000))

    def test_gift_cards_of_the_till_are_sold_by_their_own_document(self):
        self._sell_gift(10000, "gift-sale")
        objects = self._message()
        (gift,) = self._of(objects, GIFT_SALE)
        self.assertEqual(gift["СуммаДокумента"], 10000)
        (report,) = self._of(objects, REPORT)
        self.assertEqual((report["Сумма"], report["ПодарочныеСертификаты"]), (0, []))

    def test_a_gift_card_pays_at_the_till(self):
        sold = self._sell_gift(10000, "gift-sale")
        gift = self.till.find(sold["gift_cards"][0]["code"], self.kentron.id)
        asked = [{"id": gift["gift_card"]["id"], "token": gift["gift_card"]["token"]}]
        self._sell(4000, "one-sale", gift_cards=asked, to_pay=0)
        (report,) = self._of(self._message(), REPORT)
        (paid,) = report["ОплатаСертификатами"]
        self.assertEqual((report["Сумма"], paid["Сумма"]), (4000, 4000))

    def test_each_version_takes_the_day(self):
        self._sell_gift(10000, "gift-sale")
        self._sell(100000, "one-sale")
        self._sell(10000, "two-sale", points=2000, to_pay=8000)
        for version in VERSIONS:
            with self.subTest(version=version):
                backend = self._make_backend(version, use_ed=True, ed_version=version)
                self.outbox._queue(backend, "retail_report", self._day())
                objects = self._message(backend)
                self.assertEqual(len(self._of(objects, REPORT)), 1)
                gifts = 0 if version in ("1.10", "1.16") else 1
                self.assertEqual(len(self._of(objects, GIFT_SALE)), gifts)
