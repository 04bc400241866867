"""How far a campaign is, for its card, its lists and whoever asks."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# The speed is that of the last minute.
SPEED_OVER = timedelta(minutes=1)
# Which messages each counter counts.
COUNTERS = {
    "queued": ("queued", "sending"),
    "accepted": ("accepted", "submitted", "delivered", "read"),
    "delivered": ("delivered", "read"),
    "failed": ("failed",),
    "unknown": ("unknown",),
}
NOT_SENT = ("failed", "unknown", "suppressed", "cancelled", "expired")


class LoyaltySmsCampaign(models.Model):
    _inherit = "loyalty.sms.campaign"

    recipient_count = fields.Integer("Recipients", compute="_compute_progress")
    todo_count = fields.Integer("Waiting", compute="_compute_progress")
    control_count = fields.Integer("Control group", compute="_compute_progress")
    skipped_count = fields.Integer("Left out", compute="_compute_progress")
    queued_count = fields.Integer("In the queue", compute="_compute_progress")
    accepted_count = fields.Integer("Sent", compute="_compute_progress")
    delivered_count = fields.Integer("Delivered", compute="_compute_progress")
    failed_count = fields.Integer("Failed", compute="_compute_progress")
    progress = fields.Float("Progress (%)", compute="_compute_progress")

    @api.depends("state", "recipient_ids.state")
    def _compute_progress(self):
        recipients, messages = self._recipient_counts(), self._message_counts()
        for campaign in self:
            listed = recipients.get(campaign._origin.id, {})
            sent = messages.get(campaign._origin.id, {})
            for name in ("todo", "control", "skipped"):
                campaign[f"{name}_count"] = listed.get(name, 0)
            for name in ("queued", "accepted", "delivered", "failed"):
                campaign[f"{name}_count"] = sum(
                    sent.get(state, 0) for state in COUNTERS[name]
                )
            campaign.recipient_count = listed.get("todo", 0) + listed.get("planned", 0)
            waiting = campaign.todo_count + campaign.queued_count
            total = campaign.recipient_count
            campaign.progress = 100.0 * (total - waiting) / total if total else 0.0

    def _recipient_counts(self):
        """``{campaign id: {state: count}}``; who waits and is for control counts so."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT campaign_id,
                          CASE WHEN state = 'todo' AND is_control THEN 'control'
                               ELSE state END, COUNT(*)
                     FROM loyalty_sms_campaign_recipient
                    WHERE campaign_id = ANY(%s) GROUP BY 1, 2""",
                self.ids,
            )
        )
        return _nested(rows)

    def _message_counts(self):
        """``{campaign id: {state: count}}`` of those that were to be sent."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT message.campaign_id, message.state, COUNT(*)
                     FROM loyalty_message message
                    WHERE message.campaign_id = ANY(%s)
                 GROUP BY 1, 2""",
                self.ids,
            )
        )
        return _nested(rows)

    # -- the card -----------------------------------------------------------------
    def get_progress(self):
        """What the progress card shows, for whoever may read the campaign.

        :return: a dict of counters, ``speed`` in messages a second, ``eta`` (a UTC
            datetime as text, or False) and ``reasons``: why messages did not arrive
        """
        self.ensure_one()
        self.check_access("read")
        self.invalidate_recordset()
        sent = self._message_counts().get(self.id, {})
        speed = self._speed()
        waiting = self.todo_count + self.queued_count
        return {
            "state": self.state,
            "total": self.recipient_count,
            "waiting": self.todo_count,
            "control": self.control_count,
            "left_out": self.skipped_count,
            "progress": self.progress,
            **{
                name: sum(sent.get(state, 0) for state in states)
                for name, states in COUNTERS.items()
            },
            "optouts": self._optout_count(),
            "speed": speed,
            "eta": self._eta(waiting, speed),
            "reasons": self._failure_reasons(),
            "left_out_reasons": self._left_out_reasons(),
        }

    def _speed(self):
        now = fields.Datetime.now()
        since = max(now - SPEED_OVER, self.started_at or now)
        seconds = (now - since).total_seconds()
        if self.state != "running" or seconds < 1:
            return 0.0
        count = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM loyalty_message
                    WHERE campaign_id = %s AND accepted_at >= %s""",
                self.id,
                since,
            )
        )[0][0]
        return round(count / seconds, 1)

    def _eta(self, waiting, speed):
        if self.state != "running" or not waiting or not speed:
            return False
        now = fields.Datetime.now()
        end = now + timedelta(seconds=waiting / speed)
        if self.spread_hours:
            end = max(end, self.started_at + timedelta(hours=self.spread_hours))
        return fields.Datetime.to_string(end.replace(microsecond=0))

    def _optout_count(self):
        """Customers who withdrew their consent since the message went to them."""
        return self.env.execute_query(
            SQL(
                """SELECT COUNT(DISTINCT consent.partner_id)
                     FROM loyalty_consent consent
                     JOIN loyalty_sms_campaign_recipient recipient
                       ON recipient.partner_id = consent.partner_id
                    WHERE recipient.campaign_id = %s AND recipient.state = 'planned'
                      AND consent.action = 'opt_out'
                      AND consent.date >= recipient.touched_at
                      AND consent.date < recipient.touched_at + %s""",
                self.id,
                timedelta(days=self.window_days),
            )
        )[0][0]

    def _failure_reasons(self):
        """``[{state, code, label, count}]``, the most frequent first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT message.state, message.reason, message.error_code,
                          MIN(message.error_text), COUNT(*)
                     FROM loyalty_message message
                     JOIN loyalty_sms_campaign_recipient recipient
                       ON recipient.message_id = message.id
                    WHERE message.campaign_id = %s AND message.state = ANY(%s)
                      AND recipient.state = 'planned'
                 GROUP BY 1, 2, 3 ORDER BY 5 DESC, 1, 2, 3 LIMIT 20""",
                self.id,
                list(NOT_SENT),
            )
        )
        labels = self.env["loyalty.message"]._fields
        states = dict(labels["state"]._description_selection(self.env))
        reasons = dict(labels["reason"]._description_selection(self.env))
        return [
            {
                "state": state,
                "reason": reason or False,
                "code": code or False,
                "label": ": ".join(
                    filter(None, [states[state], reasons.get(reason), text or code])
                ),
                "count": count,
            }
            for state, reason, code, text, count in rows
        ]

    def _left_out_reasons(self):
        """``[{reason, label, count}]`` of who never came into the queue."""
        rows = self.env.execute_query(
            SQL(
                """SELECT reason, COUNT(*) FROM loyalty_sms_campaign_recipient
                    WHERE campaign_id = %s AND state = 'skipped'
                 GROUP BY 1 ORDER BY 2 DESC, 1""",
                self.id,
            )
        )
        field = self.env["loyalty.sms.campaign.recipient"]._fields["reason"]
        labels = dict(field._description_selection(self.env))
        return [
            {
                "reason": reason or False,
                "label": labels.get(reason) or self.env._("No reason given"),
                "count": count,
            }
            for reason, count in rows
        ]

    # -- drill down -----------------------------------------------------------------
    def action_view_recipients(self):
        """Who is in the campaign, and why some got nothing."""
        return self._action_on("loyalty_sms.loyalty_sms_campaign_recipient_action", [])

    def action_view_control(self):
        """The control group."""
        return self._action_on(
            "loyalty_sms.loyalty_sms_campaign_recipient_action",
            [("is_control", "=", True)],
        )

    def action_view_left_out(self):
        """Who was left out, by reason."""
        action = self._action_on(
            "loyalty_sms.loyalty_sms_campaign_recipient_action",
            [("state", "=", "skipped")],
        )
        action["context"] = {"group_by": ["reason"]}
        return action

    def _action_on(self, name, domain):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(name)
        action["domain"] = [("campaign_id", "=", self.id), *domain]
        action["context"] = {}
        return action


def _nested(rows):
    found = {}
    for key, state, count in rows:
        found.setdefault(key, {})[state] = count
    return found
