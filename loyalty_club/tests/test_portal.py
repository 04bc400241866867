import re
from unittest.mock import patch

from lxml import html

from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_gift_cards import GiftCardCommon

CONTROLLERS = "odoo.addons.loyalty_club.controllers"


class PortalCommon(GiftCardCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani.country_id = cls.company.country_id
        cls.ani_user = cls._portal_user("ani_portal", cls.ani)
        cls.boris.phone = "+37491765432"
        cls.boris_user = cls._portal_user("boris_portal", cls.boris)
        public = cls.env.ref("base.public_user")
        public.sudo().write(
            {"company_ids": [(4, cls.company.id)], "company_id": cls.company.id}
        )

    @classmethod
    def _portal_user(cls, login, partner):
        return cls._user(
            login,
            "base.group_portal",
            partner_id=partner.id,
            name=partner.name,
            email=f"{partner.name.lower()}@example.com",
        )

    def _page(self, url, data=None, status=200, csrf=True):
        if data is not None and csrf:
            data = dict(data, csrf_token=http.Request.csrf_token(self))
        response = self.url_open(url, data=data)
        self.assertEqual(response.status_code, status, url)
        return response

    def _text(self, response):
        main = html.fromstring(response.content).xpath("//main")[0]
        return re.sub(r"\s+", " ", main.text_content())


@tagged("post_install", "-at_install")
class TestMyClub(PortalCommon):
    def setUp(self):
        super().setUp()
        self.card = self._enroll()
        self.card._post_points([self.card._entry("bonus", 4321)])

    def test_member_sees_the_own_balance_tier_and_card(self):
        self._invoice(20000)
        self.authenticate("ani_portal", "ani_portal")
        response = self._page("/my/club")
        text = self._text(response)
        self.assertIn("4,321", text)
        self.assertIn("On the way: 600", text)
        self.assertIn("Waits for the payment of INV/", text)
        self.assertIn("Your tier: Bronze", text)
        self.assertIn("to Silver", text)
        self.assertIn(self.card._grouped_code(), text)
        self.assertIn("Free delivery from", text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn("/my/club", self._page("/my/home").text)

    def test_others_see_nothing_of_it(self):
        self.authenticate("boris_portal", "boris_portal")
        for url in ("/my/club", "/my/club/history", "/my/club/card"):
            with self.subTest(url):
                text = self._text(self._page(url))
                self.assertNotIn("4,321", text)
                self.assertNotIn(self.card._grouped_code(), text)
                self.assertIn("You are no member yet", text)
        for tampered in (
            f"/my/club?card_id={self.card.id}",
            f"/my/club/history?card_id={self.card.id}&partner_id={self.ani.id}",
            f"/my/club/card?id={self.card.id}",
        ):
            with self.subTest(tampered):
                self.assertNotIn("4,321", self._text(self._page(tampered)))
        self._page(f"/my/club/card.pdf?card_id={self.card.id}", status=404)

    def test_strangers_must_sign_in(self):
        self.authenticate(None, None)
        for url in (
            "/my/club",
            "/my/club/card",
            "/my/club/history",
            "/my/club/profile",
        ):
            with self.subTest(url):
                response = self.url_open(url)
                self.assertIn("/web/login", response.url)

    def test_portal_user_reads_no_cards_by_rpc(self):
        for model in ("loyalty.card", "loyalty.point.move", "loyalty.gift.batch"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.ani_user).search([])
        with self.assertRaises(AccessError):
            self.env["loyalty.branch"].with_user(self.ani_user).search([])

    def test_card_fills_the_screen_with_its_qr(self):
        self.authenticate("ani_portal", "ani_portal")
        response = self._page("/my/club/card")
        self.assertIn("data:image/png;base64,", response.text)
        self.assertNotIn("/report/barcode", response.text)
        self.assertIn(self.card._grouped_code(), self._text(response))

    def test_history_is_paged_and_explained(self):
        for number in range(25):
            self.card._post_points(
                [self.card._entry("bonus", 1, reason=f"Reason {number}.")]
            )
        self.authenticate("ani_portal", "ani_portal")
        first = self._text(self._page("/my/club/history"))
        second = self._text(self._page("/my/club/history/page/2"))
        self.assertIn("Reason 24.", first)
        self.assertNotIn("Reason 2.", first)
        self.assertIn("Reason 2.", second)
        self.assertIn("4,321", second)

    def test_portal_user_joins_where_the_company_lets_them(self):
        self.authenticate("boris_portal", "boris_portal")
        self.company.loyalty_self_registration = False
        self._page("/my/club/join", {}, status=404)
        self.assertFalse(self.club._card_of(self.boris))
        self.company.loyalty_self_registration = True
        self._page("/my/club/join", {})
        self.assertTrue(self.club._card_of(self.boris))

    # -- gift cards ---------------------------------------------------------------
    def test_gift_cards_of_the_member_are_shown_and_no_others(self):
        mine, other, _unsold = self.batch.card_ids
        for card, partner in ((mine, self.ani), (other, self.boris)):
            self._sold(card)
            card.partner_id = partner
        self.authenticate("ani_portal", "ani_portal")
        text = self._text(self._page("/my/club"))
        self.assertIn(mine.masked_code, text)
        self.assertIn(mine._grouped_code(), text)
        self.assertNotIn(other.masked_code, text)
        self.assertNotIn(other._grouped_code(), text)

    def test_gift_card_bought_on_an_order_is_shown_to_the_buyer(self):
        order = self._order(10000, self.ani, self.gift_product)
        order.order_line.tax_ids = False
        order.action_confirm()
        bought = order.coupon_point_ids.coupon_id.filtered(
            lambda card: card.program_id == self.gifts
        )
        self.authenticate("ani_portal", "ani_portal")
        self.assertIn(bought.masked_code, self._text(self._page("/my/club")))
        bought.partner_id = self.boris
        self.assertNotIn(bought.masked_code, self._text(self._page("/my/club")))

    def test_pdf_is_the_own_card(self):
        self.authenticate("ani_portal", "ani_portal")
        with patch.object(
            type(self.env["ir.actions.report"]),
            "get_wkhtmltopdf_state",
            lambda report: "ok",
        ):
            response = self._page("/my/club/card.pdf?card_id=1")
        self.assertIn(self.card._grouped_code(), response.text)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_company_without_a_club_has_no_page(self):
        self.club.active = False
        self.env.registry.clear_cache()
        self.authenticate("ani_portal", "ani_portal")
        self._page("/my/club", status=404)
        self.assertNotIn("/my/club", self._page("/my/home").text)

    # -- profile --------------------------------------------------------------------
    def test_consents_are_kept_with_date_and_source(self):
        self.assertFalse(self.ani.consent_date)
        self.authenticate("ani_portal", "ani_portal")
        self._page("/my/club/profile", {"phone": "091 23 45 67", "consent_sms": "1"})
        self.assertRecordValues(
            self.ani,
            [
                {
                    "consent_sms": True,
                    "consent_email": False,
                    "consent_source": "own profile page",
                    "phone": "+37491234567",
                }
            ],
        )
        self.assertTrue(self.ani.consent_date)

    def test_birthday_is_set_once(self):
        self.authenticate("ani_portal", "ani_portal")
        self._page(
            "/my/club/profile", {"phone": "+37491234567", "birthday": "1990-05-01"}
        )
        self.assertEqual(str(self.ani.birthday), "1990-05-01")
        self._page(
            "/my/club/profile", {"phone": "+37491234567", "birthday": "1991-01-01"}
        )
        self.assertEqual(str(self.ani.birthday), "1990-05-01")

    def test_wrong_or_foreign_phone_is_refused(self):
        self.authenticate("ani_portal", "ani_portal")
        for phone, words in (
            ("12", "no phone number"),
            ("+37491765432", "cannot be used here"),
        ):
            with self.subTest(phone):
                page = self._page("/my/club/profile", {"phone": phone})
                self.assertIn(words, self._text(page))
                self.assertEqual(self.ani.phone, "+37491234567")

    def test_only_what_the_page_shows_can_be_written(self):
        hidden = self.env["loyalty.attribute"].create(
            {
                "name": "Notes",
                "on_portal": False,
                "value_ids": [(0, 0, {"name": "Pays late"})],
            }
        )
        asked = self.env["loyalty.attribute"].create(
            {"name": "Coffee", "value_ids": [(0, 0, {"name": "Black"})]}
        )
        self.ani.loyalty_attribute_ids = hidden.value_ids
        self.authenticate("ani_portal", "ani_portal")
        self._page(
            "/my/club/profile",
            {
                "phone": "+37491234567",
                "answers": str(asked.value_ids.id),
                "name": "Mallory",
                "loyalty_class": "vip",
                "partner_id": str(self.boris.id),
            },
        )
        self.assertEqual(self.ani.name, "Ani")
        self.assertEqual(
            self.ani.loyalty_attribute_ids, hidden.value_ids | asked.value_ids
        )
        self.assertNotEqual(self.ani.loyalty_class, "vip")

    @mute_logger("odoo.http")
    def test_profile_needs_the_token_of_the_session(self):
        self.authenticate("ani_portal", "ani_portal")
        self._page(
            "/my/club/profile", {"phone": "+37491111111"}, status=400, csrf=False
        )
        self.assertEqual(self.ani.phone, "+37491234567")


@tagged("post_install", "-at_install")
class TestBalancePage(PortalCommon):
    def setUp(self):
        super().setUp()
        self.env["loyalty.rate"].search([]).unlink()
        self.authenticate(None, None)
        self.card = self._sold()

    def _ask(self, code, status=200):
        return self._text(self._page("/gift-card", {"code": code}, status))

    def test_balance_is_shown_with_the_code_masked(self):
        self.card.expiration_date = "2031-12-31"
        text = self._ask(self.card._grouped_code().lower())
        self.assertIn("10,000", text)
        self.assertIn("12/31/2031", text)
        self.assertIn(self.card.masked_code, text)
        self.assertNotIn(self.card.code, text)
        self.assertNotIn(self.card._grouped_code(), text)

    def test_all_other_cards_get_the_same_answer(self):
        _sold, unsold, blocked = self.batch.card_ids
        self._sold(blocked)
        blocked.action_block("lost")
        replaced = self.card.code
        self.card.action_replace_code()
        member = self._enroll()
        answers = {
            self._ask(code)
            for code in (
                "0447ZZ01111111111",
                "x",
                unsold.code,
                blocked.code,
                replaced,
                member.code,
            )
        }
        self.assertEqual(len(answers), 1)
        self.assertIn("no such card, or it is not active", answers.pop())

    def test_page_is_neither_cached_nor_indexed(self):
        response = self._page("/gift-card")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])

    def test_code_in_the_address_is_ignored(self):
        text = self._text(self._page(f"/gift-card?code={self.card.code}"))
        self.assertNotIn("10,000", text)

    @mute_logger("odoo.http")
    def test_question_needs_the_token_of_the_session(self):
        self._page("/gift-card", {"code": self.card.code}, status=400, csrf=False)

    def test_one_address_is_locked_out_after_its_attempts(self):
        with patch(f"{CONTROLLERS}.gift_card.EACH_ADDRESS", 3):
            for _attempt in range(3):
                self._ask("wrong")
            text = self._ask(self.card.code, status=429)
        self.assertIn("Too many attempts", text)
        self.assertNotIn("10,000", text)

    def test_many_addresses_together_are_locked_out(self):
        rates = self.env["loyalty.rate"]
        limits = {"each": 2, "everybody": 3, "minutes": 15}
        allowed = [rates._allow("t", f"10.0.0.{n}", **limits) for n in range(4)]
        self.assertEqual(allowed, [True, True, True, False])

    def test_attempts_of_another_page_or_time_do_not_count(self):
        rates = self.env["loyalty.rate"]
        limits = {"each": 1, "everybody": 9, "minutes": 15}
        self.assertTrue(rates._allow("a", "10.0.0.1", **limits))
        self.assertTrue(rates._allow("b", "10.0.0.1", **limits))
        self.assertFalse(rates._allow("a", "10.0.0.1", **limits))
        rates.search([]).write({"date": "2020-01-01 00:00:00"})
        self.assertTrue(rates._allow("a", "10.0.0.1", **limits))
        self.assertNotIn("10.0.0.1", rates.search([]).mapped("who"))


@tagged("post_install", "-at_install")
class TestJoinPage(PortalCommon):
    def setUp(self):
        super().setUp()
        self.env["loyalty.rate"].search([]).unlink()
        self.authenticate(None, None)
        self.url = f"/club/join/{self.kentron.join_token}"
        self.typed = {
            "name": "Nare",
            "phone": "093 12 34 56",
            "email": "Nare@Example.com",
            "consent_sms": "1",
        }

    def _last_letter(self):
        return self.env["mail.mail"].search([], order="id desc", limit=1)

    def _partner(self):
        return self.env["res.partner"].search([("phone", "=", "+37493123456")])

    def test_stranger_becomes_a_member_with_a_portal_user(self):
        self.assertRegex(self.kentron.join_token, r"^[\w-]{43}$")
        text = self._text(self._page(self.url, self.typed))
        self.assertIn("We have sent a link", text)
        partner = self._partner()
        self.assertRecordValues(
            partner,
            [
                {
                    "name": "Nare",
                    "email": "nare@example.com",
                    "loyalty_branch_id": self.kentron.id,
                    "consent_sms": True,
                    "consent_email": False,
                    "consent_source": "registration page",
                }
            ],
        )
        self.assertEqual(self.club._card_of(partner).tier_id, self.bronze)
        self.assertTrue(partner.user_ids._is_portal())
        letter = self._last_letter()
        self.assertEqual(letter.recipient_ids, partner)
        self.assertIn("/web/signup?", letter.body_html)
        self.assertEqual(letter.state, "outgoing")

    def test_known_phone_gets_the_same_answer_and_no_letter(self):
        self._enroll()
        fresh = self._text(self._page(self.url, self.typed))
        before = self.env["mail.mail"].search_count([])
        typed = dict(self.typed, phone=self.ani.phone, email="mallory@example.com")
        known = self._text(self._page(self.url, typed))
        self.assertEqual(known, fresh)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertEqual(self.ani.email, "ani@example.com")
        self.assertFalse(
            self.env["res.users"].search([("login", "=", "mallory@example.com")])
        )

    def test_known_customer_gets_a_link_at_the_known_address(self):
        customer = self.env["res.partner"].create(
            {"name": "Davit", "email": "davit@example.com"}
        )
        typed = dict(self.typed, email="davit@example.com")
        self._page(self.url, typed)
        self.assertFalse(self._partner())
        self.assertTrue(customer.user_ids._is_portal())
        self.assertEqual(self._last_letter().recipient_ids, customer)

    def test_staff_are_not_invited_by_strangers(self):
        staff = self._user("cashier_join", "base.group_user", email="staff@example.com")
        before = self.env["mail.mail"].search_count([])
        self._page(self.url, dict(self.typed, email="staff@example.com"))
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertFalse(staff.partner_id.sudo().signup_type)

    def test_wrong_token_leads_nowhere(self):
        for token in ("x", self.kentron.join_token[:-1], "A" * 43):
            with self.subTest(token):
                self._page(f"/club/join/{token}", status=404)
        old = self.url
        self.kentron.action_new_join_token()
        self._page(old, status=404)

    def test_company_may_close_the_page(self):
        self.company.loyalty_self_registration = False
        self._page(self.url, status=404)

    def test_what_is_wrong_is_said_and_nothing_is_made(self):
        for change, words in (
            ({"phone": "12"}, "no phone number"),
            ({"email": "nare"}, "no e-mail address"),
            ({"name": " "}, "Enter your name"),
        ):
            with self.subTest(words):
                text = self._text(self._page(self.url, dict(self.typed, **change)))
                self.assertIn(words, text)
                self.assertFalse(self._partner())

    def test_friend_is_remembered(self):
        card = self._enroll()
        url = card._referral_url()
        self.assertRegex(url, r"/club/join/[\w-]{43}\?ref=[0-9A-HJKMNP-TV-Z]{14}$")
        page = self._page(url[url.index("/club") :])
        self.assertIn(card.referral_code, page.text)
        self._page(self.url, dict(self.typed, ref=card.referral_code))
        self.assertEqual(self._partner().loyalty_referrer_id, self.ani)

    def test_unknown_friend_is_no_hindrance(self):
        self._page(self.url, dict(self.typed, ref="nobody"))
        self.assertTrue(self._partner())
        self.assertFalse(self._partner().loyalty_referrer_id)

    def test_registrations_from_one_address_are_limited(self):
        with patch(f"{CONTROLLERS}.join.EACH_ADDRESS", 1):
            self._page(self.url, dict(self.typed, phone="12"))
            text = self._text(self._page(self.url, self.typed))
        self.assertIn("Too many registrations", text)
        self.assertFalse(self._partner())

    def test_each_branch_has_a_link_of_its_own(self):
        self.assertNotEqual(self.kentron.join_token, self.arabkir.join_token)
        cashier = self._user("join_cashier", "loyalty_club.group_loyalty_cashier")
        with self.assertRaises(AccessError):
            self.kentron.with_user(cashier).read(["join_token"])
