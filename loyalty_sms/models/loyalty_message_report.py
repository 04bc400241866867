from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import states
from ..engine.gateways.base import storable

BATCH = 2000
# A gateway that only knows its own id may report before its answer is written down.
PATIENCE = timedelta(hours=1)
AGAIN = timedelta(seconds=5)


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _apply_reports(self, statuses, gateway=None):
        """Believe what gateways say about messages; the order does not matter.

        :param statuses: :class:`~..engine.gateways.base.Status` each
        :param gateway: whose they are, when they may name messages by the gateway's id
        """
        values = [
            SQL(
                "(%s, %s::varchar, %s::varchar, %s::int, %s::varchar, %s::varchar,"
                " %s::varchar, %s::varchar, %s::float8, %s::timestamp)",
                index,
                storable(status.uuid),
                storable(status.ref),
                gateway.id if gateway else None,
                status.state,
                storable(status.code),
                storable(status.text),
                status.failure,
                None if status.cost is None else float(status.cost),
                fields.Datetime.now(),
            )
            for index, status in enumerate(statuses)
            if status.state in states.REPORTED
        ]
        if values:
            self._believe(SQL("SELECT * FROM (VALUES %s) r", SQL(", ").join(values)))

    @api.model
    def _apply_inbox(self, limit=BATCH):
        """Apply the calls that were written down; each kind in its own way.

        :return: how many calls were looked at: less than ``limit`` means no more wait
        """
        return self._apply_inbox_reports(limit) + self._apply_inbox_inbound(limit)

    def _apply_inbox_reports(self, limit):
        now = fields.Datetime.now()
        taken = self.env.execute_query(
            SQL(
                """
                SELECT id FROM loyalty_message_inbox
                 WHERE applied_at IS NULL AND kind = 'report'
                   AND (not_before IS NULL OR not_before <= %s)
              ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
                """,
                now,
                limit,
            )
        )
        if not taken:
            return 0
        ids = [row[0] for row in taken]
        matched = self._believe(
            SQL(
                """
                SELECT id, uuid, gateway_ref, gateway_id, state,
                       payload->>'code', payload->>'text', payload->>'failure',
                       (payload->>'cost')::float8, create_date
                  FROM loyalty_message_inbox WHERE id = ANY(%s)
                """,
                ids,
            )
        )
        # A report by the gateway's own id can be too early; one by ours cannot.
        self.env.execute_query(
            SQL(
                """
                UPDATE loyalty_message_inbox i
                   SET applied_at = CASE WHEN found.wait THEN NULL ELSE %(now)s END,
                       not_before = CASE WHEN found.wait THEN %(again)s END,
                       outcome = CASE WHEN found.wait THEN NULL
                                      WHEN found.known THEN 'applied'
                                      ELSE 'no message' END
                  FROM (SELECT id, id = ANY(%(matched)s) AS known,
                               id <> ALL(%(matched)s) AND uuid IS NULL
                                   AND create_date > %(patience)s AS wait
                          FROM loyalty_message_inbox WHERE id = ANY(%(ids)s)) found
                 WHERE i.id = found.id RETURNING i.id
                """,
                now=now,
                again=now + AGAIN,
                matched=matched,
                patience=now - PATIENCE,
                ids=ids,
            )
        )
        return len(ids)

    def _believe(self, reports):
        """Apply reports, the columns of which are given by the query ``reports``.

        A gateway of one company is not believed about messages of another, whichever
        of their ids it has learnt.

        :return: keys (the first column) of the reports whose message is known
        """
        ranks = SQL(", ").join(states.RANK.items())
        rows = self.env.execute_query(
            SQL(
                """
                WITH report(key, uuid, ref, gateway_id, state, code, text, failure,
                            cost, at) AS MATERIALIZED (%(reports)s),
                rank(state, value) AS (VALUES %(ranks)s),
                found AS MATERIALIZED (
                    SELECT r.*, COALESCE(by_uuid.id, by_ref.id) AS message_id,
                           rank.value
                      FROM report r
                      JOIN rank ON rank.state = r.state
                 LEFT JOIN loyalty_sms_gateway teller ON teller.id = r.gateway_id
                 LEFT JOIN loyalty_message by_uuid
                        ON r.uuid IS NOT NULL AND by_uuid.uuid = r.uuid
                       AND (teller.company_id IS NULL
                            OR teller.company_id = by_uuid.company_id
                            OR teller.id = by_uuid.gateway_id)
                 LEFT JOIN loyalty_message by_ref
                        ON r.uuid IS NULL AND by_ref.gateway_ref = r.ref
                       AND by_ref.gateway_id = r.gateway_id
                ),
                best AS (
                    SELECT DISTINCT ON (message_id) * FROM found
                     WHERE message_id IS NOT NULL
                  ORDER BY message_id, value DESC, key
                ),
                times AS (
                    SELECT message_id,
                           min(at) FILTER (WHERE state = 'submitted') AS submitted_at,
                           min(at) FILTER (WHERE state = 'delivered') AS delivered_at,
                           min(at) FILTER (WHERE state = 'read') AS read_at,
                           min(at) FILTER (WHERE state = 'failed') AS failed_at,
                           max(cost) AS cost
                      FROM found WHERE message_id IS NOT NULL GROUP BY message_id
                ),
                old AS (
                    SELECT m.id, m.state, rank.value FROM loyalty_message m
                      JOIN best ON best.message_id = m.id
                      JOIN rank ON rank.state = m.state
                  ORDER BY m.id FOR UPDATE OF m
                ),
                done AS (
                    UPDATE loyalty_message m
                       SET state = CASE WHEN best.value > old.value
                                        THEN best.state ELSE m.state END,
                           reason = CASE WHEN best.value > old.value
                                         THEN NULL ELSE m.reason END,
                           accepted_at = COALESCE(m.accepted_at, best.at),
                           submitted_at = COALESCE(m.submitted_at, t.submitted_at),
                           delivered_at = COALESCE(m.delivered_at, t.delivered_at),
                           read_at = COALESCE(m.read_at, t.read_at),
                           failed_at = COALESCE(m.failed_at, t.failed_at),
                           gateway_ref = COALESCE(m.gateway_ref, best.ref),
                           cost = COALESCE(t.cost, m.cost),
                           error_code = CASE WHEN best.value <= old.value
                                             THEN m.error_code
                                             WHEN best.state = 'failed'
                                             THEN best.code END,
                           error_text = CASE WHEN best.value <= old.value
                                             THEN m.error_text
                                             WHEN best.state = 'failed'
                                             THEN best.text END,
                           failure = CASE WHEN best.value <= old.value
                                          THEN m.failure
                                          WHEN best.state = 'failed'
                                          THEN best.failure END
                      FROM old, best, times t
                     WHERE m.id = old.id AND best.message_id = old.id
                       AND t.message_id = old.id
                 RETURNING m.id, m.state, old.state AS before
                )
                SELECT found.key, done.id, done.state, done.before
                  FROM found JOIN done ON done.id = found.message_id
                """,
                reports=reports,
                ranks=ranks,
            )
        )
        changed = {id_: state for _key, id_, state, before in rows if state != before}
        if changed:
            self.browse(changed)._on_changed(changed)
        return [row[0] for row in rows]

    def _apply_inbox_inbound(self, limit):
        """Hand what customers wrote to the consents, one after the other.

        Each is a savepoint of its own: what cannot be understood stops nobody else.
        """
        now = fields.Datetime.now()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, gateway_id, payload FROM loyalty_message_inbox
                 WHERE applied_at IS NULL AND kind = 'inbound'
                   AND (not_before IS NULL OR not_before <= %s)
              ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
                """,
                now,
                limit,
            )
        )
        Inbox = self.env["loyalty.message.inbox"]
        for row in rows:
            Inbox.browse(row["id"])._receive(row["gateway_id"], row["payload"])
        return len(rows)
