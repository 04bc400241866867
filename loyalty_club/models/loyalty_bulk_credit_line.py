from odoo import fields, models


class LoyaltyBulkCreditLine(models.Model):
    """One card of a bulk credit: a place in the queue, then the record of it."""

    _name = "loyalty.bulk.credit.line"
    _description = "Card of a bulk credit"
    _order = "id"
    _rec_name = "card_id"
    _log_access = False

    batch_id = fields.Many2one(
        "loyalty.bulk.credit", required=True, readonly=True, ondelete="cascade"
    )
    card_id = fields.Many2one(
        "loyalty.card", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("todo", "To credit"),
            ("done", "Credited"),
            ("stopped", "Left out"),
            ("undo", "To take back"),
            ("undone", "Taken back"),
        ],
        required=True,
        readonly=True,
        default="todo",
    )

    _card_uniq = models.Constraint(
        "UNIQUE(batch_id, card_id)", "A bulk credit names each card once."
    )
    _queue_idx = models.Index("(id) WHERE state IN ('todo', 'undo')")
    _progress_idx = models.Index("(batch_id, state)")

    def _process(self):
        """Credit or take back, whichever these lines wait for."""
        for (batch, state), lines in self.grouped(
            lambda line: (line.batch_id, line.state)
        ).items():
            if state == "todo":
                lines._credit(batch)
            else:
                lines._take_back(batch)
            batch._finish()

    def _credit(self, batch):
        closed = self.filtered(lambda line: line.card_id.state == "closed")
        lines = self - closed
        batch.card_ids._post_points(
            [
                line.card_id._entry(
                    "bonus",
                    batch.points,
                    key=f"bulk:{batch.id}:{line.card_id.id}",
                    expiration_date=batch.expiration_date or None,
                    res_model=batch._name,
                    res_id=batch.id,
                    reason=batch.reason,
                )
                for line in lines
            ]
        )
        lines.write({"state": "done"})
        closed.write({"state": "stopped"})

    def _take_back(self, batch):
        # A card that was merged meanwhile gave its lots to the surviving one.
        cards = self.card_id | self.card_id.merged_into_id
        cards._lock_points()
        lots = self.env["loyalty.point.lot"].search(
            [
                ("card_id", "in", cards.ids),
                ("res_model", "=", batch._name),
                ("res_id", "=", batch.id),
                ("state", "=", "open"),
            ]
        )
        cards._post_points(
            [
                lot.card_id._entry(
                    "bonus",
                    -lot.remaining,
                    key=f"bulk-undo:{batch.id}:{lot.id}",
                    lot_ids=(lot.id,),
                    res_model=batch._name,
                    res_id=batch.id,
                    reason=self.env._("Taken back: %s", batch.reason),
                )
                for lot in lots
            ]
        )
        self.write({"state": "undone"})
