from odoo import fields, models

from .constants import CHANNELS


class LoyaltySmsGateway(models.Model):
    """A way out: an account at a provider, or a Kannel of our own."""

    _name = "loyalty.sms.gateway"
    _description = "Message gateway"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    channel = fields.Selection(CHANNELS, required=True, default="sms")
    kind = fields.Selection([("demo", "Demo")], required=True, default="demo")
    tps = fields.Float(
        "Messages a second", help="As the contract allows; 0 for no limit."
    )
