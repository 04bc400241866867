from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.loyalty_club.models.res_partner_register import (
    DuplicateMember,
    InvalidCard,
    InvalidPhone,
)

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestRegistration(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "loyalty_club.group_loyalty_%s"
        cls.cashier = cls._user("cashier_reg", group % "cashier")
        cls.kentron.operator_ids = cls.cashier
        cls.partners = cls.env["res.partner"].with_user(cls.cashier)
        cls.source = cls.env["loyalty.source"].create({"name": "A friend"})
        attribute = cls.env["loyalty.attribute"].create({"name": "Coffee"})
        cls.beans = cls.env["loyalty.attribute.value"].create(
            {"name": "Whole beans", "attribute_id": attribute.id}
        )

    def _register(self, phone="093 55 66 77", name="Lilit", **values):
        return self.partners._loyalty_register({"name": name, "phone": phone, **values})

    def _count(self):
        return self.env["res.partner"].search_count([])

    def assertRefused(self, error, **values):
        before = self._count()
        with self.assertRaises(error) as caught:
            self._register(**values)
        self.assertEqual(self._count(), before)
        return caught.exception

    def test_members_read_the_language_of_their_number_and_not_the_cashiers(self):
        languages = self.env["res.lang"]
        for code in ("ru_RU", "fr_FR", "fr_BE"):
            languages._activate_lang(code)
        self.kentron.company_id.partner_id.lang = "fr_FR"
        for phone, said, lang in (
            ("+7 916 123 45 67", {}, "ru_RU"),
            ("+7 916 123 45 68", {"lang": "en_US"}, "en_US"),
            ("+44 7400 123456", {}, "fr_FR"),
        ):
            card = self._register(phone=phone, name=phone, **said)
            self.assertEqual(card.partner_id.sudo().lang, lang)

    def test_a_customer_who_exists_keeps_the_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        known = self.env["res.partner"].create(
            {"name": "Olga", "phone": "+79161234569", "lang": "en_US"}
        )
        self._register(phone="+79161234569", name="Olga", partner_id=known.id)
        self.assertEqual(known.lang, "en_US")

    @freeze_time("2026-03-02 06:00:00")
    def test_a_cashier_registers_a_member(self):
        card = self._register(
            gender="female",
            birthday="1990-03-08",
            wedding_date="2015-06-01",
            national_id="an 123 456",
            loyalty_source_id=self.source.id,
            loyalty_referrer_id=self.ani.id,
            loyalty_attribute_ids=self.beans.ids,
            consent_sms=True,
            consent_source="Till",
        )
        self.assertEqual(card.env.user, self.cashier)
        self.assertRecordValues(
            card.partner_id.sudo(),
            [
                {
                    "name": "Lilit",
                    "phone": "+37493556677",
                    "phone_sanitized": "+37493556677",
                    "gender": "female",
                    "birthday": fields.Date.to_date("1990-03-08"),
                    "wedding_date": fields.Date.to_date("2015-06-01"),
                    "national_id": "AN123456",
                    "loyalty_source_id": self.source.id,
                    "loyalty_referrer_id": self.ani.id,
                    "loyalty_attribute_ids": self.beans.ids,
                    "loyalty_branch_id": self.kentron.id,
                    "consent_sms": True,
                    "consent_email": False,
                    "consent_source": "Till",
                    "consent_date": fields.Datetime.to_datetime("2026-03-02 06:00:00"),
                }
            ],
        )
        self.assertEqual(card.program_id, self.club)
        self.assertEqual(card.branch_id, self.kentron)
        self.assertEqual(card.tier_id, self.bronze)
        self.assertLedger(card, 0)

    def test_others_do_not_register(self):
        clerk = self._user("clerk_reg", "base.group_user")
        before = self._count()
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(clerk)._loyalty_register(
                {"name": "Lilit", "phone": "093556677"}
            )
        self.assertEqual(self._count(), before)

    def test_fields_beyond_the_form_are_ignored(self):
        card = self._register(prepayment_only=True, loyalty_class="vip")
        partner = card.partner_id.sudo()
        self.assertFalse(partner.prepayment_only)
        self.assertNotEqual(partner.loyalty_class, "vip")

    # -- phones -----------------------------------------------------------------
    def test_mobiles_of_several_countries(self):
        for text, stored in (
            ("+995 555 12 34 56", "+995555123456"),
            ("+7 912 345-67-89", "+79123456789"),
            ("+98 912 345 6789", "+989123456789"),
            ("091 44-55-66", "+37491445566"),
        ):
            with self.subTest(text):
                card = self._register(phone=text)
                self.assertEqual(card.partner_id.sudo().phone, stored)

    def test_a_fixed_line_is_refused(self):
        error = self.assertRefused(InvalidPhone, phone="010 56 78 90")
        self.assertIn("no mobile phone", str(error))
        self.assertIn("+374", str(error))
        self.assertEqual(error.phone, "010 56 78 90")

    def test_a_short_number_is_refused_with_an_example(self):
        error = self.assertRefused(InvalidPhone, phone="09123")
        self.assertIn("Armenia", str(error))
        self.assertIn("+374", str(error))
        self.assertRefused(InvalidPhone, phone="")
        self.assertRefused(InvalidPhone, phone="call me")

    def test_a_second_company_has_its_own_country(self):
        tbilisi = self.env["res.company"].create(
            {"name": "Tbilisi LLC", "country_id": self.env.ref("base.ge").id}
        )
        self.cashier.company_ids |= tbilisi
        self.ani.company_id = self.company
        partners = self.partners.with_context(
            allowed_company_ids=tbilisi.ids
        ).with_company(tbilisi)
        with self.assertRaisesRegex(UserError, "no club"):
            self.club.company_id = self.company
            partners._loyalty_register({"name": "Nino", "phone": "555 12 34 56"})
        club = self._make_club(name="Tbilisi Club", company_id=tbilisi.id)
        card = partners._loyalty_register({"name": "Nino", "phone": "555 12 34 56"})
        self.assertEqual(card.partner_id.sudo().phone, "+995555123456")
        self.assertEqual(card.program_id, club)
        # Ani is a customer of the first company only: no duplicate here.
        card = partners._loyalty_register({"name": "Ani", "phone": "+37491234567"})
        self.assertNotEqual(card.partner_id, self.ani)

    def test_members_keep_their_phone_normalised(self):
        partner = self._register().partner_id.sudo()
        partner.phone = "094 11 22 33"
        self.assertEqual(partner.phone, "+37494112233")
        with self.assertRaises(InvalidPhone):
            partner.phone = "12"
        self.assertEqual(partner.phone, "+37494112233")
        self.ani.phone = "12"
        self.assertEqual(self.ani.phone, "12", "Ani is no member")

    # -- duplicates ---------------------------------------------------------------
    def test_a_known_phone_is_a_duplicate(self):
        member = self._register().partner_id
        error = self.assertRefused(DuplicateMember, phone="+374 93 556677")
        self.assertEqual(error.partner_ids, member.ids)
        self.assertIn("Lilit", str(error))
        error = self.assertRefused(DuplicateMember, phone="091234567")
        self.assertEqual(error.partner_ids, self.ani.ids)

    def test_a_known_national_id_is_a_duplicate(self):
        self.ani.national_id = "AN123456"
        error = self.assertRefused(DuplicateMember, national_id="an 123456")
        self.assertEqual(error.partner_ids, self.ani.ids)

    def test_a_card_of_a_member_is_a_duplicate(self):
        card = self._register()
        error = self.assertRefused(
            DuplicateMember, phone="094998877", code=card.sudo().code
        )
        self.assertEqual(error.partner_ids, card.partner_id.ids)

    def test_a_known_customer_is_enrolled_instead(self):
        self.ani.gender = "female"
        before = self._count()
        card = self._register(
            phone="091234567",
            name="Somebody else",
            gender="male",
            birthday="1990-03-08",
            partner_id=self.ani.id,
            consent_sms=True,
        )
        self.assertEqual(self._count(), before)
        self.assertEqual(card.partner_id, self.ani)
        self.assertEqual((self.ani.name, self.ani.gender), ("Ani", "female"))
        self.assertEqual(str(self.ani.birthday), "1990-03-08")
        self.assertTrue(self.ani.consent_sms)
        self.assertTrue(self.ani.consent_date)

    # -- cards ----------------------------------------------------------------------
    def test_a_scanned_code_becomes_the_card(self):
        card = self._register(code="2900001234567")
        self.assertEqual(card.sudo().code, "2900001234567")

    def test_a_blank_card_of_the_club_gets_its_member(self):
        blank = self.env["loyalty.card"].create({"program_id": self.club.id})
        card = self._register(code=blank.code.lower())
        self.assertEqual(card, blank)
        self.assertEqual(card.partner_id.name, "Lilit")
        self.assertEqual(card.tier_id, self.bronze)

    def test_a_misread_or_blocked_card_is_refused(self):
        code = self.env["loyalty.card"]._generate_code()
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        error = self.assertRefused(InvalidCard, code=wrong)
        self.assertEqual(error.code, wrong)
        self.assertRefused(InvalidCard, code="12")
        card = self._register()
        old = card.sudo().code
        card.sudo().action_replace_code("lost")
        error = self.assertRefused(InvalidCard, phone="094998877", code=old)
        self.assertIn("blocked", str(error))

    # -- rules on what is stored ------------------------------------------------------
    @freeze_time("2026-03-02 06:00:00")
    def test_impossible_dates_are_refused(self):
        self.assertRefused(ValidationError, birthday="2026-03-03")
        self.assertRefused(ValidationError, birthday="1026-03-03")
        self.assertRefused(ValidationError, wedding_date="2027-01-01")
        self.assertRefused(
            ValidationError, birthday="1990-03-03", wedding_date="1980-01-01"
        )

    def test_referrals_make_no_circle(self):
        first = self._register().partner_id.sudo()
        second = self._register(
            phone="094998877", loyalty_referrer_id=first.id
        ).partner_id.sudo()
        with self.assertRaisesRegex(ValidationError, "referred"):
            first.loyalty_referrer_id = first
        with self.assertRaisesRegex(ValidationError, "friends"):
            first.loyalty_referrer_id = second
        self.assertEqual(second.loyalty_referrer_id, first)

    def test_a_consent_has_its_date_and_source(self):
        partner = self._register().partner_id.sudo()
        with freeze_time("2026-04-01 10:00:00"):
            partner.with_user(self.env.user).consent_email = True
        self.assertEqual(str(partner.consent_date), "2026-04-01 10:00:00")
        self.assertEqual(partner.consent_source, self.env.user.name)

    # -- the form ---------------------------------------------------------------------
    def _form(self):
        return Form(self.env["loyalty.member.register"].with_user(self.cashier))

    def test_the_form_registers(self):
        form = self._form()
        self.assertEqual(form.program_id, self.club)
        self.assertEqual(form.branch_id, self.kentron)
        form.name = "Lilit"
        form.phone = "093 556677"
        self.assertEqual(form.phone, "+37493556677")
        self.assertFalse(form.duplicate_message)
        action = form.save().action_register()
        card = self.env["loyalty.card"].browse(action["res_id"])
        self.assertEqual(card.partner_id.phone, "+37493556677")
        self.assertTrue(card.partner_id.consent_service)

    def test_the_form_says_what_is_wrong_with_a_phone(self):
        form = self._form()
        form.name = "Lilit"
        form.phone = "010567890"
        self.assertIn("no mobile phone", form.phone_message)
        with self.assertRaises(InvalidPhone):
            form.save().action_register()

    def test_the_form_shows_duplicates_and_enrols(self):
        form = self._form()
        form.name = "Ani P."
        form.phone = "091 23 45 67"
        self.assertIn("Ani", form.duplicate_message)
        self.assertEqual(form.existing_id, self.ani)
        self.assertFalse(form.existing_is_member)
        wizard = form.save()
        with self.assertRaises(DuplicateMember):
            wizard.action_register()
        self.assertFalse(self.ani.loyalty_card_ids)
        wizard.action_enroll()
        self.assertEqual(len(self.ani.loyalty_card_ids), 1)
        wizard.invalidate_recordset()
        self.assertTrue(wizard.existing_is_member)
        form = self._form()
        form.phone = "091 23 45 67"
        self.assertTrue(form.existing_is_member)
        action = wizard.action_open_existing()
        self.assertEqual(action["res_id"], self.ani.id)

    def test_only_found_customers_are_enrolled_by_the_form(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        wizard = (
            self.env["loyalty.member.register"]
            .with_user(self.cashier)
            .create({"name": "X", "phone": "093556677", "existing_id": stranger.id})
        )
        with self.assertRaises(UserError):
            wizard.action_enroll()
        self.assertFalse(stranger.loyalty_card_ids)
