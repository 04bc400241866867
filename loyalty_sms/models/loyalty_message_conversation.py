"""Everything that was said with a customer, in all channels, in time order."""

from odoo import api, fields, models
from odoo.tools import format_datetime

PAGE = 40


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def get_conversation(self, partner_id, before=None):
        """What was written to a customer and by the customer, for the form's tab.

        :param int partner_id: the customer; the user must be allowed to read both the
            customer and messages
        :param str before: only what is older than this moment
        :return: a dict with ``past`` (dicts of bubbles, the oldest first), ``next``
            (what is still to come, the soonest first), and ``has_more``
        """
        self.check_access("read")
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        past = self._conversation_past(partner, before)
        past.sort(key=lambda bubble: bubble["moment"])
        return {
            "past": [self._shown_at(bubble) for bubble in past[-PAGE:]],
            "has_more": len(past) > PAGE,
            "next": [
                self._shown_at(bubble)
                for bubble in sorted(
                    [] if before else self._conversation_next(partner),
                    key=lambda bubble: bubble["moment"],
                )
            ],
        }

    @api.model
    def _conversation_past(self, partner, before):
        """Bubbles of what was said, at most one more than a page of each source."""
        domain = [
            ("partner_id", "=", partner.id),
            "|",
            ("state", "!=", "queued"),
            ("not_before", "<=", fields.Datetime.now()),
        ]
        if before:
            domain.append(("create_date", "<", before))
        messages = self.search(
            domain, limit=PAGE + 1, order="create_date desc, id desc"
        )
        return [
            *(message._bubble(message.create_date) for message in messages),
            *self._inbound_bubbles(partner, before),
        ]

    @api.model
    def _inbound_bubbles(self, partner, before):
        """What the customer wrote, at most one more than a page."""
        domain = [
            ("partner_id", "=", partner.id),
            ("company_id", "in", [*self.env.companies.ids, False]),
        ]
        if before:
            domain.append(("create_date", "<", before))
        # The caller may read what was written to the customer: so what came back.
        inbounds_sudo = self.env["loyalty.sms.inbound"].sudo()
        fields_ = inbounds_sudo._fields
        channels = dict(fields_["channel"]._description_selection(self.env))
        kinds = dict(fields_["kind"]._description_selection(self.env))
        states = dict(fields_["state"]._description_selection(self.env))
        return [
            {
                "key": f"inbound-{inbound_sudo.id}",
                "id": inbound_sudo.id,
                "model": inbounds_sudo._name,
                "direction": "in",
                "moment": inbound_sudo.create_date,
                "channel": inbound_sudo.channel,
                "channel_name": channels.get(inbound_sudo.channel, ""),
                "class_name": "",
                "state": "received",
                "status": states.get(inbound_sudo.state, ""),
                "subject": "",
                "text": inbound_sudo.text or "",
                "is_secret": False,
                "origin": kinds.get(inbound_sudo.kind, ""),
                "number": inbound_sudo.number,
            }
            for inbound_sudo in inbounds_sudo.search(
                domain, limit=PAGE + 1, order="create_date desc, id desc"
            )
        ]

    @api.model
    def _conversation_next(self, partner):
        """Bubbles of what is planned already."""
        messages = self.search(
            [
                ("partner_id", "=", partner.id),
                ("state", "=", "queued"),
                ("not_before", ">", fields.Datetime.now()),
            ],
            limit=PAGE,
        )
        return [
            *(message._bubble(message.not_before) for message in messages),
            *self._waiting_bubbles(partner),
        ]

    @api.model
    def _waiting_bubbles(self, partner):
        """What message rules will tell the customer, once its time has come."""
        # The caller may read the customer's messages: so what is to become of them.
        logs_sudo = (
            self.env["loyalty.sms.rule.log"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("state", "=", "waiting"),
                    ("company_id", "in", [*self.env.companies.ids, False]),
                ],
                limit=PAGE,
            )
        )
        return [
            {
                "key": f"rule-{log_sudo.id}",
                "id": 0,
                "model": "",
                "direction": "out",
                "moment": log_sudo.due_at,
                "channel": log_sudo.rule_id.channel,
                "channel_name": "",
                "class_name": "",
                "state": "queued",
                "status": self.env._("Waits for its rule"),
                "subject": "",
                "text": log_sudo.rule_id.name,
                "is_secret": False,
                "origin": "",
                "number": "",
            }
            for log_sudo in logs_sudo
        ]

    def _bubble(self, moment):
        return {
            "key": f"message-{self.id}",
            "id": self.id,
            "model": self._name,
            "direction": "out",
            "moment": moment,
            "channel": self.channel,
            "channel_name": self._label("channel"),
            "class_name": self._label("message_class"),
            "state": self.state,
            "status": self.status_text,
            "subject": self.subject or "",
            "text": self.body_shown or "",
            "is_secret": self.is_secret,
            "origin": self.origin_text,
            "number": self.number or "",
        }

    def _label(self, name):
        selection = self._fields[name]._description_selection(self.env)
        return dict(selection).get(self[name], "")

    @api.model
    def _shown_at(self, bubble):
        moment = bubble.pop("moment")
        return {
            **bubble,
            "date": fields.Datetime.to_string(moment),
            "when": format_datetime(self.env, moment, dt_format="short"),
        }
