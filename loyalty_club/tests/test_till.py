from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LoyaltyCommon


class TillCommon(LoyaltyCommon):
    """A cashier at Kentron, with a cash desk, gift cards and one product."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = cls._user("till_cashier", "loyalty_club.group_loyalty_cashier")
        cls.kentron.write(
            {
                "operator_ids": [Command.set(cls.cashier.ids)],
                "journal_id": cls.cash.id,
            }
        )
        cls.till = cls.env["loyalty.till"].with_user(cls.cashier)
        cls.card = cls._enroll(cls.ani)
        cls.card.branch_id = cls.kentron
        cls.product.barcode = "4850001000017"
        cls.env.ref("loyalty_club.product_till_sale").taxes_id = cls.tax
        cls.gifts = cls._make_gift_program()

    @classmethod
    def _make_gift_program(cls):
        product = cls._make_product("Gift card", 10000)
        return cls.env["loyalty.program"].create(
            {
                "name": "Gift cards of Arev",
                "program_type": "gift_card",
                "applies_on": "future",
                "company_id": cls.company.id,
                "sequence": 0,
                "rule_ids": [
                    Command.create(
                        {
                            "reward_point_amount": 1,
                            "reward_point_mode": "money",
                            "reward_point_split": True,
                            "product_ids": [Command.set(product.ids)],
                        }
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1,
                            "required_points": 1,
                            "discount_applicability": "order",
                        }
                    )
                ],
            }
        )

    @classmethod
    def _basket(cls, amount=None, key=None, **values):
        lines = [{"amount": amount}] if amount else []
        basket = {"branch_id": cls.kentron.id, "lines": lines, **values}
        return {**basket, "key": f"test-{key}"} if key else basket

    def _sell(self, amount, key, **values):
        values.setdefault("card_id", self.card.id)
        return self.till.sell(self._basket(amount, key, **values))

    def _sell_gift(self, amount, key, **values):
        return self.till.sell_gift_card(
            {**self._basket(key=key, **values), "amount": amount}
        )

    def _documents(self):
        """What a refusal must leave as it was."""
        self.env.flush_all()
        domain = [("company_id", "=", self.company.id)]
        return {
            "moves": self.env["account.move"].search_count(domain),
            "payments": self.env["account.payment"].search_count(domain),
            "ledger": self.env["loyalty.point.move"].search_count([]),
            "cards": self.env["loyalty.card"].search_count([]),
        }

    def assertRefused(self, call, sentence, error=UserError):
        before = self._documents()
        with self.assertRaises(error) as caught:
            call()
        self.assertRegex(str(caught.exception), sentence)
        self.assertEqual(self._documents(), before)


@tagged("post_install", "-at_install")
class TestTillSale(TillCommon):
    def test_three_days_of_the_story_at_the_till(self):
        with freeze_time("2026-03-02 06:05:00"):
            monday = self._sell(20000, "monday")
            self.assertEqual(monday["earned"], 600)
            self.assertLedger(self.card, 600)
        with freeze_time("2026-03-03 08:00:00"):
            tuesday = self._sell(90000, "tuesday")
            self.assertEqual(tuesday["explanation"], "2 700 × Tuesday 2 = 5 400")
            self.assertEqual((tuesday["balance"], tuesday["tier"]), (6000, "Silver"))
        with freeze_time("2026-03-04 12:00:00"):
            basket = self._basket(50000, points=3000)
            seen = self.till.preview(self.card.id, basket)
            self.assertEqual(
                (seen["may_spend"], seen["to_pay"], seen["earns"]), (6000, 47000, 2115)
            )
            self.assertEqual(seen["explanation"], "1 410 × Silver 1.5 = 2 115")
            wednesday = self._sell(50000, "wednesday", points=3000, to_pay=47000)
        self.assertEqual(
            {name: wednesday[name] for name in ("total", "spent", "earned", "balance")},
            {"total": 47000, "spent": 3000, "earned": 2115, "balance": 5115},
        )
        self.assertIn("143,000", wednesday["progress"])
        self.assertLedger(self.card, 5115)

    def test_a_sale_is_a_posted_receipt_paid_at_the_cash_desk_of_the_branch(self):
        result = self._sell(12000, "receipt")
        receipt = self.env["account.move"].browse(result["id"])
        self.assertRecordValues(
            receipt,
            [
                {
                    "move_type": "out_receipt",
                    "state": "posted",
                    "payment_state": "paid",
                    "amount_total": 12000,
                    "amount_tax": 2000,
                    "partner_id": self.ani.id,
                    "loyalty_branch_id": self.kentron.id,
                    "create_uid": self.cashier.id,
                }
            ],
        )
        payment = receipt._get_reconciled_payments()
        self.assertRecordValues(
            payment, [{"amount": 12000, "journal_id": self.cash.id}]
        )

    def test_products_are_sold_at_the_price_list_of_the_tier(self):
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "product.group_product_pricelist"
        )
        self.bronze.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Members",
                "currency_id": self.company.currency_id.id,
                "company_id": self.company.id,
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )
        self.env.invalidate_all()
        found = self.till.find("4850001000017", self.kentron.id, "basket", self.card.id)
        self.assertEqual(found["product"]["price"], 900)
        lines = [{"product_id": self.product.id, "quantity": 3}]
        result = self._sell(None, "products", lines=lines)
        self.assertEqual(result["total"], 2700)

    def test_an_amount_is_what_the_customer_pays_where_taxes_are_added_too(self):
        self.tax.price_include_override = "tax_excluded"
        self.assertEqual(self._sell(12000, "tax")["total"], 12000)

    def test_the_screen_shows_the_total_that_is_booked(self):
        self.tax.write({"price_include_override": "tax_excluded", "amount": 15})
        self._sell(50000, "cents")
        for amount, points in ((9999.99, 111.11), (50000, 1234.5)):
            basket = self._basket(amount, points=points)
            seen = self.till.preview(self.card.id, basket)
            sold = self._sell(amount, f"cents-{points}", points=points)
            self.assertEqual(seen["to_pay"], sold["total"])

    def test_the_same_key_books_once_and_answers_the_same(self):
        first = self._sell(20000, "twice")
        before = self._documents()
        self.assertEqual(self._sell(20000, "twice"), first)
        self.assertEqual(self._documents(), before)

    def test_a_key_of_somebody_else_is_refused(self):
        self._sell(20000, "mine")
        other = self._user("till_other", "loyalty_club.group_loyalty_cashier")
        self.kentron.operator_ids += other
        till = self.till.with_user(other)
        self.assertRefused(
            lambda: till.sell(self._basket(20000, "mine")), "somebody else", AccessError
        )

    def test_too_many_points_leave_nothing_behind(self):
        self._sell(20000, "earn")
        self.assertRefused(
            lambda: self._sell(1000, "greedy", points=400), r"at most 300"
        )
        self.assertLedger(self.card, self.card.points)

    def test_a_total_that_changed_is_not_taken(self):
        self.assertRefused(
            lambda: self._sell(1000, "changed", to_pay=900), "not .*900.*changed"
        )

    def test_an_empty_basket_and_nonsense_are_refused(self):
        self.assertRefused(lambda: self._sell(None, "empty-one"), "basket is empty")
        for nonsense in (-5, float("nan"), "a lot"):
            self.assertRefused(
                lambda nonsense=nonsense: self._sell(nonsense, "nonsense"),
                "no amount that can be booked",
            )

    def test_who_is_no_member_buys_and_earns_nothing(self):
        result = self._sell(5000, "walk-in", card_id=None)
        self.assertEqual((result["total"], result["member"]), (5000, ""))
        walk_in = self.env.ref("loyalty_club.partner_till")
        self.assertFalse(self.club._card_of(walk_in))

    def test_a_failing_payment_books_nothing(self):
        payments = type(self.env["account.payment.register"])
        with patch.object(payments, "_create_payments", side_effect=UserError("Shut")):
            self.assertRefused(lambda: self._sell(5000, "payment"), "Shut")
        self.assertLedger(self.card, 0)

    def test_a_preview_writes_nothing(self):
        before = self._documents()
        seen = self.till.preview(self.card.id, self._basket(1000, points=100))
        self.assertIn("cannot spend", seen["problem"])
        self.assertEqual((seen["points"], seen["to_pay"]), (0, 1000))
        self.assertEqual(self._documents(), before)


@tagged("post_install", "-at_install")
class TestTillUndo(TillCommon):
    def test_the_last_sale_is_undone_by_a_credit_note_once(self):
        with freeze_time("2026-03-02 06:00:00"):
            self._sell(20000, "first-sale")
        with freeze_time("2026-03-02 06:05:00"):
            self._sell(1000, "second-sale", points=300)
            self.assertLedger(self.card, 600 - 300 + 21)
        with freeze_time("2026-03-02 06:10:00"):
            done = self.till.undo_last("test-second-sale")
            self.assertEqual(self.till.undo_last("test-second-sale"), done)
        receipt = self.env["account.move"].browse(done["id"])
        self.assertRecordValues(
            receipt.reversal_move_ids,
            [{"state": "posted", "payment_state": "paid", "amount_total": 700}],
        )
        self.assertLedger(self.card, 600)

    def test_after_a_quarter_of_an_hour_it_is_too_late(self):
        self._sell(20000, "old-sale")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            self.assertRefused(
                lambda: self.till.undo_last("test-old-sale"), "within 15 minutes"
            )

    def test_only_the_last_sale_is_undone(self):
        self._sell(20000, "sale-one")
        self._sell(30000, "sale-two")
        self.assertRefused(
            lambda: self.till.undo_last("test-sale-one"), "Only your last sale"
        )

    def test_an_undone_gift_card_is_closed_unless_it_was_used(self):
        sold = self._sell_gift(5000, "gift-undo")
        code = sold["gift_cards"][0]["code"]
        gift = self.env["loyalty.card"].search([("code", "=", code)])
        self.till.undo_last("test-gift-undo")
        self.assertRecordValues(gift, [{"points": 0, "state": "closed"}])
        sold = self._sell_gift(5000, "gift-used")
        code = sold["gift_cards"][0]["code"]
        gift = self.env["loyalty.card"].search([("code", "=", code)])
        gift._post_points([gift._entry("spend", -1000)])
        self.assertRefused(
            lambda: self.till.undo_last("test-gift-used"), "used already"
        )


@tagged("post_install", "-at_install")
class TestTillGiftCards(TillCommon):
    def test_boris_buys_a_gift_card_and_pays_a_part_with_it(self):
        boris = self.env["res.partner"].create({"name": "Boris"})
        card = self._enroll(boris)
        card.branch_id = self.kentron
        with freeze_time("2026-03-05 06:00:00"):
            sold = self._sell_gift(10000, "buy-gift", card_id=card.id)
        self.assertEqual((sold["total"], sold["earned"]), (10000, 0))
        receipt = self.env["account.move"].browse(sold["id"])
        self.assertEqual((receipt.amount_tax, receipt.payment_state), (0, "paid"))
        code = sold["gift_cards"][0]["code"]
        with freeze_time("2026-03-06 06:00:00"):
            found = self.till.find(code, self.kentron.id)["gift_card"]
            self.assertEqual(found["balance"], 10000)
            asked = [{"id": found["id"], "token": found["token"]}]
            result = self._sell(
                4000, "use-gift", card_id=card.id, gift_cards=asked, to_pay=0
            )
        self.assertEqual((result["total"], result["earned"]), (0, 0))
        left = self.till.gift_card_balance(code, self.kentron.id)
        self.assertEqual(left["balance"], 6000)
        gift = self.env["loyalty.card"].search([("code", "=", code)])
        self.assertLedger(gift, 6000)

    def test_what_a_gift_card_leaves_is_paid_in_cash_and_earns(self):
        sold = self._sell_gift(4000, "gift-4000")
        gift = self.till.find(sold["gift_cards"][0]["code"], self.kentron.id)
        asked = [{name: gift["gift_card"][name] for name in ("id", "token")}]
        with freeze_time("2026-03-06 06:00:00"):
            seen = self.till.preview(self.card.id, self._basket(9000, gift_cards=asked))
            self.assertEqual(
                (seen["to_pay"], seen["earns"], seen["gift_cards"][0]["left"]),
                (5000, 150, 0),
            )
            result = self._sell(9000, "gift-cash", gift_cards=asked, to_pay=5000)
        self.assertEqual((result["total"], result["earned"]), (5000, 150))

    def test_codes_of_new_gift_cards_are_strong(self):
        sold = self._sell_gift(1000, "strong-code")
        self.assertRegex(sold["gift_cards"][0]["code"], r"^044[0-9A-HJKMNP-TV-Z]{14}$")

    def test_a_gift_card_is_sold_once_for_one_key(self):
        first = self._sell_gift(1000, "gift-once")
        before = self._documents()
        self.assertEqual(self._sell_gift(1000, "gift-once"), first)
        self.assertEqual(self._documents(), before)

    def test_a_printed_card_is_sold_by_scanning_it(self):
        batch = self.env["loyalty.gift.batch"].create(
            {
                "name": "March",
                "program_id": self.gifts.id,
                "face_value": 10000,
                "count": 2,
            }
        )
        batch.action_generate()
        gift, other = batch.card_ids
        found = self.till.find(gift.code, self.kentron.id)["gift_card"]
        self.assertEqual((found["state"], found["face_value"]), ("unsold", 10000))
        sold = self._sell_gift(None, "printed", code=gift.code)
        self.assertEqual(sold["total"], 10000)
        self.assertEqual(sold["gift_cards"], [{"code": gift.code, "amount": 10000}])
        self.assertLedger(gift, 10000)
        self.assertRefused(
            lambda: self._sell_gift(None, "sold-again", code=gift.code),
            "sold already",
        )
        batch.branch_id = self.arabkir
        self.assertRefused(
            lambda: self._sell_gift(None, "not-here", code=other.code),
            "sold at Arabkir only",
        )
        self.till.undo_last("test-printed")
        self.assertRecordValues(gift, [{"points": 0, "gift_state": "unsold"}])

    def test_a_card_number_without_the_card_is_refused(self):
        sold = self._sell_gift(1000, "gift-id")
        gift = self.env["loyalty.card"].search(
            [("code", "=", sold["gift_cards"][0]["code"])]
        )
        self.assertRefused(
            lambda: self._sell(1000, "gift-steal", gift_cards=[{"id": gift.id}]),
            "Scan the card",
            AccessError,
        )


@tagged("post_install", "-at_install")
class TestTillFinding(TillCommon):
    def _find(self, query, mode="customer"):
        return self.till.find(query, self.kentron.id, mode)

    def test_a_member_is_found_by_every_spelling_of_the_phone(self):
        for spelling in ("091234567", "091 23-45-67", "+374 (91) 23 45 67"):
            with self.subTest(spelling):
                found = self._find(spelling)
                self.assertEqual(found["kind"], "member")
                self.assertEqual(found["member"]["id"], self.card.id)
                self.assertEqual(found["member"]["phone"], "+37491••••67")

    def test_a_member_is_found_by_the_code_as_it_is_typed(self):
        code = self.card.code
        self.assertEqual(self._find(code)["kind"], "member")
        self.assertEqual(self._find(f"{code[:3]} {code[3:].lower()}")["kind"], "member")

    def test_names_are_searched_in_the_own_branches_only(self):
        self.assertEqual(self._find("An")["kind"], "member")
        self.card.branch_id = self.arabkir
        self.assertEqual(self._find("An")["kind"], "nothing")

    def test_members_of_other_branches_are_served_when_they_show_who_they_are(self):
        self.card.branch_id = self.arabkir
        self.assertRefused(
            lambda: self.till.preview(self.card.id, self._basket(1000)),
            "another branch",
            AccessError,
        )
        for token in ("rubbish", self.till._token(self.gifts.coupon_ids | self.card)):
            member = self._find("091234567")["member"]
            if token == "rubbish":
                self.assertRefused(
                    lambda token=token: self._sell(1000, "rubbish", token=token),
                    "another branch",
                    AccessError,
                )
        self.assertEqual(
            self._sell(1000, "elsewhere", token=member["token"])["member"], "Ani"
        )

    def test_a_replaced_card_says_so(self):
        old = self.card.code
        new = self.till.replace_card(self.card.id, "lost")["code"]
        found = self._find(old)
        self.assertEqual(found["kind"], "blocked")
        self.assertIn("replaced", found["message"])
        self.assertNotIn(new, found["message"])
        self.assertEqual(self._find(new)["member"]["id"], self.card.id)

    def test_a_blank_card_in_use_replaces_nothing(self):
        other = self._enroll(self.env["res.partner"].create({"name": "Davit"}))
        old = self.card.code
        self.assertRefused(
            lambda: self.till.replace_card(self.card.id, "lost", other.code),
            "belongs to another card",
        )
        self.assertEqual(self.card.code, old)

    def test_points_of_a_blocked_card_stay(self):
        self._sell(20000, "block")
        self.card.action_block("Stolen bag")
        member = self._find(self.card.code)["member"]
        self.assertIn("Stolen bag", member["warnings"][0])
        self.assertRefused(
            lambda: self._sell(1000, "blocked", points=100), "Stolen bag"
        )

    def test_problem_customers_are_announced_with_the_reason(self):
        self.ani.write({"loyalty_class": "problem", "loyalty_class_reason": "Debts"})
        self.assertIn("Debts", self._find("091234567")["member"]["warnings"][0])

    def test_barcodes_amounts_and_names_in_the_basket(self):
        product = self._find("4850001000017", "basket")
        self.assertEqual(product["product"]["product_id"], self.product.id)
        self.assertEqual(product["product"]["price"], 1000)
        for text, amount in (("5000", 5000), ("12 500,50", 12500.5)):
            self.assertEqual(
                self._find(text, "basket"),
                {"kind": "amount", "amount": self.company.currency_id.round(amount)},
            )
        self.assertEqual(self._find("4850009999999", "basket")["kind"], "nothing")
        self.assertEqual(self._find("coffee b", "basket")["kind"], "product")

    def test_an_unknown_phone_offers_registering_with_it(self):
        self.assertEqual(
            self._find("077 11 22 33"),
            {
                "kind": "nothing",
                "phone": "+37477112233",
                "name": "",
                "is_customer": False,
            },
        )

    def test_a_member_is_registered_and_buys(self):
        member = self.till.register(
            {"branch_id": self.kentron.id, "name": "Davit", "phone": "077 11 22 33"}
        )
        self.assertEqual((member["name"], member["tier"]), ("Davit", "Bronze"))
        self.assertEqual(member["branch"], "Kentron")
        self.assertEqual(self._find("+37477112233")["member"]["id"], member["id"])
        with freeze_time("2026-03-02 06:05:00"):
            sold = self._sell(1000, "davit", card_id=member["id"])
        self.assertEqual(sold["earned"], 30)

    def test_a_customer_becomes_a_member_and_a_member_is_not_doubled(self):
        boris = self.env["res.partner"].create({"name": "Boris", "phone": "077112233"})
        found = self._find("077112233")
        self.assertEqual((found["name"], found["is_customer"]), ("Boris", True))
        values = {"branch_id": self.kentron.id, "name": "B.", "phone": "077 112233"}
        member = self.till.register(values)
        self.assertEqual(member["name"], "Boris")
        self.assertEqual(self.club._card_of(boris).id, member["id"])
        self.assertRefused(lambda: self.till.register(values), "Boris")
        self.assertRefused(lambda: self.till.register({**values, "phone": "12"}), "12")


@tagged("post_install", "-at_install")
class TestTillRights(TillCommon):
    def test_the_screen_opens_on_the_branches_of_the_cashier(self):
        opened = self.till.open_till()
        self.assertEqual([branch["name"] for branch in opened["branches"]], ["Kentron"])
        branch = opened["branches"][0]
        self.assertEqual(branch["journals"][0]["id"], self.cash.id)
        self.assertEqual(branch["club"], "Arev Club")
        self._sell(20000, "recent")
        self.assertEqual(self.till.open_till()["sales"][0]["total"], 20000)

    def test_only_cashiers_may_use_the_till(self):
        clerk = self._user("till_clerk", "base.group_user")
        till = self.till.with_user(clerk)
        calls = {
            "open_till": (),
            "find": ("Ani", self.kentron.id),
            "preview": (self.card.id, self._basket(1000)),
            "sell": (self._basket(1000, "clerk"),),
            "sell_gift_card": (self._basket(1000, "clerk-gift"),),
            "gift_card_balance": ("044", self.kentron.id),
            "replace_card": (self.card.id, "lost"),
            "register": ({"branch_id": self.kentron.id, "name": "X"},),
            "undo_last": ("test-clerk",),
        }
        for name, arguments in calls.items():
            with self.subTest(name):
                self.assertRefused(
                    lambda name=name, arguments=arguments: getattr(till, name)(
                        *arguments
                    ),
                    "Only cashiers",
                    AccessError,
                )

    def test_a_cashier_sells_in_the_own_branches_only(self):
        basket = {**self._basket(1000, "arabkir"), "branch_id": self.arabkir.id}
        self.assertRefused(lambda: self.till.sell(basket), "no operator", AccessError)

    def test_a_cashier_cannot_read_the_books(self):
        result = self._sell(1000, "books")
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(self.cashier).browse(
                result["id"]
            ).check_access("read")

    def test_the_printed_receipt_says_what_the_screen_says(self):
        with freeze_time("2026-03-02 06:05:00"):
            result = self._sell(20000, "print")
        reports = self.env["ir.actions.report"].with_user(self.cashier)
        name = "loyalty_club.till_receipt"
        html = reports._render_qweb_html(name, [result["id"]])[0].decode()
        for text in (result["number"], "Ani", "600.00", "Kentron"):
            self.assertIn(text, html)
        self.kentron.operator_ids = False
        html = reports._render_qweb_html(name, [result["id"]])[0].decode()
        self.assertNotIn(result["number"], html)
