from odoo import fields, models

from ..tools.sms_api import LoyaltySmsApi


class ResCompany(models.Model):
    _inherit = "res.company"

    loyalty_sms_is_off = fields.Boolean(
        "Stop all messages",
        help="Nothing goes out for this company while this is set. Messages wait, and"
        " those still of use go when it is cleared.",
    )

    def _get_sms_api_class(self):
        """All SMS of the ERP go through our queue, for every company."""
        self.ensure_one()
        return LoyaltySmsApi
