from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_card_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestPrepayment(OperationsCommon):
    """Ani is a problem customer: what she orders is paid first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani.with_user(cls.manager)._loyalty_set_class(
            "problem", "Did not collect two orders"
        )

    def _receive(self, amount, partner=None):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or self.ani).id,
                "amount": amount,
                "journal_id": self.cash.id,
            }
        )
        payment.action_post()
        return payment

    def _down_payment(self, order, percent):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": percent,
            }
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        return invoice

    def assertRefused(self, order):
        with self.assertRaisesRegex(UserError, "two orders"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertIn("prepayment only", order.loyalty_warning)

    def test_an_order_without_payment_is_refused_with_the_reason(self):
        order = self._order(10000)
        self.assertRefused(order)
        self._receive(9999)
        order.invalidate_recordset()
        self.assertRefused(order)

    def test_a_payment_on_account_lets_it_pass(self):
        order = self._order(10000)
        self._receive(10000)
        order.invalidate_recordset()
        self.assertFalse(order.loyalty_warning)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_payment_of_somebody_else_does_not_count(self):
        order = self._order(10000)
        self._receive(10000, self.davit)
        order.invalidate_recordset()
        self.assertRefused(order)

    def test_a_paid_down_payment_lets_it_pass(self):
        self.company.loyalty_prepayment_percent = 0.5
        order = self._order(10000)
        invoice = self._down_payment(order, 50)
        order.invalidate_recordset()
        self.assertRefused(order)
        self._pay(invoice)
        order.invalidate_recordset()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_portal_asks_for_the_payment(self):
        self.company.loyalty_prepayment_percent = 0.5
        order = self._order(10000)
        self.assertTrue(order.require_payment)
        self.assertEqual(order.prepayment_percent, 0.5)
        self.assertEqual(order._get_prepayment_required_amount(), 5000)
        free = self._order(10000, self.davit)
        self.assertEqual(free.require_payment, self.company.portal_confirmation_pay)

    def test_a_contact_of_the_firm_is_bound_too(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": firm.id})
        firm.with_user(self.manager)._loyalty_set_class("problem", "two orders late")
        self.assertRefused(self._order(10000, clerk))

    def test_other_customers_order_as_before(self):
        order = self._order(10000, self.davit)
        self.assertFalse(order.loyalty_warning)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
