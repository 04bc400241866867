from odoo import fields, models


class LoyaltySmsGateway(models.Model):
    """E-mail by the ERP's own mail servers."""

    _inherit = "loyalty.sms.gateway"

    mail_server_id = fields.Many2one(
        "ir.mail_server",
        "Mail server",
        groups="loyalty_sms.group_sms_admin",
        help="Empty lets the ERP choose.",
    )

    def _settings_email(self):
        return {}
