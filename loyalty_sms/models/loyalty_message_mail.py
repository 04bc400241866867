from email.utils import make_msgid

from odoo import api, models
from odoo.tools import plaintext2html

from ..engine.gateways.base import ACCEPTED, Result

BATCH = 200


class LoyaltyMessage(models.Model):
    """The channel e-mail: a mail of the ERP for each message."""

    _inherit = "loyalty.message"

    @api.model
    def _keep_house(self):
        return super()._keep_house() + self._send_mail()

    @api.model
    def _send_mail(self):
        """Turn waiting e-mails into mails of the ERP, in one transaction: either both
        are there, the mail and the note that it was handed over, or none.

        :return: how many
        """
        gateways = self.env["loyalty.sms.gateway"].search(
            [("kind", "=", "email"), ("is_paused", "=", False)]
        )
        return sum(self._send_mail_through(gateway) for gateway in gateways)

    def _send_mail_through(self, gateway):
        token, rows = self._claim(gateway, BATCH)
        if not rows:
            return 0
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create([self._prepare_mail_values(gateway, row) for row in rows])
        )
        results = [
            Result(row["uuid"], ACCEPTED, ref=mail.message_id)
            for row, mail in zip(rows, mails, strict=True)
        ]
        self._settle(gateway, token, rows, results)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return len(rows)

    def _prepare_mail_values(self, gateway, row):
        """The mail of a claimed row."""
        company = self.env["res.company"].sudo().browse(row["company_id"])
        sender = row["sender"] or gateway.default_sender or company.email_formatted
        return {
            "email_to": row["number"],
            "email_from": sender or self.env.user.email_formatted,
            "subject": row["subject"] or company.name,
            "body_html": plaintext2html(row["body"] or ""),
            "message_id": make_msgid(row["uuid"], "loyalty-message"),
            "mail_server_id": gateway.mail_server_id.id,
            "loyalty_message_uuid": row["uuid"],
            "auto_delete": True,
        }
