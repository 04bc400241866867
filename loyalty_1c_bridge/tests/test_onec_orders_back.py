from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..engine.commerceml import records
from .test_onec_orders import OrdersCommon


@tagged("post_install", "-at_install")
class TestOnecOrdersBack(OrdersCommon):
    def _message(self, dry_run=False):
        return self.env["onec.message"].create(
            {
                "backend_id": self.backend.id,
                "channel": "cml",
                "kind": "orders",
                "filename": "orders.xml",
                "dry_run": dry_run,
            }
        )

    def _back(self, document, dry_run=False, otype="order"):
        (outcome,) = self.env[f"onec.apply.{otype}"]._apply(
            self._message(dry_run), [(1, document)]
        )
        return outcome

    def _document(self, order, **values):
        session = self._session()
        told = self._query(session)[order.name]
        self.backend._orders_success(session)
        told.requisites = values.pop("requisites", [])
        for name, value in values.items():
            setattr(told, name, value)
        return told

    def test_state_number_and_payment_of_1c_are_shown(self):
        order = self._sold()
        document = self._document(
            order,
            requisites=[
                ("Номер по 1С", "ОД00-000042"),
                ("Дата по 1С", "2026-03-06"),
                ("Проведен", "true"),
                ("Дата оплаты по 1С", "2026-03-06"),
                ("Статус заказа", "К выполнению"),
            ],
        )
        self.assertEqual(self._back(document).action, "update")
        self.assertEqual(order.onec_number, "ОД00-000042")
        self.assertEqual(str(order.onec_date), "2026-03-06")
        self.assertTrue(order.onec_posted)
        self.assertEqual(order.onec_paid, "2026-03-06")
        self.assertEqual(order.onec_status, "К выполнению")
        self.assertEqual(self._back(document).action, "skip")

    def test_a_dry_run_shows_and_writes_nothing(self):
        order = self._sold()
        document = self._document(order, requisites=[("Проведен", "true")])
        outcome = self._back(document, dry_run=True)
        self.assertEqual(outcome.action, "update")
        self.assertTrue(outcome.diff)
        self.assertFalse(order.onec_posted)

    def test_an_order_is_found_by_the_number_it_was_told_under(self):
        order = self._sold()
        document = self._document(
            order, requisites=[("Проведен", "true")], id="another-guid"
        )
        self._back(document)
        self.assertTrue(order.onec_posted)

    def test_a_cancellation_waits_for_a_person_or_happens_by_the_setting(self):
        order = self._sold()
        document = self._document(order, requisites=[("Отменен", "true")])
        self.assertEqual(self._back(document).action, "conflict")
        self.assertEqual(order.state, "sale")
        conflict = self.env["onec.conflict"].search(
            [("key", "=", f"order:{order.id}:cancel")]
        )
        conflict._resolve("1c")
        self.assertEqual(order.state, "cancel")
        self.backend.orders_cancel = True
        other = self._sold()
        self._back(self._document(other, requisites=[("Отменен", "true")]))
        self.assertEqual(other.state, "cancel")

    def test_changed_lines_are_asked_about_with_both_sides(self):
        order = self._sold(1000)
        document = self._document(order)
        document.lines[0].quantity = Decimal(3)
        document.lines[0].amount = Decimal(2400)
        self.assertEqual(self._back(document).action, "conflict")
        self.assertEqual(order.order_line.product_uom_qty, 1)
        conflict = self.env["onec.conflict"].search(
            [("key", "=", f"order:{order.id}:lines")]
        )
        self.assertNotEqual(conflict.left, conflict.right)
        conflict._resolve("1c")
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(order.amount_total, 2400)

    def test_ours_is_right_sends_the_order_again(self):
        order = self._sold(1000)
        document = self._document(order)
        self.assertEqual(self._query(), {})
        document.lines[0].quantity = Decimal(3)
        self._back(document)
        self.env["onec.conflict"].search(
            [("key", "=", f"order:{order.id}:lines")]
        )._resolve("here")
        self.assertIn(order.name, self._query())

    def test_lines_of_an_invoiced_order_are_not_rewritten(self):
        order = self._sold(1000)
        document = self._document(order)
        document.lines[0].quantity = Decimal(3)
        self._back(document)
        for line in order.order_line:
            line.qty_delivered = 1
        order._create_invoices().action_post()
        conflict = self.env["onec.conflict"].search(
            [("key", "=", f"order:{order.id}:lines")]
        )
        with self.assertRaises(UserError):
            conflict._resolve("1c")
        self.assertEqual(order.order_line.product_uom_qty, 1)

    def test_a_payment_told_by_1c_is_registered_once(self):
        self.backend.orders_payment_journal_id = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        order = self._sold(1000)
        for line in order.order_line:
            line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()
        payment = records.Document(
            id="pay-1",
            number="7",
            date="2026-03-06",
            operation="Выплата безналичных денег",
            amount=Decimal(str(invoice.amount_total)),
        )
        document = self._document(order, children=[payment])
        self._back(document)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        document.comment = "again"
        self._back(document)
        self.assertEqual(len(invoice.matched_payment_ids), 1)

    def test_orders_born_in_1c_wait_unless_they_are_wanted(self):
        document = records.Document(
            id="1c-order",
            number="УТ-000007",
            date="2026-03-06",
            operation="Заказ товара",
            currency="AMD",
            amount=Decimal(2000),
            counterparties=[records.Counterparty(id="cp", name="ООО Клиент")],
            lines=[
                records.DocumentLine(
                    id=self.backend._guid("product", self.product),
                    name="Coffee",
                    quantity=Decimal(2),
                    amount=Decimal(2000),
                )
            ],
        )
        self.assertEqual(self._back(document).action, "conflict")
        self.assertFalse(self.backend._find("order", ["1c-order"]))
        self.backend.orders_new = True
        outcome = self._back(document)
        self.assertEqual(outcome.action, "create", outcome.error)
        order = self.env["sale.order"].browse(outcome.res_id)
        self.assertEqual((order.state, order.partner_id.name), ("draft", "ООО Клиент"))
        document.comment = "again"
        self._back(document)
        self.assertEqual(
            self.env["sale.order"].search_count(
                [("client_order_ref", "=", "УТ-000007")]
            ),
            1,
        )

    def test_unknown_goods_of_a_new_order_are_an_error_of_that_order(self):
        self.backend.orders_new = True
        outcome = self._back(
            records.Document(
                id="1c-order",
                number="УТ-8",
                date="2026-03-06",
                amount=Decimal(1),
                counterparties=[records.Counterparty(id="cp", name="ООО Клиент")],
                lines=[records.DocumentLine(id="no", name="Неизвестный товар")],
            )
        )
        self.assertEqual(outcome.action, "error")
        self.assertIn("Неизвестный товар", outcome.error)


@tagged("post_install", "-at_install")
class TestOnecPartners(OrdersCommon):
    def _send(self, *partners, dry_run=False):
        message = self.env["onec.message"].create(
            {
                "backend_id": self.backend.id,
                "channel": "cml",
                "filename": "contragents.xml",
                "dry_run": dry_run,
            }
        )
        return self.env["onec.apply.partner"]._apply(
            message, list(enumerate(partners, 1))
        )

    def _one(self, **values):
        return records.Counterparty(
            **{"id": "cp1", "name": "ООО Ромашка", "inn": "7707083893", **values}
        )

    def test_a_new_counterparty_becomes_a_partner_once(self):
        record = self._one(
            kpp="773601001",
            official_name="ООО Ромашка",
            contacts=[
                records.Contact("Телефон рабочий", "+7 495 123-45-67"),
                records.Contact("Почта", "info@example.com"),
            ],
        )
        (outcome,) = self._send(record)
        partner = self.env["res.partner"].browse(outcome.res_id)
        self.assertTrue(partner.is_company)
        self.assertEqual(
            (partner.vat, partner.onec_kpp, partner.phone, partner.email),
            ("7707083893", "773601001", "+74951234567", "info@example.com"),
        )
        self.assertEqual(self._send(record)[0].action, "skip")

    def test_one_partner_with_the_tax_id_is_the_same(self):
        partner = self.env["res.partner"].create(
            {"name": "Ромашка", "company_registry": "7707083893"}
        )
        (outcome,) = self._send(self._one())
        self.assertEqual((outcome.action, outcome.res_id), ("update", partner.id))
        self.assertEqual(partner.name, "ООО Ромашка")

    def test_two_partners_with_the_tax_id_are_asked_about(self):
        self.env["res.partner"].create(
            [
                {"name": name, "company_registry": "7707083893"}
                for name in ("One", "Two")
            ]
        )
        (outcome,) = self._send(self._one())
        self.assertEqual(outcome.action, "conflict")
        self.assertFalse(self.backend._find("partner", ["cp1"]))

    def test_a_branch_with_another_kpp_is_another_partner(self):
        head = self.env["res.partner"].create(
            {"name": "Head", "vat": "7707083893", "onec_kpp": "773601001"}
        )
        (outcome,) = self._send(self._one(kpp="770501001"))
        self.assertEqual(outcome.action, "create")
        self.assertNotEqual(outcome.res_id, head.id)

    def test_an_id_used_for_different_people_is_asked_about(self):
        (first,) = self._send(self._one())
        (second,) = self._send(self._one(name="ИП Петров", inn="500100732259"))
        self.assertEqual(second.action, "conflict")
        partner = self.env["res.partner"].browse(first.res_id)
        self.assertEqual(partner.name, "ООО Ромашка")
        conflict = self.env["onec.conflict"].search([("key", "=", "partner:cp1")])
        self.assertEqual(conflict.kind, "shared_id")
        conflict._resolve("here")
        self.assertEqual(
            self._send(self._one(name="ИП Сидоров", inn=""))[0].action, "skip"
        )

    def test_what_was_typed_here_is_kept_and_only_empty_fields_are_filled(self):
        (outcome,) = self._send(self._one())
        partner = self.env["res.partner"].browse(outcome.res_id)
        partner.street = "Ours"
        self._send(
            self._one(address="Theirs", contacts=[records.Contact("Почта", "a@b.am")])
        )
        self.assertEqual((partner.street, partner.email), ("Ours", "a@b.am"))

    def test_a_deletion_mark_archives_and_its_removal_brings_back(self):
        (outcome,) = self._send(self._one())
        partner = self.env["res.partner"].browse(outcome.res_id)
        self.assertEqual(self._send(self._one(deleted=True))[0].action, "archive")
        self.assertFalse(partner.active)
        self._send(self._one())
        self.assertTrue(partner.active)

    def test_a_dry_run_writes_nothing(self):
        (outcome,) = self._send(self._one(), dry_run=True)
        self.assertEqual(outcome.action, "create")
        self.assertFalse(self.backend._find("partner", ["cp1"]))

    def test_a_malformed_tax_id_is_kept_and_not_refused(self):
        self.backend.company_id.country_id = self.env.ref("base.ru")
        (outcome,) = self._send(self._one(inn="770708"))
        partner = self.env["res.partner"].browse(outcome.res_id)
        self.assertEqual((partner.vat, partner.company_registry), (False, "770708"))

    def test_an_order_with_a_discounted_line_survives(self):
        order = self._sold(1000)
        order.order_line.discount = 10
        told = self._query()[order.name]
        self.assertEqual(told.lines[0].amount, Decimal(str(order.amount_total)))

    def test_a_line_born_here_is_told_with_its_own_guid(self):
        order = self._sold(1000)
        order.write(
            {
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 5})
                ]
            }
        )
        told = self._query()[order.name]
        self.assertEqual(
            {line.id for line in told.lines},
            {self.backend._guid("product", self.product)},
        )
