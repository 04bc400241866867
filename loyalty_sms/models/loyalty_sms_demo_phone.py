import uuid

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tools import email_normalize

from ..engine.gateways import webhook
from ..engine.gateways.base import Inbound

SHOWN = 200
TEXT_LIMIT = 1000
ARRIVED = ("accepted", "submitted", "delivered", "read")


class LoyaltySmsGateway(models.Model):
    """The page of the demo phone: what customers see, and what they answer."""

    _inherit = "loyalty.sms.gateway"

    @api.model
    def demo_phones(self):
        """Phones that demo gateways wrote to, the last written to first.

        :return: dicts of ``number``, ``channel``, ``partner`` and ``messages``, the
            newest first; texts with codes are masked as everywhere
        """
        self._check_demo_reader()
        bubbles = self._demo_sent() + self._demo_received()
        phones = {}
        for bubble in sorted(bubbles, key=lambda one: one["date"], reverse=True):
            number = bubble.pop("number")
            channel, partner = bubble.pop("channel"), bubble.pop("partner")
            phone = phones.setdefault(
                number,
                {"number": number, "channel": channel, "partner": "", "messages": []},
            )
            phone["partner"] = phone["partner"] or partner
            phone["messages"].append(bubble)
        return [phone for phone in phones.values() if _has_ours(phone)]

    @api.model
    def demo_reply(self, number, channel, text):
        """Answer as the customer: the text takes the way of all replies.

        :param number: one of :meth:`demo_phones`
        """
        self._check_demo_reader()
        message = self.env["loyalty.message"].search(
            [
                ("gateway_id", "in", self._demo_gateways().ids),
                ("number", "=", str(number)),
                ("channel", "=", str(channel)),
                ("state", "in", ARRIVED),
            ],
            order="id desc",
            limit=1,
        )
        words = str(text or "").strip()[:TEXT_LIMIT]
        if not message or not words:
            raise UserError(
                self.env._(
                    "Only a phone that a demo gateway has written to can answer, and"
                    " the answer may not be empty."
                )
            )
        inbound = Inbound(
            email_normalize(message.number) or message.number,
            words,
            to=message.sender or "",
            external_id=f"demo-{uuid.uuid4().hex}",
            channel=message.channel,
            reply_to=message.gateway_ref,
        )
        message.gateway_id.sudo()._take_calls([webhook.inbound_row(inbound)])

    def _check_demo_reader(self):
        if not self.env.user.has_group("loyalty_sms.group_sms_user"):
            raise AccessError(
                self.env._("Only people who work with messages see the demo phone.")
            )

    @api.model
    def _demo_gateways(self):
        return self.with_context(active_test=False).search([("kind", "=", "demo")])

    def _demo_sent(self):
        messages = self.env["loyalty.message"].search(
            [
                ("gateway_id", "in", self._demo_gateways().ids),
                ("state", "in", ARRIVED),
            ],
            order="id desc",
            limit=SHOWN,
        )
        states = dict(messages._fields["state"]._description_selection(self.env))
        return [
            {
                "key": f"m{message.id}",
                "number": message.number or "",
                "channel": message.channel,
                "partner": message.partner_id.sudo().name or "",
                "is_ours": True,
                "sender": message.sender or message.gateway_id.default_sender or "",
                "text": message.body_shown or "",
                "date": Datetime.to_string(message.accepted_at or message.create_date),
                "state": states[message.state],
            }
            for message in messages
        ]

    def _demo_received(self):
        gateways = self._demo_gateways()
        rows_sudo = (
            self.env["loyalty.message.inbox"]
            .sudo()
            .search(
                [("gateway_id", "in", gateways.ids), ("kind", "=", "inbound")],
                order="id desc",
                limit=SHOWN,
            )
        )
        return [
            {
                "key": f"i{row.id}",
                "number": row.payload.get("number", ""),
                "channel": row.payload.get("channel", "sms"),
                "partner": "",
                "is_ours": False,
                "sender": "",
                "text": row.payload.get("text", ""),
                "date": Datetime.to_string(row.create_date),
                "state": "",
            }
            for row in rows_sudo
        ]


def _has_ours(phone):
    return any(bubble["is_ours"] for bubble in phone["messages"])
