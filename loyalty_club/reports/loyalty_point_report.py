from odoo import fields, models
from odoo.tools import SQL

from ..models.loyalty_point_move import KINDS


class LoyaltyPointReport(models.Model):
    """Points issued, spent, expired and outstanding, with what they are worth.

    One row an entry of the ledger; the outstanding points of a period's end are the sum
    of all rows up to it.
    """

    _name = "loyalty.point.report"
    _description = "Points analysis"
    _auto = False
    _order = "date desc"
    _rec_name = "date"

    date = fields.Date(readonly=True)
    program_id = fields.Many2one("loyalty.program", readonly=True)
    program_type = fields.Selection(related="program_id.program_type")
    is_club = fields.Boolean("Club", readonly=True)
    card_id = fields.Many2one("loyalty.card", readonly=True)
    partner_id = fields.Many2one("res.partner", "Member", readonly=True)
    tier_id = fields.Many2one("loyalty.tier", "Tier now", readonly=True)
    branch_id = fields.Many2one("loyalty.branch", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    issued = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="Earned and given, what refunds took back left out.",
    )
    spent = fields.Float(
        digits=(16, 2), readonly=True, help="Paid with, what was returned left out."
    )
    expired = fields.Float(digits=(16, 2), readonly=True)
    corrected = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="Corrections, transfers and merged cards.",
    )
    outstanding = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="Issued and corrected, less spent and expired.",
    )
    pending = fields.Float(digits=(16, 2), readonly=True)
    worth = fields.Monetary(
        readonly=True, help="Outstanding points at the value of a point today."
    )

    @property
    def _table_query(self):
        return SQL(
            """SELECT move.id,
                      move.date::date AS date,
                      move.program_id,
                      program.is_club,
                      move.card_id,
                      move.partner_id,
                      card.tier_id,
                      move.branch_id,
                      move.company_id,
                      program.currency_id,
                      move.kind,
                      CASE WHEN move.kind IN %(issued)s THEN move.points ELSE 0 END
                          AS issued,
                      CASE WHEN move.kind IN ('spend', 'refund')
                          THEN -move.points ELSE 0 END AS spent,
                      CASE WHEN move.kind = 'expire' THEN -move.points ELSE 0 END
                          AS expired,
                      CASE WHEN move.kind NOT IN %(issued)s
                              AND move.kind NOT IN ('spend', 'refund', 'expire')
                          THEN move.points ELSE 0 END AS corrected,
                      move.points AS outstanding,
                      move.pending_points AS pending,
                      move.points * CASE WHEN program.is_club
                          THEN COALESCE(program.point_value, 0) ELSE 1 END AS worth
                 FROM loyalty_point_move move
                 JOIN loyalty_card card ON card.id = move.card_id
                 JOIN loyalty_program program ON program.id = move.program_id""",
            issued=("opening", "earn", "release", "bonus", "reverse"),
        )
