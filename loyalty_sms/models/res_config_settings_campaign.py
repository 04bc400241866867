from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    loyalty_campaign_approval_amount = fields.Monetary(
        related="company_id.loyalty_campaign_approval_amount", readonly=False
    )
