from odoo import api, models

from ..demo import story


class LoyaltySmsGateway(models.Model):
    _inherit = "loyalty.sms.gateway"

    @api.model
    def _load_demo(self):
        """Build the week of the demonstration data, once."""
        story.load(self.env)
