from odoo import Command
from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestPointOfSale(LoyaltyCommon):
    """What the Point of Sale writes on the server passes the ledger's door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._enroll()
        method = cls.env["pos.payment.method"].create(
            {"name": "Cash", "journal_id": cls.cash.id}
        )
        config = cls.env["pos.config"].create(
            {"name": "Till", "payment_method_ids": [Command.set(method.ids)]}
        )
        config.open_ui()
        cls.session = config.current_session_id

    def _pos_order(self):
        return self.env["pos.order"].create(
            {
                "session_id": self.session.id,
                "partner_id": self.ani.id,
                "amount_paid": 0,
                "amount_return": 0,
                "amount_tax": 0,
                "amount_total": 0,
            }
        )

    def _confirm(self, points):
        self._pos_order().confirm_coupon_programs(
            {
                str(self.card.id): {
                    "points": points,
                    "program_id": self.club.id,
                    "coupon_id": self.card.id,
                    "partner_id": self.ani.id,
                }
            }
        )

    def test_points_of_a_till_are_in_the_ledger_with_their_order(self):
        self._confirm(100)
        self._confirm(-30)
        self.assertLedger(self.card, 70)
        self.assertEqual(
            self.card.move_ids.mapped(lambda m: (m.kind, m.points, m.res_model)),
            [("spend", -30, "pos.order"), ("earn", 100, "pos.order")],
        )

    def test_two_tills_that_spent_offline_leave_a_debt_and_lose_no_fact(self):
        self._confirm(100)
        self._confirm(-100)
        self._confirm(-100)
        self.assertLedger(self.card, -100)
        self.assertIn("owes 100", self.card.activity_ids.note)
        self._confirm(150)
        self.assertLedger(self.card, 50)

    def test_the_same_order_sent_twice_counts_once(self):
        order = self._pos_order()
        data = {
            str(self.card.id): {
                "points": 100,
                "program_id": self.club.id,
                "coupon_id": self.card.id,
                "partner_id": self.ani.id,
            }
        }
        order.confirm_coupon_programs(dict(data))
        order.confirm_coupon_programs(dict(data))
        self.assertLedger(self.card, 100)

    def test_invoice_of_a_till_order_does_not_earn_again(self):
        order = self._pos_order()
        invoice = self._invoice(10000, post=False)
        order.account_move = invoice
        invoice.action_post()
        self.assertLedger(self.card, 0)
