from odoo.tests import tagged

from .test_gateways import GatewayCommon


@tagged("post_install", "-at_install")
class TestEmail(GatewayCommon):
    """The channel e-mail goes through the ERP's own mails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls._gateway("Mail", kind="email", channel="email")
        cls.messages = cls.env["loyalty.message"]

    def _message(self, **values):
        return self.messages._enqueue(
            [
                {
                    "company_id": self.company.id,
                    "gateway_id": self.gateway.id,
                    "channel": "email",
                    "number": "ani@example.com",
                    "subject": "Points",
                    "body": "Barev, Ani!\n5 < 6",
                    **values,
                }
            ]
        )

    def _handed_over(self, **values):
        message = self._message(**values)
        self.messages._keep_house()
        message.invalidate_recordset()
        mail = self.env["mail.mail"].search(
            [("loyalty_message_uuid", "=", message.uuid)]
        )
        return message, mail

    def test_a_mail_is_made_once(self):
        message, mail = self._handed_over()
        self.messages._keep_house()
        self.assertEqual(message.state, "accepted")
        self.assertEqual(message.gateway_ref, mail.message_id)
        self.assertRecordValues(
            mail,
            [{"email_to": "ani@example.com", "subject": "Points", "state": "outgoing"}],
        )
        self.assertIn("5 &lt; 6", mail.body_html)
        self.assertEqual(
            self.env["mail.mail"].search_count(
                [("loyalty_message_uuid", "=", message.uuid)]
            ),
            1,
        )

    def test_the_senders_threads_leave_e_mails_alone(self):
        self.assertIsNone(self.gateway._handover())

    def test_a_stopped_gateway_writes_no_mails(self):
        self.gateway.is_paused = True
        message, mail = self._handed_over()
        self.assertFalse(mail)
        self.assertEqual(message.state, "queued")

    def test_what_the_mail_server_took_is_submitted(self):
        message, mail = self._handed_over()
        mail._postprocess_sent_message([], ["ani@example.com"])
        message.invalidate_recordset()
        self.assertEqual(message.state, "submitted")

    def test_what_the_mail_server_refused_has_failed_with_its_words(self):
        message, mail = self._handed_over()
        mail._postprocess_sent_message(
            [], [], failure_reason="No such user", failure_type="mail_email_invalid"
        )
        message.invalidate_recordset()
        self.assertEqual(message.state, "failed")
        self.assertEqual(message.failure, "number")
        self.assertEqual(message.error_text, "No such user")

    def test_a_mail_that_comes_back_has_failed(self):
        message, mail = self._handed_over()
        reference = mail.message_id
        mail._postprocess_sent_message([], ["ani@example.com"])
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "email_from": "mailer-daemon@example.com",
                "to": "shop@example.com",
                "subject": "Undelivered",
                "message_id": "<bounce@example.com>",
                "bounced_email": False,
                "bounced_partner": self.env["res.partner"],
                "bounced_msg_ids": [reference],
                "bounced_message": self.env["mail.message"],
            },
        )
        message.invalidate_recordset()
        self.assertEqual((message.state, message.failure), ("failed", "number"))
