from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _loyalty_notify(self, event, values):
        """What the club or the couriers tell becomes an event for the message rules."""
        return super()._loyalty_notify(event, values)
