from odoo import fields, models

from .constants import OTYPES


class OnecLine(models.Model):
    """What a message did, or would do, to one object; unchanged ones are counted."""

    _name = "onec.line"
    _description = "Line of a 1C message"
    _order = "message_id desc, seq, id"
    _rec_name = "external_id"

    message_id = fields.Many2one(
        "onec.message", required=True, ondelete="cascade", index=True
    )
    backend_id = fields.Many2one(
        related="message_id.backend_id", store=True, index=True
    )
    company_id = fields.Many2one(related="message_id.company_id", store=True)
    seq = fields.Integer("No", aggregator=None)
    otype = fields.Selection(OTYPES, "Kind", required=True)
    external_id = fields.Char("Id in 1C")
    name = fields.Char()
    model = fields.Char()
    res_id = fields.Many2oneReference("Record", model_field="model", aggregator=None)
    action = fields.Selection(
        [
            ("create", "New"),
            ("update", "Changed"),
            ("archive", "Archived"),
            ("skip", "Same"),
            ("send", "Sent"),
            ("conflict", "Conflict"),
            ("error", "Error"),
        ],
        required=True,
    )
    state = fields.Selection(
        [
            ("planned", "Would happen"),
            ("done", "Done"),
            ("conflict", "Conflict"),
            ("error", "Error"),
            ("solved", "Solved"),
        ],
        required=True,
        default="done",
    )
    # {label of the field: [old, new]}, both as texts for people
    diff = fields.Json()
    # What the object held, for a later application of this line alone.
    payload = fields.Json()
    error = fields.Text()
    document_date = fields.Date()
    amount = fields.Float(digits=(16, 2))

    _message_idx = models.Index("(message_id, seq)")
    _record_idx = models.Index("(model, res_id) WHERE res_id IS NOT NULL")
    _open_idx = models.Index("(backend_id, id) WHERE state IN ('error', 'conflict')")
