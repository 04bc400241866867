import base64
import secrets
from urllib.parse import urlencode, urlsplit

from odoo import api, fields, models

from ..engine import kannel_conf
from .loyalty_sms_gateway import ADMIN

DEFAULT_URL = "http://127.0.0.1:13013/cgi-bin/sendsms"
NO_LINK = "# Add a link to an operator first.\n"


class LoyaltySmsGateway(models.Model):
    """Kannel: SMPP towards the operators, HTTP on the loopback towards us."""

    _inherit = "loyalty.sms.gateway"

    kannel_url = fields.Char(
        "Address of sendsms", default=DEFAULT_URL, help="Where smsbox takes messages."
    )
    kannel_smsc_id = fields.Char(
        "Only by link", help="Name of the link; empty lets Kannel choose."
    )
    kannel_admin_url = fields.Char(
        "Address of the administration",
        default="http://127.0.0.1:13000",
        help="Where bearerbox tells its status.",
    )
    kannel_admin_password = fields.Char(
        "Password of the administration",
        groups=ADMIN,
        copy=False,
        default=lambda self: secrets.token_urlsafe(16),
    )
    kannel_status_password = fields.Char(
        "Password of the status",
        groups=ADMIN,
        copy=False,
        default=lambda self: secrets.token_urlsafe(16),
    )
    kannel_link_ids = fields.One2many(
        "loyalty.sms.kannel.link",
        "gateway_id",
        "Links to operators",
        groups=ADMIN,
        copy=True,
    )
    kannel_conf = fields.Text(
        "kannel.conf", groups=ADMIN, compute="_compute_kannel_conf"
    )
    kannel_conf_file = fields.Binary(
        "Download", groups=ADMIN, compute="_compute_kannel_conf"
    )
    kannel_conf_name = fields.Char(
        groups=ADMIN, compute="_compute_kannel_conf", default="kannel.conf"
    )

    @api.depends(
        "kind",
        "login",
        "secret",
        "kannel_url",
        "kannel_admin_url",
        "kannel_admin_password",
        "kannel_status_password",
        "kannel_link_ids",
        "webhook_base",
        "default_sender",
    )
    def _compute_kannel_conf(self):
        for gateway in self:
            text = gateway._kannel_conf() if gateway.kind == "kannel" else False
            gateway.kannel_conf = text
            gateway.kannel_conf_file = text and base64.b64encode(text.encode())
            gateway.kannel_conf_name = "kannel.conf"

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

    def _kannel_conf(self):
        """A configuration that works; a remark instead of it where something lacks."""
        if not self.kannel_link_ids:
            return NO_LINK
        setup = kannel_conf.Setup(
            links=tuple(link._to_link() for link in self.kannel_link_ids),
            login=self.login or "",
            password=self.secret or "",
            admin_password=self.kannel_admin_password or "",
            status_password=self.kannel_status_password or "",
            inbound_url=self._webhook_url("inbound"),
            sender=self.default_sender or "",
            sendsms_port=_port(self.kannel_url, 13013),
            admin_port=_port(self.kannel_admin_url, 13000),
            box_port=_port(self.kannel_admin_url, 13000) + 1,
        )
        try:
            return kannel_conf.render(setup)
        except ValueError as error:
            return f"# {error}.\n"

    def _kannel_status_url(self):
        base = (self.kannel_admin_url or "").rstrip("/")
        query = urlencode({"password": self.sudo().kannel_status_password or ""})
        return f"{base}/status.xml?{query}"

    def action_kannel_status(self):
        """What Kannel says of itself, now."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Kannel"),
            "res_model": "loyalty.sms.kannel.status",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gateway_id": self.id},
        }


def _port(url, default):
    try:
        return urlsplit(url or "").port or default
    except ValueError:
        return default
