from odoo import fields, models

from .constants import OTYPES


class OnecOutbox(models.Model):
    """A finished operation on its way to 1C: queued, sent, received, posted there."""

    _name = "onec.outbox"
    _description = "Document handed over to 1C"
    _order = "document_date desc, id desc"
    _rec_name = "document_name"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, index=True
    )
    otype = fields.Selection(OTYPES, "Kind", required=True)
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="model", required=True, aggregator=None
    )
    document_name = fields.Char("Document")
    document_date = fields.Date("Date")
    partner_id = fields.Many2one("res.partner", ondelete="set null")
    amount = fields.Monetary()
    currency_id = fields.Many2one("res.currency")
    op = fields.Selection(
        [("upsert", "Send"), ("cancel", "Cancel"), ("delete", "Mark as deleted")],
        required=True,
        default="upsert",
    )
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("received", "Received by 1C"),
            ("posted", "Posted in 1C"),
            ("refused", "Refused"),
            ("blocked", "Blocked here"),
            ("ignored", "Left out"),
        ],
        required=True,
        default="queued",
    )
    # A row without message coalesces further edits; the next edit after it went
    # into a message makes a new row. ``latest`` is the one people look at.
    message_id = fields.Many2one(
        "onec.message", ondelete="set null", index="btree_not_null"
    )
    latest = fields.Boolean(default=True)
    dirty_since = fields.Datetime(default=fields.Datetime.now)
    tries = fields.Integer(aggregator=None)
    next_try = fields.Datetime()
    sent_at = fields.Datetime(readonly=True)
    received_at = fields.Datetime(readonly=True)
    posted_at = fields.Datetime(readonly=True)
    external_id = fields.Char("Id in 1C", readonly=True)
    number_1c = fields.Char("Number in 1C", readonly=True)
    amount_1c = fields.Float("Amount in 1C", readonly=True, digits=(16, 2))
    error = fields.Text(readonly=True)

    _open_uniq = models.UniqueIndex(
        "(backend_id, otype, model, res_id) WHERE message_id IS NULL AND latest"
    )
    _record_idx = models.Index("(model, res_id)")
    _state_idx = models.Index("(backend_id, state) WHERE latest")
