from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_gift_cards import GiftCardCommon


@tagged("post_install", "-at_install")
class TestGiftCardRefund(GiftCardCommon):
    """A credit note of the sale of a gift card empties the card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.batch.card_ids[0]
        order = cls.env["sale.order"].create({"partner_id": cls.boris.id})
        order._loyalty_sell_gift_card(cls.card)
        order.action_confirm()
        cls.order = order
        cls.invoice = order._create_invoices()
        cls.invoice.action_post()
        cls._pay(cls.invoice)

    def test_the_card_is_empty_after_its_sale_was_credited(self):
        self.assertLedger(self.card, 10000)
        refund = self._credit(self.invoice)
        self.assertLedger(self.card, 0)
        refund._loyalty_sync()
        self.assertLedger(self.card, 0)
        self.assertEqual(self.card.move_ids[0].reason, refund.display_name)

    def test_a_credit_note_set_to_draft_loads_the_card_again(self):
        refund = self._credit(self.invoice)
        refund.button_draft()
        self.assertLedger(self.card, 10000)
        refund.action_post()
        self.assertLedger(self.card, 0)

    def test_a_part_is_credited_in_part(self):
        self._credit(self.invoice, 4000)
        self.assertLedger(self.card, 6000)

    def test_what_was_spent_cannot_be_refunded_as_money(self):
        order = self._order(3000, self.boris)
        order._loyalty_pay_with_gift_card(self.card, 3000)
        order.action_confirm()
        self.assertLedger(self.card, 7000)
        refund = self._credit(self.invoice, post=False)
        refusal = self.assertRaisesRegex(UserError, "has .* and this takes")
        with refusal, self.env.cr.savepoint():
            refund.action_post()
        self.assertLedger(self.card, 7000)
        self.assertEqual(refund.state, "draft")

    def test_the_order_cancelled_after_the_credit_note_takes_nothing_more(self):
        self._credit(self.invoice)
        self.order._action_cancel()
        self.assertLedger(self.card, 0)
