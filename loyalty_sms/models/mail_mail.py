from odoo import fields, models

from ..engine.gateways.base import FAILED, SUBMITTED, Status

FAILURES = {
    "mail_email_invalid": "number",
    "mail_email_missing": "number",
    "mail_from_invalid": "sender",
    "mail_from_missing": "sender",
    "mail_smtp": "server",
    "mail_spam": "blocked",
    "mail_bl": "blocked",
    "mail_optout": "blocked",
    "mail_dup": "duplicate",
}


class MailMail(models.Model):
    _inherit = "mail.mail"

    loyalty_message_uuid = fields.Char(
        "Customer message", index="btree_not_null", readonly=True
    )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """What the mail server said comes back to the message it was for."""
        statuses = [
            Status(
                FAILED if failure_type else SUBMITTED,
                uuid=mail.loyalty_message_uuid,
                ref=mail.message_id,
                code=failure_type or None,
                text=(failure_reason or "")[:200] or None,
                failure=FAILURES.get(failure_type, "not_delivered")
                if failure_type
                else None,
            )
            for mail in self.sudo().filtered("loyalty_message_uuid")
        ]
        if statuses:
            self.env["loyalty.message"].sudo()._apply_reports(statuses)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )
