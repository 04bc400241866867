"""Gift cards at the quick till: sold, looked up, redeemed, taken back."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare, format_date


class LoyaltyTill(models.AbstractModel):
    _inherit = "loyalty.till"

    @api.model
    def _gift_values(self, card_sudo):
        """What the screen shows of a gift card; ``message`` is why it cannot pay."""
        message = card_sudo._gift_message()
        if card_sudo.gift_state == "unsold":
            message = self.env._("This gift card was not sold yet.")
        elif card_sudo.gift_state == "used":
            message = self.env._("Nothing is left on this gift card.")
        last = card_sudo.expiration_date
        return {
            "id": card_sudo.id,
            "token": self._token(card_sudo),
            "card": card_sudo.masked_code,
            "state": card_sudo.gift_state,
            "balance": card_sudo.points,
            "face_value": card_sudo.face_value,
            "expires": format_date(self.env, last) if last else "",
            "message": message,
        }

    @api.model
    def _gift_card(self, asked):
        """The gift card that the cashier scanned, as superuser."""
        card_sudo = self._card(asked.get("id"), asked.get("token"))
        if card_sudo.program_id.program_type != "gift_card":
            raise UserError(
                self.env._(
                    "%s is no gift card. Scan a gift card.", card_sudo.masked_code
                )
            )
        return card_sudo

    @api.model
    def gift_card_balance(self, code, branch_id):
        """What is left on the gift card of this code."""
        found = self._find_card((code or "").strip(), self._branch(branch_id)) or {}
        if found.get("kind") == "blocked":
            raise UserError(found["message"])
        if found.get("kind") != "gift_card":
            raise UserError(
                self.env._("No gift card has this code. Scan it again or type it.")
            )
        return found["gift_card"]

    # -- selling ------------------------------------------------------------------
    @api.model
    def sell_gift_card(self, payload):
        """Book the sale of a gift card, which earns no points.

        :param payload: ``key``, ``branch_id``, ``journal_id``; either ``code`` of a
            printed card that waits to be sold, or the ``amount`` of a new one; the
            buyer, if a member, by ``card_id`` and ``token``
        :return: the receipt, with the code of the card
        """
        branch = self._branch(payload.get("branch_id"))
        self = self.with_company(branch.company_id)
        if done := self._booked(payload):
            return self._receipt_values(done)
        gift_sudo = self._printed_gift_card(payload.get("code"), branch)
        program_sudo = gift_sudo.program_id or self._gift_program(branch)
        if not program_sudo.trigger_product_ids:
            raise UserError(
                self.env._(
                    "No gift cards are sold here yet. Ask a manager to set up a gift"
                    " card program with the product by which cards are sold."
                )
            )
        receipt_sudo = self._create_receipt(
            self._prepare_gift_sale_values(branch, payload, gift_sudo, program_sudo),
            payload,
        )
        receipt_sudo.action_post()
        self._pay(receipt_sudo, self._journal(branch, payload.get("journal_id")))
        self._fill_gift_card(receipt_sudo, program_sudo, gift_sudo)
        return self._receipt_values(receipt_sudo)

    def _fill_gift_card(self, receipt_sudo, program_sudo, gift_sudo):
        """Load the printed card, or a new one, the receipt being the origin."""
        points = receipt_sudo._loyalty_in_program(
            program_sudo, receipt_sudo.amount_total
        )
        origin = {
            "res_model": receipt_sudo._name,
            "res_id": receipt_sudo.id,
            "company_id": receipt_sudo.company_id.id,
            "branch_id": receipt_sudo.loyalty_branch_id.id,
        }
        if gift_sudo:
            gift_sudo._activate_gift_card(points, **origin)
            return
        cards_sudo = self.env["loyalty.card"].sudo().with_context(loyalty_no_mail=True)
        gift_sudo = cards_sudo.create({"program_id": program_sudo.id})
        gift_sudo._post_points([gift_sudo._entry("earn", points, **origin)])

    def _printed_gift_card(self, code, branch):
        """The unsold card of this code; none where no code was scanned."""
        if not code:
            return self.env["loyalty.card"].sudo()
        found = self.gift_card_balance(code, branch.id)
        gift_sudo = self._gift_card(found)
        gift_sudo._check_sellable()
        shop = gift_sudo.gift_batch_id.branch_id
        if shop and shop != branch:
            raise UserError(
                self.env._(
                    "The gift cards of batch %(batch)s are sold at %(shop)s only.",
                    batch=gift_sudo.gift_batch_id.name,
                    shop=shop.name,
                )
            )
        return gift_sudo

    def _prepare_gift_sale_values(self, branch, payload, gift_sudo, program_sudo):
        buyer = self._walk_in()
        if payload.get("card_id"):
            buyer = self._card(payload["card_id"], payload.get("token")).partner_id
        values = self._prepare_sale_values(branch, buyer, [])
        currency = branch.company_id.currency_id
        amount = payload.get("amount")
        if gift_sudo:
            amount = program_sudo.currency_id._convert(
                gift_sudo.face_value, currency, branch.company_id, self._today(branch)
            )
        line = {
            "product_id": program_sudo.trigger_product_ids[:1].id,
            "quantity": 1.0,
            "price_unit": currency.round(self._positive(amount)),
            # A gift card is a multi-purpose voucher: taxed when it is used.
            "tax_ids": [Command.clear()],
        }
        return {**values, "invoice_line_ids": [Command.create(line)]}

    def _sold_gift_rows(self, receipt_sudo):
        """Ledger rows by which a receipt filled gift cards."""
        rows = self.env["loyalty.point.move"].sudo()
        return rows.search(
            [
                ("res_model", "=", receipt_sudo._name),
                ("res_id", "=", receipt_sudo.id),
                ("kind", "=", "earn"),
                ("card_id.program_id.program_type", "=", "gift_card"),
            ]
        )

    # -- taking back ----------------------------------------------------------------
    def _take_back_gift_cards(self, receipt_sudo):
        """Empty the cards that an undone receipt sold; printed ones are blank again."""
        for row in self._sold_gift_rows(receipt_sudo):
            gift_sudo = row.card_id
            gift_sudo._lock_points()
            if float_compare(gift_sudo.points, row.points, precision_digits=2) < 0:
                raise UserError(
                    self.env._(
                        "The gift card %s was used already, so its sale stays.",
                        gift_sudo.masked_code,
                    )
                )
            gift_sudo._take_back_sold(receipt_sudo._name, receipt_sudo.id)
            if not gift_sudo.gift_batch_id:
                gift_sudo.state = "closed"
