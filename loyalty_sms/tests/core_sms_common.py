"""A shop with two gateways, and the ERP's own SMS."""

from unittest.mock import patch

from odoo.addons.iap.tools import iap_tools

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
