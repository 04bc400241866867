import io
from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from ..engine.commerceml import reader
from .common import OnecCommon


class OrdersCommon(OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.write({"use_cml": True, "date_start": "2000-01-01"})
        cls.ani = cls.env["res.partner"].create(
            {"name": "Ани", "email": "ani@example.com", "phone": "+37491234567"}
        )

    def _session(self):
        return self.env["onec.session"].create(
            {
                "backend_id": self.backend.id,
                "cookie_hash": self.env["ir.sequence"].sudo().search([], limit=1).name
                + str(self.env["onec.session"].search_count([])),
                "exchange": "sale",
            }
        )

    def _query(self, session=None):
        data = self.backend._orders_query(session or self._session())
        return {
            record.number: record
            for kind, record in reader.read(lambda: io.BytesIO(data))
            if kind == "order"
        }

    def _sold(self, amount=20000, **values):
        order = self._order(amount, partner=self.ani, **values)
        if order.state == "draft":
            order.action_confirm()
        return order


@tagged("post_install", "-at_install")
class TestOnecOrders(OrdersCommon):
    def test_a_confirmed_order_goes_with_its_customer_and_total(self):
        order = self._sold()
        told = self._query()[order.name]
        self.assertEqual(told.amount, Decimal(str(order.amount_total)))
        self.assertEqual(sum(line.amount for line in told.lines), told.amount)
        self.assertEqual(told.counterparties[0].name, "Ани")
        self.assertIn(("Отменен", "false"), told.requisites)
        self.assertEqual(told.operation, "Заказ товара")

    def test_quotations_and_other_companies_orders_stay_here(self):
        quotation = self._order(1000, partner=self.ani)
        quotation.state = "draft"
        self.assertNotIn(quotation.name, self._query())
        order = self._sold()
        other = self._make_backend(
            "Чужая", company_id=self._make_company("Other LLC").id
        )
        data = other._orders_query(
            self._session().copy({"backend_id": other.id, "cookie_hash": "o"})
        )
        self.assertNotIn(order.name.encode(), data)

    def test_the_same_goes_again_until_success_of_the_session_that_asked(self):
        order = self._sold()
        first, second = self._session(), self._session()
        self.assertIn(order.name, self._query(first))
        self.assertIn(order.name, self._query(second))
        self.backend._orders_success(self._session())
        self.assertIn(order.name, self._query(second))
        self.backend._orders_success(second)
        self.assertEqual(self._query(), {})
        message = self.env["onec.message"].search(
            [("session_id", "=", second.id), ("state", "=", "acknowledged")]
        )
        self.assertEqual(message.line_ids.res_id, order.id)

    def test_an_edit_between_query_and_success_goes_again(self):
        order = self._sold()
        session = self._session()
        first = self._query(session)[order.name]
        order.client_order_ref = "PO-7"
        self.backend._orders_success(session)
        again = self._query()[order.name]
        self.assertIn("PO-7", again.comment)
        self.assertEqual(
            (again.id, again.date, again.time), (first.id, first.date, first.time)
        )

    def test_payment_and_shipment_go_as_news(self):
        order = self._sold()
        session = self._session()
        self._query(session)
        self.backend._orders_success(session)
        for line in order.order_line:
            line.qty_delivered = line.product_uom_qty
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        told = self._query()[order.name]
        self.assertIn(("Заказ оплачен", "true"), told.requisites)

    def test_a_cancelled_order_says_so_once_and_one_never_told_stays_unknown(self):
        order, unknown = self._sold(), self._sold()
        unknown._action_cancel()
        session = self._session()
        self.assertNotIn(unknown.name, self._query(session))
        self.backend._orders_success(session)
        order._action_cancel()
        told = self._query()
        self.assertEqual(list(told), [order.name])
        self.assertIn(("Отменен", "true"), told[order.name].requisites)

    def test_number_and_date_never_change(self):
        order = self._sold()
        order.name = "SALE/2026/0000042"
        (number,) = self._query()
        self.assertLessEqual(len(number), 11)
        order.name = "S42"
        order.date_order = "2026-01-01 00:00:00"
        self.assertEqual(list(self._query()), [number])

    def test_the_oldest_go_first_and_the_rest_with_the_next_request(self):
        orders = [self._sold() for _number in range(3)]
        for day, order in enumerate(orders, 1):
            order.date_order = f"2026-03-0{4 - day} 10:00:00"
        self.backend.orders_limit = 2
        session = self._session()
        self.assertEqual(list(self._query(session)), [orders[2].name, orders[1].name])
        self.backend._orders_success(session)
        self.assertEqual(list(self._query()), [orders[0].name])

    def test_a_bad_order_holds_up_nobody_and_is_asked_about_once(self):
        good, bad = self._sold(), self._sold()
        bad.partner_id = self.env["res.partner"].create({"name": "x"})
        self.env.cr.execute(
            "UPDATE res_partner SET name = ' ' WHERE id = %s", [bad.partner_id.id]
        )
        bad.partner_id.invalidate_recordset()
        self.assertEqual(list(self._query()), [good.name])
        self._query()
        conflict = self.env["onec.conflict"].search(
            [("key", "=", f"order:{bad.id}"), ("state", "=", "open")]
        )
        self.assertEqual(len(conflict), 1)

    def test_a_discount_of_the_whole_order_is_shared_out_to_the_coin(self):
        discount = self.env["product.product"].create(
            {"name": "Скидка", "type": "service", "taxes_id": False}
        )
        order = self._sold(1000)
        order.write(
            {
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 333}),
                    Command.create({"product_id": discount.id, "price_unit": -100}),
                ]
            }
        )
        told = self._query()[order.name]
        self.assertEqual(len(told.lines), 2)
        self.assertTrue(all(line.amount > 0 for line in told.lines))
        self.assertEqual(told.amount, Decimal(str(order.amount_total)))

    def test_no_orders_are_a_valid_file(self):
        self.backend.date_start = "2100-01-01"
        data = self.backend._orders_query(self._session())
        self.assertTrue(data.startswith(b"<?xml"))
        self.assertNotIn("Документ".encode(), data)

    def test_shipments_and_payments_stand_below_the_order_from_2_10(self):
        self.backend.cml_version = "2.10"
        order = self._sold()
        invoice = (
            order._create_invoices()
            if order.invoice_status == "to invoice"
            else (self.env["account.move"])
        )
        if invoice:
            invoice.action_post()
            self._pay(invoice)
        told = self._query()[order.name]
        operations = [child.operation for child in told.children]
        self.assertEqual(len(operations), len(told.children))
        if invoice:
            self.assertTrue(any("Выплата" in name for name in operations))

    def test_lists_for_the_settings_of_1c(self):
        data = self.backend._orders_info().decode()
        for told in ("<Статусы>", "sale", "<ПлатежныеСистемы>", "<СлужбыДоставки>"):
            self.assertIn(told, data)

    def test_a_request_without_news_costs_a_few_queries(self):
        for _number in range(3):
            self._sold()
        session = self._session()
        self._query(session)
        self.backend._orders_success(session)
        self.backend.orders_watermark = "2100-01-01"
        session = self._session()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.backend._orders_query(session)
