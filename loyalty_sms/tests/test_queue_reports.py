"""Reports come late, twice and in any order; the message ends where it must."""

from datetime import timedelta
from itertools import permutations
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..engine import states
from ..engine.gateways import base
from .queue_common import QueueCommon


@tagged("post_install", "-at_install")
class TestReports(QueueCommon):
    def test_the_order_of_reports_does_not_matter(self):
        for order in permutations(("submitted", "delivered", "read")):
            with self.subTest(order=order):
                message = self._queue()
                self._settled(base.ACCEPTED)
                for state in order:
                    self._report(message, state)
                self.assertEqual(message.state, "read")
                self.assertTrue(message.submitted_at and message.delivered_at)

    def test_the_database_believes_as_the_engine_does(self):
        for state in states.RANK:
            for report in states.REPORTED:
                with self.subTest(state=state, report=report):
                    message = self._queue(state=state)
                    self._report(message, report)
                    self.assertEqual(message.state, states.heard(state, report))

    def test_many_reports_of_one_message_in_one_call(self):
        message = self._queue()
        self._settled(base.ACCEPTED)
        self.messages._apply_reports(
            [
                base.Status(state, uuid=message.uuid)
                for state in ("delivered", "submitted", "delivered")
            ]
        )
        message.invalidate_recordset(flush=False)
        self.assertEqual(message.state, "delivered")
        self.assertTrue(message.submitted_at)

    def test_a_report_overtakes_the_gateways_answer(self):
        message = self._queue()
        token, rows = self._claimed()
        self._report(message, "delivered")
        self._settled(base.ACCEPTED, rows=rows, token=token, ref="k-9")
        self.assertRecordValues(message, [{"state": "delivered", "gateway_ref": "k-9"}])

    def test_a_proved_message_is_not_sent_again(self):
        message = self._queue()
        token, rows = self._claimed()
        self._report(message, "submitted")
        self._settled(base.RETRY, rows=rows, token=token)
        self.assertEqual(message.state, "submitted")
        self.assertEqual(self._claimed()[1], [])

    def test_a_report_proves_that_a_doubtful_message_left(self):
        message = self._queue()
        self._settled(base.UNKNOWN)
        self._report(message, "submitted")
        self.assertEqual(message.state, "submitted")

    def test_a_failure_is_told_with_its_words(self):
        message = self._queue()
        self._settled(base.ACCEPTED)
        self._report(
            message, "failed", code="2", text="stat:EXPIRED", failure="expired"
        )
        self.assertRecordValues(
            message,
            [
                {
                    "state": "failed",
                    "failure": "expired",
                    "error_code": "2",
                    "error_text": "stat:EXPIRED",
                }
            ],
        )

    def test_reports_by_the_gateways_own_id(self):
        message = self._queue()
        self._settled(base.ACCEPTED, ref="g-1")
        self.messages._apply_reports([base.Status("delivered", ref="g-1")], self.second)
        message.invalidate_recordset(flush=False)
        self.assertEqual(message.state, "accepted", "another gateway's id is not ours")
        self.messages._apply_reports([base.Status("delivered", ref="g-1")], self.first)
        message.invalidate_recordset(flush=False)
        self.assertEqual(message.state, "delivered")


@tagged("post_install", "-at_install")
class TestInbox(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbox = cls.env["loyalty.message.inbox"]

    def _call(self, state, external_id=None, gateway=None, **values):
        return self.inbox._store(
            [
                {
                    "gateway_id": (gateway or self.first).id,
                    "kind": "report",
                    "external_id": external_id or f"{values}:{state}",
                    "state": state,
                    "payload": {},
                    **values,
                }
            ]
        )

    def _rows(self):
        self.inbox.invalidate_model()
        return self.inbox.search([("gateway_id", "=", self.first.id)])

    def test_a_repeated_call_is_kept_once(self):
        message = self._queue()
        self.assertEqual(self._call("delivered", uuid=message.uuid), 1)
        self.assertEqual(self._call("delivered", uuid=message.uuid), 0)
        self.assertEqual(len(self._rows()), 1)

    def test_the_inbox_is_applied_once(self):
        message = self._queue()
        self._settled(base.ACCEPTED)
        self._call("delivered", uuid=message.uuid)
        self.assertEqual(self.messages._apply_inbox(), 1)
        message.invalidate_recordset(flush=False)
        self.assertEqual(message.state, "delivered")
        self.assertRecordValues(self._rows(), [{"outcome": "applied"}])
        self.assertEqual(self.messages._apply_inbox(), 0)

    def test_a_report_about_nothing_of_ours_changes_nothing(self):
        self._call("delivered", uuid="0" * 32)
        self.messages._apply_inbox()
        self.assertRecordValues(self._rows(), [{"outcome": "no message"}])

    def test_a_report_by_the_gateways_id_waits_for_the_answer(self):
        message = self._queue()
        token, rows = self._claimed()
        self._call("delivered", gateway_ref="early-1")
        self.messages._apply_inbox()
        self.assertFalse(self._rows().applied_at)
        self._settled(base.ACCEPTED, rows=rows, token=token, ref="early-1")
        self._rows().write({"not_before": False})
        self.env.flush_all()
        self.messages._apply_inbox()
        message.invalidate_recordset(flush=False)
        self.assertEqual(message.state, "delivered")

    def test_a_report_by_an_unknown_id_is_given_up_in_the_end(self):
        self._call("delivered", gateway_ref="never")
        self._rows().write({"create_date": fields.Datetime.now() - timedelta(hours=2)})
        self.env.flush_all()
        self.messages._apply_inbox()
        self.assertRecordValues(self._rows(), [{"outcome": "no message"}])


@tagged("post_install", "-at_install")
class TestUnknown(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "sms-manager",
            "loyalty_sms.group_sms_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.marketer = new_test_user(
            cls.env,
            "sms-user",
            "loyalty_sms.group_sms_user",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _unknown(self, **values):
        message = self._queue(**values)
        self._settled(base.UNKNOWN)
        return message

    def _after(self, **ago):
        """Pretend that the hand-over was that long ago."""
        self.messages.flush_model()
        self.env.cr.execute(
            "UPDATE loyalty_message SET claimed_at = %s",
            (fields.Datetime.now() - timedelta(**ago),),
        )
        self.messages.invalidate_model(flush=False)

    def _mend(self):
        self.messages._mend()
        self.messages.invalidate_model(flush=False)

    def test_messages_of_a_dead_worker_are_in_doubt(self):
        message = self._queue()
        self._claimed()
        self._mend()
        self.assertEqual(message.state, "sending", "its worker may still answer")
        self._after(minutes=3)
        self._mend()
        self.assertEqual(message.state, "unknown")

    def test_a_late_answer_settles_a_doubtful_message(self):
        message = self._queue()
        token, rows = self._claimed()
        self._after(minutes=3)
        self._mend()
        self._settled(base.ACCEPTED, rows=rows, token=token)
        self.assertEqual(message.state, "accepted")

    def test_a_code_that_may_is_sent_once_more_after_the_grace(self):
        code = self._unknown(message_class="transactional", may_resend=True)
        self._mend()
        self.assertEqual(code.state, "unknown", "a report may still come")
        self._after(minutes=16)
        self._mend()
        self.assertRecordValues(code, [{"state": "queued", "resends": 1}])
        self._settled(base.UNKNOWN)
        self._after(minutes=16)
        self._mend()
        self.assertRecordValues(code, [{"state": "unknown", "resends": 1}])

    def test_the_rule_says_which_codes_go_once_more(self):
        template = self.env["loyalty.sms.template"].create(
            {"name": "Code", "body": "Code"}
        )
        rule = self.env["loyalty.sms.rule"].create(
            {
                "name": "Code",
                "event": self.env["loyalty.sms.event"]._code_selection()[0][0],
                "template_id": template.id,
                "message_class": "transactional",
                "may_resend": True,
            }
        )
        code = self._unknown(message_class="transactional", rule_id=rule.id)
        self._after(minutes=16)
        self._mend()
        self.assertRecordValues(code, [{"state": "queued", "resends": 1}])

    def test_nothing_else_is_sent_twice(self):
        others = (
            self._unknown(message_class="marketing", may_resend=True)
            | self._unknown(message_class="service", may_resend=True)
            | self._unknown(message_class="survey", may_resend=True)
            | self._unknown(message_class="transactional")
        )
        self._after(hours=5)
        self._mend()
        self.assertEqual(set(others.mapped("state")), {"unknown"})

    def test_a_manager_says_that_it_was_sent(self):
        message = self._unknown()
        message.with_user(self.manager).action_resolve_sent()
        self.assertEqual(message.state, "accepted")

    def test_a_manager_has_it_sent_again(self):
        message = self._unknown()
        message.with_user(self.manager).action_resolve_send_again()
        self.assertRecordValues(message, [{"state": "queued", "resends": 1}])
        self.assertEqual([row["id"] for row in self._claimed()[1]], message.ids)

    def test_others_may_not_decide(self):
        message = self._unknown()
        with self.assertRaises(AccessError):
            message.with_user(self.marketer).action_resolve_send_again()
        self.assertEqual(message.state, "unknown")

    def test_what_is_known_is_not_decided_about(self):
        message = self._unknown()
        self._report(message, "delivered")
        with self.assertRaises(UserError):
            message.with_user(self.manager).action_resolve_send_again()
        self.assertEqual(message.state, "delivered")

    def test_a_gateway_is_asked_what_became_of_doubtful_messages(self):
        message = self._unknown()
        self._after(minutes=5)
        asked = []

        class Asked:
            code, supports_query = "asked", True

            def query(self, refs, numbers=None):
                asked.extend(refs)
                return [base.Status("delivered", uuid=message.uuid)]

        def provider(gateway):
            return Asked() if gateway == self.first else None

        with (
            patch.object(type(self.first), "_provider_or_none", provider),
            patch.object(type(self.env["ir.cron"]), "_commit_progress"),
        ):
            self.messages._ask_gateways()
        message.invalidate_recordset(flush=False)
        self.assertEqual(asked, [message.uuid])
        self.assertEqual(message.state, "delivered")
