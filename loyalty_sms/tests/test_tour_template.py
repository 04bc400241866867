from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.loyalty_club.tests.browser import mend_assets


@tagged("post_install", "-at_install")
class TestTourTemplate(HttpCase):
    def test_a_template_is_written_in_two_languages_and_tested(self):
        mend_assets(self.env)
        self.env["res.lang"]._activate_lang("hy_AM")
        new_test_user(
            self.env,
            "tour_marketer",
            groups="loyalty_sms.group_sms_user,base.group_user",
        )
        self.env["res.partner"].create({"name": "Tour Customer"})
        self.start_tour(
            "/odoo/message-templates",
            "loyalty_sms_template_tour",
            login="tour_marketer",
            timeout=180,
        )
        template = self.env["loyalty.sms.template"].search(
            [("name", "=", "Thanks of the tour")]
        )
        self.assertEqual(template.texts["en_US"], "It’s yours:{{ first_name }}")
        self.assertIn("Շնորհակալություն", template.texts["hy_AM"])
        self.assertEqual(template.encoding_policy, "auto")
        messages = self.env["loyalty.message"].search(
            [("template_id", "=", template.id)]
        )
        self.assertRecordValues(
            messages,
            [
                {
                    "number": "+37491000000",
                    "message_class": "transactional",
                    "body": "It's yours:tour_marketer",
                }
            ],
        )
