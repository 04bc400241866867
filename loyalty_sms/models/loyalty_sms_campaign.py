from odoo import fields, models

from .constants import CHANNELS


class LoyaltySmsCampaign(models.Model):
    """A message to many customers, and what it earned."""

    _name = "loyalty.sms.campaign"
    _description = "Message campaign"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    channel = fields.Selection(CHANNELS, required=True, default="sms")
    template_id = fields.Many2one("loyalty.sms.template")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approval", "To approve"),
            ("scheduled", "Scheduled"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
    )
