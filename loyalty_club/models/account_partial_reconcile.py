from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        """Points of an invoice that is not paid any more are pending again."""
        programs = self.env["loyalty.program"]
        moves = (self.debit_move_id | self.credit_move_id).move_id.filtered(
            lambda move: programs._club_ids(move.company_id.id)
        )
        result = super().unlink()
        if moves:
            moves.exists()._loyalty_sync()
        return result
