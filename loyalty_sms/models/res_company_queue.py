from odoo import fields, models

from odoo.addons.sms.tools.sms_api import SmsApi

from ..tools.sms_api import LoyaltySmsApi, NoGatewaySmsApi


class ResCompany(models.Model):
    _inherit = "res.company"

    loyalty_sms_is_off = fields.Boolean(
        "Stop all messages",
        help="Nothing goes out for this company while this is set. Messages wait, and"
        " those still of use go when it is cleared.",
    )

    def _get_sms_api_class(self):
        """The ERP's SMS go through our queue where the company has a gateway of ours.

        Where it has none, another provider that was chosen for it stays, and Odoo's own
        service is never called.
        """
        self.ensure_one()
        gateways_sudo = self.env["loyalty.sms.gateway"].sudo()
        if gateways_sudo.search_count(
            [("channel", "=", "sms"), ("company_id", "in", [self.id, False])], limit=1
        ):
            return LoyaltySmsApi
        chosen = super()._get_sms_api_class()
        return NoGatewaySmsApi if chosen is SmsApi else chosen
