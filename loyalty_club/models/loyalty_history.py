from odoo import models


class LoyaltyHistory(models.Model):
    _inherit = "loyalty.history"

    _order_idx = models.Index("(order_id, order_model) WHERE order_id IS NOT NULL")
