from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..engine.gateways.base import Inbound
from .common import SmsCommon

NUMBER = "+37491234567"


@tagged("post_install", "-at_install")
class TestInbound(SmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.env["loyalty.sms.gateway"].create(
            {"name": "Demo", "channel": "sms", "company_id": cls.company.id}
        )
        cls.inbox = cls.env["loyalty.sms.inbound"]
        cls.ani.consent_sms = True
        cls.history = cls.env["loyalty.consent"]

    def _write(self, text, number=NUMBER, external_id="", **values):
        return self.inbox._receive(
            self.gateway, [Inbound(number, text, external_id=external_id, **values)]
        )

    def _replies(self, template):
        template = self.env.ref(f"loyalty_sms.template_reply_{template}")
        return self.messages.search(
            [("template_id", "=", template.id), ("number", "=", NUMBER)]
        )

    def _proof(self):
        """What the history keeps of Ani's replies."""
        return self.history.search(
            [("partner_id", "=", self.ani.id), ("source", "=", "message")]
        )

    def _queued(self, message_class="marketing", **values):
        return self.messages._enqueue(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.ani.id,
                    "number": NUMBER,
                    "channel": "sms",
                    "message_class": message_class,
                    "body": "Hello",
                    **values,
                }
            ]
        )

    # -- STOP ---------------------------------------------------------------------
    def test_stop_withdraws_and_takes_offers_off_the_queue_at_once(self):
        offer, receipt = self._queued(), self._queued("transactional")
        message = self._write("STOP please!")
        self.env.invalidate_all()
        self.assertRecordValues(
            message,
            [
                {
                    "kind": "stop",
                    "state": "done",
                    "partner_id": self.ani.id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertFalse(self.ani.consent_sms)
        self.assertFalse(self.ani._sms_allowed("sms", "marketing"))
        self.assertTrue(self.ani._sms_allowed("sms", "service"))
        self.assertEqual((offer.state, offer.reason), ("suppressed", "opted_out"))
        self.assertEqual(receipt.state, "queued")
        proof = self._proof()
        self.assertEqual(set(proof.mapped("text")), {"STOP please!"})
        self.assertEqual(set(proof.mapped("purpose")), {"marketing", "survey"})

    def test_a_stop_is_confirmed_once_a_day(self):
        with freeze_time("2026-03-05 08:00:00"):
            self._write("STOP", external_id="1")
            self._write("СТОП", external_id="2")
            self.assertEqual(len(self._replies("stop")), 1)
        with freeze_time("2026-03-06 08:00:01"):
            self._write("stop", external_id="3")
            self.assertEqual(len(self._replies("stop")), 2)
        self.assertEqual(self._replies("stop")[0].message_class, "transactional")
        self.assertEqual(self._replies("stop")[0].number, NUMBER)

    def test_a_stop_holds_for_everybody_with_the_number(self):
        aram = self.env["res.partner"].create(
            {"name": "Aram", "phone": NUMBER, "consent_sms": True}
        )
        self._write("стоп")
        self.assertFalse(self.ani.consent_sms)
        self.assertFalse(aram.consent_sms)

    def test_a_stranger_may_stop_too(self):
        self._write("STOP", number="+37499000000")
        self.assertEqual(
            self.env["loyalty.consent.state"]
            .search([("number", "=", "+37499000000"), ("purpose", "=", "marketing")])
            .allowed,
            False,
        )
        boris = self.env["res.partner"].create(
            {"name": "Boris", "phone": "+37499000000"}
        )
        self.assertFalse(boris._sms_allowed("sms", "marketing"))

    def test_stop_all_blocks_the_number(self):
        receipt = self._queued("transactional")
        self._write("STOP ALL")
        self.env.invalidate_all()
        self.assertEqual((receipt.state, receipt.reason), ("suppressed", "blocked"))
        self.assertFalse(self.ani._sms_allowed("sms", "all"))

    def test_start_gives_consent_again(self):
        self._write("STOP ALL", external_id="1")
        self._write("START", external_id="2")
        self.assertTrue(self.ani.consent_sms)
        self.assertTrue(self.ani._sms_allowed("sms", "marketing"))
        self.assertTrue(self.ani._sms_allowed("sms", "all"))
        self.assertEqual(len(self._replies("start")), 1)

    def test_a_message_is_received_once(self):
        for _time in range(2):
            self._write("STOP", external_id="abc")
        self.assertEqual(self.inbox.search_count([("external_id", "=", "abc")]), 1)
        self.assertEqual(len(self._proof()), 2)

    def test_a_number_without_a_plus_is_the_same(self):
        message = self._write("STOP", number="37491234567")
        self.assertEqual(message.partner_id, self.ani)

    # -- other words --------------------------------------------------------------
    def test_balance_is_answered_in_the_members_language(self):
        card = self._enroll()
        card._post_points([card._entry("bonus", 1200)])
        self._write("balance?")
        reply = self._replies("balance")
        self.assertIn("1,200", reply.body)
        self.assertIn("Bronze", reply.body)
        self.assertEqual(reply.state, "queued")

    def test_a_balance_of_no_member_is_for_a_person(self):
        message = self._write("BALANCE")
        self.assertRecordValues(message, [{"kind": "other", "state": "new"}])
        self.assertFalse(self._replies("balance"))

    def test_help_is_answered(self):
        self._write("help")
        self.assertEqual(len(self._replies("help")), 1)

    def test_a_word_of_the_company_counts_there(self):
        self.env["loyalty.sms.keyword"].create(
            {"word": "Basta", "kind": "stop", "company_id": self.company.id}
        )
        self._write("BASTA!")
        self.assertFalse(self.ani.consent_sms)
        other = self._make_company("Other LLC")
        words = self.env["loyalty.sms.keyword"]._words(other.id)
        self.assertNotIn("basta", words)

    def test_a_number_is_no_word(self):
        with self.assertRaises(ValidationError):
            self.env["loyalty.sms.keyword"].create({"word": "55", "kind": "stop"})

    def test_five_languages_know_stop(self):
        words = self.env["loyalty.sms.keyword"]._words(self.company.id)
        for word in ("stop", "стоп", "դադար", "შეწყვეტა", "لغو"):
            self.assertEqual(words[word], "stop")

    # -- ratings ------------------------------------------------------------------
    def _asked(self):
        feedback = self.env["loyalty.feedback"]._request(self.ani, self._invoice(1000))
        message = self._queued(
            "survey", res_model="loyalty.feedback", res_id=feedback.id
        )
        return feedback, message

    def test_a_number_answers_the_last_request(self):
        feedback, asked = self._asked()
        message = self._write("5!")
        self.assertRecordValues(
            message, [{"kind": "rating", "value": 5, "message_id": asked.id}]
        )
        self.assertRecordValues(
            feedback, [{"state": "answered", "rating": 5, "source": "message"}]
        )
        self.assertEqual(len(self._replies("thanks")), 1)

    def test_a_number_that_nobody_asked_for_is_for_a_person(self):
        message = self._write("5")
        self.assertRecordValues(message, [{"kind": "other", "state": "new"}])

    # -- people -------------------------------------------------------------------
    def test_other_words_are_a_task_for_the_operator_of_the_branch(self):
        operator = self._user("operator", "loyalty_club.group_loyalty_cashier")
        self.kentron.operator_ids = operator
        self.ani.loyalty_branch_id = self.kentron
        self._enroll()
        message = self._write("When do you open?")
        self.assertEqual(message.state, "new")
        activity = self.ani.activity_ids
        self.assertEqual(activity.user_id, operator)
        self.assertIn("When do you open?", activity.note)
        self.assertTrue(self.ani.consent_sms)

    def test_an_answer_goes_back_the_way_it_came(self):
        user = self._user("writer", "loyalty_sms.group_sms_user")
        self.ani.user_id = user
        message = self._write("When do you open?").with_user(user)
        with self.assertRaisesRegex(UserError, "Type an answer"):
            message.action_answer()
        message.answer = "At nine."
        message.action_answer()
        self.assertEqual(message.state, "answered")
        self.assertRecordValues(
            message.sudo().answer_id,
            [
                {
                    "body": "At nine.",
                    "number": NUMBER,
                    "channel": "sms",
                    "state": "queued",
                    "partner_id": self.ani.id,
                }
            ],
        )
        self.assertFalse(self.ani.activity_ids)
        with self.assertRaisesRegex(UserError, "answered already"):
            message.action_answer()

    def test_what_a_customer_wrote_is_not_changed(self):
        user = self._user("writer", "loyalty_sms.group_sms_user")
        message = self._write("When do you open?").with_user(user)
        with self.assertRaises(AccessError):
            message.text = "Nice shop"
        with self.assertRaises(AccessError):
            message.unlink()
        self.assertEqual(message.text, "When do you open?")

    def test_strangers_read_no_messages(self):
        message = self._write("When do you open?")
        cashier = self._user("cashier", "loyalty_club.group_loyalty_cashier")
        with self.assertRaises(AccessError):
            message.with_user(cashier).read(["text"])

    def test_what_is_done_leaves_the_inbox(self):
        message = self._write("Thank you")
        message.action_done()
        self.assertEqual(message.state, "done")


@tagged("post_install", "-at_install")
class TestDoubleOptIn(SmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.loyalty_double_opt_in = True
        cls.env.ref("loyalty_sms.rule_consent_asked").active = True
        cls.ani.consent_sms = True

    def test_a_consent_waits_for_the_yes_of_the_customer(self):
        state = self.env["loyalty.consent.state"].search([("number", "=", NUMBER)])
        self.assertRecordValues(state, [{"allowed": False, "is_pending": True}])
        self.assertFalse(self.ani._sms_allowed("sms", "marketing"))
        self._plan()
        question = self._told()
        self.assertIn("?yes=1", question.body)
        self.assertEqual(question.message_class, "transactional")
        gateway = self.env["loyalty.sms.gateway"].create({"name": "Demo"})
        self.env["loyalty.sms.inbound"]._receive(gateway, [Inbound(NUMBER, "Yes!")])
        self.assertTrue(self.ani._sms_allowed("sms", "marketing"))
        self.assertTrue(self.ani.consent_sms)

    def test_a_yes_that_nobody_asked_for_is_just_a_word(self):
        gateway = self.env["loyalty.sms.gateway"].create({"name": "Demo"})
        found = self.env["loyalty.sms.inbound"]._receive(
            gateway, [Inbound("+37499000000", "yes")]
        )
        self.assertEqual(found.kind, "other")

    def test_the_question_goes_by_the_channel_it_is_about(self):
        self.ani.write({"email": "ani@example.com", "consent_email": True})
        self._plan()
        self.assertEqual(set(self._told().mapped("channel")), {"sms", "email"})

    def test_managers_choose_it_and_others_do_not(self):
        manager = self._user("chief", "loyalty_sms.group_sms_manager")
        settings = self.env["loyalty.sms.settings"].with_user(manager).create({})
        self.assertTrue(settings.loyalty_double_opt_in)
        settings.loyalty_double_opt_in = False
        settings.action_save()
        self.assertFalse(self.company.loyalty_double_opt_in)
        user = self._user("reader", "loyalty_sms.group_sms_user")
        with self.assertRaises(AccessError):
            self.env["loyalty.sms.settings"].with_user(user).create({})
