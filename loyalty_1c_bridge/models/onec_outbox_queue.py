from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.identity import external_guid


class OnecOutbox(models.Model):
    """How documents get into the queue, and once more, and out of it."""

    _inherit = "onec.outbox"

    force = fields.Boolean(
        readonly=True, help="Goes even if it went like this before, with its partners."
    )
    allow_locked = fields.Boolean(
        "Send in spite of the lock",
        readonly=True,
        help="Somebody decided that this document goes into a closed period.",
    )

    # --- into the queue -------------------------------------------------------------

    @api.model
    def _queue(self, backend, otype, records, op="upsert"):
        """Put finished documents on their way, in the transaction that finished them.

        Edits of one document before it goes coalesce in one row; the first edit after
        it went makes a new one. Two queries, however many documents there are.

        :param records: of a model with ``_onec_facts``; those of days before
            ``backend.date_start`` stay out
        :param op: ``upsert``, ``cancel`` (it is a draft again) or ``delete``
        :return: the rows of the queue
        """
        if op != "upsert":
            records = self._known(backend, otype, records)
        if not records:
            return self.browse()
        facts = [(record.id, record._onec_facts()) for record in records]
        start = backend.sudo().date_start
        facts = [
            (res_id, fact)
            for res_id, fact in facts
            if not (start and fact.get("document_date"))
            or fact["document_date"] >= start
        ]
        if not facts:
            return self.browse()
        self._claim(backend, otype, records._name, [res_id for res_id, _fact in facts])
        return self._upsert(backend, otype, records._name, facts, op)

    @api.model
    def _known(self, backend, otype, records):
        """Those of ``records`` that were in the queue before."""
        rows = self.search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("otype", "=", otype),
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                ("latest", "=", True),
            ],
            ["res_id"],
        )
        return records.browse(row.res_id for row in rows)

    @api.model
    def _claim(self, backend, otype, model, ids):
        """Write the ids under which 1C will know these records, where it has none."""
        maps = self.env["onec.map"].sudo()
        maps.flush_model()
        now, uid = fields.Datetime.now(), self.env.uid
        space = backend.namespace_uuid
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, '', 'odoo', 'ok', %s, %s, %s, %s)",
                backend.id,
                backend.company_id.id,
                otype,
                external_guid(space, otype, model, res_id),
                model,
                res_id,
                uid,
                now,
                uid,
                now,
            )
            for res_id in ids
        )
        self.env.execute_query(
            SQL(
                """
                INSERT INTO onec_map (
                    backend_id, company_id, otype, external_id, model, res_id, role,
                    origin, state, create_uid, create_date, write_uid, write_date)
                VALUES %s ON CONFLICT DO NOTHING RETURNING id""",
                values,
            )
        )

    @api.model
    def _upsert(self, backend, otype, model, facts, op):
        self.flush_model()
        now, uid = fields.Datetime.now(), self.env.uid
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'queued', TRUE, %s, 0,"
                " FALSE, FALSE, %s, %s, %s, %s)",
                backend.id,
                backend.company_id.id,
                otype,
                model,
                res_id,
                fact.get("document_name") or None,
                fact.get("document_date") or None,
                fact.get("partner_id") or None,
                fact.get("amount", 0.0),
                fact.get("currency_id") or backend.company_id.currency_id.id,
                op,
                now,
                uid,
                now,
                uid,
                now,
            )
            for res_id, fact in facts
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH gone AS (
                    UPDATE onec_outbox SET latest = FALSE
                     WHERE backend_id = %(backend)s AND otype = %(otype)s
                       AND model = %(model)s AND res_id IN %(ids)s
                       AND latest AND message_id IS NOT NULL)
                INSERT INTO onec_outbox (
                    backend_id, company_id, otype, model, res_id, document_name,
                    document_date, partner_id, amount, currency_id, op, state, latest,
                    dirty_since, tries, force, allow_locked,
                    create_uid, create_date, write_uid, write_date)
                VALUES %(values)s
                ON CONFLICT (backend_id, otype, model, res_id)
                      WHERE message_id IS NULL AND latest
                DO UPDATE SET op = EXCLUDED.op, state = 'queued', error = NULL,
                    document_name = EXCLUDED.document_name,
                    document_date = EXCLUDED.document_date,
                    partner_id = EXCLUDED.partner_id, amount = EXCLUDED.amount,
                    currency_id = EXCLUDED.currency_id, tries = 0, next_try = NULL,
                    write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                RETURNING id""",
                backend=backend.id,
                otype=otype,
                model=model,
                ids=tuple(res_id for res_id, _fact in facts),
                values=values,
            )
        )
        self.invalidate_model(flush=False)
        return self.browse(row[0] for row in rows)

    # --- out of it ------------------------------------------------------------------

    def _drop(self):
        """Take rows back that turned out to say nothing new; the last one counts."""
        for row in self:
            previous = self.search(
                [
                    ("backend_id", "=", row.backend_id.id),
                    ("otype", "=", row.otype),
                    ("model", "=", row.model),
                    ("res_id", "=", row.res_id),
                    ("id", "!=", row.id),
                ],
                order="id desc",
                limit=1,
            )
            previous.latest = True
        self.unlink()

    def _block(self, reason):
        """Keep rows here, with a sentence that says why and what to do."""
        self.write({"state": "blocked", "error": reason})

    def _leave_out(self, reason):
        """These need no document of their own in 1C; the reason is kept."""
        self.write({"state": "ignored", "error": reason})

    @api.model
    def _cron_retry_blocked(self):
        """Try again what was blocked: periods are opened, bank accounts completed."""
        self.search([("state", "=", "blocked"), ("message_id", "=", False)]).write(
            {"state": "queued"}
        )

    # --- what people do -------------------------------------------------------------

    def action_try_again(self):
        """Put blocked documents back into the queue, after their cause was mended."""
        self._check_accountant()
        rows = self.filtered(lambda row: row.state == "blocked" and not row.message_id)
        rows.sudo().write({"state": "queued", "error": False})

    def action_send_anyway(self):
        """Send documents of a closed period after all; 1C may refuse them."""
        self._check_accountant()
        rows = self.filtered(lambda row: row.state == "blocked" and not row.message_id)
        rows.sudo().write({"state": "queued", "error": False, "allow_locked": True})

    def action_entered_by_hand(self):
        """Say that somebody entered in 1C what the format has no document for."""
        self._check_accountant()
        if any(row.state not in ("blocked", "ignored") for row in self):
            raise UserError(
                self.env._(
                    "Only documents that are blocked here are entered by hand. The "
                    "others reach 1C by the exchange."
                )
            )
        self.sudo().write(
            {"state": "posted", "error": False, "posted_at": fields.Datetime.now()}
        )

    def _check_accountant(self):
        if not self.env.user.has_group("loyalty_1c_bridge.group_onec_accountant"):
            raise AccessError(
                self.env._(
                    "Documents for 1C are handled by accountants of the 1C bridge. "
                    "Ask one, or an administrator for the right."
                )
            )
        self.check_access("read")
