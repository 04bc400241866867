from odoo import fields, models
from odoo.exceptions import UserError


class LoyaltyGiftSell(models.TransientModel):
    """Scan printed gift cards, one a line, to sell them on a quotation."""

    _name = "loyalty.gift.sell"
    _description = "Sell gift cards"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    codes = fields.Text(
        "Gift card codes", help="Scan one card after the other: one code a line."
    )

    def action_sell(self):
        """Add a line for each scanned card."""
        self.ensure_one()
        codes = [code for code in (self.codes or "").splitlines() if code.strip()]
        if not codes:
            raise UserError(self.env._("Scan at least one gift card."))
        for code in dict.fromkeys(codes):
            card, message = self.env["loyalty.card"]._find_by_code(code)
            if not card:
                raise UserError(
                    message
                    or self.env._(
                        "No card has the code %s. Scan it again.",
                        self.env["loyalty.card"]._mask_code(code.strip()),
                    )
                )
            self.order_id._loyalty_sell_gift_card(card.sudo(False))
        return {"type": "ir.actions.act_window_close"}
