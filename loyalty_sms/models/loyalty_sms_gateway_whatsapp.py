import secrets

from odoo import api, fields, models

from .loyalty_sms_gateway import ADMIN


class LoyaltySmsGateway(models.Model):
    """WhatsApp Cloud: the token is the key, the app's secret signs the calls."""

    _inherit = "loyalty.sms.gateway"

    whatsapp_phone_number_id = fields.Char(
        "Id of the phone number", help="Meta's id, digits only; not the number."
    )
    whatsapp_version = fields.Char("Version", default="v23.0")
    whatsapp_url = fields.Char("Address of Graph", default="https://graph.facebook.com")
    whatsapp_verify_token = fields.Char(
        "Word for registration",
        groups=ADMIN,
        copy=False,
        default=lambda self: secrets.token_urlsafe(16),
        help="Meta asks for it when the address is registered.",
    )

    @api.model
    def _settings_fields(self):
        return [
            *super()._settings_fields(),
            "whatsapp_phone_number_id",
            "whatsapp_version",
            "whatsapp_url",
            "whatsapp_verify_token",
        ]

    def _settings_whatsapp(self):
        return {
            "phone_number_id": self.whatsapp_phone_number_id or "",
            "token": self.secret or "",
            "app_secret": self.webhook_secret or "",
            "verify_token": self.whatsapp_verify_token or "",
            "version": self.whatsapp_version or "",
            "url": (self.whatsapp_url or "").rstrip("/"),
        }
