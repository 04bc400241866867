from odoo import Command
from odoo.tests import tagged

from odoo.addons.loyalty_1c_bridge.engine.enterprisedata import VERSIONS
from odoo.addons.loyalty_1c_bridge.tests.test_onec_outbox import (
    CASH_IN,
    SALE,
    OnecDocumentsCommon,
)

REPORT = "Документ.ОтчетОРозничныхПродажах"


@tagged("post_install", "-at_install")
class TestOnecPos(OnecDocumentsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._enroll()
        cls.method = cls.env["pos.payment.method"].create(
            {"name": "Cash", "journal_id": cls.cash.id}
        )
        cls.config = cls.env["pos.config"].create(
            {"name": "Till", "payment_method_ids": [Command.set(cls.method.ids)]}
        )
        cls.config.open_ui()
        cls.session = cls.config.current_session_id

    def _pos_order(self, price, count=1, partner=None):
        total = price * count
        order = self.env["pos.order"].create(
            {
                "session_id": self.session.id,
                "partner_id": (partner or self.ani).id,
                "amount_paid": total,
                "amount_return": 0,
                "amount_tax": total / 6,
                "amount_total": total,
                "lines": [
                    Command.create(
                        {
                            "product_id": self.beans.id,
                            "full_product_name": self.beans.name,
                            "qty": count,
                            "price_unit": price,
                            "price_subtotal": total / 1.2,
                            "price_subtotal_incl": total,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                ],
            }
        )
        order.add_payment(
            {
                "pos_order_id": order.id,
                "amount": total,
                "payment_method_id": self.method.id,
            }
        )
        order.action_pos_order_paid()
        return order

    def _close(self):
        self.session.action_pos_session_closing_control()
        if self.session.state != "closed":
            self.session._validate_session()
        self.assertEqual(self.session.state, "closed")

    def test_a_closed_session_is_one_report(self):
        self._pos_order(1200, 2)
        self._pos_order(600)
        self.assertFalse(self._rows(self.session))
        self._close()
        (report,) = self._of(objects := self._message(), REPORT)
        self.assertEqual(report["Сумма"], 3000)
        self.assertEqual(
            sorted(
                (row["Количество"], row["Сумма"]) for row in report["ТоварыПродажа"]
            ),
            [(1, 600), (2, 2400)],
        )
        self.assertEqual(report["КассаККМ"]["Наименование"], "Till")
        self.assertEqual({name for name, _v, row in objects if row}, {REPORT})

    def test_goods_that_came_back_are_apart(self):
        self._pos_order(1200, 2)
        self._pos_order(1200, -1)
        self._close()
        (report,) = self._of(self._message(), REPORT)
        self.assertEqual(report["Сумма"], 1200)
        (row,) = report["ТоварыВозвратПродажи"]
        self.assertEqual((row["Количество"], row["СуммаВозврата"]), (1, 1200))

    def test_an_invoiced_order_goes_by_itself_with_its_money_and_once(self):
        self._pos_order(600)
        invoiced = self._pos_order(1200, 2)
        invoiced.action_pos_order_invoice()
        self._close()
        objects = self._message()
        (report,) = self._of(objects, REPORT)
        self.assertEqual(report["Сумма"], 600)
        (sale,) = self._of(objects, SALE)
        self.assertEqual(float(sale["Сумма"]), 2400)
        self.assertEqual(self._of(objects, "Документ.КорректировкаДолга"), [])
        (paid,) = self._of(objects, CASH_IN)
        self.assertEqual(paid["ОбщиеДанные"]["Сумма"], 2400)
        self.assertEqual(
            paid["РасшифровкаПлатежа"][0]["ДокументРасчетов"][
                "РеализацияТоваровУслугСсылка"
            ],
            sale["КлючевыеСвойства"],
        )

    def test_points_of_the_till_are_in_its_report(self):
        order = self._pos_order(1200, 2)
        order.confirm_coupon_programs(
            {
                str(self.card.id): {
                    "points": 72,
                    "program_id": self.club.id,
                    "coupon_id": self.card.id,
                    "partner_id": self.ani.id,
                }
            }
        )
        self._close()
        (report,) = self._of(self._message(), REPORT)
        (row,) = report["НачислениеБонусныхБаллов"]
        self.assertEqual(row["СуммаБонусныхБаллов"], 72)

    def test_each_version_takes_the_report(self):
        self._pos_order(1200, 2)
        self._pos_order(1200, -1)
        self._close()
        for version in VERSIONS:
            with self.subTest(version=version):
                backend = self._make_backend(version, use_ed=True, ed_version=version)
                self.outbox._queue(backend, "retail_report", self.session)
                self.assertEqual(len(self._of(self._message(backend), REPORT)), 1)
