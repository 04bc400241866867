"""Purchases that are asked about: found some hours later, never in the sale itself."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

PRODUCTS_ASKED = 3
# Where the documents of sales keep their lines.
LINE_FIELDS = ("invoice_line_ids", "order_line", "lines")
# A server that rested longer does not ask about purchases long forgotten.
LOOK_BACK = timedelta(days=2)


class LoyaltyFeedback(models.Model):
    _inherit = "loyalty.feedback"

    @api.model
    def _cron_request(self, batch_size=200):
        """Ask the members who bought some hours ago, in committed batches."""
        policies_sudo = self.env["loyalty.feedback.policy"].sudo()
        commit = self.env["ir.cron"]._commit_progress
        for policy_sudo in policies_sudo.search([("after_purchase", "=", True)]):
            while moves_sudo := self._purchases_to_ask(policy_sudo, batch_size):
                for move_sudo in moves_sudo:
                    self._request_purchase(move_sudo)
                more = batch_size if len(moves_sudo) == batch_size else 0
                if not commit(len(moves_sudo), remaining=more):
                    return

    @api.model
    def _purchases_to_ask(self, policy_sudo, limit):
        """The ledger rows of purchases, one a member, that are to be asked about."""
        moves_sudo = self.env["loyalty.point.move"].sudo()
        moves_sudo.flush_model()
        self.sudo().flush_model()
        until = fields.Datetime.now() - timedelta(hours=policy_sudo.delay_hours)
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (move.partner_id) move.id
                     FROM loyalty_point_move move
                    WHERE move.kind = 'earn'
                      AND move.company_id = %(company)s
                      AND move.date > %(since)s AND move.date <= %(until)s
                      AND move.partner_id IS NOT NULL AND move.res_id IS NOT NULL
                      AND move.points + move.pending_points > 0
                      AND NOT EXISTS (
                          SELECT FROM loyalty_point_move back
                           WHERE back.res_model = move.res_model
                             AND back.res_id = move.res_id
                             AND back.kind = 'reverse')
                      AND NOT EXISTS (
                          SELECT FROM loyalty_feedback asked
                           WHERE asked.res_model = move.res_model
                             AND asked.res_id = move.res_id)
                      AND NOT EXISTS (
                          SELECT FROM loyalty_feedback asked
                           WHERE asked.partner_id = move.partner_id
                             AND asked.create_date > %(rested)s)
                 ORDER BY move.partner_id, move.id DESC
                    LIMIT %(limit)s""",
                company=policy_sudo.company_id.id,
                since=until - LOOK_BACK,
                until=until,
                rested=fields.Datetime.now() - timedelta(days=policy_sudo.rest_days),
                limit=limit,
            )
        )
        return moves_sudo.browse(row[0] for row in found)

    @api.model
    def _request_purchase(self, move_sudo):
        document_sudo = self.env[move_sudo.res_model].sudo().browse(move_sudo.res_id)
        operator_sudo = move_sudo.user_id.filtered(lambda user: user._is_internal())
        return self._request(
            move_sudo.partner_id,
            document_sudo,
            {
                "branch": move_sudo.branch_id,
                "operator": operator_sudo - self.env.ref("base.user_root"),
                "products": self._products_of(document_sudo),
            },
        )

    @api.model
    def _products_of(self, document_sudo):
        """Up to three goods of a sale, the dearest first."""
        for name in LINE_FIELDS:
            if name in document_sudo._fields:
                lines_sudo = document_sudo[name].filtered(
                    lambda line: line.product_id and line.price_subtotal > 0
                )
                by_price = lines_sudo.sorted("price_subtotal", reverse=True)
                return by_price.product_id[:PRODUCTS_ASKED]
        return self.env["product.product"]
