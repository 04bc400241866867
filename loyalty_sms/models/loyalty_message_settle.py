from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import retry
from ..engine.gateways.base import storable


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _settle(self, gateway, token, rows, results):
        """Write down what came of a hand-over. Commit after it.

        A row that a report has overtaken keeps the report's state; one whose claim is
        not ours any more keeps everything.

        :param rows: the claimed rows, dicts by ``_claim``
        :param results: a :class:`~..engine.gateways.base.Result` of each
        """
        now = fields.Datetime.now()
        by_uuid = {row["uuid"]: row for row in rows}
        routes = self._routes_of_refused(gateway, rows, results)
        values = []
        for result in results:
            row = by_uuid[result.uuid]
            decision = retry.decide(
                result,
                now,
                row["attempts"],
                row["expires_at"],
                gateway.id,
                routes.get(row["id"], ()),
                tuple(row["tried"] or ()),
            )
            values.append(self._settled_values(row, result, decision, gateway, now))
        if not values:
            return
        found = self.env.execute_query(
            SQL(
                """
                UPDATE loyalty_message m
                   SET state = CASE WHEN m.state IN ('sending', 'unknown')
                                    THEN v.state ELSE m.state END,
                       reason = CASE WHEN v.state = 'expired' THEN 'expired'
                                     ELSE m.reason END,
                       not_before = COALESCE(v.not_before, m.not_before),
                       gateway_id = v.gateway_id,
                       tried = v.tried,
                       attempts = m.attempts - v.uncounted,
                       accepted_at = COALESCE(m.accepted_at, v.accepted_at),
                       failed_at = COALESCE(m.failed_at, v.failed_at),
                       gateway_ref = COALESCE(v.ref, m.gateway_ref),
                       error_code = v.code,
                       error_text = v.text,
                       failure = COALESCE(v.failure, m.failure),
                       cost = COALESCE(v.cost, m.cost)
                  FROM (VALUES %(values)s) AS v(
                       id, state, not_before, gateway_id, tried, uncounted,
                       accepted_at, failed_at, ref, code, text, failure, cost)
                 WHERE m.id = v.id AND m.id = ANY(%(ids)s)
                   AND m.claim_token = %(token)s
                   AND (m.state IN ('sending', 'unknown') OR v.state = 'accepted')
             RETURNING m.id, m.state
                """,
                values=SQL(", ").join(values),
                ids=[row["id"] for row in rows],
                token=token,
            )
        )
        if found:
            self.browse(row[0] for row in found)._on_changed(dict(found))

    def _routes_of_refused(self, gateway, rows, results):
        """The other ways of the messages that this gateway did not take."""
        refused = {result.uuid for result in results if result.outcome == "retry"}
        again = [row for row in rows if row["uuid"] in refused]
        if not again:
            return {}
        return self._routes(
            [
                (
                    row["id"],
                    row["company_id"],
                    row["channel"],
                    row["number"],
                    row["message_class"],
                )
                for row in again
            ]
        )

    def _settled_values(self, row, result, decision, gateway, now):
        is_error = decision.state != "accepted"
        return SQL(
            "(%s, %s, %s::timestamp, %s, %s::jsonb, %s, %s::timestamp, %s::timestamp,"
            " %s::varchar, %s::varchar, %s::varchar, %s::varchar, %s::float8)",
            row["id"],
            decision.state,
            decision.not_before,
            decision.gateway_id or gateway.id,
            self._fields["tried"].convert_to_column(list(decision.tried) or None, self),
            0 if decision.is_counted else 1,
            now if decision.state == "accepted" else None,
            now if decision.state == "failed" else None,
            storable(result.ref),
            storable(result.code) if is_error else None,
            storable(result.text or None) if is_error else None,
            result.failure if decision.state == "failed" else None,
            None if result.cost is None else float(result.cost),
        )

    @api.model
    def _fall_back(self, ids):
        """Try the next channel of messages which did not arrive, once for each."""
        if not ids:
            return self.browse()
        vals_list = []
        for message in self.browse(ids).filtered("fallback"):
            following, *others = message.fallback
            vals_list.append(
                {
                    **message._fallback_values(),
                    **following,
                    "fallback": others or None,
                }
            )
        return self._enqueue(vals_list) if vals_list else self.browse()

    def _fallback_values(self):
        """What a message in another channel has in common with the one before it."""
        return {
            "parent_id": self.id,
            "dedupe_key": f"instead:{self.id}",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "message_class": self.message_class,
            "cap_group": self.cap_group,
            "template_id": self.template_id.id,
            "rule_id": self.rule_id.id,
            "event_id": self.event_id.id,
            "campaign_id": self.campaign_id.id,
            "variant": self.variant,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "lang": self.lang,
            "is_secret": self.is_secret,
            "may_resend": self.may_resend,
            "priority": self.priority,
        }
