"""The ledger proves itself: balance = moves = lots, for every card."""

import logging
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# More than anybody reads in one report; the next check finds the rest.
MOST_CARDS = 5000


class LoyaltyCheck(models.Model):
    """A report: how many cards were checked, and each difference found."""

    _name = "loyalty.check"
    _description = "Ledger check"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "date"

    date = fields.Datetime(
        "Checked on", required=True, readonly=True, default=fields.Datetime.now
    )
    duration_s = fields.Float("Seconds", readonly=True)
    card_count = fields.Integer("Cards", readonly=True)
    move_count = fields.Integer("Ledger entries", readonly=True)
    lot_count = fields.Integer("Lots", readonly=True)
    difference_count = fields.Integer("Differences", readonly=True)
    line_ids = fields.One2many("loyalty.check.line", "check_id", readonly=True)
    open_count = fields.Integer("To repair", compute="_compute_open_count")
    state = fields.Selection(
        [("clean", "All is right"), ("different", "Differences"), ("done", "Repaired")],
        compute="_compute_open_count",
    )

    @api.depends("line_ids.state", "difference_count")
    def _compute_open_count(self):
        counts = dict(
            self.env["loyalty.check.line"]._read_group(
                [("check_id", "in", self.ids), ("state", "=", "open")],
                ["check_id"],
                ["__count"],
            )
        )
        for check in self:
            check.open_count = counts.get(check, 0)
            check.state = (
                "clean"
                if not check.difference_count
                else "different"
                if check.open_count
                else "done"
            )

    # -- running ----------------------------------------------------------------
    @api.model
    def action_run(self):
        """Check all cards now and show the report."""
        if not self.env.user.has_group("loyalty_club.group_loyalty_manager"):
            raise AccessError(self.env._("Only loyalty managers check the ledger."))
        check = self.sudo()._run()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": check.id,
            "views": [(False, "form")],
        }

    def action_repair_all(self):
        """Repair what is still open, after asking for the reason."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.state == "open")
        return lines.action_repair()

    @api.model
    def _cron_check(self):
        """Check all cards; administrators get an activity where something differs."""
        check = self._run()
        if check.difference_count:
            check._notify_administrators()

    @api.model
    def _run(self):
        """Compare the figures of all ledger cards, in the database.

        :return: the new report
        """
        self.env.flush_all()
        self.env.invalidate_all()
        started = time.monotonic()
        found = self._differing_cards() + self._lots_out_of_range()
        check = self.create(
            {
                "card_count": self._count(SQL("loyalty_card WHERE is_ledger")),
                "move_count": self._count(SQL("loyalty_point_move")),
                "lot_count": self._count(SQL("loyalty_point_lot")),
                "difference_count": len(found),
            }
        )
        for values in found:
            values["check_id"] = check.id
        self.env["loyalty.check.line"].create(found)
        check.duration_s = time.monotonic() - started
        _logger.info(
            "loyalty ledger checked: %s cards, %s entries, %s differences",
            check.card_count,
            check.move_count,
            len(found),
        )
        return check

    @api.model
    def _count(self, tail):
        return self.env.execute_query(SQL("SELECT COUNT(*) FROM %s", tail))[0][0]

    @api.model
    def _differing_cards(self):
        """Values of lines for the cards whose figures disagree, in one pass.

        A card in debt holds no open lots: it owes what the balance says.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT card.id,
                          ROUND(COALESCE(card.points, 0)::numeric, 2),
                          ROUND(COALESCE(card.pending_points, 0)::numeric, 2),
                          COALESCE(card.ledger_length, 0),
                          COALESCE(moves.points, 0), COALESCE(moves.pending, 0),
                          COALESCE(moves.entries, 0), COALESCE(moves.first, 1),
                          COALESCE(moves.last, 0),
                          COALESCE(lots.points, 0), COALESCE(lots.pending, 0)
                     FROM loyalty_card card
                LEFT JOIN (SELECT card_id,
                                  ROUND(SUM(points)::numeric, 2) AS points,
                                  ROUND(SUM(pending_points)::numeric, 2) AS pending,
                                  COUNT(*) AS entries,
                                  MIN(sequence_number) AS first,
                                  MAX(sequence_number) AS last
                             FROM loyalty_point_move GROUP BY card_id
                          ) moves ON moves.card_id = card.id
                LEFT JOIN (SELECT card_id,
                                  ROUND(SUM(remaining) FILTER (WHERE state = 'open')
                                        ::numeric, 2) AS points,
                                  ROUND(SUM(remaining) FILTER (WHERE state = 'pending')
                                        ::numeric, 2) AS pending
                             FROM loyalty_point_lot WHERE state <> 'closed'
                         GROUP BY card_id
                          ) lots ON lots.card_id = card.id
                    WHERE card.is_ledger AND (
                          ROUND(COALESCE(card.points, 0)::numeric, 2)
                              <> COALESCE(moves.points, 0)
                       OR ROUND(COALESCE(card.pending_points, 0)::numeric, 2)
                              <> COALESCE(moves.pending, 0)
                       OR GREATEST(COALESCE(moves.points, 0), 0)
                              <> COALESCE(lots.points, 0)
                       OR COALESCE(moves.pending, 0) <> COALESCE(lots.pending, 0)
                       OR COALESCE(card.ledger_length, 0) <> COALESCE(moves.entries, 0)
                       OR COALESCE(moves.entries, 0) <> COALESCE(moves.last, 0)
                       OR COALESCE(moves.first, 1) <> 1)
                 ORDER BY card.id LIMIT %s""",
                MOST_CARDS,
            )
        )
        return [values for row in rows for values in self._differences(*row)]

    @api.model
    def _differences(
        self,
        card_id,
        points,
        pending,
        length,
        move_points,
        move_pending,
        entries,
        first,
        last,
        lot_points,
        lot_pending,
    ):
        """What disagrees on one card, each with what is expected and found."""
        figures = [
            ("balance", move_points, points),
            ("pending", move_pending, pending),
            ("lots", max(move_points, 0), lot_points),
            ("pending_lots", move_pending, lot_pending),
            ("length", entries, length),
            ("sequence", entries, last if first == 1 else last - first + 1),
        ]
        if first != 1 and entries == last - first + 1:
            figures[-1] = ("sequence", 1, first)
        return [
            {
                "kind": kind,
                "card_id": card_id,
                "expected": float(expected),
                "found": float(found),
            }
            for kind, expected, found in figures
            if expected != found
        ]

    @api.model
    def _lots_out_of_range(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT card_id, id, remaining,
                          CASE WHEN state = 'closed' THEN 0 ELSE points END
                     FROM loyalty_point_lot
                    WHERE remaining < 0 OR remaining > points
                       OR (state = 'closed' AND remaining <> 0)
                 ORDER BY id LIMIT %s""",
                MOST_CARDS,
            )
        )
        return [
            {
                "kind": "lot_range",
                "card_id": card_id,
                "lot_id": lot_id,
                "expected": float(points),
                "found": float(remaining),
            }
            for card_id, lot_id, remaining, points in rows
        ]

    def _notify_administrators(self):
        self.ensure_one()
        group = self.env.ref("loyalty_club.group_loyalty_admin").sudo()
        for user in group.all_user_ids:
            if user.active and not user.share and not user._is_superuser():
                self.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._(
                        "The loyalty ledger shows %s differences", self.difference_count
                    ),
                    user_id=user.id,
                )
