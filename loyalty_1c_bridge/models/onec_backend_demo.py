from odoo import api, models

from ..demo import story


class OnecBackend(models.Model):
    _inherit = "onec.backend"

    @api.model
    def _load_demo(self):
        """Build the demonstration exchange, called when demonstration data load."""
        story.load(self.env)
