import uuid

from odoo import api, models
from odoo.tools import SQL

# How many messages of a class go for one of the others while all of them wait.
WEIGHTS = {"transactional": 8, "service": 4, "survey": 2, "marketing": 1}
# Codes and couriers: before everything else.
URGENT = 1
CLAIMED = (
    "id",
    "uuid",
    "number",
    "body",
    "channel",
    "sender",
    "encoding",
    "priority",
    "expires_at",
    "subject",
    "provider_template",
    "message_class",
    "attempts",
    "company_id",
    "tried",
)


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _claim(self, gateway, limit):
        """Take messages for a gateway, the urgent first and each class its share.

        What must not go any more is marked so. Commit before anything is sent.

        :return: ``(token, rows)``: the rows as dicts of the columns ``CLAIMED``
        """
        now = self._now()
        token = uuid.uuid4().hex
        # Two statements: of a table that grows and empties all the time the planner has
        # old statistics, and would join the two parts in the slowest way.
        picked = self.env.execute_query(self._picked(gateway, limit, now))
        if not picked:
            return token, []
        found = self.env.execute_query_dict(
            SQL(
                """
                WITH locked AS (
                    SELECT m.id, %(reason)s AS reason
                      FROM loyalty_message m
                     WHERE m.id = ANY(%(picked)s) AND m.state = 'queued'
                       FOR UPDATE OF m SKIP LOCKED
                )
                UPDATE loyalty_message m
                   SET state = CASE
                           WHEN locked.reason IS NULL THEN 'sending'
                           WHEN locked.reason IN ('expired', 'cancelled')
                               THEN locked.reason
                           ELSE 'suppressed' END,
                       reason = NULLIF(locked.reason, 'cancelled'),
                       claim_token = %(token)s,
                       claimed_at = %(now)s,
                       attempts = m.attempts
                           + CASE WHEN locked.reason IS NULL THEN 1 ELSE 0 END
                  FROM locked
                 WHERE locked.id = m.id
             RETURNING m.state, %(columns)s
                """,
                picked=[row[0] for row in picked],
                reason=self._first_reason(),
                token=token,
                now=now,
                columns=SQL(", ").join(SQL.identifier("m", name) for name in CLAIMED),
            )
        )
        refused = {
            row["id"]: row["state"] for row in found if row["state"] != "sending"
        }
        if refused:
            self.browse(refused)._on_changed(refused)
        rows = [row for row in found if row["state"] == "sending"]
        return token, sorted(rows, key=lambda row: (row["priority"], row["id"]))

    def _picked(self, gateway, limit, now):
        """Ids of what may go now. Classes share as ``WEIGHTS`` says, by a virtual time
        at which each message would have its turn; none of them can stop another."""
        return SQL(
            """
            SELECT mixed.id FROM (
                SELECT turn.id, turn.priority,
                       turn.place::float / class.weight AS at
                  FROM (VALUES %(weights)s) AS class(name, weight),
                       LATERAL (
                           SELECT due.*, row_number() OVER (
                                      ORDER BY due.priority, due.not_before, due.id
                                  ) AS place
                             FROM (
                               SELECT m.id, m.priority, m.not_before
                                 FROM loyalty_message m
                                WHERE m.state = 'queued'
                                  AND m.gateway_id = %(gateway)s
                                  AND m.message_class = class.name
                                  AND m.not_before <= %(now)s
                                  %(holds)s
                             ORDER BY m.priority, m.not_before, m.id
                                LIMIT %(limit)s
                           ) due
                       ) turn
            ) mixed
            ORDER BY (mixed.priority <= %(urgent)s) DESC, mixed.at, mixed.id
            LIMIT %(limit)s
            """,
            weights=SQL(", ").join(WEIGHTS.items()),
            gateway=gateway.id,
            now=now,
            limit=limit,
            urgent=URGENT,
            holds=self._no_holds(),
        )

    def _no_holds(self):
        return SQL(" ").join(
            SQL("AND NOT COALESCE((%s), FALSE)", condition)
            for _reason, condition in self._claim_holds()
        )

    def _first_reason(self):
        whens = SQL(" ").join(
            SQL("WHEN %s THEN %s", condition, reason)
            for reason, condition in self._claim_suppressions()
        )
        return SQL("CASE %s END", whens)
