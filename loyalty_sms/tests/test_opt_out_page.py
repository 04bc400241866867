from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..controllers import link_page, preferences
from .common import SmsCommon


@tagged("post_install", "-at_install")
class TestOptOutPage(SmsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani.write({"consent_sms": True, "email": "ani@example.com"})

    def setUp(self):
        super().setUp()
        link = self.ani._stop_link("sms", self.company)
        self.path = "/u/" + link.rsplit("/", 1)[1]

    def _open(self, path=None, data=None, status=200):
        response = self.url_open(path or self.path, data=data)
        self.assertEqual(response.status_code, status)
        return response

    def _allowed(self, channel="sms", purpose="marketing"):
        self.env.invalidate_all()
        return self.ani._sms_allowed(channel, purpose)

    def test_looking_changes_nothing(self):
        response = self._open()
        self.assertIn("Stop offers", response.text)
        self.assertTrue(self._allowed())
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])

    def test_one_tap_stops_offers(self):
        waiting = self.messages._enqueue(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.ani.id,
                    "number": "+37491234567",
                    "channel": "sms",
                    "message_class": "marketing",
                    "body": "Offer",
                }
            ]
        )
        self.env.flush_all()
        response = self._open(data={"action": "stop"})
        self.assertIn("no more offers", response.text)
        self.assertFalse(self._allowed())
        self.assertTrue(self._allowed(purpose="service"))
        self.assertFalse(self.ani.consent_sms)
        self.assertEqual(waiting.state, "suppressed")
        row = self.env["loyalty.consent"].search(
            [("partner_id", "=", self.ani.id), ("source", "=", "link")]
        )
        self.assertEqual(set(row.mapped("action")), {"opt_out"})
        self.assertTrue(all(row.mapped("remote")))
        self._open(data={"action": "start"})
        self.assertTrue(self._allowed())

    def test_wishes_by_channel_and_purpose(self):
        self._open(
            data={
                "action": "save",
                "sms:service": "on",
                "email:marketing": "on",
                "email:service": "on",
                "email:survey": "on",
            }
        )
        self.assertFalse(self._allowed())
        self.assertTrue(self._allowed(purpose="service"))
        self.assertFalse(self._allowed(purpose="survey"))
        self.assertTrue(self._allowed("email"))
        self.assertTrue(self._allowed("email", "survey"))

    def test_no_messages_at_all(self):
        self._open(data={"action": "all"})
        self.assertFalse(self._allowed(purpose="all"))
        self.assertFalse(self._allowed("email", "service"))
        self._open(data={"action": "start"})
        self.assertTrue(self._allowed(purpose="all"))

    def test_an_unknown_act_is_none(self):
        self._open(data={"action": "drop table"})
        self.assertTrue(self._allowed())

    def test_false_links_are_nobodys(self):
        for path in ("/u/" + "A" * 15, self.path + "x", "/u/x", "/w/" + "A" * 15):
            self._open(path, status=404)
        wrong = self.path[3:]
        self._open("/w/" + wrong, status=404)

    def test_the_page_is_the_companys_that_wrote(self):
        self.assertIn("Arev LLC", self._open().text)

    def test_the_page_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"].search(
            [("name", "=", "loyalty_sms")]
        )._update_translations(["ru_RU"])
        self.ani.lang = "ru_RU"
        self.env.flush_all()
        self.assertIn("Отключить рассылку", self._open().text)

    def test_too_many_attempts_are_refused(self):
        rates = self.env["loyalty.rate"]
        for _attempt in range(preferences.EACH_ADDRESS):
            rates._allow("preferences", "127.0.0.1", each=1, everybody=1, minutes=15)
        self.env.flush_all()
        self._open(data={"action": "stop"}, status=429)
        self.assertTrue(self._allowed())

    def test_strangers_at_many_addresses_keep_no_customer_out(self):
        with patch.object(link_page, "ALL_ADDRESSES", 3):
            self.env["loyalty.rate"].create(
                [
                    {"scope": "preferences", "who": f"stranger {number}"}
                    for number in range(4)
                ]
            )
            self.env.flush_all()
            self._open(data={"action": "stop"})
            self.assertFalse(self._allowed())
            self.assertEqual(self.url_open("/u/stranger-guesses").status_code, 429)

    # -- welcome ----------------------------------------------------------------
    def test_a_new_member_chooses_a_password_by_the_link(self):
        link = self.ani._login_link(self.company)
        response = self.url_open("/w/" + link.rsplit("/", 1)[1], allow_redirects=False)
        self.assertIn(response.status_code, (302, 303))
        self.assertIn("/web/signup", response.headers["Location"])

    def test_the_link_ends_after_some_days(self):
        link = self.ani._login_link(self.company)
        token = link.rsplit("/", 1)[1]
        partners = self.env["res.partner"]
        self.assertEqual(partners._find_by_login_token(token), self.ani)
        with freeze_time(fields.Datetime.now() + timedelta(days=20)):
            self.assertFalse(partners._find_by_login_token(token))

    def test_an_employees_link_only_leads_to_the_log_in(self):
        user = self._user("clerk", "base.group_user")
        self.assertEqual(user.partner_id._login_page(), "/web/login")

    def test_texts_carry_the_link(self):
        template = self._template("Bye {{ stop_link }}")
        rendered = template.with_company(self.company)._render_for(self.ani, "sms")
        self.assertIn(self.path, rendered[self.ani.id].body)
