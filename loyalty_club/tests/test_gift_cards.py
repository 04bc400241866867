from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LoyaltyCommon

BATCH = "odoo.addons.loyalty_club.models.loyalty_gift_batch"


class GiftCardCommon(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gift_product = cls._make_product(
            "Gift card", 10000, taxes_id=[Command.clear()]
        )
        cls.gifts = cls.env["loyalty.program"].create(
            {
                "name": "Arev gift card",
                "program_type": "gift_card",
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                **cls.env["loyalty.program"]._program_type_default_values()[
                    "gift_card"
                ],
            }
        )
        cls.gifts.rule_ids.product_ids = cls.gift_product
        cls.env.registry.clear_cache()
        cls.boris = cls.env["res.partner"].create({"name": "Boris"})
        cls.batch = cls._batch()

    @classmethod
    def _batch(cls, **values):
        batch = cls.env["loyalty.gift.batch"].create(
            {
                "name": "Spring",
                "program_id": cls.gifts.id,
                "face_value": 10000,
                "count": 3,
                **values,
            }
        )
        batch.action_generate()
        return batch

    @classmethod
    def _sold(cls, card=None, partner=None):
        """A printed card after Boris bought it on an order."""
        card = card or cls.batch.card_ids[0]
        order = cls.env["sale.order"].create({"partner_id": (partner or cls.boris).id})
        order._loyalty_sell_gift_card(card)
        order.action_confirm()
        return card


@tagged("post_install", "-at_install")
class TestGiftCards(GiftCardCommon):
    # -- the story --------------------------------------------------------------
    def test_boris_buys_and_pays_in_parts(self):
        card = self.batch.card_ids[0]
        boris_card = self._enroll(self.boris)
        with freeze_time("2026-03-05 09:00:00"):
            order = self.env["sale.order"].create({"partner_id": self.boris.id})
            line = order._loyalty_sell_gift_card(card)
            self.assertRecordValues(order, [{"amount_total": 10000, "amount_tax": 0}])
            self.assertEqual(line.price_unit, 10000)
            self.assertEqual(card.points, 0)
            order.action_confirm()
            self.assertLedger(card, 10000)
            self._pay_order(order)
            self.assertLedger(boris_card, 0)
            self.assertRecordValues(
                card,
                [
                    {
                        "gift_state": "active",
                        "activation_date": card.activation_date,
                        "face_value": 10000,
                    }
                ],
            )
            self.assertEqual(self.gifts.gift_liability, 10000)
        with freeze_time("2026-03-06 09:00:00"):
            order = self._order(9000, self.boris)
            self.assertEqual(order._loyalty_pay_with_gift_card(card, 4000), 4000)
            self.assertEqual(order.amount_total, 5000)
            order.action_confirm()
            self.assertLedger(card, 6000)
            self._pay_order(order)
            self.assertLedger(boris_card, 150)
            self.gifts.invalidate_recordset(["gift_liability"])
            self.assertEqual(self.gifts.gift_liability, 6000)
        with freeze_time("2026-03-06 15:00:00"):
            old = card.code
            card.action_replace_code(reason="lost")
            self.assertEqual(card.points, 6000)
            self.assertNotEqual(card.code, old)
            found, message = self.env["loyalty.card"]._find_by_code(old)
            self.assertFalse(found)
            self.assertIn("blocked", message)
        self.assertEqual(
            card.move_ids.sorted("id").mapped(lambda m: (m.kind, m.points)),
            [("earn", 10000), ("spend", -4000)],
        )

    def _pay_order(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        return invoice

    # -- batches ----------------------------------------------------------------
    def test_batch_makes_unsold_cards_with_strong_codes(self):
        cards = self.batch.card_ids
        self.assertEqual(self.batch.state, "generated")
        self.assertEqual(len(set(cards.mapped("code"))), 3)
        for card in cards:
            self.assertRegex(card.code, r"^044[0-9A-HJKMNP-TV-Z]{14}$")
            self.assertEqual((card.points, card.gift_state), (0, "unsold"))
            self.assertNotIn(card.code, card.display_name)

    def test_cards_of_a_batch_are_made_once(self):
        with self.assertRaisesRegex(UserError, "made already"):
            self.batch.action_generate()
        self.assertEqual(self.batch.generated_count, 3)

    def test_a_large_batch_is_made_by_the_cron_in_steps(self):
        with patch(BATCH + ".AT_ONCE", 2):
            batch = self._batch(count=5)
        self.assertEqual((batch.state, batch.generated_count), ("generating", 0))
        with patch(BATCH + ".STEP", 2), self.enter_registry_test_mode():
            self.env.ref("loyalty_club.cron_gift_batches").method_direct_trigger()
        batch.invalidate_recordset()
        self.assertEqual((batch.state, batch.generated_count), ("generated", 5))

    def test_face_value_of_made_cards_is_fixed(self):
        with self.assertRaisesRegex(UserError, "exist already"):
            self.batch.face_value = 20000
        self.assertEqual(self.batch.card_ids.mapped("face_value"), [10000] * 3)

    def test_salesman_cannot_make_a_batch(self):
        salesman = self._user("gift_sales", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.env["loyalty.gift.batch"].with_user(salesman).create(
                {"name": "X", "program_id": self.gifts.id, "face_value": 1}
            )
        draft = self.env["loyalty.gift.batch"].create(
            {"name": "Y", "program_id": self.gifts.id, "face_value": 1, "count": 1}
        )
        with self.assertRaises(AccessError):
            draft.with_user(salesman).action_generate()
        self.assertFalse(draft.card_ids)

    # -- selling ------------------------------------------------------------------
    def test_printed_card_takes_the_place_of_a_new_one(self):
        before = self.env["loyalty.card"].search_count(
            [("program_id", "=", self.gifts.id)]
        )
        self._sold()
        after = self.env["loyalty.card"].search_count(
            [("program_id", "=", self.gifts.id)]
        )
        self.assertEqual(after, before)

    def test_two_printed_cards_and_a_new_one_on_one_order(self):
        first, second = self.batch.card_ids[:2]
        order = self._order(10000, self.boris, self.gift_product)
        order.order_line.tax_ids = False
        order._loyalty_sell_gift_card(first)
        order._loyalty_sell_gift_card(second)
        order.action_confirm()
        self.assertEqual((first.points, second.points), (10000, 10000))
        made = order.coupon_point_ids.coupon_id.filtered(
            lambda c: c.program_id == self.gifts
        ) - (first | second)
        self.assertEqual(made.mapped("points"), [10000])

    def test_a_card_is_sold_once(self):
        card = self.batch.card_ids[0]
        first = self.env["sale.order"].create({"partner_id": self.boris.id})
        second = first.copy()
        first._loyalty_sell_gift_card(card)
        second._loyalty_sell_gift_card(card)
        first.action_confirm()
        with self.assertRaisesRegex(UserError, "sold already"):
            second.action_confirm()
        self.assertEqual(second.state, "draft")
        self.assertLedger(card, 10000)

    def test_price_must_be_the_face_value(self):
        card = self.batch.card_ids[0]
        order = self.env["sale.order"].create({"partner_id": self.boris.id})
        order._loyalty_sell_gift_card(card).price_unit = 9000
        with self.assertRaisesRegex(UserError, "Correct the price"):
            order.action_confirm()
        self.assertEqual((order.state, card.points), ("draft", 0))

    def test_removed_line_keeps_the_printed_card_blank(self):
        card, other = self.batch.card_ids[:2]
        order = self.env["sale.order"].create({"partner_id": self.boris.id})
        order._loyalty_sell_gift_card(card)
        order._loyalty_sell_gift_card(other)
        order.order_line.filtered(
            lambda line: line.loyalty_gift_card_id == card
        ).unlink()
        order.action_confirm()
        self.assertTrue(card.exists())
        self.assertEqual((card.gift_state, card.points), ("unsold", 0))
        self.assertEqual((other.gift_state, other.points), ("active", 10000))

    def test_cancelled_sale_makes_the_card_blank_again(self):
        card = self._sold()
        order = card.move_ids and self.env["sale.order"].browse(card.move_ids[0].res_id)
        order._action_cancel()
        self.assertTrue(card.exists())
        self.assertLedger(card, 0)
        self.assertEqual(card.gift_state, "unsold")
        self.assertEqual(card.move_ids.sorted("id").mapped("kind"), ["earn", "reverse"])
        self._sold(card)
        self.assertLedger(card, 10000)

    def test_sale_of_a_used_card_cannot_be_cancelled(self):
        card = self._sold()
        sale = self.env["sale.order"].browse(card.move_ids[0].res_id)
        order = self._order(4000, self.boris)
        order._loyalty_pay_with_gift_card(card)
        order.action_confirm()
        with self.assertRaises(UserError):
            sale._action_cancel()
        self.assertLedger(card, 6000)

    def test_salesman_sells_but_cannot_load_a_card(self):
        salesman = self._user("gift_seller", "sales_team.group_sale_salesman")
        card = self.batch.card_ids[0]
        with self.assertRaises(AccessError):
            card.with_user(salesman).points = 10000
        self.assertEqual(card.points, 0)
        order = (
            self.env["sale.order"]
            .with_user(salesman)
            .create({"partner_id": self.boris.id})
        )
        wizard = (
            self.env["loyalty.gift.sell"]
            .with_user(salesman)
            .create({"order_id": order.id, "codes": f"{card.code}\n"})
        )
        wizard.action_sell()
        order.action_confirm()
        self.assertLedger(card, 10000)

    def test_closed_batch_sells_nothing(self):
        self.batch.action_close()
        order = self.env["sale.order"].create({"partner_id": self.boris.id})
        with self.assertRaisesRegex(UserError, "closed"):
            order._loyalty_sell_gift_card(self.batch.card_ids[0])
        self.assertFalse(order.order_line)

    # -- the till's door ------------------------------------------------------------
    def test_activation_is_harmless_when_repeated(self):
        card = self.batch.card_ids[0]
        receipt = self._invoice(10000, self.boris)
        for _repeat in range(2):
            card._activate_gift_card(10000, "account.move", receipt.id)
        self.assertLedger(card, 10000)
        with self.assertRaisesRegex(UserError, "sold already"):
            card._activate_gift_card(10000, "account.move", receipt.id + 1)
        self.assertLedger(card, 10000)

    def test_activation_refuses_another_amount(self):
        card = self.batch.card_ids[0]
        with self.assertRaisesRegex(UserError, "Correct the price"):
            card._activate_gift_card(5000, "account.move", 1)
        self.assertLedger(card, 0)

    def test_validity_counts_from_the_sale(self):
        batch = self._batch(validity_days=30, expiration_date="2026-12-31")
        first, second = batch.card_ids[:2]
        self.assertEqual(str(first.expiration_date), "2026-12-31")
        with freeze_time("2026-03-05 09:00:00"):
            self._sold(first)
        with freeze_time("2026-12-15 09:00:00"):
            self._sold(second)
        self.assertEqual(str(first.expiration_date), "2026-04-04")
        self.assertEqual(str(second.expiration_date), "2026-12-31")

    # -- paying -----------------------------------------------------------------------
    def test_draft_invoice_is_paid_with_a_card(self):
        card = self._sold()
        invoice = self._invoice(9000, self.boris, post=False)
        self.assertEqual(invoice._loyalty_pay_with_gift_card(card, 4000), 4000)
        self.assertEqual(invoice.amount_total, 5000)
        self.assertLedger(card, 10000)
        invoice.action_post()
        self.assertLedger(card, 6000)
        invoice.button_draft()
        self.assertLedger(card, 10000)

    def test_unsold_blocked_and_expired_cards_do_not_pay(self):
        unsold, blocked, expired = self.batch.card_ids
        self._sold(blocked)
        self._sold(expired)
        blocked.action_block("Reported lost")
        expired.expiration_date = "2020-01-31"
        for card, words in (
            (unsold, "not sold yet"),
            (blocked, "Reported lost"),
            (expired, "expired on"),
        ):
            with self.subTest(words):
                invoice = self._invoice(9000, self.boris, post=False)
                order = self._order(9000, self.boris)
                with self.assertRaisesRegex(UserError, words):
                    invoice._loyalty_pay_with_gift_card(card, 0.01)
                with self.assertRaisesRegex(UserError, words):
                    order._loyalty_pay_with_gift_card(card)
                self.assertEqual(invoice.amount_total, 9000)
                self.assertEqual(order.amount_total, 9000)

    def test_card_cannot_pay_more_than_the_bill(self):
        card = self._sold()
        invoice = self._invoice(3000, self.boris, post=False)
        with self.assertRaisesRegex(UserError, "Enter an amount"):
            invoice._loyalty_pay_with_gift_card(card, 4000)
        self.assertEqual(invoice.amount_total, 3000)

    def test_dialog_shows_balance_and_pays(self):
        card = self._sold()
        cashier = self._user("gift_cashier", "sales_team.group_sale_salesman")
        order = self._order(9000, self.boris)
        order.user_id = cashier
        wizard = Form(
            self.env["loyalty.gift.redeem"]
            .with_user(cashier)
            .with_context(default_order_id=order.id)
        )
        wizard.code = "no such code"
        self.assertIn("No card has this code", wizard.message)
        wizard.code = card.code.lower()
        self.assertEqual(
            (wizard.balance, wizard.due, wizard.amount), (10000, 9000, 9000)
        )
        wizard.amount = 4000
        wizard.save().action_pay()
        self.assertEqual(order.amount_total, 5000)

    # -- states ---------------------------------------------------------------
    def test_state_is_found_by_search(self):
        unsold, active, used = self.batch.card_ids
        self._sold(active)
        self._sold(used)
        order = self._order(10000, self.boris)
        order._loyalty_pay_with_gift_card(used)
        order.action_confirm()
        for state, card in (("unsold", unsold), ("active", active), ("used", used)):
            with self.subTest(state):
                self.assertEqual(card.gift_state, state)
                found = self.env["loyalty.card"].search(
                    [("gift_state", "=", state), ("gift_batch_id", "=", self.batch.id)]
                )
                self.assertEqual(found, card)
        active.action_block("lost")
        self.assertEqual(active.gift_state, "blocked")
        self.assertEqual(
            self.env["loyalty.card"].search(
                [
                    ("gift_state", "in", ["blocked", "used"]),
                    ("gift_batch_id", "=", self.batch.id),
                ]
            ),
            active | used,
        )
        active.action_unblock()
        self.assertEqual(active.gift_state, "active")
