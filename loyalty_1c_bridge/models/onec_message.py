from odoo import api, fields, models

from .constants import CHANNELS

# States in which nothing is left to be done by a machine.
FINAL = ("done", "superseded", "acknowledged", "verified", "cancelled")


class OnecMessage(models.Model):
    """Journal: every file or message of either direction, its content and lines."""

    _name = "onec.message"
    _inherit = ["mail.thread"]
    _description = "1C message"
    _order = "id desc"
    _rec_name = "filename"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, index=True
    )
    session_id = fields.Many2one(
        "onec.session", ondelete="set null", index="btree_not_null"
    )
    direction = fields.Selection(
        [("in", "From 1C"), ("out", "To 1C")], required=True, default="in"
    )
    channel = fields.Selection(CHANNELS, required=True)
    kind = fields.Char(help="What is inside: catalog, offers, orders, exchange, bank…")
    number = fields.Integer(aggregator=None)
    receipt_no = fields.Integer("Receipt for", aggregator=None)
    filename = fields.Char(required=True)
    sha256 = fields.Char("SHA-256", readonly=True)
    size = fields.Integer("Bytes", readonly=True, aggregator=None)
    # Big incoming files stay on disk (see onec_message_store.py), small ones and
    # everything that goes out are attachments. One of the two is set.
    path = fields.Char("Stored as", readonly=True, groups="base.group_system")
    attachment_id = fields.Many2one("ir.attachment", readonly=True, ondelete="set null")
    state = fields.Selection(
        [
            ("received", "Received"),
            ("staged", "Waiting"),
            ("applying", "Being applied"),
            ("review", "To approve"),
            ("done", "Done"),
            ("partial", "Done, with problems"),
            ("failed", "Failed"),
            ("superseded", "Came before"),
            ("cancelled", "Cancelled"),
            ("ready", "Ready to send"),
            ("sent", "Sent"),
            ("acknowledged", "Received by 1C"),
            ("verified", "Posted in 1C"),
        ],
        required=True,
        default="received",
        tracking=True,
    )
    dry_run = fields.Boolean(
        readonly=True, help="Differences only; nothing is written."
    )
    # Where the background work goes on after a restart.
    cursor = fields.Json(readonly=True)
    # {"created": n, "updated": n, "unchanged": n, "conflict": n, "error": n,
    #  "total": n, "seen": n, "otypes": {otype: {...}}}
    counts = fields.Json(readonly=True)
    progress = fields.Float(
        compute="_compute_counts", help="Share of the file worked off."
    )
    count_created = fields.Integer("New", compute="_compute_counts")
    count_updated = fields.Integer("Changed", compute="_compute_counts")
    count_unchanged = fields.Integer("Same", compute="_compute_counts")
    count_conflict = fields.Integer("Conflicts", compute="_compute_counts")
    count_error = fields.Integer("Errors", compute="_compute_counts")
    line_ids = fields.One2many("onec.line", "message_id", "Lines")
    error = fields.Text(readonly=True)
    # Key of the other side's request: a repeated one finds this message again.
    key = fields.Char(readonly=True, copy=False)
    applied_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    acknowledged_at = fields.Datetime(readonly=True)
    verified_at = fields.Datetime(readonly=True)

    _number_uniq = models.UniqueIndex(
        "(backend_id, direction, channel, number) WHERE number > 0",
        "A message with this number is in the journal already.",
    )
    _key_uniq = models.UniqueIndex("(backend_id, key) WHERE key IS NOT NULL")
    _sha_idx = models.Index("(backend_id, sha256)")
    _open_idx = models.Index(
        "(backend_id, id) WHERE state NOT IN "
        "('done', 'superseded', 'acknowledged', 'verified', 'cancelled')"
    )

    @api.depends("counts")
    def _compute_counts(self):
        for message in self:
            counts = message.counts or {}
            for name in ("created", "updated", "unchanged", "conflict", "error"):
                message[f"count_{name}"] = counts.get(name, 0)
            total = counts.get("total") or 0
            message.progress = (
                100.0 * min(counts.get("seen", 0) / total, 1.0)
                if total
                else (100.0 if message.state in FINAL else 0.0)
            )
