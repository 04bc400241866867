"""What other modules of the ERP send by SMS; `setup/test core3` has them all."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from .core_sms_common import CoreCommon


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
