"""Booking at the quick till: each key books once, everything or nothing."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import format_amount


class LoyaltyTill(models.AbstractModel):
    _inherit = "loyalty.till"

    # -- selling -------------------------------------------------------------------
    @api.model
    def sell(self, payload):
        """Book a sale: a posted sales receipt, paid, with points and gift cards spent.

        :param payload: a basket as for :meth:`preview`, with ``key``, which the screen
            keeps until the answer came; ``card_id`` and ``token`` of the member;
            ``journal_id``; and ``to_pay``, the amount that the screen showed
        :return: the receipt, see :meth:`_receipt_values`
        :raise UserError: nothing was booked
        """
        branch = self._branch(payload.get("branch_id"))
        self = self.with_company(branch.company_id)
        if done := self._booked(payload):
            return self._receipt_values(done)
        card_sudo = None
        if payload.get("card_id"):
            card_sudo = self._card(payload["card_id"], payload.get("token"))
        buyer = card_sudo.partner_id if card_sudo else self._walk_in()
        if not payload.get("lines"):
            raise UserError(
                self.env._("The basket is empty. Scan a product or type an amount.")
            )
        receipt_sudo = self._create_receipt(
            self._prepare_sale_values(branch, buyer, payload["lines"]), payload
        )
        points = self._positive(payload.get("points") or 0.0, allow_zero=True)
        if points:
            self._spend_points(receipt_sudo, card_sudo, points)
        for asked in payload.get("gift_cards") or []:
            receipt_sudo._loyalty_pay_with_gift_card(self._gift_card(asked))
        self._check_total(receipt_sudo, payload.get("to_pay"))
        receipt_sudo.action_post()
        self._pay(receipt_sudo, self._journal(branch, payload.get("journal_id")))
        return self._receipt_values(receipt_sudo)

    def _booked(self, payload):
        """The receipt of this key, if the till sent it before."""
        key = payload.get("key")
        if not key or not isinstance(key, str) or not 8 <= len(key) <= 64:
            raise UserError(
                self.env._("The till sent no key for this sale. Reload the page.")
            )
        receipts_sudo = self.env["account.move"].sudo()
        receipt_sudo = receipts_sudo.search([("loyalty_till_key", "=", key)], limit=1)
        if receipt_sudo and receipt_sudo.create_uid.id != self.env.uid:
            raise AccessError(
                self.env._("This sale was booked by somebody else. Reload the page.")
            )
        return receipt_sudo

    def _create_receipt(self, values, payload):
        """The draft receipt; the same key at the same moment is asked to come again."""
        receipts_sudo = self.env["account.move"].sudo()
        try:
            with self.env.cr.savepoint():
                return receipts_sudo.create(
                    {**values, "loyalty_till_key": payload["key"]}
                )
        except IntegrityError as error:
            if "loyalty_till_key" not in str(error):
                raise
            # Run again on fresh data, where the receipt is found and returned.
            raise ConcurrencyError(str(error)) from error

    def _spend_points(self, receipt_sudo, card_sudo, points):
        if not card_sudo:
            raise UserError(
                self.env._("Points are spent by members. Find the member first.")
            )
        if card_sudo.state != "active":
            raise UserError(card_sudo._blocked_message())
        receipt_sudo.action_loyalty_spend(points)

    def _check_total(self, receipt_sudo, shown):
        """Refuse to take another amount than the screen showed."""
        currency = receipt_sudo.currency_id
        total = receipt_sudo.amount_total
        if shown is None or not currency.compare_amounts(shown, total):
            return
        raise UserError(
            self.env._(
                "The customer has to pay %(now)s now and not %(shown)s: prices or"
                " points changed meanwhile. Look at the basket and pay again.",
                now=format_amount(self.env, total, currency),
                shown=format_amount(self.env, shown, currency),
            )
        )

    def _journal(self, branch, journal_id=None):
        journals_sudo = self._journals(branch)
        if journal_id:
            journals_sudo = journals_sudo.filtered(lambda j: j.id == journal_id)
        if not journals_sudo:
            raise UserError(
                self.env._(
                    "The branch %s has no cash desk to book the payment in. Ask an"
                    " administrator to choose one in the branch's form.",
                    branch.name,
                )
            )
        return journals_sudo[0]

    def _pay(self, move_sudo, journal_sudo):
        """Take the money for a receipt, or give it back for a credit note."""
        if move_sudo.currency_id.is_zero(move_sudo.amount_residual):
            return
        payments = self.env["account.payment.register"].sudo()
        payments.with_context(
            active_model="account.move", active_ids=move_sudo.ids
        ).create({"journal_id": journal_sudo.id})._create_payments()

    # -- receipts ------------------------------------------------------------------
    def _receipt_values(self, receipt_sudo):
        """What the screen and the printed receipt say about a sale."""
        card_sudo = receipt_sudo.loyalty_card_id.sudo()
        products = receipt_sudo.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        goods = products.filtered(lambda line: not line.loyalty_card_id)
        payment = receipt_sudo._get_reconciled_payments()[:1]
        receipt_sudo.invalidate_recordset(["loyalty_points_earned"])
        return {
            "id": receipt_sudo.id,
            "key": receipt_sudo.loyalty_till_key,
            "number": receipt_sudo.name,
            "time": self._clock(receipt_sudo),
            "branch": receipt_sudo.loyalty_branch_id.name or "",
            "company": receipt_sudo.company_id.name,
            "cashier": receipt_sudo.create_uid.name,
            "currency_id": receipt_sudo.currency_id.id,
            "lines": [
                {
                    "name": line.name,
                    "quantity": line.quantity,
                    "total": line.price_total,
                }
                for line in goods
            ],
            "payments": [
                {
                    "name": self.env._("Paid with points")
                    if line.loyalty_card_id.sudo().is_club
                    else self.env._("Paid by gift card"),
                    "total": -line.price_total,
                }
                for line in products - goods
            ],
            "goods_total": sum(goods.mapped("price_total")),
            "total": receipt_sudo.amount_total,
            "paid_by": payment.journal_id.name or "",
            "undone": receipt_sudo.reversal_move_ids[:1].name or "",
            "gift_cards": [
                {"code": row.card_id.code, "amount": row.points}
                for row in self._sold_gift_rows(receipt_sudo)
            ],
            **self._receipt_member_values(receipt_sudo, card_sudo),
        }

    def _receipt_member_values(self, receipt_sudo, card_sudo):
        if not card_sudo:
            return {"member": ""}
        return {
            "member": card_sudo.partner_id.name,
            "earned": receipt_sudo.loyalty_points_earned,
            "pending": receipt_sudo.loyalty_points_pending,
            "spent": receipt_sudo.loyalty_points_spent,
            "explanation": receipt_sudo.loyalty_explanation,
            "balance": card_sudo.points,
            "worth": card_sudo.points_worth,
            "pending_balance": card_sudo.pending_points,
            "tier": card_sudo.tier_id.name or "",
            "tier_color": card_sudo.tier_id.color,
            "progress": card_sudo.tier_progress_text,
            "progress_percent": card_sudo.tier_progress_percent,
        }

    def _clock(self, receipt_sudo):
        moment = self.env["loyalty.program"]._local_moment(
            receipt_sudo.company_id, receipt_sudo.create_date
        )
        return moment.strftime("%Y-%m-%d %H:%M")

    @api.model
    def _recent_sales(self, branches):
        """The cashier's last sales of today, the newest first."""
        receipts_sudo = self.env["account.move"].sudo()
        receipts_sudo = receipts_sudo.search(
            [
                ("loyalty_till_key", "!=", False),
                ("move_type", "=", "out_receipt"),
                ("loyalty_branch_id", "in", branches.ids),
                ("create_uid", "=", self.env.uid),
                ("create_date", ">=", fields.Datetime.now() - timedelta(hours=12)),
            ],
            order="id desc",
            limit=5,
        )
        return [
            {
                "id": receipt.id,
                "key": receipt.loyalty_till_key,
                "number": receipt.name,
                "time": self._clock(receipt)[-5:],
                "member": receipt.loyalty_card_id.sudo().partner_id.name or "",
                "total": receipt.amount_total,
                "currency_id": receipt.currency_id.id,
                "undone": bool(receipt.reversal_move_ids),
            }
            for receipt in receipts_sudo
        ]
