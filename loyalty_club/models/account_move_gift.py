"""Draft invoices paid with gift cards."""

from odoo import models
from odoo.exceptions import UserError

from .account_move import EARNING_TYPES


class AccountMove(models.Model):
    _inherit = "account.move"

    def _loyalty_gift_due(self, card):
        """What a gift card may pay on the invoice, in the program's currency."""
        stored_value = card.program_id._stored_value_product_ids()
        payable = sum(
            line.price_total
            for line in self.invoice_line_ids
            if line.display_type == "product"
            and line.loyalty_card_id != card
            and line.product_id.id not in stored_value
        )
        due = self._loyalty_in_program(card.program_id, payable)
        return max(card.currency_id.round(due), 0.0)

    def _loyalty_pay_with_gift_card(self, card, amount=None):
        """Pay a draft invoice with a gift card: all it can, or ``amount`` of it.

        :param amount: in all on this invoice; zero takes the card off again
        :return: what the card will pay when the invoice is posted
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft" or self.move_type not in EARNING_TYPES:
            raise UserError(
                self.env._("Gift cards pay customer invoices while they are drafts.")
            )
        card_sudo = card.sudo()
        own = self.invoice_line_ids.filtered(
            lambda line: line.loyalty_card_id == card_sudo
        )
        if own.sale_line_ids:
            raise UserError(
                self.env._(
                    "Gift card %s paid the order of this invoice already.",
                    card_sudo.masked_code,
                )
            )
        due = self._loyalty_gift_due(card_sudo)
        if amount is None:
            card_sudo._check_redeemable()
            amount = min(card_sudo.points, due)
        card_sudo._check_gift_payment(amount, due)
        own.unlink()
        if amount:
            self._loyalty_add_payment_lines(card_sudo, amount)
        return amount
