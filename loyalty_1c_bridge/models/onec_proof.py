from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .constants import OTYPES


class OnecProof(models.Model):
    """Every finished document and where it stands in 1C, also those never queued.

    At the end of the month the filter "finished here, not posted there" must be empty.
    """

    _name = "onec.proof"
    _description = "Finished here, posted in 1C"
    _auto = False
    _order = "document_date desc, id desc"
    _rec_name = "document_name"

    backend_id = fields.Many2one("onec.backend", "1C base", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    outbox_id = fields.Many2one("onec.outbox", readonly=True)
    otype = fields.Selection(OTYPES, "Kind", readonly=True)
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="model", readonly=True, aggregator=None
    )
    document_name = fields.Char("Document", readonly=True)
    document_date = fields.Date("Date", readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    number_1c = fields.Char("Number in 1C", readonly=True)
    error = fields.Text(readonly=True)
    state = fields.Selection(
        [
            ("missing", "Never queued"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("received", "Received by 1C"),
            ("posted", "Posted in 1C"),
            ("refused", "Refused"),
            ("blocked", "Blocked here"),
            ("ignored", "Left out"),
        ],
        readonly=True,
    )

    @api.model
    def _missing_queries(self):
        """Queries of documents that are finished and in no queue; glue addons add.

        Each gives: kind no. (1..3), backend_id, company_id, otype, model, res_id,
        document_name, document_date, partner_id, amount, currency_id.
        """
        return [
            SQL(
                """
                SELECT 1 AS part, b.id AS backend_id, m.company_id,
                       CASE WHEN m.move_type = 'out_refund' THEN 'return'
                            ELSE 'sale' END AS otype,
                       'account.move' AS model, m.id AS res_id, m.name AS document_name,
                       COALESCE(m.invoice_date, m.date) AS document_date,
                       m.commercial_partner_id AS partner_id,
                       m.amount_total AS amount, m.currency_id
                  FROM account_move m
                  JOIN onec_backend b ON b.company_id = m.company_id
                   AND (b.use_ed OR b.use_odata AND b.odata_hand_over)
                   AND b.active
                   AND COALESCE(m.invoice_date, m.date) >= b.date_start
                 WHERE m.state = 'posted' AND m.loyalty_till_key IS NULL
                   AND m.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
                   AND NOT EXISTS (
                        SELECT FROM onec_outbox o
                         WHERE o.model = 'account.move' AND o.res_id = m.id
                           AND o.backend_id = b.id AND o.latest)
                   AND NOT EXISTS (
                        SELECT FROM account_move r
                         WHERE r.id = m.reversed_entry_id
                           AND r.loyalty_till_key IS NOT NULL)
                """
            ),
            SQL(
                """
                SELECT 2, b.id, p.company_id,
                       CASE j.type WHEN 'cash' THEN 'cash' ELSE 'bank' END
                       || CASE p.payment_type WHEN 'inbound' THEN '_in' ELSE '_out' END,
                       'account.payment', p.id, COALESCE(p.name, p.memo), p.date,
                       p.partner_id, p.amount, p.currency_id
                  FROM account_payment p
                  JOIN account_journal j ON j.id = p.journal_id
                  JOIN onec_backend b ON b.company_id = p.company_id
                   AND (b.use_ed OR b.use_odata AND b.odata_hand_over)
                   AND b.active AND p.date >= b.date_start
                   AND (b.send_bank OR j.type = 'cash')
                 WHERE p.state IN ('in_process', 'paid')
                   AND COALESCE(j.onec_kind, '') <> 'none'
                   AND NOT EXISTS (
                        SELECT FROM onec_outbox o
                         WHERE o.model = 'account.payment' AND o.res_id = p.id
                           AND o.backend_id = b.id AND o.latest)
                """
            ),
        ]

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT o.id * 4 AS id, o.id AS outbox_id, o.backend_id, o.company_id,
                   o.otype, o.model, o.res_id, o.document_name, o.document_date,
                   o.partner_id, o.amount, o.currency_id, o.number_1c, o.error, o.state
              FROM onec_outbox o
             WHERE o.latest AND o.op = 'upsert'
             UNION ALL
            SELECT d.res_id * 4 + d.part, NULL, d.backend_id, d.company_id, d.otype,
                   d.model, d.res_id, d.document_name, d.document_date, d.partner_id,
                   d.amount, d.currency_id, NULL, NULL, 'missing'
              FROM (%s) d
            """,
            SQL(" UNION ALL ").join(self._missing_queries()),
        )

    # --- buttons ----------------------------------------------------------------------

    def action_queue(self):
        """Queue what was never queued, and again what is not posted."""
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        todo = self.filtered(lambda row: row.state == "missing")
        if not todo:
            raise UserError(self.env._("All of these are in the queue already."))
        for model, rows in todo.grouped("model").items():
            self.env[model].sudo().browse(rows.mapped("res_id"))._onec_queue()

    def action_look_up(self):
        """Ask 1C now what became of these documents."""
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        self.outbox_id.action_look_up()

    def action_leave_out(self):
        """Ask why these do not belong in 1C.

        :return: action of the wizard that leaves them out
        """
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_1c_bridge.onec_proof_leave_action"
        )
        return {**action, "context": {"active_ids": self.ids}}

    def _leave_out(self, reason):
        """Take these out of the list; who did it and why stays with each."""
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        missing = self.filtered(lambda row: row.state == "missing")
        if missing:
            missing.action_queue()
        keys = {(row.backend_id.id, row.model, row.res_id) for row in self}
        rows_sudo = (
            self.env["onec.outbox"]
            .sudo()
            .search(
                [
                    ("backend_id", "in", self.backend_id.ids),
                    ("model", "in", list({key[1] for key in keys})),
                    ("res_id", "in", [key[2] for key in keys]),
                    ("latest", "=", True),
                    ("state", "!=", "posted"),
                ]
            )
            .filtered(lambda row: (row.backend_id.id, row.model, row.res_id) in keys)
        )
        rows_sudo.write(
            {
                "state": "ignored",
                "error": self.env._(
                    "Left out by %(user)s: %(reason)s",
                    user=self.env.user.name,
                    reason=reason,
                ),
            }
        )

    def action_record(self):
        """Open the document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
