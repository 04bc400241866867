"""Credit notes of sold gift cards: the money goes back, so the cards are emptied."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _loyalty_sync_sold_cards(self):
        """Take off sold gift cards what credit notes of their sale refund.

        Harmless to repeat; a credit note set to draft loads them again.

        :raise UserError: a part of the card was spent, so that less can be refunded
        """
        stored_value = self.env["loyalty.program"]._stored_value_product_ids()
        if not stored_value:
            return
        for refund in self.filtered(lambda move: move.move_type == "out_refund"):
            lines = refund.invoice_line_ids.filtered(
                lambda line: line.product_id.id in stored_value
            )
            if lines:
                refund._loyalty_sync_refunded_cards(lines)

    def _loyalty_sync_refunded_cards(self, lines):
        rows = self._loyalty_refunded_rows()
        sold = self._loyalty_sold_cards()
        cards = sold.card_id | rows.card_id
        if not cards:
            return
        cards._lock_points()
        program = cards.program_id[:1]
        wanted = 0.0
        if self.state == "posted":
            wanted = self._loyalty_in_program(program, sum(lines.mapped("price_total")))
        difference = round(wanted + sum(rows.mapped("points")), 2)
        number = len(rows)
        if difference > 0:
            for row in sold:
                card = row.card_id
                part = card._sold_amount(row.res_model, row.res_id)
                part = round(min(part, difference), 2)
                if part <= 0:
                    continue
                card._check_spendable(part)
                number += 1
                difference -= part
                self._loyalty_post_refunded(card, "reverse", -part, row, number)
        elif difference < 0:
            for row in rows:
                part = round(min(-row.points, -difference), 2)
                if part > 0:
                    number += 1
                    difference += part
                    self._loyalty_post_refunded(row.card_id, "earn", part, row, number)

    def _loyalty_post_refunded(self, card, kind, points, row, number):
        card._post_points(
            [
                card._entry(
                    kind,
                    points,
                    res_model=row.res_model,
                    res_id=row.res_id,
                    company_id=self.company_id.id,
                    reason=self.display_name,
                    key=f"credit:{self.id}:{number}",
                )
            ]
        )

    def _loyalty_refunded_rows(self):
        """Ledger rows by which this credit note emptied cards, or loaded them again."""
        rows = self.env["loyalty.point.move"].sudo()
        return rows.search([("key", "=like", f"credit:{self.id}:%")])

    def _loyalty_sold_cards(self):
        """The ledger rows by which the refunded sale loaded gift cards and wallets."""
        source = self.reversed_entry_id
        orders = (self | source).sudo().line_ids.sale_line_ids.order_id
        rows = self.env["loyalty.point.move"].sudo()
        return rows.search(
            [
                ("kind", "=", "earn"),
                ("key", "=", False),
                ("program_id.program_type", "in", ("gift_card", "ewallet")),
                "|",
                "&",
                ("res_model", "=", self._name),
                ("res_id", "in", source.ids),
                "&",
                ("res_model", "=", "sale.order"),
                ("res_id", "in", orders.ids),
            ],
            order="id",
        )
