from odoo import api, fields, models
from odoo.tools import SQL

from .constants import REASONS


class LoyaltySmsRuleLog(models.Model):
    """What a rule did with an event: planned, waiting, or dropped and why."""

    _name = "loyalty.sms.rule.log"
    _description = "What a message rule did"
    _order = "id desc"
    _rec_name = "rule_id"
    _log_access = False

    create_date = fields.Datetime("Time", readonly=True)
    rule_id = fields.Many2one(
        "loyalty.sms.rule", required=True, readonly=True, ondelete="cascade"
    )
    event_id = fields.Many2one(
        "loyalty.sms.event", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    due_at = fields.Datetime("Due", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "Planned"),
            ("dropped", "Not sent"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Selection(REASONS, "Why not sent", readonly=True)
    message_id = fields.Many2one("loyalty.message", readonly=True, ondelete="set null")
    error = fields.Char(readonly=True)

    _key = models.UniqueIndex("(rule_id, event_id)")
    _event_idx = models.Index("(event_id)")
    _waiting_idx = models.Index("(due_at, id) WHERE state = 'waiting'")
    _partner_idx = models.Index("(partner_id, id)")

    @api.model
    def _spread(self, limit):
        """Give new events to the rules that tell them, in one statement.

        :return: how many events were taken
        """
        self.env["loyalty.sms.rule"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH taken AS (
                       SELECT id FROM loyalty_sms_event WHERE planned_at IS NULL
                        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED),
                   fresh AS (
                       UPDATE loyalty_sms_event event SET planned_at = %(now)s
                         FROM taken WHERE taken.id = event.id
                    RETURNING event.*),
                   given AS (
                       INSERT INTO loyalty_sms_rule_log (create_date, rule_id, event_id,
                              partner_id, company_id, due_at, state)
                       SELECT %(now)s, rule.id, fresh.id, fresh.partner_id,
                              fresh.company_id,
                              fresh.create_date + CASE WHEN fresh.rule_id IS NULL
                                  THEN COALESCE(rule.delay, 0) * (CASE rule.delay_unit
                                       WHEN 'days' THEN interval '1 day'
                                       WHEN 'hours' THEN interval '1 hour'
                                       ELSE interval '1 minute' END)
                                  ELSE interval '0' END,
                              'waiting'
                         FROM fresh
                         JOIN loyalty_sms_rule rule
                           ON rule.active AND rule.event = fresh.code
                          AND (fresh.rule_id IS NULL OR fresh.rule_id = rule.id)
                          AND (rule.company_id IS NULL
                               OR rule.company_id = fresh.company_id)
                        ORDER BY fresh.id, rule.sequence, rule.id
                       ON CONFLICT (rule_id, event_id) DO NOTHING)
                   SELECT count(*) FROM fresh""",
                now=fields.Datetime.now(),
                limit=limit,
            )
        )
        return rows[0][0]

    @api.model
    def _take_due(self, limit):
        """Lines whose time has come, locked; those that another takes are left out."""
        rows = self.env.execute_query(
            SQL(
                """SELECT log.id FROM loyalty_sms_rule_log log
                    WHERE log.state = 'waiting' AND log.due_at <= %s
                    ORDER BY log.due_at, log.id
                    LIMIT %s FOR UPDATE SKIP LOCKED""",
                fields.Datetime.now(),
                limit,
            )
        )
        return self.browse(row[0] for row in rows)

    def _close(self, outcomes):
        """Write what became of these lines, in one statement.

        :param outcomes: ``{id: (state, reason, message id)}``
        """
        if not outcomes:
            return
        self.env.execute_query(
            SQL(
                """UPDATE loyalty_sms_rule_log log
                      SET state = outcome.state, reason = outcome.reason,
                          message_id = outcome.message_id
                     FROM (VALUES %s) AS outcome (id, state, reason, message_id)
                    WHERE log.id = outcome.id
                   RETURNING log.id""",
                SQL(", ").join(
                    SQL("(%s, %s, %s::varchar, %s::int)", key, *outcome)
                    for key, outcome in outcomes.items()
                ),
            )
        )
        self.invalidate_recordset(["state", "reason", "message_id"])

    def _set_aside(self, error):
        self.sudo().write({"state": "failed", "error": error[:500]})

    def _merge_told(self):
        """Points spent in a purchase are told with the thanks for it.

        :return: the lines that are left to plan
        """
        spent = self.filtered(
            lambda log: log.event_id.code == "points_spent" and log.event_id.res_id
        )
        if not spent:
            return self
        documents = {log: log._documents_of_purchase() for log in spent}
        purchases = (
            self.env["loyalty.sms.event"]
            .sudo()
            .search_fetch(
                [
                    ("code", "=", "purchase"),
                    ("partner_id", "in", spent.partner_id.ids),
                    (
                        "res_id",
                        "in",
                        [number for some in documents.values() for _, number in some],
                    ),
                ],
                ["partner_id", "res_model", "res_id"],
            )
        )
        told = {(p.partner_id.id, p.res_model, p.res_id) for p in purchases}
        merged = spent.filtered(
            lambda log: any(
                (log.partner_id.id, *document) in told for document in documents[log]
            )
        )
        merged._close({log.id: ("dropped", "merged", None) for log in merged})
        return self - merged

    def _documents_of_purchase(self):
        """The document of the event, and the invoices or orders that go with it.

        Points are spent on the order, and the thanks may come with its invoice.
        """
        model, number = self.event_id.res_model, self.event_id.res_id
        documents = {(model, number)}
        if model in ("sale.order", "account.move"):
            document_sudo = self.env[model].sudo().browse(number).exists()
            others_sudo = (
                document_sudo.invoice_ids
                if model == "sale.order"
                else document_sudo.invoice_line_ids.sale_line_ids.order_id
            )
            documents |= {(other._name, other.id) for other in others_sudo}
        return documents

    @api.autovacuum
    def _gc_logs(self):
        """Lines and events of last year have nothing to tell; messages stay."""
        old = SQL("(now() at time zone 'utc') - interval '400 days'")
        self.env.execute_query(
            SQL(
                """DELETE FROM loyalty_sms_event WHERE id IN (
                       SELECT id FROM loyalty_sms_event
                        WHERE create_date < %s AND planned_at IS NOT NULL
                        LIMIT 50000) RETURNING id""",
                old,
            )
        )
