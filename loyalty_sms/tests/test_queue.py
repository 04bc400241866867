"""Messages wait, are taken once, and end as their gateways say."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..engine.gateways import base
from .queue_common import QueueCommon


@tagged("post_install", "-at_install")
class TestEnqueue(QueueCommon):
    def test_a_key_is_written_once(self):
        first = self._queue(dedupe_key="once")
        again = self._queue(dedupe_key="once")
        self.assertEqual((len(first), len(again)), (1, 0))
        self.assertEqual(self.messages.search_count([("dedupe_key", "=", "once")]), 1)

    def test_defaults_make_a_message_that_can_go(self):
        message = self.messages._enqueue(
            [{"company_id": self.company.id, "message_class": "marketing"}]
        )
        self.assertRecordValues(
            message,
            [{"state": "queued", "priority": 9, "channel": "sms", "attempts": 0}],
        )
        self.assertTrue(message.uuid)
        self.assertEqual(message.expires_at - message.not_before, timedelta(days=2))

    def test_the_scheduler_is_told_once_a_transaction(self):
        cron = self.env.ref("loyalty_sms.ir_cron_messages")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._queue(dedupe_key="a")
        self._queue(dedupe_key="b")
        self.env.cr.precommit.run()
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]),
            triggers + 1,
        )

    def test_a_running_worker_spares_the_scheduler(self):
        self.env["loyalty.sms.worker"]._beat(
            kind="worker", started_at=fields.Datetime.now(), state="running"
        )
        cron = self.env.ref("loyalty_sms.ir_cron_messages")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._queue()
        self.env.cr.precommit.run()
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]),
            triggers,
        )

    def test_what_is_suppressed_wakes_nobody_and_keeps_its_reason(self):
        message = self._queue(state="suppressed", reason="no_consent")
        self.assertRecordValues(
            message, [{"state": "suppressed", "reason": "no_consent"}]
        )
        self.assertEqual(self._claimed()[1], [])


@tagged("post_install", "-at_install")
class TestClaim(QueueCommon):
    def test_a_claimed_message_is_not_claimed_again(self):
        message = self._queue()
        self.assertEqual([row["id"] for row in self._claimed()[1]], message.ids)
        self.assertRecordValues(message, [{"state": "sending", "attempts": 1}])
        self.assertEqual(self._claimed()[1], [])

    def test_only_the_gateways_own_messages_are_claimed(self):
        self._queue()
        self.assertEqual(self._claimed(self.second)[1], [])

    def test_messages_wait_for_their_time(self):
        self._queue(not_before=fields.Datetime.now() + timedelta(minutes=1))
        self.assertEqual(self._claimed()[1], [])

    def test_too_late_messages_expire_at_the_claim(self):
        message = self._queue(expires_at=fields.Datetime.now() - timedelta(seconds=1))
        self.assertEqual(self._claimed()[1], [])
        self.assertRecordValues(
            message, [{"state": "expired", "reason": "expired", "attempts": 0}]
        )

    def test_the_switch_of_the_company_holds_everything(self):
        message = self._queue()
        self.company.loyalty_sms_is_off = True
        self.env.flush_all()
        self.assertEqual(self._claimed()[1], [])
        self.assertEqual(message.state, "queued")
        self.company.loyalty_sms_is_off = False
        self.env.flush_all()
        self.assertEqual([row["id"] for row in self._claimed()[1]], message.ids)

    def test_codes_go_before_everything(self):
        self._queue(20, message_class="marketing")
        code = self._queue(message_class="transactional", priority=1)
        self.assertEqual([row["id"] for row in self._claimed(limit=1)[1]], code.ids)

    def test_a_campaign_is_not_starved_and_starves_nobody(self):
        self._queue(100, message_class="marketing")
        self._queue(100, message_class="transactional", priority=3)
        classes = [row["message_class"] for row in self._claimed(limit=90)[1]]
        self.assertEqual(classes.count("transactional"), 80)
        self.assertEqual(classes.count("marketing"), 10)

    def test_one_class_alone_takes_all_the_room(self):
        self._queue(50, message_class="marketing")
        self.assertEqual(len(self._claimed(limit=50)[1]), 50)

    def test_another_addon_holds_or_refuses_messages(self):
        kept, dropped = self._queue(lang="ru"), self._queue(lang="hy")
        messages = type(self.messages)
        with (
            patch.object(
                messages,
                "_claim_holds",
                lambda self: [("quiet", SQL("m.lang = 'ru'"))],
            ),
            patch.object(
                messages,
                "_claim_suppressions",
                lambda self: [("opted_out", SQL("m.lang = 'hy'"))],
            ),
        ):
            self.assertEqual(self._claimed()[1], [])
        self.assertEqual(kept.state, "queued")
        self.assertRecordValues(
            dropped, [{"state": "suppressed", "reason": "opted_out"}]
        )


@tagged("post_install", "-at_install")
class TestSettle(QueueCommon):
    def test_an_accepted_message_keeps_the_gateways_id(self):
        message = self._queue()
        self._settled(base.ACCEPTED, ref="k-1")
        self.assertRecordValues(
            message, [{"state": "accepted", "gateway_ref": "k-1", "failure": False}]
        )
        self.assertTrue(message.accepted_at)

    def test_a_refused_message_says_why(self):
        message = self._queue()
        self._settled(base.FAILED, code="207", text="No such number", failure="number")
        self.assertRecordValues(
            message,
            [
                {
                    "state": "failed",
                    "failure": "number",
                    "error_code": "207",
                    "error_text": "No such number",
                }
            ],
        )

    def test_an_unknown_outcome_is_never_sent_again(self):
        message = self._queue()
        self._settled(base.UNKNOWN, text="timeout")
        later = fields.Datetime.now() + timedelta(days=1)
        self.messages._mend(later)
        self.assertEqual(message.state, "unknown")
        self.assertEqual(self._claimed()[1], [])

    def test_a_message_not_taken_waits_longer_each_time_then_fails(self):
        self.second.active = False
        message = self._queue()
        pauses = []
        for _attempt in range(4):
            before = fields.Datetime.now()
            self._settled(base.RETRY, text="busy")
            pauses.append(round((message.not_before - before).total_seconds()))
            message.write({"not_before": before})
            self.env.flush_all()
        self.assertEqual(pauses, [5, 10, 20, 40])
        self.assertEqual(message.state, "queued")
        self._settled(base.RETRY, text="busy")
        self.assertRecordValues(message, [{"state": "failed", "attempts": 5}])

    def test_the_next_gateway_takes_what_the_first_did_not(self):
        message = self._queue()
        self._settled(base.RETRY, failure="server")
        self.assertRecordValues(
            message, [{"state": "queued", "gateway_id": self.second.id}]
        )
        self._settled(base.ACCEPTED, self.second)
        self.assertEqual(message.state, "accepted")

    def test_a_gateway_that_asks_for_patience_keeps_the_message(self):
        message = self._queue()
        before = fields.Datetime.now()
        self._settled(base.RETRY, failure="throttled", retry_after_s=30)
        self.assertRecordValues(
            message,
            [{"state": "queued", "gateway_id": self.first.id, "attempts": 0}],
        )
        self.assertGreaterEqual(message.not_before, before + timedelta(seconds=30))

    def test_no_failover_after_an_unknown_outcome(self):
        message = self._queue()
        self._settled(base.UNKNOWN)
        self.assertRecordValues(
            message, [{"state": "unknown", "gateway_id": self.first.id}]
        )

    def test_the_claim_of_another_is_not_settled(self):
        message = self._queue()
        _token, rows = self._claimed()
        self._settled(base.FAILED, rows=rows, token="somebody else's")
        self.assertEqual(message.state, "sending")

    def test_a_retry_that_would_come_too_late_expires(self):
        self.second.active = False
        message = self._queue(expires_at=fields.Datetime.now() + timedelta(seconds=3))
        self._settled(base.RETRY)
        self.assertRecordValues(message, [{"state": "expired", "reason": "expired"}])

    def test_a_failed_message_goes_another_way_once(self):
        message = self._queue(
            channel="viber",
            fallback=[{"channel": "sms", "number": "+37491234567", "body": "As SMS"}],
        )
        self._settled(base.FAILED, failure="not_delivered")
        instead = self.messages.search([("parent_id", "=", message.id)])
        self.assertRecordValues(
            instead,
            [
                {
                    "channel": "sms",
                    "state": "queued",
                    "body": "As SMS",
                    "partner_id": self.ani.id,
                    "gateway_id": False,
                    "fallback": False,
                }
            ],
        )
        self.messages._fall_back(message.ids)
        self.assertEqual(
            self.messages.search_count([("parent_id", "=", message.id)]), 1
        )

    def test_a_uuid_cannot_be_had_twice(self):
        message = self._queue()
        self.assertFalse(self._queue(uuid=message.uuid))
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                "INSERT INTO loyalty_message (uuid, company_id, channel, state,"
                " message_class) VALUES (%s, %s, 'sms', 'queued', 'service')",
                (message.uuid, self.company.id),
            )


@tagged("post_install", "-at_install")
class TestRouting(QueueCommon):
    def test_messages_find_their_gateway(self):
        message = self._queue(gateway_id=None)
        self.messages._keep_house()
        message.invalidate_recordset()
        self.assertEqual(message.gateway_id, self.first)

    def test_messages_leave_a_gateway_that_was_archived(self):
        message = self._queue()
        self.first.active = False
        self.env.flush_all()
        self.messages._keep_house()
        message.invalidate_recordset()
        self.assertEqual(message.gateway_id, self.second)

    def test_without_a_gateway_a_message_says_so(self):
        (self.first | self.second).active = False
        self.env.flush_all()
        message = self._queue()
        self.messages._keep_house()
        message.invalidate_recordset()
        self.assertRecordValues(
            message, [{"state": "suppressed", "reason": "no_route"}]
        )

    def test_messages_of_a_stopped_gateway_expire_in_time(self):
        message = self._queue(expires_at=fields.Datetime.now() - timedelta(seconds=1))
        self.first.is_paused = True
        self.env.flush_all()
        self.messages._keep_house()
        message.invalidate_recordset()
        self.assertRecordValues(message, [{"state": "expired", "reason": "expired"}])
