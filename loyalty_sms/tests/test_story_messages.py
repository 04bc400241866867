from freezegun import freeze_time

from odoo.tests import tagged

from ..engine.gateways.base import Inbound
from .common import SmsCommon

NUMBER = "+37491234567"


@tagged("post_install", "-at_install")
class TestStoryMessages(SmsCommon):
    """Ani's week in messages, in Armenian (times of Yerevan are UTC+4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("hy_AM")
        cls.env["ir.module.module"].search(
            [("name", "=", "loyalty_sms")]
        )._update_translations(["hy_AM"])
        cls.club.with_context(active_test=False).multiplier_ids.active = True
        for event in ("welcome", "purchase", "tier_up", "rating_request", "tier_down"):
            cls.env.ref(f"loyalty_sms.rule_{event}").active = True
        cls.env.ref("loyalty_sms.rule_delivery_started").active = True
        cls.gateway = cls.env["loyalty.sms.gateway"].create(
            {"name": "Demo", "channel": "sms", "company_id": cls.company.id}
        )
        cls.ani.write({"lang": "hy_AM", "consent_sms": True})

    def _news(self, when):
        """Events and texts of the messages that are planned by ``when``."""
        known = self._told()
        with freeze_time(when):
            self._plan()
        fresh = self._told() - known
        self.assertEqual(set(fresh.mapped("state")) - {"queued"}, set())
        self.assertEqual(set(fresh.mapped("lang")) - {"hy_AM"}, set())
        return {message.rule_id.event: message.body for message in fresh}

    def _offer(self):
        """Saturday's offer: what the planner decides about Ani."""
        found = self.messages._decide(self.ani, "sms", "marketing", self.company)
        return found[self.ani.id]

    def test_anis_week(self):
        with freeze_time("2026-03-02 06:00:00"):
            self._enroll()
        news = self._news("2026-03-02 06:00:10")
        self.assertEqual(list(news), ["welcome"])
        self.assertIn("ողջույն, Ani", news["welcome"])

        with freeze_time("2026-03-02 06:05:00"):
            first = self._invoice(20000)
        self.assertFalse(self._news("2026-03-02 06:05:30"))
        with freeze_time("2026-03-02 06:06:00"):
            self._pay(first)
        news = self._news("2026-03-02 06:07:30")
        self.assertEqual(list(news), ["purchase"])
        self.assertIn("+600", news["purchase"])

        with freeze_time("2026-03-03 08:00:00"):
            tuesday = self._invoice(90000)
            self._pay(tuesday)
        news = self._news("2026-03-03 08:02:00")
        self.assertEqual(set(news), {"purchase", "tier_up"})
        self.assertRegex(news["purchase"], r"\+5\D?400")
        self.assertIn("Silver", news["tier_up"])

        with freeze_time("2026-03-04 12:00:00"):
            order = self._order(50000)
            order.action_loyalty_spend(3000)
            order.action_confirm()
            invoice = order._create_invoices()
            invoice.action_post()
            self._pay(invoice)
        news = self._news("2026-03-04 12:05:00")
        self.assertEqual(list(news), ["purchase"])
        self.assertRegex(news["purchase"], r"\+2\D?115")
        self.assertRegex(news["purchase"], r"5\D?115։$")

        with freeze_time("2026-03-06 06:00:00"):
            self.ani._loyalty_notify(
                "delivery_started",
                {"key": "trip:1", "courier": "Levon", "eta": "14:00–15:00"},
            )
        news = self._news("2026-03-06 06:00:05")
        self.assertIn("14:00", news["delivery_started"])

        with freeze_time("2026-03-06 11:00:00"):
            feedback = self.env["loyalty.feedback"]._request(self.ani, invoice)
        news = self._news("2026-03-06 11:01:00")
        self.assertEqual(list(news), ["rating_request"])
        self.assertIn("/f/", news["rating_request"])

        with freeze_time("2026-03-06 12:00:00"):
            self._told().filtered(lambda m: m.rule_id).write({"state": "delivered"})
            self._reply("5")
            self.assertRecordValues(feedback, [{"rating": 5, "state": "answered"}])

        with freeze_time("2026-03-06 15:00:00"):
            self.assertIsNone(self._offer().reason)
            self._reply("ԴԱԴԱՐ")
        with freeze_time("2026-03-07 08:00:00"):
            self.assertEqual(self._offer().reason, "opted_out")
            self.ani._loyalty_notify("delivery_started", {"key": "trip:2"})
        self.assertEqual(list(self._news("2026-03-07 08:00:05")), ["delivery_started"])

    def _reply(self, text):
        return self.env["loyalty.sms.inbound"]._receive(
            self.gateway, [Inbound(NUMBER, text)]
        )
