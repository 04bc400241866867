import io
from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from ..engine.commerceml import reader, records
from . import test_onec_orders_back as back
from .test_onec_orders import OrdersCommon


@tagged("post_install", "-at_install")
class TestOnecOrdersFaults(OrdersCommon):
    """What once went wrong with orders of 1C, each as it was found."""

    _message = back.TestOnecOrdersBack._message
    _back = back.TestOnecOrdersBack._back
    _document = back.TestOnecOrdersBack._document

    def _new(self, name):
        return self.env["product.product"].create(
            {"name": name, "type": "consu", "taxes_id": False, "default_code": False}
        )

    def _bank(self):
        self.backend.orders_payment_journal_id = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )

    def _invoiced(self):
        order = self._sold(1000)
        for line in order.order_line:
            line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()
        return order, invoice

    def _child(self, invoice, **v):
        return records.Document(
            **{
                "id": "pay-x",
                "number": "7",
                "date": "2026-03-06",
                "operation": "Выплата безналичных денег",
                "amount": Decimal(str(invoice.amount_total)),
                **v,
            }
        )

    def test_article_in_name_is_no_conflict(self):
        self.product.default_code = "MUG-1"
        order = self._sold(1000)
        document = self._document(order)
        document.lines[0].name = self.product.name
        self.assertNotEqual(self._back(document).action, "conflict")

    def test_same_name_change_is_seen(self):
        twin = self._new(self.product.name)
        order = self._sold(1000)
        order.write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": twin.id, "price_unit": 500, "tax_ids": False}
                    )
                ]
            }
        )
        document = self._document(order)
        self.assertEqual(len({line.id for line in document.lines}), 2)
        self.assertEqual(len({line.name for line in document.lines}), 1)
        ids = sorted(document.lines, key=lambda one: one.id)
        ids[0].quantity = Decimal(9)
        ids[0].amount = Decimal(9000)
        self.assertEqual(self._back(document).action, "conflict")

    def test_deleted_payment_is_not_registered(self):
        self._bank()
        order, invoice = self._invoiced()
        self._back(self._document(order, children=[self._child(invoice, deleted=True)]))
        self.assertFalse(invoice.matched_payment_ids)

    def test_unposted_payment_is_not_registered(self):
        self._bank()
        order, invoice = self._invoiced()
        self._back(
            self._document(
                order,
                children=[self._child(invoice, requisites=[("Проведен", "false")])],
            )
        )
        self.assertFalse(invoice.matched_payment_ids)

    def test_payment_in_other_currency_is_not_taken_as_ours(self):
        self._bank()
        order, invoice = self._invoiced()
        self._back(
            self._document(
                order,
                children=[self._child(invoice, currency="USD", amount=Decimal("2.50"))],
            )
        )
        payment = invoice.matched_payment_ids
        self.assertEqual((payment.amount, payment.currency_id.name), (2.5, "USD"))

    def test_rate_of_foreign_currency(self):
        eur = self.env.ref("base.EUR")
        eur.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": eur.id,
                "name": "2020-01-01",
                "rate": 0.0025,
                "company_id": self.env.company.id,
            }
        )
        prices = self.env["product.pricelist"].create(
            {"name": "E", "currency_id": eur.id}
        )
        order = self._order(1000, partner=self.ani)
        if order.state == "sale":
            order._action_cancel()
            order.action_draft()
        order.pricelist_id = prices
        order.currency_id = eur
        order.action_confirm()
        data = self.backend._orders_query(self._session())
        (told,) = [
            one
            for kind, one in reader.read(lambda: io.BytesIO(data))
            if kind == "order"
        ]
        self.assertEqual(told.currency, "EUR")
        self.assertEqual(told.rate, Decimal(400))

    def test_delivery_address_is_not_registered_address(self):
        ship = self.env["res.partner"].create(
            {
                "name": "Dacha",
                "type": "delivery",
                "parent_id": self.ani.id,
                "street": "Delivery street 9",
            }
        )
        self.ani.street = "Home street 1"
        order = self._sold()
        order.partner_shipping_id = ship
        told = self._query()[order.name]
        self.assertIn("Home street 1", told.counterparties[0].address)

    def test_mapped_status_cancels(self):
        self.backend.orders_cancel = True
        order = self._sold(1000)
        self.backend._bind(
            "status",
            {"Аннулирован": self.env.ref("loyalty_1c_bridge.onec_status_cancelled")},
        )
        self._back(self._document(order, requisites=[("Статус заказа", "Аннулирован")]))
        self.assertEqual(order.state, "cancel")

    def test_negative_quantity_is_refused_or_shown(self):
        order = self._sold(1000)
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": self._new("Возврат").id,
                            "product_uom_qty": -1,
                            "price_unit": 100,
                            "tax_ids": False,
                        }
                    )
                ]
            }
        )
        told = self._query().get(order.name)
        self.assertFalse(told and any(line.discount for line in told.lines))

    def test_new_line_of_1c_is_taken(self):
        twin = self._new("Новый")
        guid = self.backend._guid("product", twin)
        order = self._sold(1000)
        document = self._document(order)
        document.lines.append(
            records.DocumentLine(
                id=guid,
                name="Новый",
                quantity=Decimal(1),
                price=Decimal(50),
                amount=Decimal(50),
            )
        )
        self._back(document)
        self.env["onec.conflict"].search(
            [("key", "=", f"order:{order.id}:lines")]
        )._resolve("1c")
        self.assertEqual(order.amount_total, 1050)

    def test_tax_excluded_total_is_kept(self):
        tax = self.env["account.tax"].create(
            {
                "name": "X20",
                "amount": 20,
                "price_include_override": "tax_excluded",
                "type_tax_use": "sale",
            }
        )
        order = self._sold(1000)
        order.order_line.tax_ids = tax
        document = self._document(order)
        document.lines[0].quantity = Decimal(2)
        document.lines[0].amount = Decimal(2400)
        self._back(document)
        self.env["onec.conflict"].search(
            [("key", "=", f"order:{order.id}:lines")]
        )._resolve("1c")
        self.assertEqual(order.amount_total, 2400)

    def test_one_broken_order_holds_up_nobody(self):
        good, bad = self._sold(), self._sold()
        self.env["sale.order.line"].create(
            {
                "order_id": bad.id,
                "is_downpayment": True,
                "name": "DP",
                "product_uom_qty": 1,
                "price_unit": 5,
            }
        )
        self.assertIn(good.name, self._query())

    def test_dry_run_with_cancel_setting_says_update(self):
        self.backend.orders_cancel = True
        order = self._sold(1000)
        doc = self._document(order, requisites=[("Отменен", "true")])
        out = self._back(doc)
        self.assertNotEqual(out.action, "conflict")
