"""How many of an audience a message would reach now."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import windows, zones

# Reasons that are one count on the page.
COUNT_OF = {
    "no_number": "no_number",
    "no_consent": "no_consent",
    "opted_out": "no_consent",
    "blocked": "no_consent",
    "duplicate": "duplicate",
    "capped": "capped",
}


class LoyaltySmsAudience(models.Model):
    _inherit = "loyalty.sms.audience"

    def _counts(self, channel=None, message_class=None):
        """Count without sending anything, with one query for all customers.

        :return: ``{"total", "reachable", "no_consent", "no_number", "capped",
            "duplicate", "quiet"}``; who is in quiet hours now is reachable later, and
            counted as reachable as well
        """
        self.ensure_one()
        counts = dict.fromkeys([*COUNT_OF.values(), "total", "reachable", "quiet"], 0)
        company = self.company_id
        if not company:
            return counts
        message_class = message_class or self.message_class
        channel = channel or self.channel
        is_quiet = self._quiet_test(message_class)
        for reason, *place, count in self.env.execute_query(
            self._counting_query(channel, message_class)
        ):
            counts["total"] += count
            counts[COUNT_OF.get(reason, "reachable")] += count
            if reason is None and is_quiet(place):
                counts["quiet"] += count
        return counts

    def _counting_query(self, channel, message_class):
        """Customers by reason and, where a zone depends on it, by place."""
        messages = self.env["loyalty.message"]
        ids = [row[0] for row in self.env.execute_query(self._query())]
        for model in ("res.partner", "loyalty.consent.state", "loyalty.message"):
            self.env[model].flush_model()
        return SQL(
            """
            WITH asked AS (
                SELECT q.*, row_number() OVER (
                           PARTITION BY number ORDER BY reason IS NOT NULL, id) AS twin
                  FROM (%(consents)s) AS
                       q (id, number, reason, own, country, state, phone)),
            capped AS (%(capped)s)
            SELECT COALESCE(
                       CASE WHEN asked.reason = 'no_number' THEN 'no_number' END,
                       CASE WHEN asked.twin > 1 THEN 'duplicate' END,
                       asked.reason,
                       CASE WHEN capped.partner_id IS NOT NULL THEN 'capped' END),
                   asked.own, asked.country, asked.state,
                   left(asked.phone, -4) || '0000', COUNT(*)
              FROM asked
         LEFT JOIN capped ON capped.partner_id = asked.id
          GROUP BY 1, 2, 3, 4, 5
            """,
            consents=messages._consent_query(
                ids, channel, message_class, self.company_id
            ),
            capped=self._capped_query(message_class),
        )

    def _capped_query(self, message_class):
        """Customers who had as many messages of the class as a limit allows."""
        limits = self.env["loyalty.sms.limit"]._for(self.company_id, message_class)
        full = [
            SQL(
                "COUNT(*) FILTER (WHERE sent.at > %s::timestamp - %s::interval) >= %s",
                fields.Datetime.now(),
                period,
                most,
            )
            for limit in limits
            for period, most in (
                ("1 day", limit.per_day),
                ("7 days", limit.per_week),
                ("30 days", limit.per_month),
            )
            if most
        ]
        return SQL(
            """SELECT sent.partner_id
                 FROM (SELECT partner_id, COALESCE(accepted_at, not_before) AS at
                         FROM loyalty_message
                        WHERE message_class = %s AND company_id = %s
                          AND state NOT IN
                              ('suppressed', 'cancelled', 'failed', 'expired')
                          AND create_date > %s::timestamp - interval '60 days') sent
             GROUP BY 1 HAVING %s""",
            message_class,
            self.company_id.id,
            fields.Datetime.now(),
            SQL(" OR ").join(full) if full else SQL("FALSE"),
        )

    @api.model
    def _quiet_test(self, message_class):
        """A function that tells whether it is quiet now where a customer may be."""
        limits = self.env["loyalty.sms.limit"]._for(self.company_id, message_class)
        window = limits._window(self.company_id)
        home = self.company_id.sudo().partner_id.tz or "UTC"
        now = fields.Datetime.now()

        known = {}

        def is_quiet(place):
            own, country, state, phone = place
            names = zones.resolve(own, country, state, phone, home)
            if names not in known:
                shared = windows.together(now, names, window)
                known[names] = not windows.is_open(now, shared, window)
            return known[names]

        return is_quiet if window else lambda place: False
