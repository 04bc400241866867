from odoo import fields, models

from ..engine.kannel_conf import Link
from .loyalty_sms_gateway import ADMIN


class LoyaltySmsKannelLink(models.Model):
    """A bind of Kannel at an operator's message centre (SMPP)."""

    _name = "loyalty.sms.kannel.link"
    _description = "Link of Kannel to an operator"
    _order = "sequence, id"

    gateway_id = fields.Many2one(
        "loyalty.sms.gateway", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="gateway_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, help="Id of the link, as operator1.")
    host = fields.Char(required=True)
    port = fields.Integer(required=True, default=2775)
    system_id = fields.Char("Login", required=True)
    password = fields.Char(groups=ADMIN, copy=False)
    system_type = fields.Char(help="If the operator gave one.")
    mode = fields.Selection(
        [("transceiver", "Both ways on one line"), ("two", "A line for each way")],
        required=True,
        default="transceiver",
    )
    receive_port = fields.Integer(help="When the other line has another port.")
    tps = fields.Float("Messages a second", help="As the contract allows; 0: no limit.")
    window = fields.Integer(
        default=100, help="Messages under way without an answer of the operator."
    )
    enquire_s = fields.Integer("Sign of life every, s", default=30)
    is_tls = fields.Boolean("TLS")

    _name_per_gateway = models.Constraint(
        "UNIQUE (gateway_id, name)", "Two links of a Kannel need two names."
    )

    def _to_link(self):
        """What the engine needs of this link."""
        return Link(
            self.name,
            self.host,
            self.port,
            self.system_id,
            self.sudo().password or "",
            system_type=self.system_type or "",
            mode=self.mode,
            receive_port=self.receive_port,
            tps=self.tps,
            window=self.window,
            enquire_s=self.enquire_s,
            is_tls=self.is_tls,
        )
