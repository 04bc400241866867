from odoo import api, fields, models


class LoyaltySmsGateway(models.Model):
    _inherit = "loyalty.sms.gateway"

    kannel_url = fields.Char(
        "Address of sendsms",
        default="http://127.0.0.1:13013/cgi-bin/sendsms",
        help="Where smsbox takes messages.",
    )
    kannel_smsc_id = fields.Char(
        "Link", help="Id of the link to the operator; empty lets Kannel choose."
    )

    @api.model
    def _settings_fields(self):
        return [*super()._settings_fields(), "kannel_url", "kannel_smsc_id"]

    def _settings_kannel(self):
        return {
            "url": self.kannel_url or "",
            "login": self.login or "",
            "secret": self.secret or "",
            "smsc_id": self.kannel_smsc_id or "",
            "allowed_ips": self.allowed_ips or "",
        }
