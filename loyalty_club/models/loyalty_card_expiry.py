"""Expiry of many lots at once."""

from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _expire_lots(self, lots):
        """Take what is left of open ``lots`` off the cards, in one statement.

        The night in which a month's points end would otherwise be long. The rows are
        those which the door (``_post_points``) would write, in the order of the lots,
        under the same locks.

        :return: the ledger rows written
        """
        moves = self.env["loyalty.point.move"].sudo()
        if not lots:
            return moves
        lots.card_id._lock_points()
        self.env["loyalty.point.lot"].flush_model()
        self.flush_model()
        moves.flush_model()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT lot.id, lot.card_id, lot.remaining,
                           COALESCE(lot.company_id, card.company_id) AS company_id,
                           ROW_NUMBER() OVER by_card AS number,
                           SUM(lot.remaining) OVER by_card AS gone
                      FROM loyalty_point_lot lot
                      JOIN loyalty_card card ON card.id = lot.card_id
                     WHERE lot.id IN %(lots)s AND lot.state = 'open'
                       AND lot.remaining > 0
                    WINDOW by_card AS (PARTITION BY lot.card_id ORDER BY lot.id)
                ), closed AS (
                    UPDATE loyalty_point_lot lot
                       SET remaining = 0, state = 'closed',
                           write_uid = %(user)s, write_date = %(now)s
                      FROM due WHERE due.id = lot.id
                ), lowered AS (
                    UPDATE loyalty_card card
                       SET points = card.points - total.gone,
                           ledger_length = COALESCE(card.ledger_length, 0) + total.lots,
                           last_activity_date = %(today)s, tier_dirty = TRUE,
                           write_uid = %(user)s, write_date = %(now)s
                      FROM (SELECT card_id, SUM(remaining) AS gone, COUNT(*) AS lots
                              FROM due GROUP BY card_id) total
                     WHERE total.card_id = card.id
                )
                INSERT INTO loyalty_point_move (
                           card_id, program_id, partner_id, lot_id, company_id,
                           branch_id, date, kind, points, pending_points,
                           balance_after, sequence_number, amount, currency_id,
                           user_id, create_uid, create_date, write_uid, write_date)
                    SELECT card.id, card.program_id, card.partner_id, due.id,
                           due.company_id, card.branch_id, %(now)s, 'expire',
                           -due.remaining, 0, card.points - due.gone,
                           COALESCE(card.ledger_length, 0) + due.number, 0,
                           program.currency_id, %(user)s,
                           %(user)s, %(now)s, %(user)s, %(now)s
                      FROM due
                      JOIN loyalty_card card ON card.id = due.card_id
                      JOIN loyalty_program program ON program.id = card.program_id
                  ORDER BY due.id
                 RETURNING id""",
                lots=tuple(lots.ids),
                user=self.env.uid,
                now=now,
                today=fields.Date.context_today(self),
            )
        )
        self.env.invalidate_all(flush=False)
        moves = moves.browse([row[0] for row in rows])
        self._on_points_posted(moves)
        return moves
