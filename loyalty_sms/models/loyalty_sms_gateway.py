import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.gateways import registry
from ..engine.gateways.base import GatewayError
from .constants import CHANNELS

ADMIN = "loyalty_sms.group_sms_admin"
# 256 bits, in letters that need no escaping in an address.
KEY_BYTES = 32
ONLY_CHANNEL = {"kannel": "sms", "whatsapp": "whatsapp", "email": "email"}


class LoyaltySmsGateway(models.Model):
    """A way out: an account at a provider, or a Kannel of our own."""

    _name = "loyalty.sms.gateway"
    _description = "Message gateway"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty for all companies.",
    )
    channel = fields.Selection(CHANNELS, required=True, default="sms", tracking=True)
    kind = fields.Selection(
        [
            ("demo", "Demo phone: nothing leaves"),
            ("http", "HTTP provider"),
            ("kannel", "Kannel (SMPP)"),
            ("whatsapp", "WhatsApp Cloud"),
            ("email", "E-mail of the ERP"),
        ],
        required=True,
        default="demo",
        tracking=True,
    )
    is_paused = fields.Boolean(
        "Stopped",
        tracking=True,
        help="Nothing goes out while this is set: messages wait, and go when it is"
        " cleared if they are still of use.",
    )
    tps = fields.Float(
        "Messages a second", help="As the contract allows; 0 for no limit."
    )
    window = fields.Integer(
        "At the same time",
        default=4,
        help="Requests under way at the same time, each on a connection of its own.",
    )
    report_mask = fields.Selection(
        [("full", "Each step"), ("few", "The end only"), ("none", "None")],
        "Reports",
        required=True,
        default="full",
        help="Each step proves early that a message left, and costs a second call for"
        " each message. Campaigns always ask for the end only.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        default=lambda self: self.env.company.currency_id,
        help="Of the provider's prices and balance.",
    )
    default_sender = fields.Char(
        "Sender",
        help="Name or number shown to the customer when no other is set for the"
        " country or class.",
    )
    login = fields.Char(groups=ADMIN)
    secret = fields.Char("Key or password", groups=ADMIN, copy=False)
    webhook_key = fields.Char(
        "Key in the address",
        groups=ADMIN,
        copy=False,
        readonly=True,
        default=lambda self: secrets.token_urlsafe(KEY_BYTES),
        help="Who knows it can report deliveries and replies.",
    )
    webhook_secret = fields.Char(
        "Secret of the signature",
        groups=ADMIN,
        copy=False,
        help="With it the provider signs its calls.",
    )
    webhook_base = fields.Char(
        "Address of this server",
        groups=ADMIN,
        help="As the provider reaches it, https://shop.example for instance; empty for"
        " the address of the web site.",
    )
    allowed_ips = fields.Char(
        "Allowed addresses",
        groups=ADMIN,
        help="Networks from which the provider calls, as 192.0.2.0/24; empty for all.",
    )
    report_address = fields.Char(
        "Address for reports", groups=ADMIN, compute="_compute_addresses"
    )
    inbound_address = fields.Char(
        "Address for replies", groups=ADMIN, compute="_compute_addresses"
    )
    demo_simulate = fields.Boolean(
        "Simulate failures",
        help="Numbers that end in 00 fail, in 01 are throttled, in 02 stay unknown.",
    )

    _webhook_key = models.UniqueIndex(
        "(webhook_key) WHERE webhook_key IS NOT NULL",
        "Two gateways may not have the same key in their address.",
    )

    @api.depends("webhook_key", "webhook_base")
    def _compute_addresses(self):
        for gateway in self:
            gateway.report_address = gateway._webhook_url("report")
            gateway.inbound_address = gateway._webhook_url("inbound")

    @api.onchange("kind")
    def _onchange_kind(self):
        """A kind that knows one channel only has that one."""
        self.channel = ONLY_CHANNEL.get(self.kind, self.channel)

    @api.constrains("kind", "channel")
    def _check_channel(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for gateway in self:
            only = ONLY_CHANNEL.get(gateway.kind, gateway.channel)
            if gateway.channel != only:
                raise ValidationError(
                    self.env._(
                        "%(gateway)s can send %(possible)s only, not %(chosen)s.",
                        gateway=gateway.display_name,
                        possible=labels[only],
                        chosen=labels[gateway.channel],
                    )
                )

    @api.constrains(lambda self: self._settings_fields())
    def _check_settings(self):
        for gateway in self:
            try:
                gateway._provider()
            except GatewayError as error:
                raise ValidationError(
                    self.env._(
                        "The settings of %(gateway)s cannot work. %(why)s",
                        gateway=gateway.display_name,
                        why=gateway._explain(error),
                    )
                ) from error

    @api.model
    def _settings_fields(self):
        """Fields that make up the configuration of an adapter."""
        return [
            "kind",
            "channel",
            "login",
            "secret",
            "webhook_secret",
            "webhook_base",
            "allowed_ips",
        ]

    # -- for the queue ----------------------------------------------------------------
    def _provider(self):
        """The adapter of this gateway, made of a frozen copy of its settings.

        Equal settings share an adapter; it may be used by any thread, and by none of
        them needs the database.

        :raise GatewayError: the settings cannot work
        """
        self.ensure_one()
        gateway_sudo = self.sudo()
        values = getattr(gateway_sudo, f"_settings_{gateway_sudo.kind}")()
        return registry.build(gateway_sudo.kind, **values)

    def _settings_demo(self):
        return {"simulate": self.demo_simulate}

    def _webhook_url(self, kind):
        """Where the provider calls back: ``kind`` is report, inbound or verify."""
        self.ensure_one()
        key = self.sudo().webhook_key
        return f"{self._webhook_base()}/loyalty_sms/cb/{key}/{kind}"

    def _webhook_base(self):
        return (self.sudo().webhook_base or self.get_base_url()).rstrip("/")

    def _report_url(self):
        """The address that goes with each message; empty when none is wanted."""
        self.ensure_one()
        if self.report_mask == "none" or self.kind == "demo":
            return ""
        return self._webhook_url("report")

    # -- actions ----------------------------------------------------------------------
    def action_renew_key(self):
        """A new key in the address; the provider must be told the new one."""
        self.check_access("write")
        for gateway in self:
            gateway.webhook_key = secrets.token_urlsafe(KEY_BYTES)
