from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestDocumentSync(LoyaltyCommon):
    """Points follow invoices and orders, whatever happens to these."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.multiplier_ids.active = False
        cls.silver.earn_multiplier = 1
        cls.card = cls._enroll()

    # -- payment ------------------------------------------------------------------
    def test_points_are_pending_until_the_last_coin_is_paid(self):
        invoice = self._invoice(10000)
        self._pay(invoice, 4000)
        self.assertLedger(self.card, 0, 300)
        self._pay(invoice, 6000)
        self.assertLedger(self.card, 300)

    def test_unreconciled_invoice_is_pending_again_and_released_again(self):
        invoice = self._invoice(10000)
        self._pay(invoice)
        invoice.line_ids.remove_move_reconcile()
        self.assertLedger(self.card, 0, 300)
        self._pay(invoice)
        self.assertLedger(self.card, 300)

    def test_hooks_called_twice_change_nothing(self):
        invoice = self._invoice(10000)
        self._pay(invoice)
        rows = len(self.card.move_ids)
        invoice._invoice_paid_hook()
        invoice._loyalty_sync()
        self.assertLedger(self.card, 300)
        self.assertEqual(len(self.card.move_ids), rows)

    def test_points_for_payment_only_are_not_even_pending_before(self):
        self.club.earn_on = "paid"
        invoice = self._invoice(10000)
        self.assertLedger(self.card, 0)
        self._pay(invoice)
        self.assertLedger(self.card, 300)
        invoice.line_ids.remove_move_reconcile()
        self.assertLedger(self.card, 0)

    def test_points_wait_for_days(self):
        self.club.write({"release_policy": "days", "release_days": 14})
        with freeze_time("2026-03-02 08:00:00"):
            self._invoice(10000)
            self.assertLedger(self.card, 0, 300)
        with freeze_time("2026-03-15 08:00:00"):
            self.card._release_due(self._due())
            self.assertLedger(self.card, 0, 300)
        with freeze_time("2026-03-16 08:00:00"):
            self.card._release_due(self._due())
            self.assertLedger(self.card, 300)

    def _due(self):
        today = self.club._today()
        return self.card.lot_ids.filtered(
            lambda lot: lot.state == "pending" and lot.available_date <= today
        )

    def test_points_are_held_while_the_customer_is_overdue(self):
        self.club.hold_if_overdue = True
        with freeze_time("2026-03-02"):
            debt = self._invoice(5000, invoice_date_due="2026-03-10")
        with freeze_time("2026-03-20"):
            invoice = self._invoice(10000)
            self._pay(invoice)
            self.assertLedger(self.card, 0, 450)
            self._pay(debt)
            self.assertLedger(self.card, 450)

    # -- edits ----------------------------------------------------------------------
    def test_invoice_reset_edited_and_posted_again_earns_the_difference(self):
        invoice = self._invoice(10000)
        invoice.button_draft()
        self.assertLedger(self.card, 0)
        invoice.invoice_line_ids.price_unit = 15000
        invoice.action_post()
        self.assertLedger(self.card, 0, 450)
        self._pay(invoice)
        self.assertLedger(self.card, 450)

    def test_cancelled_invoice_earns_nothing(self):
        invoice = self._invoice(10000)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertLedger(self.card, 0)

    def test_edit_next_week_keeps_the_multipliers_of_the_first_posting(self):
        tuesday = self.club.with_context(active_test=False).multiplier_ids
        tuesday.active = True
        with freeze_time("2026-03-03 08:00:00"):
            invoice = self._invoice(10000)
            self.assertLedger(self.card, 0, 600)
        with freeze_time("2026-03-05 08:00:00"):
            invoice.button_draft()
            invoice.invoice_line_ids.price_unit = 20000
            invoice.action_post()
            self.assertLedger(self.card, 0, 1200)

    def test_changed_rules_do_not_reach_back(self):
        invoice = self._invoice(10000)
        self.club.rule_ids.reward_point_amount = 50
        self._pay(invoice)
        self.assertLedger(self.card, 300)

    # -- credit notes ---------------------------------------------------------------
    def test_partial_credit_notes_never_drift(self):
        invoice = self._invoice(10000)
        self._pay(invoice)
        for part in (3333, 3333, 3334):
            self._credit(invoice, part)
        self.assertLedger(self.card, 0)

    def test_credit_note_uses_the_tier_of_the_invoice(self):
        self.card._set_tier(self.gold, "Friend of the house")
        invoice = self._invoice(10000)
        self._pay(invoice)
        self.assertLedger(self.card, 600)
        self.card._set_tier(self.bronze, "No friend any more")
        self._credit(invoice, 5000)
        self.assertLedger(self.card, 300)

    def test_credit_note_of_a_pending_invoice_takes_pending_points(self):
        invoice = self._invoice(10000)
        self._credit(invoice, 4000)
        self.assertLedger(self.card, 0, 180)
        self._pay(invoice)
        self.assertLedger(self.card, 180)

    def test_reset_credit_note_gives_the_points_again(self):
        invoice = self._invoice(10000)
        self._pay(invoice)
        refund = self._credit(invoice, 4000)
        self.assertLedger(self.card, 180)
        refund.button_draft()
        self.assertLedger(self.card, 300)

    def test_refund_of_spent_points_is_a_debt_which_the_next_earnings_pay(self):
        invoice = self._invoice(100000)
        self._pay(invoice)
        order = self._order(50000)
        order.action_loyalty_spend(2500)
        order.action_confirm()
        self.assertLedger(self.card, 500)
        self._credit(invoice)
        self.assertLedger(self.card, -2500)
        with self.assertRaises(UserError):
            self._order(1000).action_loyalty_spend(1)
        self._pay(self._invoice(20000))
        self.assertLedger(self.card, -2500 + 600)
        self._pay(self._invoice(100000))
        self.assertLedger(self.card, 3000 - 1900)

    def test_refund_of_spent_points_may_be_forgiven(self):
        self.club.negative_policy = "forgive"
        invoice = self._invoice(100000)
        self._pay(invoice)
        order = self._order(50000)
        order.action_loyalty_spend(2500)
        order.action_confirm()
        self._credit(invoice)
        self.assertLedger(self.card, 0)
        invoice._loyalty_sync()
        self.assertLedger(self.card, 0)

    def test_credit_note_without_an_invoice_takes_what_such_a_sale_earns(self):
        self._pay(self._invoice(10000))
        refund = self._invoice(4000, move_type="out_refund")
        self.assertLedger(self.card, 180)
        refund.button_draft()
        self.assertLedger(self.card, 300)

    def test_credit_note_of_an_order_returns_the_points_that_paid_it(self):
        self._pay(self._invoice(100000))
        order = self._order(10000)
        order.action_loyalty_spend(1000)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        self.assertLedger(self.card, 3000 - 1000 + 270)
        refund = self._credit(invoice)
        self.assertLedger(self.card, 3000)
        refund.button_draft()
        self.assertLedger(self.card, 3000 - 1000 + 270)
        refund.action_post()
        self.assertLedger(self.card, 3000)

    # -- what earns -----------------------------------------------------------------
    def test_excluded_products_gift_cards_and_delivery_earn_nothing(self):
        tobacco = self._make_product("Tobacco", 5000)
        tobacco.product_tmpl_id.loyalty_policy = "no_earn"
        voucher = self._make_product("Gift card", 5000, taxes_id=False)
        self.env["loyalty.program"].create(
            {
                "name": "Gift cards",
                "program_type": "gift_card",
                "applies_on": "future",
                "rule_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "reward_point_mode": "money",
                            "product_ids": [Command.set(voucher.ids)],
                        }
                    ),
                ],
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
        self._invoice(5000, product=tobacco)
        self._invoice(5000, product=voucher)
        self.assertLedger(self.card, 0)
        self._invoice(5000)
        self.assertLedger(self.card, 0, 150)

    def test_untaxed_base(self):
        self.club.earn_base = "tax_excluded"
        self._invoice(12000)
        self.assertLedger(self.card, 0, 300)

    def test_points_of_the_product_per_unit_and_per_purchase(self):
        self.product.product_tmpl_id.loyalty_points = 7
        self.club.rule_ids.unlink()
        self.club.rule_ids = [
            Command.create({"reward_point_mode": "product", "reward_point_amount": 1}),
            Command.create({"reward_point_mode": "unit", "reward_point_amount": 2}),
            Command.create({"reward_point_mode": "order", "reward_point_amount": 5}),
        ]
        invoice = self._invoice(1000, post=False)
        invoice.invoice_line_ids.quantity = 3
        invoice.action_post()
        self.assertLedger(self.card, 0, 3 * 7 + 3 * 2 + 5)

    def test_category_and_tag_rules(self):
        category = self.env["product.category"].create({"name": "Beans"})
        tag = self.env["product.tag"].create({"name": "Fair trade"})
        beans = self._make_product("Beans", 1000, categ_id=category.id)
        fair = self._make_product("Fair", 1000)
        fair.product_tmpl_id.product_tag_ids = tag
        self.club.rule_ids.unlink()
        self.club.rule_ids = [
            Command.create(
                {
                    "reward_point_mode": "unit",
                    "reward_point_amount": 10,
                    "product_category_id": category.id,
                }
            ),
            Command.create(
                {
                    "reward_point_mode": "unit",
                    "reward_point_amount": 1,
                    "product_tag_id": tag.id,
                }
            ),
        ]
        self._invoice(1000, product=beans)
        self._invoice(1000, product=fair)
        self._invoice(1000)
        self.assertLedger(self.card, 0, 11)

    def test_first_and_every_third_purchase(self):
        self.club.rule_ids.unlink()
        self.club.rule_ids = [
            Command.create(
                {
                    "reward_point_mode": "order",
                    "reward_point_amount": 100,
                    "purchases": "first",
                }
            ),
            Command.create(
                {
                    "reward_point_mode": "order",
                    "reward_point_amount": 10,
                    "purchases": "every",
                    "purchase_n": 3,
                }
            ),
            Command.create({"reward_point_mode": "unit", "reward_point_amount": 1}),
        ]
        pending = []
        for _number in range(4):
            self._invoice(1000)
            pending.append(self.card.pending_points)
        self.assertEqual(pending, [101, 102, 113, 114])

    def test_not_members_earn_nothing_unless_a_purchase_enrols(self):
        boris = self.env["res.partner"].create({"name": "Boris"})
        self.club.auto_enroll = False
        self._invoice(10000, boris)
        self.assertFalse(boris.loyalty_card_ids)
        self.club.auto_enroll = True
        self._invoice(10000, boris)
        self.assertLedger(boris.loyalty_card_ids, 0, 300)

    # -- spending on invoices ----------------------------------------------------------
    def test_points_pay_an_invoice_directly(self):
        self._pay(self._invoice(100000))
        invoice = self._invoice(10000, post=False)
        self.assertEqual(invoice.action_loyalty_spend(1200), 1200)
        self.assertEqual(invoice.amount_total, 8800)
        self.assertLedger(self.card, 3000)
        invoice.action_post()
        self.assertLedger(self.card, 1800, 264)
        invoice.button_draft()
        self.assertLedger(self.card, 3000)
        invoice.action_loyalty_spend(0)
        self.assertEqual(invoice.amount_total, 10000)

    def test_points_beyond_the_caps_are_refused_with_the_limit(self):
        self._pay(self._invoice(1000000))
        invoice = self._invoice(10000, post=False)
        with self.assertRaisesRegex(UserError, r"at most 3000 .*share of the bill"):
            invoice.action_loyalty_spend(3001)
        self.assertEqual(invoice.amount_total, 10000)

    def test_amount_of_a_points_line_raised_by_hand_costs_more_points(self):
        self._pay(self._invoice(100000))
        invoice = self._invoice(10000, post=False)
        invoice.action_loyalty_spend(1000)
        line = invoice.invoice_line_ids.filtered("loyalty_card_id")
        line.price_unit = -2000
        invoice.action_post()
        self.assertLedger(self.card, 1000, 240)

    def test_daily_cap_counts_all_documents_of_the_local_day(self):
        self.club.write({"cap_day_points": 1000, "cap_doc_percent": 0})
        with freeze_time("2026-03-02 08:00:00"):
            self._pay(self._invoice(100000))
            order = self._order(10000)
            order.action_loyalty_spend(900)
            order.action_confirm()
            with self.assertRaisesRegex(UserError, "at most 100 .*left for today 100"):
                self._order(10000).action_loyalty_spend(200)
        # 21:00 in London is the next day in Yerevan.
        with freeze_time("2026-03-02 21:00:00"):
            order = self._order(10000)
            order.action_loyalty_spend(1000)
            order.action_confirm()
            self.assertLedger(self.card, 1100)

    def test_margin_is_kept(self):
        self.club.write({"cap_min_margin": 25, "cap_doc_percent": 0})
        self.product.standard_price = 6000
        self._pay(self._invoice(1000000))
        order = self._order(12000)
        # 10 000 without tax; 8 000 keep a quarter over the cost of 6 000.
        self.assertEqual(float(order._loyalty_offer(self.card).points), 2400)

    def test_excluded_products_are_not_paid_with_points(self):
        self.club.cap_doc_percent = 0
        tobacco = self._make_product("Tobacco", 5000)
        tobacco.product_tmpl_id.loyalty_policy = "no_spend"
        self._pay(self._invoice(1000000))
        order = self._order(5000, product=tobacco)
        self.assertEqual(float(order._loyalty_offer(self.card).points), 0)
        order.order_line = [
            Command.create({"product_id": self.product.id, "price_unit": 700})
        ]
        self.assertEqual(float(order._loyalty_offer(self.card).points), 700)

    def test_minimum_to_spend(self):
        self.club.spend_min_points = 500
        self._pay(self._invoice(15000))
        self.assertEqual(float(self._order(9000)._loyalty_offer(self.card).points), 0)

    # -- orders ------------------------------------------------------------------------
    def test_order_points_wait_for_delivery(self):
        self.club.write({"earn_on": "order", "release_policy": "delivered"})
        goods = self._make_product("Grinder", 10000, type="consu", is_storable=True)
        order = self._order(10000, product=goods)
        order.action_confirm()
        self.assertLedger(self.card, 0, 300)
        picking = order.picking_ids
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertLedger(self.card, 300)

    def test_order_points_wait_for_payment_of_its_invoice(self):
        self.club.write({"earn_on": "order", "release_policy": "paid"})
        order = self._order(10000)
        order.action_confirm()
        self.assertLedger(self.card, 0, 300)
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        self.assertLedger(self.card, 300)

    def test_credit_note_takes_back_what_the_order_gave(self):
        self.club.write({"earn_on": "order", "release_policy": "immediate"})
        order = self._order(10000)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertLedger(self.card, 300)
        self._credit(invoice, 4000)
        self.assertLedger(self.card, 180)

    def test_order_of_a_new_customer_makes_one_card_at_confirmation(self):
        self.club.write({"earn_on": "order", "release_policy": "immediate"})
        boris = self.env["res.partner"].create({"name": "Boris"})
        order = self._order(10000, boris)
        order._update_programs_and_rewards()
        self.assertFalse(boris.loyalty_card_ids)
        order.action_confirm()
        self.assertLedger(boris.loyalty_card_ids, 300)
        history = self.env["loyalty.history"].search(
            [("card_id", "=", boris.loyalty_card_ids.id)]
        )
        self.assertEqual(sum(history.mapped("issued")), 300)

    # -- expiry ---------------------------------------------------------------------
    def test_points_expire_on_the_local_day_after_their_last(self):
        with freeze_time("2026-03-02 08:00:00"):
            self._pay(self._invoice(10000))
        with freeze_time("2027-03-31 10:00:00"):
            self.env["loyalty.card"]._expire_lots(self._expired())
            self.assertLedger(self.card, 300)
        with freeze_time("2027-03-31 20:30:00"):  # 00:30 on 1 April in Yerevan
            self.env["loyalty.card"]._expire_lots(self._expired())
            self.assertLedger(self.card, 0)
            self.assertEqual(self.card.move_ids[0].kind, "expire")

    def _expired(self):
        today = self.club._today()
        return self.card.lot_ids.filtered(
            lambda lot: lot.state == "open" and lot.expiration_date < today
        )

    def test_a_purchase_keeps_points_alive_where_inactivity_ends_them(self):
        self.club.write({"expiry_mode": "inactivity", "expiry_days": 90})
        with freeze_time("2026-03-02 08:00:00"):
            self._pay(self._invoice(10000))
        with freeze_time("2026-05-02 08:00:00"):
            self._pay(self._invoice(10000))
            self.assertEqual(
                set(self.card.lot_ids.mapped("expiration_date")),
                {fields.Date.to_date("2026-07-31")},
            )

    # -- prices without tax -----------------------------------------------------------
    def _exclusive_tax(self):
        return self.env["account.tax"].create(
            {
                "name": "VAT 15 % on top",
                "amount": 15,
                "price_include_override": "tax_excluded",
                "type_tax_use": "sale",
                "company_id": self.company.id,
            }
        )

    def test_a_point_pays_its_worth_where_prices_are_without_tax(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.company.currency_id.rounding = 1
        tax = self._exclusive_tax()
        self._pay(self._invoice(100000))
        for price, points in ((17391, 1000), (20000, 777), (9999, 1234)):
            with self.subTest(price=price, points=points):
                invoice = self._invoice(price, post=False)
                invoice.invoice_line_ids.tax_ids = tax
                total = invoice.amount_total
                invoice.action_loyalty_spend(points)
                self.assertEqual(invoice.amount_total, total - points)
                lines = invoice.invoice_line_ids.filtered("loyalty_card_id")
                self.assertEqual(sum(lines.mapped("loyalty_points_cost")), points)
                before = self.card.points
                invoice.action_post()
                self.assertEqual(self.card.points, before - points)
                invoice.button_draft()
                self.assertEqual(self.card.points, before)

    def test_points_on_an_order_pay_their_worth_where_prices_are_without_tax(self):
        tax = self._exclusive_tax()
        self._pay(self._invoice(100000))
        order = self._order(20000)
        order.order_line.tax_ids = tax
        self.assertEqual(order.amount_total, 23000)
        order.action_loyalty_spend(1000)
        self.assertEqual(order.amount_total, 22000)
