import json
import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from .event_catalogue import EVENTS

_logger = logging.getLogger(__name__)


class LoyaltySmsEvent(models.Model):
    """Something happened to a customer that a rule may want to tell them."""

    _name = "loyalty.sms.event"
    _description = "Event for message rules"
    _order = "id"
    _rec_name = "code"
    _log_access = False

    create_date = fields.Datetime(readonly=True, default=fields.Datetime.now)
    code = fields.Selection(
        selection="_code_selection", string="Event", required=True, readonly=True
    )
    dedupe_key = fields.Char("Key", required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    rule_id = fields.Many2one(
        "loyalty.sms.rule",
        "For the rule",
        readonly=True,
        ondelete="cascade",
        help="Found by the search of this rule, and told by it alone.",
    )
    res_model = fields.Char("Document model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )
    # Links that open accounts and confirm consents stand here as they are.
    payload = fields.Json(readonly=True, groups="loyalty_sms.group_sms_admin")
    planned_at = fields.Datetime("Planned", readonly=True)
    error = fields.Char(readonly=True)

    _key = models.UniqueIndex("(dedupe_key)")
    _open_idx = models.Index("(id) WHERE planned_at IS NULL")
    _partner_idx = models.Index("(partner_id, id)")
    _document_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    # -- catalogue --------------------------------------------------------------------
    @api.model
    def _catalogue(self):
        """``{code: Event}``; addons with more events extend it."""
        return {event.code: event for event in EVENTS}

    @api.model
    def _code_selection(self):
        return [
            (event.code, self.env._(event.label))
            for event in self._catalogue().values()
        ]

    # -- telling ----------------------------------------------------------------------
    @api.model
    def _emit(self, code, partners, key, record=None, values=None):
        """Tell that something happened. Can never break what the caller does.

        One statement, without reading anything. The same ``key`` twice is one event.

        :param code: of the catalogue
        :param partners: the customers it happened to
        :param key: what makes it happen once (``tier:17``)
        :param record: the document that it is about
        :param dict values: facts for the text, by the names of its variables
        """
        document = (record._name, record.id) if record else (None, None)
        company = self._event_company(record)
        many = len(partners) > 1
        self._emit_many(
            (code, one, f"{key}:{one.id}" if many else key, document, values, company)
            for one in partners
        )

    @api.model
    def _emit_many(self, rows):
        """As :meth:`_emit`, for several events in one statement.

        :param rows: ``(code, partner, key, (model, id), values, company id)``; they
            are made here, so that a fault in them stays here too
        """
        try:
            rows = [self._event_row(*row) for row in rows]
            if rows:
                self._insert_once(rows)
        except Exception:
            # A sale is worth more than the message about it.
            _logger.exception("events not recorded")

    @api.model
    def _event_row(self, code, partner, key, document, values, company):
        return (
            fields.Datetime.now(),
            code,
            key if key.startswith(f"{code}:") else f"{code}:{key}",
            company or self.env.company.id,
            partner.id,
            document[0] or None,
            document[1] or None,
            json.dumps(values or {}, default=str),
        )

    @api.model
    def _event_company(self, record):
        if record and "company_id" in record._fields:
            return record.sudo().company_id.id
        return None

    @api.model
    def _insert_once(self, rows):
        """Insert what nobody has told; others may be telling it at this moment."""
        try:
            self._insert_safely(rows)
        except psycopg2.errors.SerializationFailure:
            # Another transaction told one of them and was committed meanwhile: that one
            # is known, and the others must not be lost with it.
            if len(rows) > 1:
                for row in rows:
                    self._insert_once([row])

    @api.model
    def _insert_safely(self, rows):
        """Insert within a savepoint, all in one message to the server."""
        cr = self.env.cr
        statement = SQL(
            """SAVEPOINT loyalty_sms_event;
               INSERT INTO loyalty_sms_event (create_date, code, dedupe_key, company_id,
                                              partner_id, res_model, res_id, payload)
               VALUES %s ON CONFLICT (dedupe_key) DO NOTHING;
               RELEASE SAVEPOINT loyalty_sms_event""",
            SQL(", ").join(rows),
        )
        try:
            cr.execute(statement, log_exceptions=False)
        except psycopg2.Error:
            cr.execute("ROLLBACK TO SAVEPOINT loyalty_sms_event")
            cr.execute("RELEASE SAVEPOINT loyalty_sms_event")
            raise
