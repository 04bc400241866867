from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """A finished delivery makes the points of its order available."""
        result = super()._action_done()
        programs = self.env["loyalty.program"]
        if any(
            program._terms().release_policy == "delivered"
            for company in self.company_id
            for program in programs._clubs(company)
        ):
            orders = self.sudo().sale_id
            orders._loyalty_sync_confirmed()
            orders.invoice_ids._loyalty_sync()
        return result
