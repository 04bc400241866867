from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _onec_is_netting(self):
        # Entries of sessions and of their payments are inside the retail report, or
        # go as payments of invoiced orders.
        if self.sudo().pos_session_ids or self.sudo().pos_payment_ids:
            return False
        return super()._onec_is_netting()
