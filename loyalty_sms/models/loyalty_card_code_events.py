from odoo import api, models


class LoyaltyCardCode(models.Model):
    _inherit = "loyalty.card.code"

    @api.model_create_multi
    def create(self, vals_list):
        """Who lost a card hears that the old one is blocked."""
        codes = super().create(vals_list)
        for code in codes.sudo():
            holder = code.card_id.partner_id
            if code.reason != "merged" and holder:
                self.env["loyalty.sms.event"]._emit(
                    "card_replaced", holder, f"card_replaced:{code.id}", code.card_id
                )
        return codes
