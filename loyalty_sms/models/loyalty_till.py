from odoo import api, models

from . import consent_origin


class LoyaltyTill(models.AbstractModel):
    _inherit = "loyalty.till"

    @api.model
    def register(self, values):
        """Consents that a customer gives at the till say so in their history."""
        with consent_origin.origin(source="pos"):
            return super().register(values)
