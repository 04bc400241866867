"""The page of the queue, the switch that stops everything, and who may what."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..engine.gateways import base
from .queue_common import QueueCommon, Told


class MonitorCommon(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer, cls.manager, cls.admin = (
            new_test_user(
                cls.env,
                f"queue-{name}",
                f"loyalty_sms.group_sms_{name}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for name in ("user", "manager", "admin")
        )
        cls.stranger = new_test_user(
            cls.env,
            "queue-stranger",
            "base.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )


@tagged("post_install", "-at_install")
class TestMonitor(MonitorCommon):
    def _page(self, user=None):
        queues = self.env["loyalty.sms.queue"].with_user(user or self.manager)
        queues = queues.with_company(self.company)
        return queues.browse(queues.action_open()["res_id"])

    def test_the_page_counts_what_waits_and_what_is_in_doubt(self):
        self._queue(3)
        self._settled(base.UNKNOWN)
        self._queue(2)
        page = self._page()
        self.assertRecordValues(page, [{"queued_count": 2, "unknown_count": 3}])
        first = page.gateway_ids.filtered(lambda gateway: gateway == self.first)
        self.assertRecordValues(
            first, [{"queued_count": 2, "sending_count": 0, "unknown_count": 3}]
        )

    def test_a_worker_is_alive_while_it_is_heard_of(self):
        workers = self.env["loyalty.sms.worker"]
        workers.search([]).unlink()
        now = fields.Datetime.now()
        workers._beat(kind="worker", started_at=now, state="running", sent=5)
        workers._beat(kind="worker", started_at=now, state="running", sent=9)
        self.assertRecordValues(workers.search([]), [{"sent": 9, "is_alive": True}])
        self.assertTrue(self._page().is_sending)
        workers._beat(
            kind="worker",
            started_at=now,
            state="running",
            last_seen=now - timedelta(minutes=1),
        )
        self.env.invalidate_all()
        self.assertFalse(self._page().is_sending)

    def test_a_manager_stops_everything_and_lets_it_go(self):
        message = self._queue()
        page = self._page()
        page.action_stop_all()
        self.env.flush_all()
        self.assertTrue(self.company.loyalty_sms_is_off)
        self.assertEqual(self._claimed()[1], [])
        page.action_let_go()
        self.env.flush_all()
        self.assertEqual([row["id"] for row in self._claimed()[1]], message.ids)

    def test_others_may_not_stop_anything(self):
        page = self._page()
        with self.assertRaises(AccessError):
            page.with_user(self.marketer).action_stop_all()
        self.assertFalse(self.company.loyalty_sms_is_off)

    def test_another_companys_messages_are_not_ones_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        page = self.env["loyalty.sms.queue"].create({"company_id": other.id})
        with self.assertRaises(AccessError):
            page.with_user(self.manager).action_stop_all()
        self.assertFalse(other.loyalty_sms_is_off)


@tagged("post_install", "-at_install")
class TestRights(MonitorCommon):
    def test_nobody_writes_messages_from_outside(self):
        message = self._queue()
        for user in (self.marketer, self.manager, self.admin, self.stranger):
            theirs = message.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    theirs.create({"company_id": self.company.id})
                with self.assertRaises(AccessError):
                    theirs.write({"state": "delivered"})
                with self.assertRaises(AccessError):
                    theirs.unlink()
        self.assertEqual(message.state, "queued")

    def test_raw_texts_are_read_by_the_administrator_only(self):
        """The others read them masked, where they hold a code."""
        message = self._queue()
        self.assertEqual(
            message.with_user(self.admin).read(["body"])[0]["body"], "Barev"
        )
        for user in (self.marketer, self.manager, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                message.with_user(user).read(["body"])

    def test_calls_of_gateways_are_read_by_the_administrator_only(self):
        inbox = self.env["loyalty.message.inbox"]
        inbox.with_user(self.admin).search([]).read()
        for user in (self.marketer, self.manager, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                inbox.with_user(user).search([]).read(["payload"])

    def test_processes_are_shown_to_managers(self):
        workers = self.env["loyalty.sms.worker"]
        workers.with_user(self.manager).search([])
        with self.assertRaises(AccessError):
            workers.with_user(self.marketer).search([])
        with self.assertRaises(AccessError):
            workers.with_user(self.admin).create({"kind": "worker", "host": "x"})


@tagged("post_install", "-at_install")
class TestScheduler(QueueCommon):
    """Without a worker the scheduler sends, under the same lock."""

    def _run(self):
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=10
        ):
            self.messages._cron_send()
        self.messages.invalidate_model(flush=False)

    def test_the_scheduler_sends_what_is_due(self):
        due = self._queue(3, gateway_id=None)
        later = self._queue(not_before=fields.Datetime.now() + timedelta(hours=1))
        told = Told()
        with self._answers(told, Told()):
            self._run()
        self.assertEqual({each.uuid for each in told.sent}, set(due.mapped("uuid")))
        self.assertEqual(set(due.mapped("state")), {"accepted"})
        self.assertEqual(later.state, "queued")

    def test_a_stopped_gateway_sends_nothing(self):
        message = self._queue()
        self.first.is_paused = True
        self.env.flush_all()
        told = Told()
        with self._answers(told, Told()):
            self._run()
        self.assertFalse(told.sent)
        self.assertEqual(message.state, "queued")

    def test_who_has_not_the_lock_does_not_send(self):
        message = self._queue()
        told = Told()
        with (
            self._answers(told, Told()),
            patch.object(type(self.messages), "_only_sender") as lock,
        ):
            lock.return_value.__enter__.return_value = False
            self._run()
        self.assertFalse(told.sent)
        self.assertEqual(message.state, "queued")

    def test_what_the_first_gateway_refuses_the_second_sends(self):
        message = self._queue()
        second = Told()
        with self._answers(Told(base.RETRY, failure="server"), second):
            self._run()
        self.assertEqual([each.uuid for each in second.sent], [message.uuid])
        self.assertRecordValues(
            message, [{"state": "accepted", "gateway_id": self.second.id}]
        )
