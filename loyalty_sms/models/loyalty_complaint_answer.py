"""The conversation: answers reach the customer, the customer's words the owner."""

from odoo import fields, models
from odoo.tools import html2plaintext, plaintext2html

from ..engine.gateways.base import storable
from .loyalty_complaint import CLOSED


class LoyaltyComplaint(models.Model):
    _inherit = "loyalty.complaint"

    def message_post(self, **kwargs):
        """Messages that both sides can read move the complaint on.

        What staff writes as a message is an answer, and an event for the message
        rules; notes stay inside. What the customer writes makes it our turn.
        """
        message = super().message_post(**kwargs)
        if not self or message.message_type not in ("comment", "email"):
            return message
        message_sudo = message.sudo()
        if message_sudo.author_id == self.partner_id:
            self.sudo()._on_customer_wrote()
        elif (
            not message_sudo.is_internal
            and message_sudo.subtype_id == self.env.ref("mail.mt_comment")
            and any(user._is_internal() for user in message_sudo.author_id.user_ids)
        ):
            self.sudo()._on_answered(message_sudo)
        return message

    def _on_answered(self, message_sudo):
        values = {"deadline": False}
        if not self.answered_at:
            values["answered_at"] = fields.Datetime.now()
        if self.state == "new":
            values["state"] = "progress"
        self.write(values)
        # The move to "in progress" gave a new deadline: it is the customer's turn.
        self.deadline = False
        self.env["loyalty.sms.event"]._emit(
            "complaint_answered",
            self.partner_id,
            f"complaint_answered:{message_sudo.id}",
            record=self.sudo(False),
            values={
                "complaint": self.number,
                "subject": self.name,
                "answer": html2plaintext(message_sudo.body or "").strip()[:500],
                "complaint_link": f"{self.get_base_url()}/my/complaints/{self.id}",
            },
        )

    def _on_customer_wrote(self):
        if self.state in ("waiting", *CLOSED):
            self.state = "progress"
        if not self.deadline:
            self._renew_deadline()
        if self.owner_id:
            self.activity_unlink(["mail.mail_activity_data_todo"])
            self._schedule_for(self.owner_id, self.env._("The customer wrote again"))

    def _customer_says(self, text):
        """Add what the customer wrote on the own page; the caller knows who it is."""
        self.ensure_one()
        self.sudo().message_post(
            author_id=self.partner_id.id,
            body=plaintext2html(storable(text, 10000).strip()[:4000]),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _shown_messages(self):
        """What both sides wrote, the oldest first, as superuser."""
        self.ensure_one()
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "in", ["comment", "email"]),
                    ("is_internal", "=", False),
                    ("subtype_id", "=", self.env.ref("mail.mt_comment").id),
                ],
                order="id",
            )
        )
