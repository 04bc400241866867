"""SMS of the ERP itself: through our queue, once, and back to where they came from."""

from unittest.mock import patch

from lxml import etree

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..engine.gateways import base
from ..tools import iap
from ..tools.sms_api import LoyaltySmsApi
from .core_sms_common import CoreCommon


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
        widgets = etree.fromstring(arch).xpath("//widget[@service_name='sms']")
        self.assertEqual({widget.get("invisible") for widget in widgets} - {"1"}, set())
