from odoo import api, models

from ..demo import story


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    @api.model
    def _load_demo(self):
        """Build the shop of the demonstration data, once."""
        story.load(self.env)
