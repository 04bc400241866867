from odoo.exceptions import AccessError, UserError

from .test_gateways import GatewayCommon


class TestDemoPhone(GatewayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls._gateway("Demo", default_sender="Arev")
        cls.real = cls._gateway("Real", kind="kannel")
        cls.messages = cls.env["loyalty.message"]
        cls._arrived(cls.demo, "Barev, Ani")
        cls._arrived(cls.real, "On a real phone", number="+37499000000")

    @classmethod
    def _arrived(cls, gateway, text, number="+37491234567", **values):
        message = cls.messages._enqueue(
            [
                {
                    "company_id": cls.company.id,
                    "partner_id": cls.ani.id,
                    "gateway_id": gateway.id,
                    "number": number,
                    "body": text,
                    **values,
                }
            ]
        )
        message.sudo().write({"state": "delivered"})
        return message

    def _phones(self, user):
        return self.gateways.with_user(user).demo_phones()

    def _inbox(self):
        return self.env["loyalty.message.inbox"].search(
            [("gateway_id", "=", self.demo.id), ("kind", "=", "inbound")]
        )

    def test_it_shows_what_demo_gateways_sent_and_nothing_else(self):
        (phone,) = self._phones(self.user)
        self.assertEqual((phone["number"], phone["partner"]), ("+37491234567", "Ani"))
        (bubble,) = phone["messages"]
        self.assertEqual(
            (bubble["text"], bubble["sender"], bubble["state"]),
            ("Barev, Ani", "Arev", "Delivered"),
        )

    def test_codes_are_masked(self):
        self._arrived(self.demo, "Code 4321", is_secret=True)
        for user in (self.user, self.manager, self.admin):
            phones = self._phones(user)
            self.assertEqual(len(phones[0]["messages"]), 2)
            self.assertNotIn("4321", str(phones))

    def test_an_answer_takes_the_way_of_all_replies(self):
        self.gateways.with_user(self.user).demo_reply("+37491234567", "sms", " STOP ")
        row = self._inbox()
        self.assertEqual(row.payload["number"], "+37491234567")
        self.assertEqual(row.payload["text"], "STOP")
        (phone,) = self._phones(self.user)
        self.assertEqual(
            [bubble["is_ours"] for bubble in phone["messages"]].count(False), 1
        )

    def test_nobody_answers_for_a_real_phone(self):
        for number, text in (
            ("+37499000000", "STOP"),
            ("+37491111111", "STOP"),
            ("+37491234567", "  "),
        ):
            with self.assertRaises(UserError):
                self.gateways.with_user(self.admin).demo_reply(number, "sms", text)
        self.assertFalse(self._inbox())

    def test_others_see_and_say_nothing(self):
        clerk = self._user("clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self._phones(clerk)
        with self.assertRaises(AccessError):
            self.gateways.with_user(clerk).demo_reply("+37491234567", "sms", "STOP")
        self.assertFalse(self._inbox())
