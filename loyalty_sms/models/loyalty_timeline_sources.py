"""Where the history of a customer comes from."""

from odoo import models
from odoo.tools import SQL


class LoyaltyTimeline(models.Model):
    _inherit = "loyalty.timeline"

    def _timeline_queries(self):
        """Selects that make up the history, always in the same order.

        Each has the columns ``date, partner_id, company_id, branch_id, kind,
        res_model, res_id, points, amount, currency_id``. Addons append theirs.
        """
        queries = [
            self._query_invoices(),
            self._query_purchases(),
            self._query_orders(),
            self._query_points(),
            self._query_tiers(),
            self._query_messages(),
            self._query_ratings(),
            self._query_complaints(),
            self._query_consents(),
            self._query_replies(),
        ]
        if "pos.order" in self.env:
            queries.append(self._query_receipts())
        return queries

    def _query_invoices(self):
        # Of the day when they were booked, the hour is known too.
        return SQL(
            """SELECT CASE WHEN create_date::date = invoice_date THEN create_date
                          ELSE invoice_date END,
                      partner_id, company_id, loyalty_branch_id,
                      'purchase', 'account.move', id,
                      NULL::numeric, amount_total_in_currency_signed, currency_id
                 FROM account_move
                WHERE state = 'posted' AND partner_id IS NOT NULL
                  AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"""
        )

    def _query_purchases(self):
        return SQL(
            """SELECT purchase.date::timestamp, purchase.partner_id,
                      purchase.company_id, purchase.branch_id, 'purchase',
                      'loyalty.purchase', purchase.id, NULL::numeric, purchase.amount,
                      program.currency_id
                 FROM loyalty_purchase purchase
                 JOIN loyalty_program program ON program.id = purchase.program_id
                WHERE purchase.state = 'done'"""
        )

    def _query_orders(self):
        return SQL(
            """SELECT date_order, partner_id, company_id, loyalty_branch_id,
                      'order', 'sale.order', id, NULL::numeric, amount_total,
                      currency_id
                 FROM sale_order WHERE state = 'sale'"""
        )

    def _query_points(self):
        # Both sides of a settled debt sum to nothing and say nothing.
        return SQL(
            """SELECT date, partner_id, company_id, branch_id, 'points',
                      'loyalty.point.move', id, points, NULL::numeric, currency_id
                 FROM loyalty_point_move
                WHERE kind != 'settle' AND partner_id IS NOT NULL"""
        )

    def _query_tiers(self):
        return SQL(
            """SELECT change.date, change.partner_id, program.company_id,
                      card.branch_id, 'tier', 'loyalty.tier.change', change.id,
                      NULL::numeric, NULL::numeric, NULL::int
                 FROM loyalty_tier_change change
                 JOIN loyalty_card card ON card.id = change.card_id
                 JOIN loyalty_program program ON program.id = change.program_id
                WHERE change.partner_id IS NOT NULL"""
        )

    def _query_messages(self):
        return SQL(
            """SELECT create_date, partner_id, company_id, NULL::int, 'message',
                      'loyalty.message', id, NULL::numeric, NULL::numeric, NULL::int
                 FROM loyalty_message
                WHERE partner_id IS NOT NULL"""
        )

    def _query_ratings(self):
        return SQL(
            """SELECT answered_at, partner_id, company_id, branch_id, 'rating',
                      'loyalty.feedback', id, NULL::numeric, NULL::numeric, NULL::int
                 FROM loyalty_feedback WHERE state = 'answered'"""
        )

    def _query_complaints(self):
        return SQL(
            """SELECT create_date, partner_id, company_id, branch_id, 'complaint',
                      'loyalty.complaint', id, NULL::numeric, NULL::numeric, NULL::int
                 FROM loyalty_complaint"""
        )

    def _query_consents(self):
        return SQL(
            """SELECT date, partner_id, company_id, NULL::int, 'consent',
                      'loyalty.consent', id, NULL::numeric, NULL::numeric, NULL::int
                 FROM loyalty_consent WHERE partner_id IS NOT NULL"""
        )

    def _query_replies(self):
        return SQL(
            """SELECT create_date, partner_id, company_id, NULL::int, 'reply',
                      'loyalty.sms.inbound', id, NULL::numeric, NULL::numeric, NULL::int
                 FROM loyalty_sms_inbound
                WHERE partner_id IS NOT NULL"""
        )

    def _query_receipts(self):
        return SQL(
            """SELECT receipt.date_order, receipt.partner_id,
                      receipt.company_id, NULL::int, 'purchase', 'pos.order',
                      receipt.id, NULL::numeric, receipt.amount_total,
                      company.currency_id
                 FROM pos_order receipt
                 JOIN res_company company ON company.id = receipt.company_id
                WHERE receipt.partner_id IS NOT NULL
                  AND receipt.account_move IS NULL
                  AND receipt.state IN ('paid', 'done')"""
        )
