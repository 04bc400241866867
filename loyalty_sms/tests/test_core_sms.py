"""SMS of the ERP itself: through our queue, once, and back to where they came from."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.iap.tools import iap_tools

from ..engine.gateways import base
from ..tools import iap
from ..tools.sms_api import LoyaltySmsApi
from .queue_common import QueueCommon


class CoreCommon(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sms = cls.env["sms.sms"]
        for target, name in ((iap_tools, "iap_jsonrpc"),):
            stop = patch.object(target, name, side_effect=AssertionError("IAP called"))
            stop.start()
            cls.addClassCleanup(stop.stop)

    def _sms(self, **values):
        return self.sms.create({"number": "+37491234567", "body": "Barev", **values})

    def _of(self, sms):
        """Our messages of the ERP's SMS."""
        return self.messages.search([("uuid", "in", sms.mapped("uuid"))], order="id")

    def _posted(self, partner=None, **values):
        """A note with an SMS in the chatter; returns the notification."""
        message = (partner or self.ani)._message_sms("Hello", **values)
        self.env.flush_all()
        return message.notification_ids

    def _after_sms(self, notification, outcome, **values):
        """The gateway answers for the SMS of a notification."""
        ours = self.messages.search(
            [("uuid", "=", notification.sms_tracker_ids.sms_uuid)]
        )
        self.assertEqual(len(ours), 1)
        self.messages._route_waiting()
        self._settled(outcome, **values)
        notification.invalidate_recordset()
        return ours


@tagged("post_install", "-at_install")
class TestQueueOfTheErp(CoreCommon):
    def test_the_company_sends_through_our_queue(self):
        self.assertIs(self.company._get_sms_api_class(), LoyaltySmsApi)

    def test_an_sms_becomes_a_message(self):
        sms = self._sms(partner_id=self.ani.id)
        sms.send(unlink_sent=False)
        self.assertRecordValues(
            self._of(sms),
            [
                {
                    "number": "+37491234567",
                    "body": "Barev",
                    "company_id": self.company.id,
                    "partner_id": self.ani.id,
                    "message_class": "service",
                    "state": "queued",
                    "encoding": "GSM7",
                    "segments": 1,
                }
            ],
        )
        self.assertEqual(sms.state, "process")

    def test_asking_twice_sends_once(self):
        """The ERP's queue asks again when its transaction was rolled back."""
        sms = self._sms()
        sms.send(unlink_sent=False)
        sms.state = "outgoing"
        sms.send(unlink_sent=False)
        self.assertEqual(len(self._of(sms)), 1)

    def test_nothing_is_left_of_a_transaction_that_was_rolled_back(self):
        sms = self._sms()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            sms.send(unlink_sent=False)
            self.assertEqual(len(self._of(sms)), 1)
            raise ZeroDivisionError
        self.assertEqual(len(self._of(sms)), 0)

    def test_the_queue_of_several_companies_does_not_stop(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["loyalty.sms.gateway"].create(
            {"name": "Other's", "company_id": other.id, "kind": "kannel"}
        )
        ours, others = self._sms(), self._sms(loyalty_company_id=other.id)
        self.env["ir.cron"].flush_model()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.sms._process_queue()
        self.assertEqual(self._of(ours).company_id, self.company)
        self.assertEqual(self._of(others).company_id, other)
        self.assertEqual(set((ours | others).mapped("state")), {"process"})

    def test_without_a_gateway_it_says_what_to_do(self):
        (self.first | self.second).active = False
        notification = self._posted()
        self.assertRecordValues(
            notification,
            [{"notification_status": "exception", "failure_type": "sms_no_gateway"}],
        )
        self.assertIn("Gateways", notification.failure_reason)
        sms = self._sms()
        sms.send()
        self.assertRecordValues(
            sms, [{"state": "error", "failure_type": "sms_no_gateway"}]
        )
        self.assertFalse(self._of(sms))

    def test_numbers_that_are_none_are_told(self):
        missing, wrong = self._sms(number=False), self._sms(number="call me")
        local = self._sms(number="091 234567")
        (missing | wrong | local).send(unlink_sent=False)
        self.assertRecordValues(
            missing | wrong | local,
            [
                {"state": "error", "failure_type": "sms_number_missing"},
                {"state": "error", "failure_type": "sms_number_format"},
                {"state": "process", "failure_type": False},
            ],
        )
        self.assertEqual(self._of(local).number, "+37491234567")

    def test_thousands_of_recipients(self):
        """Core's reader of the list ends at 100 KiB of ids."""
        partners = self.env["res.partner"].create(
            [{"name": "Many", "phone": f"+3749{n:07d}"} for n in range(3)]
        )
        ids = [*partners.ids, *range(10**8, 10**8 + 13000)]
        composer = self.env["sms.composer"].create(
            {
                "composition_mode": "mass",
                "res_model": "res.partner",
                "res_ids": repr(ids),
                "body": "Barev",
            }
        )
        self.assertEqual(composer._get_records().ids, ids)
        self.assertEqual(composer.res_ids_count, len(ids))

    def test_the_composer_writes_to_many(self):
        partners = self.env["res.partner"].create(
            [{"name": "Many", "phone": f"+3749912340{n}"} for n in range(3)]
        )
        composer = self.env["sms.composer"].create(
            {
                "composition_mode": "mass",
                "res_model": "res.partner",
                "res_ids": repr(partners.ids),
                "mass_force_send": True,
                "body": "Barev {{ object.name }}",
            }
        )
        sms = composer._action_send_sms()
        self.assertEqual(
            self._of(sms).mapped("number"), partners.mapped("phone_sanitized")
        )


@tagged("post_install", "-at_install")
class TestBackInTheErp(CoreCommon):
    def test_a_delivery_is_seen_in_the_chatter(self):
        notification = self._posted()
        self.assertEqual(notification.notification_status, "process")
        ours = self._after_sms(notification, base.ACCEPTED)
        self.assertEqual(notification.notification_status, "pending")
        self._report(ours, "delivered")
        notification.invalidate_recordset()
        self.assertEqual(notification.notification_status, "sent")

    def test_a_late_report_takes_nothing_back(self):
        notification = self._posted()
        ours = self._after_sms(notification, base.ACCEPTED)
        self._report(ours, "delivered")
        self._report(ours, "submitted")
        notification.invalidate_recordset()
        self.assertEqual(notification.notification_status, "sent")

    def test_failures_are_told_in_the_erps_words(self):
        for failure, status, kind in (
            ("number", "bounce", "sms_invalid_destination"),
            ("blocked", "bounce", "sms_rejected"),
            ("not_delivered", "exception", "sms_not_delivered"),
            ("expired", "exception", "sms_expired"),
            ("credit", "exception", "unknown"),
        ):
            with self.subTest(failure=failure):
                partner = self.env["res.partner"].create(
                    {"name": failure, "phone": "+37491234567"}
                )
                notification = self._posted(partner)
                self._after_sms(
                    notification, base.FAILED, failure=failure, text="in words"
                )
                self.assertRecordValues(
                    notification,
                    [{"notification_status": status, "failure_type": kind}],
                )
        self.assertEqual(notification.failure_reason, "in words")

    def test_what_was_not_sent_says_why(self):
        notification = self._posted()
        ours = self.messages.search(
            [("uuid", "=", notification.sms_tracker_ids.sms_uuid)]
        )
        self.messages._suppress(ours.ids, "opted_out")
        notification.invalidate_recordset()
        self.assertRecordValues(
            notification,
            [
                {
                    "notification_status": "exception",
                    "failure_reason": "Consent withdrawn",
                }
            ],
        )


@tagged("post_install", "-at_install")
class TestModulesOfTheErp(CoreCommon):
    """Each of the ERP's own senders, where it is installed."""

    def _need(self, model, module):
        if model not in self.env:
            self.skipTest(f"{module} is not installed here.")

    def test_a_delivery_is_told_inside_its_transaction(self):
        self._need("confirm.stock.sms", "stock_sms")
        self.company.write(
            {
                "stock_text_confirmation": True,
                "stock_confirmation_type": "sms",
                "stock_sms_confirmation_template_id": self.env.ref(
                    "stock_sms.sms_template_data_stock_delivery"
                ).id,
            }
        )
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.ani.id,
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        count = self.messages.search_count([])
        with (
            patch("odoo.modules.module.current_test", False),
            self.assertRaises(ZeroDivisionError),
            self.env.cr.savepoint(),
        ):
            picking._send_confirmation_email()
            self.assertEqual(self.messages.search_count([]), count + 1)
            raise ZeroDivisionError
        self.assertEqual(self.messages.search_count([]), count)
        with patch("odoo.modules.module.current_test", False):
            picking._send_confirmation_email()
        message = self.messages.search([], limit=1)
        self.assertEqual(self.messages.search_count([]), count + 1)
        self.assertRecordValues(
            message,
            [
                {
                    "partner_id": self.ani.id,
                    "res_model": "stock.picking",
                    "res_id": picking.id,
                    "company_id": self.company.id,
                }
            ],
        )

    def test_a_reminder_of_a_meeting(self):
        if "sms_template_id" not in self.env["calendar.alarm"]._fields:
            self.skipTest("calendar_sms is not installed here.")
        alarm = self.env["calendar.alarm"].create(
            {"name": "By SMS", "alarm_type": "sms", "duration": 1, "interval": "hours"}
        )
        event = self.env["calendar.event"].create(
            {
                "name": "Tasting",
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now(),
                "partner_ids": [Command.link(self.ani.id)],
            }
        )
        event._do_sms_reminder(alarm)
        message = self.messages.search([], limit=1)
        self.assertRecordValues(
            message, [{"partner_id": self.ani.id, "res_model": "calendar.event"}]
        )

    def test_a_mailing_is_advertising_and_hears_of_the_delivery(self):
        self._need("mailing.trace", "mass_mailing_sms")
        mailing = self.env["mailing.mailing"].create(
            {
                "name": "New coffee",
                "subject": "New coffee",
                "mailing_type": "sms",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "=", self.ani.id)]),
                "body_plaintext": "New coffee",
                "sms_force_send": True,
            }
        )
        mailing.action_send_sms()
        trace = mailing.mailing_trace_ids
        message = self.messages.search([("uuid", "=", trace.sms_tracker_ids.sms_uuid)])
        self.assertRecordValues(
            message, [{"message_class": "marketing", "partner_id": self.ani.id}]
        )
        self._report(message, "delivered")
        trace.invalidate_recordset()
        self.assertEqual(trace.trace_status, "sent")

    def test_a_mailing_without_a_gateway_says_so(self):
        self._need("mailing.trace", "mass_mailing_sms")
        (self.first | self.second).active = False
        mailing = self.env["mailing.mailing"].create(
            {
                "name": "Nothing leaves",
                "subject": "Nothing leaves",
                "mailing_type": "sms",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "=", self.ani.id)]),
                "body_plaintext": "Nothing leaves",
                "sms_force_send": True,
            }
        )
        mailing.action_send_sms()
        trace = mailing.mailing_trace_ids
        self.assertEqual(trace.trace_status, "error")
        self.assertIn("Gateways", trace.failure_reason)

    def test_a_receipt_of_the_till(self):
        if "sms_receipt_template_id" not in self.env["pos.config"]._fields:
            self.skipTest("pos_sms is not installed here.")
        count = self.messages.search_count([])
        config = self.env["pos.config"].create({"name": "Till"})
        config.write(
            {
                "module_pos_sms": True,
                "sms_receipt_template_id": self.env["sms.template"]
                .create(
                    {
                        "name": "Receipt",
                        "model_id": self.env["ir.model"]._get_id("pos.order"),
                        "body": "Thank you",
                    }
                )
                .id,
            }
        )
        config.open_ui()
        order = self.env["pos.order"].create(
            {
                "session_id": config.current_session_id.id,
                "company_id": self.company.id,
                "amount_tax": 0,
                "amount_total": 0,
                "amount_paid": 0,
                "amount_return": 0,
            }
        )
        order.action_sent_message_on_sms("+37491234567", False)
        self.assertEqual(self.messages.search_count([]), count + 1)
        self.assertEqual(self.messages.search([], limit=1).body, "Thank you")


@tagged("post_install", "-at_install")
class TestIap(CoreCommon):
    def test_the_addresses_lead_nowhere_and_come_back(self):
        parameters = self.env["ir.config_parameter"]
        iap.disconnect(self.env)
        for name in iap.PARAMETERS:
            self.assertEqual(parameters.get_param(name), iap.NOWHERE)
        iap.reconnect(self.env)
        for name in iap.PARAMETERS:
            self.assertNotEqual(parameters.get_param(name), iap.NOWHERE)
        parameters.set_param("sms.endpoint", "https://sms.example")
        iap.disconnect(self.env)
        iap.disconnect(self.env)
        self.assertEqual(parameters.get_param("sms.endpoint"), iap.NOWHERE)
        iap.reconnect(self.env)
        self.assertEqual(parameters.get_param("sms.endpoint"), "https://sms.example")

    def test_an_address_that_somebody_set_meanwhile_stays(self):
        parameters = self.env["ir.config_parameter"]
        iap.disconnect(self.env)
        parameters.set_param("sms.endpoint", "https://mine.example")
        iap.reconnect(self.env)
        self.assertEqual(parameters.get_param("sms.endpoint"), "https://mine.example")

    @mute_logger("odoo.addons.sms.models.sms_sms")
    def test_no_account_is_made_by_sending(self):
        accounts = self.env["iap.account"].search_count([])
        self._sms().send()
        self.assertEqual(self.env["iap.account"].search_count([]), accounts)

    def test_credits_are_not_offered(self):
        user = new_test_user(self.env, "sms-setup", "base.group_system")
        arch = (
            self.env["res.config.settings"].with_user(user).get_view(view_type="form")
        )["arch"]
        self.assertNotIn('service_name="sms"', arch)
