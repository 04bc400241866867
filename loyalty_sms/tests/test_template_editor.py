from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

from ..models.variables import Variable


class TestTemplateEditor(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("hy_AM", "fa_IR"):
            cls.env["res.lang"]._activate_lang(code)
        cls.marketer = cls._user("sms_text", "loyalty_sms.group_sms_user")
        cls.stranger = cls._user("sms_none", "base.group_user")
        cls.templates = cls.env["loyalty.sms.template"].with_user(cls.marketer)
        cls.template = cls.templates.create(
            {"name": "Hello", "texts": {"en_US": "Hello", "hy_AM": "Բարև"}}
        )

    # -- all languages at once ------------------------------------------------------
    def test_texts_of_all_languages_are_stored(self):
        self.assertEqual(self.template.texts, {"en_US": "Hello", "hy_AM": "Բարև"})
        self.assertEqual(self.template.with_context(lang="hy_AM").body, "Բարև")
        self.assertEqual(self.template.with_context(lang="en_US").body, "Hello")

    def test_missing_languages_are_named(self):
        self.assertIn("Persian / فارسی", self.template.missing_langs)
        self.assertNotIn("Armenian", self.template.missing_langs)

    def test_an_emptied_text_is_a_missing_one(self):
        self.template.texts = {"en_US": "Hello", "hy_AM": " "}
        self.assertEqual(self.template.texts, {"en_US": "Hello"})
        self.assertIn("Armenian", self.template.missing_langs)

    def test_a_template_without_english_has_none(self):
        template = self.templates.create({"name": "Hy", "texts": {"hy_AM": "Բարև"}})
        self.assertEqual(template.texts, {"hy_AM": "Բարև"})
        self.assertIn("English", template.missing_langs)
        template.texts = {"hy_AM": "Ողջույն", "fa_IR": "سلام"}
        self.assertEqual(template.texts, {"hy_AM": "Ողջույն", "fa_IR": "سلام"})

    def test_a_template_without_any_text_is_refused(self):
        with self.assertRaises(UserError):
            self.template.texts = {"en_US": "", "hy_AM": ""}
        self.assertEqual(self.template.texts, {"en_US": "Hello", "hy_AM": "Բարև"})

    # -- a real customer ------------------------------------------------------------
    def test_facts_of_a_customer_are_shown_in_the_language_of_the_text(self):
        self._enroll()
        values = self.templates.editor_values(self.ani.id, "hy_AM")
        self.assertEqual(values["name"][""], "Ani")
        self.assertEqual(values["to_next"][""], "100 000 ֏")
        self.assertEqual(values["next_tier"][""], "Silver")

    def test_samples_stand_where_there_is_no_customer(self):
        values = self.templates.editor_values(False, "en_US")
        self.assertEqual(values["points"], {**values["points"], "": "4,515"})

    def test_what_a_customer_lacks_is_empty_not_a_sample(self):
        values = self.templates.editor_values(self.ani.id, "en_US")
        self.assertEqual(values["tier"], {"": ""})

    def test_facts_are_for_marketing_users(self):
        templates = self.templates.with_user(self.stranger)
        for call in (
            templates.editor_facts,
            lambda: templates.editor_values(self.ani.id, "en_US"),
            lambda: templates.editor_price(self.ani.id, "service"),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_facts_of_another_company_are_refused(self):
        other = self._make_company("Other LLC")
        with self.assertRaises(AccessError):
            self.templates.editor_values(self.ani.id, "en_US", other.id)

    # -- access -----------------------------------------------------------------------
    def test_strangers_neither_read_nor_write_templates(self):
        template = self.template.with_user(self.stranger)
        with self.assertRaises(AccessError):
            template.read(["body"])
        with self.assertRaises(AccessError):
            template.body = "Mine"
        self.assertEqual(self.template.with_context(lang="en_US").body, "Hello")

    # -- a test message ---------------------------------------------------------------
    def test_a_test_is_one_transactional_message_to_the_number_given(self):
        test = self._test(number="091 23 45 67", partner_id=self.ani.id)
        test.action_send()
        message = self.env["loyalty.message"].search(
            [("template_id", "=", self.template.id)]
        )
        self.assertRecordValues(
            message,
            [
                {
                    "number": "+37491234567",
                    "message_class": "transactional",
                    "state": "queued",
                    "body": "Hello",
                    "segments": 1,
                }
            ],
        )

    def test_a_test_to_no_number_is_refused_and_nothing_is_queued(self):
        for channel, number in (("sms", "yes"), ("email", "ani"), ("sms", False)):
            test = self._test(number=number, channel=channel)
            with self.subTest(number), self.assertRaises(UserError):
                test.action_send()
        self.assertFalse(
            self.env["loyalty.message"].search([("template_id", "=", self.template.id)])
        )

    def test_a_test_says_that_customers_would_not_get_the_text(self):
        self.template.write({"texts": {"en_US": "a" * 161}, "max_segments": 1})
        self.assertIn("2 segments", self._test().problem)

    def test_neither_preview_nor_test_holds_a_secret_of_the_customer(self):
        secret = Variable("login_link", "text", "Link", "shop.am/sample", True)
        asked = []

        def values(self, partners, names, company, channel="sms"):
            asked.extend(names)
            return {p.id: dict.fromkeys(names, "the real one") for p in partners}

        Template = self.env.registry["loyalty.sms.template"]
        known = {**self.template._variables(), "login_link": secret}
        with (
            patch.object(Template, "_variables", lambda self: known),
            patch.object(Template, "_member_values", values),
        ):
            self.template.texts = {"en_US": "{{ login_link }} {{ name }}"}
            body = self._test(partner_id=self.ani.id).body
            shown = self.templates.editor_values(self.ani.id, "en_US")
        self.assertEqual(body, "shop.am/sample the real one")
        self.assertEqual(shown["login_link"][""], "shop.am/sample")
        self.assertNotIn("login_link", asked)

    def test_strangers_send_no_tests(self):
        with self.assertRaises(AccessError):
            self._test().with_user(self.stranger).action_send()

    def _test(self, **values):
        return (
            self.env["loyalty.sms.template.test"]
            .with_user(self.marketer)
            .create({"template_id": self.template.id, **values})
        )
