from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    loyalty_campaign_approval_amount = fields.Monetary(
        "Campaigns need a second person above",
        currency_field="currency_id",
        help="A campaign that costs more is approved by a campaign manager who neither"
        " wrote it nor handed it in. Zero: one person is enough.",
    )
