from odoo import models


class LoyaltyCard(models.Model):
    """Gift cards and wallets that lose their money are queued for 1C."""

    _inherit = "loyalty.card"

    def _on_points_posted(self, moves):
        result = super()._on_points_posted(moves)
        moves._onec_queue_lost()
        return result
