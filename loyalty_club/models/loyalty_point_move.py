from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("opening", "Opening balance"),
    ("earn", "Earned"),
    ("release", "Released"),
    ("bonus", "Bonus"),
    ("spend", "Spent"),
    ("refund", "Spent points returned"),
    ("reverse", "Earning taken back"),
    ("expire", "Expired"),
    ("adjust", "Adjusted"),
    ("transfer", "Transferred"),
    ("merge", "Cards merged"),
    ("settle", "Debt settled"),
]


class LoyaltyPointMove(models.Model):
    """The ledger: append-only, the balance of a card is the sum of its moves."""

    _name = "loyalty.point.move"
    _inherit = "loyalty.document.mixin"
    _description = "Loyalty ledger entry"
    _order = "id desc"
    _rec_name = "document_name"

    card_id = fields.Many2one(
        "loyalty.card", required=True, readonly=True, ondelete="cascade"
    )
    program_id = fields.Many2one(
        related="card_id.program_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Member", readonly=True, index="btree_not_null"
    )
    lot_id = fields.Many2one(
        "loyalty.point.lot", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    branch_id = fields.Many2one("loyalty.branch", readonly=True, index="btree_not_null")
    date = fields.Datetime(
        readonly=True, required=True, default=fields.Datetime.now, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    points = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="What the entry adds to the points that can be spent, or takes away.",
    )
    pending_points = fields.Float(
        "Pending",
        digits=(16, 2),
        readonly=True,
        help="What the entry adds to the points that wait for a payment, a delivery"
        " or a day.",
    )
    balance_after = fields.Float(
        "Balance", digits=(16, 2), readonly=True, aggregator=None
    )
    sequence_number = fields.Integer(
        "No.",
        aggregator=None,
        readonly=True,
        help="Counts the entries of one card without gaps.",
    )
    amount = fields.Monetary(readonly=True, help="The amount which earned the points.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    trace = fields.Json(readonly=True)
    explanation = fields.Char(compute="_compute_explanation")
    reversal_of_id = fields.Many2one(
        "loyalty.point.move", readonly=True, index="btree_not_null"
    )
    counterpart_card_id = fields.Many2one("loyalty.card", readonly=True)
    key = fields.Char(readonly=True, copy=False)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)

    _card_idx = models.Index("(card_id, id DESC)")
    _card_sequence_uniq = models.UniqueIndex(
        "(card_id, sequence_number) WHERE sequence_number > 0",
        "Two operations tried to write the same line of a card's ledger.",
    )
    _doc_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _key_uniq = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL", "This operation was already posted."
    )

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._(
                "The points ledger is append-only. Post a correction from the card"
                " (Adjust points) instead of changing an entry."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Entries of the points ledger cannot be deleted."))

    def _document_name_without_document(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    @api.depends("trace", "reason")
    @api.depends_context("lang")
    def _compute_explanation(self):
        program = self.env["loyalty.program"]
        for move in self:
            sentence = program._explain(move.trace) if move.trace else ""
            move.explanation = " · ".join(filter(None, [sentence, move.reason]))

    # -- openings in bulk ---------------------------------------------------------
    def _used_openings(self):
        """Of these opening entries, those whose points are no longer all there."""
        return self.filtered(
            lambda move: move.points > 0
            and (move.lot_id.state != "open" or move.lot_id.remaining < move.points)
        )

    def _take_back_openings(self, reason):
        """Post the contrary of opening entries, each from its own lot.

        Keys make a second call harmless.
        """
        return self.env["loyalty.card"]._post_points(
            [
                move.card_id._entry(
                    "adjust",
                    -move.points,
                    lot_ids=(move.lot_id.id,),
                    company_id=move.company_id.id,
                    key=f"undo:{move.key}",
                    reason=reason,
                )
                for move in self
                if move.key and move.points > 0
            ]
        )
