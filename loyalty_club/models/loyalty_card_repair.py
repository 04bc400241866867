from odoo import models

from .loyalty_card_ledger import _Book, _decimal


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _fit_lots(self, reason, *, pending=False):
        """Bring the lots to what the entries say; the balance stays what it is.

        Posts a pair of adjustments that cancel out: one with the lots that change, one
        without, as a settled debt does. Only for the repair of a damaged ledger.

        :param pending: fit the pending lots instead of the open ones
        """
        self.ensure_one()
        card_sudo = self.sudo()
        card_sudo._lock_points()
        state = "pending" if pending else "open"
        lots = card_sudo.lot_ids.filtered(lambda lot: lot.state == state)
        column = "pending_points" if pending else "points"
        ledger = _decimal(sum(card_sudo.move_ids.mapped(column)))
        if not pending:
            ledger = max(ledger, _decimal(0))
        missing = ledger - sum(map(_decimal, lots.mapped("remaining")))
        if not missing:
            return
        book = _Book(card_sudo, lots)
        entry = card_sudo._entry(
            "adjust", float(missing), reason=reason, pending=pending
        )
        if missing > 0:
            rows = list(self._rows_add(book, entry))
        else:
            rows = list(self._rows_shrink(book, entry, -missing))
        rows.append(self._row(book, entry, -missing, pending=pending))
        self._on_points_posted(self._write_books({card_sudo.id: book}, rows))

    def _rows_shrink(self, book, entry, points):
        """Take from the lots that expire last: the member loses the least."""
        ordered = sorted(
            book.lots.values(),
            key=lambda lot: (not lot.expiration_date, lot.expiration_date, lot.id),
            reverse=True,
        )
        for lot in ordered:
            part = min(points, book.remaining[lot.id])
            if part > 0:
                book.take(lot.id, part)
                points -= part
                yield self._row(book, entry, -part, lot=lot, pending=entry.pending)
