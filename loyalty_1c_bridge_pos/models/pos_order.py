from odoo import models


class PosOrder(models.Model):
    _inherit = "pos.order"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("account_move"):
            # Invoiced after the session was closed: the report loses the order.
            closed = self.session_id.filtered(lambda s: s.state == "closed")
            closed._onec_queue()
        return result
