"""The cashier's last sale taken back by a credit note."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

UNDO_MINUTES = 15


class LoyaltyTill(models.AbstractModel):
    _inherit = "loyalty.till"

    # -- taking back ---------------------------------------------------------------
    @api.model
    def undo_last(self, key):
        """Cancel the cashier's last sale by a credit note and give the money back.

        :param key: the key of the sale; asking twice cancels once
        :return: the receipt, with ``undone`` the number of the credit note
        """
        self._check_cashier()
        receipt_sudo = self._booked({"key": key})
        if not receipt_sudo:
            raise UserError(self.env._("This sale was never booked."))
        branch = self._branch(receipt_sudo.loyalty_branch_id.id)
        self = self.with_company(branch.company_id)
        receipt_sudo = receipt_sudo.with_company(branch.company_id)
        if not receipt_sudo.reversal_move_ids:
            self._check_undo(receipt_sudo)
            self._take_back_gift_cards(receipt_sudo)
            self._credit(receipt_sudo)
        return self._receipt_values(receipt_sudo)

    def _check_undo(self, receipt_sudo):
        limit = fields.Datetime.now() - timedelta(minutes=UNDO_MINUTES)
        later_sudo = receipt_sudo.search(
            [
                ("loyalty_till_key", "!=", False),
                ("move_type", "=", "out_receipt"),
                ("create_uid", "=", self.env.uid),
                ("id", ">", receipt_sudo.id),
                ("reversal_move_ids", "=", False),
            ],
            limit=1,
        )
        if later_sudo or receipt_sudo.create_date < limit:
            raise UserError(
                self.env._(
                    "Only your last sale can be undone, within %(minutes)s minutes."
                    " Ask an accountant for a credit note of %(receipt)s.",
                    minutes=UNDO_MINUTES,
                    receipt=receipt_sudo.name,
                )
            )

    def _credit(self, receipt_sudo):
        """A posted credit note of the whole receipt, its money given back."""
        branch = receipt_sudo.loyalty_branch_id
        payments = receipt_sudo._get_reconciled_payments()
        credit_sudo = receipt_sudo._reverse_moves(
            [
                {
                    "invoice_date": self._today(branch),
                    "loyalty_till_key": f"undo:{receipt_sudo.loyalty_till_key}",
                    "ref": self.env._("Undone at the till: %s", receipt_sudo.name),
                }
            ]
        )
        credit_sudo.action_post()
        self._pay(credit_sudo, payments.journal_id[:1] or self._journal(branch))
        return credit_sudo
