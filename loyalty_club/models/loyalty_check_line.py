from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from . import origin


class LoyaltyCheckLine(models.Model):
    """One difference, with what should be there and what to do about it."""

    _name = "loyalty.check.line"
    _description = "Difference in the ledger"
    _order = "id"
    _rec_name = "card_id"

    check_id = fields.Many2one(
        "loyalty.check", required=True, index=True, readonly=True, ondelete="cascade"
    )
    card_id = fields.Many2one(
        "loyalty.card", "Member card", readonly=True, index=True, ondelete="cascade"
    )
    lot_id = fields.Many2one("loyalty.point.lot", readonly=True, ondelete="set null")
    kind = fields.Selection(
        [
            ("balance", "Balance"),
            ("pending", "Pending points"),
            ("lots", "Open lots"),
            ("pending_lots", "Pending lots"),
            ("length", "Number of entries"),
            ("sequence", "Gap in the numbering"),
            ("lot_range", "Lot out of range"),
        ],
        "What differs",
        required=True,
        readonly=True,
    )
    expected = fields.Float(digits=(16, 2), readonly=True)
    found = fields.Float(digits=(16, 2), readonly=True)
    proposal = fields.Char(compute="_compute_proposal")
    state = fields.Selection(
        [("open", "To repair"), ("repaired", "Repaired")],
        required=True,
        readonly=True,
        default="open",
    )
    reason = fields.Char(readonly=True)
    repaired_by_id = fields.Many2one("res.users", readonly=True)
    repaired_date = fields.Datetime(readonly=True)

    @api.depends("kind", "expected", "found")
    @api.depends_context("lang")
    def _compute_proposal(self):
        for line in self:
            line.proposal = line._proposals()[line.kind]

    def _proposals(self):
        figures = {"expected": f"{self.expected:g}", "found": f"{self.found:g}"}
        return {
            "balance": self.env._(
                "The entries add up to %(expected)s, the card shows %(found)s: show"
                " what the entries say.",
                **figures,
            ),
            "pending": self.env._(
                "Entries say %(expected)s are pending, the card shows %(found)s: show"
                " what the entries say.",
                **figures,
            ),
            "lots": self.env._(
                "The ledger holds %(expected)s, the open lots %(found)s: fit the lots"
                " to the ledger by an entry; the balance stays.",
                **figures,
            ),
            "pending_lots": self.env._(
                "The ledger holds %(expected)s pending, the pending lots %(found)s: fit"
                " the lots to the ledger by an entry.",
                **figures,
            ),
            "length": self.env._(
                "The card counts %(found)s entries, the ledger has %(expected)s: count"
                " anew.",
                **figures,
            ),
            "sequence": self.env._(
                "Numbers of the entries should end at %(expected)s and end at"
                " %(found)s: an entry was deleted or added behind the ledger's back."
                " Find out who did it, then number anew.",
                **figures,
            ),
            "lot_range": self.env._(
                "The lot shows %(found)s left, and 0 to %(expected)s are possible:"
                " bring it into this range, then fit the lots to the ledger.",
                **figures,
            ),
        }

    # -- repair -----------------------------------------------------------------
    def action_repair(self):
        """Ask for the reason, then repair."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repair the ledger"),
            "res_model": "loyalty.check.repair",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_ids": self.ids},
        }

    def _repair(self, reason):
        """Do what the proposals say; each repair leaves its trace on the card.

        The figures are compared again under the lock of the card: what was right again
        meanwhile is left alone.

        :raise AccessError: the user is no manager
        """
        if not self.env.user.has_group("loyalty_club.group_loyalty_manager"):
            raise AccessError(self.env._("Only loyalty managers repair the ledger."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the ledger keeps the reason."))
        todo = self.sudo().filtered(lambda line: line.state == "open")
        order = list(self._fields["kind"].get_values(self.env))
        # Numbers and lots first: entries are posted on sound ground.
        first = ("sequence", "length", "lot_range", "balance", "pending")
        rank = {kind: order.index(kind) + 10 for kind in order}
        rank.update({kind: place for place, kind in enumerate(first)})
        for line in todo.sorted(lambda line: rank[line.kind]):
            line.card_id._lock_points()
            getattr(line, f"_repair_{line.kind}")(reason)
            line._note_on_card(reason)
            line.env.flush_all()
            line.env.invalidate_all()
        todo.write(
            {
                "state": "repaired",
                "reason": reason,
                "repaired_by_id": self.env.uid,
                "repaired_date": fields.Datetime.now(),
            }
        )

    def _note_on_card(self, reason):
        self.card_id.message_post(
            body=self.env._(
                "Ledger repaired (%(kind)s, expected %(expected)s, found %(found)s):"
                " %(reason)s",
                kind=dict(self._fields["kind"]._description_selection(self.env))[
                    self.kind
                ],
                expected=f"{self.expected:g}",
                found=f"{self.found:g}",
                reason=reason,
            )
        )

    def _ledger_figures(self):
        """``(points, pending, entries)`` which the moves of the card add up to."""
        points, pending, entries = self.env["loyalty.point.move"]._read_group(
            [("card_id", "=", self.card_id.id)],
            [],
            ["points:sum", "pending_points:sum", "__count"],
        )[0]
        return round(points or 0.0, 2), round(pending or 0.0, 2), entries

    def _write_figure(self, **values):
        with origin.origin(posting=True):
            self.card_id.write(values)

    def _repair_balance(self, reason):
        self._write_figure(points=self._ledger_figures()[0])

    def _repair_pending(self, reason):
        self._write_figure(pending_points=self._ledger_figures()[1])

    def _repair_length(self, reason):
        self._write_figure(ledger_length=self._ledger_figures()[2])

    def _repair_sequence(self, reason):
        # The only change ever made to entries, and never to what they say: the unique
        # index on the numbers asks for two steps.
        card_id = self.card_id.id
        for offset in (-1, 1):
            self.env.cr.execute(
                SQL(
                    """UPDATE loyalty_point_move move
                          SET sequence_number = %s * ranked.number
                         FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number
                                 FROM loyalty_point_move WHERE card_id = %s) ranked
                        WHERE ranked.id = move.id""",
                    offset,
                    card_id,
                )
            )
        self.env.invalidate_all()
        self._repair_length(reason)

    def _repair_lot_range(self, reason):
        lot = self.lot_id
        remaining = min(max(lot.remaining, 0.0), lot.points)
        if lot.state == "closed":
            remaining = 0.0
        lot.write({"remaining": remaining})
        self.card_id._fit_lots(reason, pending=lot.state == "pending")

    def _repair_lots(self, reason):
        self.card_id._fit_lots(reason)

    def _repair_pending_lots(self, reason):
        self.card_id._fit_lots(reason, pending=True)
