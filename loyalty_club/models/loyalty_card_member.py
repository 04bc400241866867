from odoo import models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _on_member_enrolled(self):
        """Called once for each new member card; other addons extend it."""
        for card in self:
            card.partner_id._loyalty_notify("welcome", {"card": card.masked_code})
