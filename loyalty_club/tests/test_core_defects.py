"""Each defect of the ERP's own loyalty, closed for clubs."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestCoreDefects(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.multiplier_ids.active = False
        cls.card = cls._enroll()
        cls.salesperson = cls._user(
            "arev_salesperson", "sales_team.group_sale_salesman"
        )

    def _give(self, points, card=None, **values):
        card = card or self.card
        return card._post_points([card._entry("adjust", points, **values)])

    def _order_program(self, **values):
        return self._make_club(
            name="Order club",
            earn_on="order",
            release_policy="immediate",
            tier_ids=False,
            multiplier_ids=False,
            **values,
        )

    def _make_wallet(self):
        return self.env["loyalty.program"].create(
            {
                "name": "Wallet",
                "program_type": "ewallet",
                "applies_on": "future",
                "trigger": "auto",
                "rule_ids": [Command.clear()],
                "reward_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1,
                            "discount_applicability": "order",
                        }
                    ),
                ],
            }
        )

    def test_bulk_confirmation_does_not_spend_the_same_points_twice(self):
        self._give(1000)
        orders = self._order(10000) | self._order(10000)
        for order in orders:
            order.action_loyalty_spend(1000)
        with self.assertRaisesRegex(UserError, "has 0 .*takes 1000"):
            orders.action_confirm()

    def test_bulk_confirmation_of_what_is_there_passes(self):
        self._give(1000)
        orders = self._order(10000) | self._order(10000)
        for order in orders:
            order.action_loyalty_spend(400)
        orders.action_confirm()
        self.assertLedger(self.card, 200)
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_edited_then_cancelled_order_leaves_nothing(self):
        club = self._order_program()
        card = self._enroll(program=club)
        order = self._order(1000)
        order.action_confirm()
        self.assertLedger(card, 30)
        order.order_line.product_uom_qty = 3
        self.assertLedger(card, 90)
        order._update_programs_and_rewards()
        self.assertLedger(card, 90)
        # Core applies the only reward at once: the points of the order pay for it.
        order.action_open_reward_wizard()
        self.assertEqual(order.amount_total, 2910)
        order._action_cancel()
        self.assertLedger(card, 0)

    def test_order_confirmed_again_after_a_cancellation_earns_once(self):
        club = self._order_program()
        card = self._enroll(program=club)
        order = self._order(1000)
        order.action_confirm()
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertLedger(card, 30)

    def test_cost_of_a_reward_on_a_confirmed_order_moves_balance_and_ledger(self):
        self._give(1000)
        order = self._order(10000)
        order.action_loyalty_spend(600)
        order.action_confirm()
        self.assertLedger(self.card, 400)
        order.order_line.filtered("reward_id").sudo().points_cost = 500
        self.assertLedger(self.card, 500)
        order.order_line.filtered("reward_id").sudo().points_cost = 0
        self.assertLedger(self.card, 1000)

    def test_cancelled_order_returns_points_to_their_lots(self):
        self._give(300)
        self._give(700)
        order = self._order(10000)
        order.action_loyalty_spend(500)
        order.action_confirm()
        lots = self.card.lot_ids.sorted("id")
        self.assertEqual(lots.mapped("remaining"), [0, 500])
        order._action_cancel()
        self.assertEqual(lots.mapped("remaining"), [300, 700])
        self.assertLedger(self.card, 1000)

    def test_a_tenth_added_a_thousand_times_is_a_hundred(self):
        for _time in range(1000):
            self.card.sudo().points += 0.1
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT points::text FROM loyalty_card WHERE id = %s", [self.card.id]
        )
        self.assertEqual(self.env.cr.fetchone()[0], "100.00")
        self.assertLedger(self.card, 100)

    def test_second_card_of_a_member_is_refused_with_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "Ani is a member of Arev Club"):
            self.env["loyalty.card"].create(
                {"program_id": self.club.id, "partner_id": self.ani.id}
            )

    def test_direct_invoice_earns_and_its_credit_note_takes_back(self):
        invoice = self._invoice(10000)
        self._pay(invoice)
        self.assertLedger(self.card, 300)
        self._credit(invoice)
        self.assertLedger(self.card, 0)

    def test_foreign_currency_is_converted_before_it_earns(self):
        club = self._order_program()
        card = self._enroll(program=club)
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "name": "2020-01-01",
                "rate": 0.0025,
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id}
        )
        order = self._order(100, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, dollar)
        order.action_confirm()
        self.assertLedger(card, 1200)
        invoice = self._invoice(100, currency_id=dollar.id)
        self.assertLedger(self.card, 0, 1200)
        self._pay(invoice)
        self.assertLedger(self.card, 1200)

    def test_salesperson_cannot_write_points(self):
        with self.assertRaisesRegex(AccessError, "loyalty officer"):
            self.card.with_user(self.salesperson).points = 99999
        self.assertLedger(self.card, 0)

    def test_salesperson_cannot_make_a_reward_cheaper(self):
        self._give(1000)
        order = self._order(10000)
        order.user_id = self.salesperson
        order.with_user(self.salesperson).action_loyalty_spend(1000)
        line = order.order_line.filtered("reward_id")
        with self.assertRaises(AccessError):
            line.with_user(self.salesperson).points_cost = -5000
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).write(
                {"order_line": [Command.update(line.id, {"points_cost": 0})]}
            )
        self.assertEqual(line.points_cost, 1000)

    def test_context_does_not_open_the_door(self):
        card = self.card.with_user(self.salesperson)
        for key in ("loyalty_posting", "loyalty_origin", "install_mode"):
            with self.assertRaises(AccessError):
                card.with_context(**{key: ("sale.order", 1)}).points = 5
        self.assertLedger(self.card, 0)

    def test_salesperson_cancels_an_own_order_with_points(self):
        club = self._order_program()
        card = self._enroll(program=club)
        self._give(1000)
        order = self._order(10000, user_id=self.salesperson.id)
        mine = order.with_user(self.salesperson)
        mine.action_loyalty_spend(500)
        mine.action_confirm()
        self.assertLedger(self.card, 500)
        self.assertLedger(card, 285)
        mine._action_cancel()
        self.assertLedger(self.card, 1000)
        self.assertLedger(card, 0)

    def test_salesperson_copies_an_order_with_points(self):
        self._give(1000)
        order = self._order(10000, user_id=self.salesperson.id)
        mine = order.with_user(self.salesperson)
        mine.action_loyalty_spend(500)
        self.assertEqual(mine.copy().amount_total, 10000)

    def test_expired_wallet_is_not_offered(self):
        wallet = self._make_wallet()
        card = self.env["loyalty.card"].create(
            {
                "program_id": wallet.id,
                "partner_id": self.ani.id,
                "points": 3000,
                "expiration_date": "2026-01-01",
            }
        )
        order = self._order(10000)
        order._update_programs_and_rewards()
        self.assertNotIn(card, order._get_claimable_rewards())
        self.assertIn("error", order._apply_program_reward(wallet.reward_ids, card))
        card.expiration_date = "2099-01-01"
        order._update_programs_and_rewards()
        self.assertIn(card, order._get_claimable_rewards())

    def test_wallet_that_expires_on_a_quotation_cannot_be_confirmed(self):
        wallet = self._make_wallet()
        with freeze_time("2026-03-01"):
            card = self.env["loyalty.card"].create(
                {
                    "program_id": wallet.id,
                    "partner_id": self.ani.id,
                    "points": 3000,
                    "expiration_date": "2026-03-02",
                }
            )
            order = self._order(10000)
            order._update_programs_and_rewards()
            order._apply_program_reward(wallet.reward_ids, card)
            self.assertEqual(order.amount_total, 7000)
        with freeze_time("2026-03-05"), self.assertRaisesRegex(UserError, "expired on"):
            order.action_confirm()
        self.assertEqual(card.points, 3000)

    def test_points_are_not_rounded_with_a_currency(self):
        self.club.currency_id.rounding = 1
        self._give(10.6)
        order = self._order(10000)
        self.assertEqual(order._get_real_points_for_coupon(self.card), 10.6)
        order.action_loyalty_spend()
        self.assertEqual(order.order_line.filtered("reward_id").points_cost, 10)

    def test_codes_cannot_be_guessed(self):
        codes = {self.env["loyalty.card"]._generate_code() for _i in range(1000)}
        self.assertEqual(len(codes), 1000)
        for code in codes:
            # The prefix by which tills know cards, 65 random bits, a check character.
            self.assertRegex(code, r"^044[0-9A-HJKMNP-TV-Z]{13}[0-9A-Z]$")

    def test_points_cannot_pay_below_zero(self):
        with self.assertRaises(UserError):
            self._give(-50)
        self.assertLedger(self.card, 0)

    def test_contact_of_a_company_earns_and_spends_on_the_companys_card(self):
        self.ani.is_company = True
        contact = self.env["res.partner"].create(
            {"name": "Buyer of Ani", "parent_id": self.ani.id}
        )
        self._pay(self._invoice(10000, contact))
        self.assertLedger(self.card, 300)
        order = self._order(1000, contact)
        self.assertEqual(order.loyalty_card_id, self.card)
        order.action_loyalty_spend(200)
        order.action_confirm()
        self.assertLedger(self.card, 100)
        self.assertFalse(contact.loyalty_card_ids)
