from odoo import models

from ..engine.gateways.base import FAILED, Status


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        """An e-mail that came back did not arrive."""
        message_sudo = (
            self.env["loyalty.message"]
            .sudo()
            .search(
                [
                    ("channel", "=", "email"),
                    ("gateway_ref", "in", message_dict["bounced_msg_ids"] or []),
                ]
            )
        )
        message_sudo._apply_reports(
            [
                Status(FAILED, uuid=message.uuid, code="bounce", failure="number")
                for message in message_sudo
            ]
        )
        return super()._routing_handle_bounce(email_message, message_dict)
