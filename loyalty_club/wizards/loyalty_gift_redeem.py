from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyGiftRedeem(models.TransientModel):
    """Scan a gift card to pay a quotation or a draft invoice."""

    _name = "loyalty.gift.redeem"
    _description = "Pay with a gift card"

    order_id = fields.Many2one("sale.order", readonly=True)
    move_id = fields.Many2one("account.move", readonly=True)
    code = fields.Char("Gift card code")
    message = fields.Char(compute="_compute_card")
    is_usable = fields.Boolean(compute="_compute_card")
    currency_id = fields.Many2one("res.currency", compute="_compute_card")
    balance = fields.Monetary(compute="_compute_card")
    due = fields.Monetary("To pay", compute="_compute_card")
    expiration_date = fields.Date("Usable until", compute="_compute_card")
    amount = fields.Monetary(
        "Pay", compute="_compute_amount", store=True, readonly=False
    )

    @api.depends("code", "order_id", "move_id")
    def _compute_card(self):
        for wizard in self:
            card = wizard._card()
            document = wizard._document()
            wizard.message = wizard._why_not(card)
            usable = bool(card) and not wizard.message
            wizard.is_usable = usable
            wizard.currency_id = card.currency_id or document.currency_id
            wizard.balance = card.points if usable else 0.0
            wizard.expiration_date = card.expiration_date if usable else False
            wizard.due = document._loyalty_gift_due(card) if usable else 0.0

    @api.depends("code", "order_id", "move_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = min(wizard.balance, wizard.due)

    def _card(self):
        """The scanned card as superuser; what is shown of it is decided here."""
        return self.env["loyalty.card"]._find_by_code(self.code)[0]

    def _document(self):
        return self.order_id or self.move_id

    def _why_not(self, card):
        if not self.code:
            return ""
        if not card:
            former = self.env["loyalty.card"]._find_by_code(self.code)[1]
            return former or self.env._(
                "No card has this code. Check it, or scan again."
            )
        companies = self._document().company_id
        if card.company_id and card.company_id not in companies.parent_ids | companies:
            return self.env._("This gift card belongs to another company.")
        try:
            card._check_redeemable()
        except UserError as error:
            return str(error)
        return ""

    def action_pay(self):
        """Put the gift card on the document."""
        self.ensure_one()
        card = self._card()
        if message := self._why_not(card):
            raise UserError(message)
        if not card or not self.amount:
            raise UserError(
                self.env._("Scan a gift card and enter an amount above zero.")
            )
        self._document()._loyalty_pay_with_gift_card(card.sudo(False), self.amount)
        return {"type": "ir.actions.act_window_close"}
