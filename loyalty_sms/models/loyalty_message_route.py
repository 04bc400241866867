from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

BATCH = 1000


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _route_waiting(self, limit=BATCH):
        """Choose the gateways of messages that have none, or whose is switched off.

        A message that no gateway can carry is not sent, and says so.

        :return: how many messages were looked at
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, m.company_id, m.channel, m.number, m.message_class
                  FROM loyalty_message m
                 WHERE m.state = 'queued' AND m.not_before <= %(now)s
                   AND (m.gateway_id IS NULL OR m.gateway_id IN (
                        SELECT id FROM loyalty_sms_gateway WHERE NOT active))
                   AND NOT COALESCE((%(expired)s), FALSE)
              ORDER BY m.priority, m.id LIMIT %(limit)s
                   FOR UPDATE OF m SKIP LOCKED
                """,
                now=self._now(),
                expired=SQL("m.expires_at <= %s", self._now()),
                limit=limit,
            )
        )
        if not rows:
            return 0
        routes = self._routes(rows)
        chosen = [(row[0], routes[row[0]][0]) for row in rows if routes[row[0]]]
        if chosen:
            self.env.execute_query(
                SQL(
                    "UPDATE loyalty_message m SET gateway_id = v.gateway_id,"
                    " tried = NULL FROM (VALUES %s) v(id, gateway_id)"
                    " WHERE m.id = v.id RETURNING m.id",
                    SQL(", ").join(chosen),
                )
            )
            self._price_routed([row[0] for row in chosen])
        lost = [row[0] for row in rows if not routes[row[0]]]
        if lost:
            self._suppress(lost, "no_route")
        return len(rows)

    @api.model
    def _routes(self, rows):
        """The gateways of messages, the best first.

        :param rows: ``(id, company id, channel, number, class)`` each
        :return: ``{id: (gateway id, …)}``
        """
        Route = self.env["loyalty.sms.route"]
        wanted = defaultdict(set)
        for _id, *key, number, message_class in rows:
            wanted[(*key, message_class)].add(number or "")
        known = {}
        for (company_id, channel, message_class), numbers in wanted.items():
            company = self.env["res.company"].browse(company_id)
            found = Route._resolve_many(company, channel, list(numbers), message_class)
            for number, gateways in found.items():
                known[company_id, channel, number, message_class] = gateways._ids
        return {
            id_: known[company_id, channel, number or "", message_class]
            for id_, company_id, channel, number, message_class in rows
        }

    @api.model
    def _suppress(self, ids, reason):
        """Queued messages are not sent after all, for one of the ``REASONS``."""
        found = self.env.execute_query(
            SQL(
                "UPDATE loyalty_message SET state = %s, reason = %s"
                " WHERE id = ANY(%s) AND state = 'queued' RETURNING id, state",
                "expired" if reason == "expired" else "suppressed",
                reason,
                list(ids),
            )
        )
        if found:
            self.browse(row[0] for row in found)._on_changed(dict(found))

    @api.model
    def _expire(self, limit=BATCH):
        """Close queued messages whose time is over, whatever holds them back."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_message WHERE state = 'queued'"
                " AND expires_at <= %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                self._now(),
                limit,
            )
        )
        if rows:
            self._suppress([row[0] for row in rows], "expired")
        return len(rows)
