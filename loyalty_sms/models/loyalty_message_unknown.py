from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# A worker answers within its timeout or not at all.
STALE = timedelta(minutes=2)
# A report may come this late before anything else is decided.
GRACE = timedelta(minutes=15)
BATCH = 500
QUERY_BATCH = 100


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _mend(self, now=None):
        """Messages nobody answers for: what their worker left, and what may go again.

        :return: how many were looked at
        """
        now = now or fields.Datetime.now()
        return self._doubt_stale(now) + self._resend_unknown(now)

    def _doubt_stale(self, now):
        """Messages in the hands of a worker that is gone: nobody knows their fate."""
        found = self.env.execute_query(
            SQL(
                """
                UPDATE loyalty_message SET state = 'unknown'
                 WHERE id IN (
                       SELECT id FROM loyalty_message
                        WHERE state = 'sending' AND claimed_at < %s
                        LIMIT %s FOR UPDATE SKIP LOCKED)
             RETURNING id
                """,
                now - STALE,
                BATCH,
            )
        )
        return len(found)

    def _resend_unknown(self, now):
        """Send again, once, what may go twice and was not heard of within the grace."""
        found = self.env.execute_query(
            SQL(
                """
                UPDATE loyalty_message
                   SET state = 'queued', not_before = %(now)s, claim_token = NULL,
                       resends = COALESCE(resends, 0) + 1, attempts = 0, tried = NULL
                 WHERE id IN (
                       SELECT id FROM loyalty_message
                        WHERE state = 'unknown' AND claimed_at < %(grace)s
                          AND message_class = 'transactional'
                          AND (may_resend OR rule_id IN (
                              SELECT id FROM loyalty_sms_rule WHERE may_resend))
                          AND COALESCE(resends, 0) = 0
                          AND (expires_at IS NULL OR expires_at > %(now)s)
                        LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
             RETURNING id
                """,
                now=now,
                grace=now - GRACE,
                limit=BATCH,
            )
        )
        if found:
            self._wake()
        return len(found)

    @api.model
    def _to_ask(self, gateway, limit=QUERY_BATCH):
        """The gateway's ids of messages whose fate it may be asked for."""
        now = fields.Datetime.now()
        return self.env.execute_query(
            SQL(
                """
                UPDATE loyalty_message SET asked_at = %(now)s
                 WHERE id IN (
                       SELECT id FROM loyalty_message
                        WHERE gateway_id = %(gateway)s
                          AND state IN ('unknown', 'accepted', 'submitted')
                          AND claimed_at BETWEEN %(oldest)s AND %(latest)s
                          AND (asked_at IS NULL OR asked_at < %(latest)s)
                     ORDER BY asked_at NULLS FIRST, id
                        LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
             RETURNING COALESCE(gateway_ref, uuid), number
                """,
                now=now,
                gateway=gateway.id,
                oldest=now - timedelta(days=3),
                latest=now - timedelta(minutes=1),
                limit=limit,
            )
        )

    # -- a person decides -------------------------------------------------------------
    def action_resolve_sent(self):
        """A person knows that these messages left."""
        self._check_may_resolve()
        self._resolve("accepted")

    def action_resolve_send_again(self):
        """A person knows that these messages did not leave, or takes the risk."""
        self._check_may_resolve()
        self._resolve("queued")
        self._wake()

    def _check_may_resolve(self):
        if not self.env.user.has_group("loyalty_sms.group_sms_manager"):
            raise AccessError(
                self.env._("Only a campaign manager decides about unknown messages.")
            )
        self.check_access("read")
        if others := self.filtered(lambda message: message.state != "unknown"):
            raise UserError(
                self.env._(
                    "%(count)s of the messages are not unknown any more. Reload the"
                    " list and choose among those that are left.",
                    count=len(others),
                )
            )

    def _resolve(self, state):
        now = fields.Datetime.now()
        found = self.env.execute_query(
            SQL(
                """
                UPDATE loyalty_message
                   SET state = %(state)s, claim_token = NULL,
                       accepted_at = CASE WHEN %(state)s = 'accepted'
                                          THEN COALESCE(accepted_at, %(now)s) END,
                       not_before = %(now)s, attempts = 0, tried = NULL,
                       expires_at = CASE WHEN %(state)s = 'queued'
                           THEN GREATEST(expires_at, %(later)s) ELSE expires_at END,
                       resends = COALESCE(resends, 0)
                           + CASE WHEN %(state)s = 'queued' THEN 1 ELSE 0 END
                 WHERE id = ANY(%(ids)s) AND state = 'unknown' RETURNING id
                """,
                state=state,
                now=now,
                later=now + timedelta(hours=1),
                ids=self.ids,
            )
        )
        changed = dict.fromkeys((row[0] for row in found), state)
        self.browse(changed)._on_changed(changed)
