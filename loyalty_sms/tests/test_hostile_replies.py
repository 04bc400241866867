"""Customers who write too much, or what no customer should."""

from freezegun import freeze_time

from odoo.tests import tagged

from ..engine.gateways.base import Inbound
from ..models.loyalty_sms_inbound import REPLIES_A_DAY
from .common import SmsCommon

NUMBER = "+37491234567"


@tagged("post_install", "-at_install")
class TestHostileReplies(SmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.env["loyalty.sms.gateway"].create(
            {"name": "Demo", "channel": "sms", "company_id": cls.company.id}
        )
        cls.inbox = cls.env["loyalty.sms.inbound"]
        cls.ani.user_id = cls._user("seller", "loyalty_sms.group_sms_user")

    def _write(self, *texts, number=NUMBER):
        return self.inbox._receive(self.gateway, [Inbound(number, x) for x in texts])

    def _replies(self, number=NUMBER):
        return self.messages.search(
            [("number", "=", number), ("res_model", "=", "loyalty.sms.inbound")]
        )

    def test_a_machine_that_asks_on_and_on_costs_ten_messages_a_day(self):
        with freeze_time("2026-03-05 08:00:00"):
            self._write(*["HELP"] * (REPLIES_A_DAY + 5))
            self.assertEqual(len(self._replies()), REPLIES_A_DAY)
            # Others are answered, and so is a STOP.
            self._write("HELP", number="+37491000001")
            self.assertEqual(len(self._replies("+37491000001")), 1)
            self._write("STOP")
            self.assertEqual(len(self._replies()), REPLIES_A_DAY + 1)
            self.assertFalse(self.ani._sms_allowed("sms", "marketing"))
        with freeze_time("2026-03-06 08:00:01"):
            self._write("HELP")
            self.assertEqual(len(self._replies()), REPLIES_A_DAY + 2)

    def test_a_hundred_questions_are_one_task(self):
        questions = self._write("When?", "Where?", "How much?")
        self.assertEqual(set(questions.mapped("state")), {"new"})
        self.assertEqual(len(self.ani.activity_ids), 1)
        questions.action_done()
        self.assertFalse(self.ani.activity_ids)
        self._write("And when now?")
        self.assertEqual(len(self.ani.activity_ids), 1)

    def test_a_text_stays_a_text_where_staff_reads_it(self):
        self._write('<a href="https://evil.example">Pay</a> <img src="//evil/x.png">')
        note = self.ani.activity_ids.note
        self.assertNotIn("<a ", note)
        self.assertNotIn("<img", note)
        self.assertIn("&lt;a href=", note)
