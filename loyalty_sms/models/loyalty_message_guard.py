"""What holds when a message is about to leave: the last look at consents and hours."""

from odoo import api, fields, models
from odoo.tools import SQL

from .loyalty_message_decide import CHUNK


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _claim_suppressions(self):
        """A STOP counts for what waits already, and limits for what slipped through."""
        return [
            *super()._claim_suppressions(),
            ("blocked", self._blocked_condition()),
            ("opted_out", self._withdrawn_condition()),
            ("capped", self._capped_condition()),
        ]

    @api.model
    def _claim_holds(self):
        """A message that is late waits for the next hours of its class."""
        return [
            *super()._claim_holds(),
            (
                "quiet",
                SQL("m.window_end IS NOT NULL AND m.window_end <= %s", self._now()),
            ),
        ]

    @api.model
    def _blocked_condition(self):
        return SQL(
            """m.channel != 'email' AND EXISTS (
                   SELECT 1 FROM phone_blacklist b
                    WHERE b.active AND b.number = m.number)
               OR m.channel = 'email' AND m.message_class != 'transactional'
              AND EXISTS (
                   SELECT 1 FROM mail_blacklist b
                    WHERE b.active AND b.email = m.number)
               OR EXISTS (
                   SELECT 1 FROM loyalty_consent_state held
                    WHERE held.number = m.number AND held.channel = m.channel
                      AND held.purpose = 'all' AND NOT held.allowed
                      AND (held.company_id IS NULL
                           OR held.company_id = m.company_id))"""
        )

    @api.model
    def _withdrawn_condition(self):
        return SQL(
            """m.message_class != 'transactional' AND EXISTS (
                   SELECT 1 FROM loyalty_consent_state held
                    WHERE held.number = m.number AND held.channel = m.channel
                      AND (held.purpose = m.message_class
                           OR m.message_class = 'survey' AND held.purpose = 'service')
                      AND NOT held.allowed
                      AND (held.company_id IS NULL
                           OR held.company_id = m.company_id))"""
        )

    @api.model
    def _capped_condition(self):
        """Two processes that planned for one customer at once: the later row stays."""
        return SQL(
            """m.message_class = 'marketing' AND m.parent_id IS NULL
               AND m.partner_id IS NOT NULL AND EXISTS (
                   SELECT 1 FROM loyalty_sms_limit cap
                    WHERE cap.message_class = m.message_class
                      AND cap.cap_group IS NULL AND COALESCE(cap.per_day, 0) > 0
                      AND (cap.company_id = m.company_id
                           OR cap.company_id IS NULL AND NOT EXISTS (
                              SELECT 1 FROM loyalty_sms_limit own
                               WHERE own.message_class = m.message_class
                                 AND own.cap_group IS NULL
                                 AND own.company_id = m.company_id))
                      AND cap.per_day <= (
                          SELECT count(*) FROM loyalty_message other
                           WHERE other.partner_id = m.partner_id
                             AND other.company_id = m.company_id
                             AND other.message_class = m.message_class
                             AND other.id != m.id
                             AND other.parent_id IS NULL
                             AND other.state NOT IN
                                 ('suppressed', 'cancelled', 'failed', 'expired')
                             AND (other.state != 'queued' OR other.id < m.id)
                             AND COALESCE(other.accepted_at, other.not_before)
                                 BETWEEN %(now)s - interval '1 day'
                                     AND %(now)s + interval '1 day'
                             AND other.create_date > %(now)s - interval '60 days'))""",
            now=self._now(),
        )

    @api.model
    def _suppress_withdrawn(self, numbers):
        """Take what waits for these numbers off the queue, where consent is gone.

        :return: how many messages were taken off
        """
        reason = SQL(
            """CASE WHEN %s THEN 'blocked' WHEN %s THEN 'opted_out' END""",
            self._blocked_condition(),
            self._withdrawn_condition(),
        )
        rows = self.env.execute_query(
            SQL(
                """UPDATE loyalty_message m SET state = 'suppressed', reason = %s
                    WHERE m.state = 'queued' AND m.number = ANY(%s) AND %s IS NOT NULL
                   RETURNING m.id, m.state""",
                reason,
                list(numbers),
                reason,
            )
        )
        if rows:
            self.browse(row[0] for row in rows)._on_changed(dict(rows))
        return len(rows)

    # -- quiet hours ------------------------------------------------------------------
    @api.model
    def _reopen_windows(self):
        """Messages whose hours ended before they left wait for the next ones."""
        late = self.search_fetch(
            [("state", "=", "queued"), ("window_end", "<=", fields.Datetime.now())],
            ["partner_id", "number", "message_class", "company_id", "rule_id"],
            limit=CHUNK,
            order="id",
        )
        for (company, message_class, rule), some in late.grouped(
            lambda m: (m.company_id, m.message_class, m.rule_id)
        ).items():
            limits = self.env["loyalty.sms.limit"]._for(company, message_class)
            hours = [limits._window(company), rule._window() if rule else None]
            self._reopen(some, hours, company)

    @api.model
    def _reopen(self, late, hours, company):
        zones = {}
        for channel, some in late.grouped("channel").items():
            consents = self._consents(
                some.partner_id, channel, "transactional", company
            )
            zones.update((key, consent.zones) for key, consent in consents.items())
        own = company.sudo().partner_id.tz or "UTC"
        now = fields.Datetime.now()
        rows = []
        for message in late:
            names = zones.get(message.partner_id.id) or (own,)
            moment, end = self._moment(now, names, hours)
            rows.append((message.id, moment or message.expires_at, end))
        self.env.execute_query(
            SQL(
                """UPDATE loyalty_message m
                      SET not_before = late.not_before, window_end = late.window_end
                     FROM (VALUES %s) AS late (id, not_before, window_end)
                    WHERE late.id = m.id AND m.state = 'queued'
                   RETURNING m.id""",
                SQL(", ").join(
                    SQL("(%s, %s::timestamp, %s::timestamp)", *row) for row in rows
                ),
            )
        )
        late.invalidate_recordset(["not_before", "window_end"])
