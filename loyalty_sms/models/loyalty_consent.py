from odoo import fields, models

from .constants import CHANNELS, PURPOSES


class LoyaltyConsent(models.Model):
    """Consents given and withdrawn, each with its proof: only ever added to."""

    _name = "loyalty.consent"
    _description = "Consent given or withdrawn"
    _order = "id desc"
    _rec_name = "number"

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    number = fields.Char("Number or address", required=True, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    action = fields.Selection(
        [("opt_in", "Given"), ("opt_out", "Withdrawn")], required=True, readonly=True
    )
    source = fields.Selection(
        [
            ("pos", "At the till"),
            ("web", "Web page"),
            ("portal", "Customer portal"),
            ("message", "Reply to a message"),
            ("link", "Link in a message"),
            ("import", "Import"),
            ("operator", "Operator"),
            ("provider", "Provider"),
            ("number", "Number changed"),
            ("install", "Before this history began"),
        ],
        required=True,
        readonly=True,
    )
    text = fields.Text("Words shown or received", readonly=True)
    remote = fields.Char("Network address", readonly=True)
    user_id = fields.Many2one("res.users", "Recorded by", readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    attachment_id = fields.Many2one("ir.attachment", "Evidence", readonly=True)
