from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    loyalty_program_id = fields.Many2one(
        related="company_id.loyalty_program_id",
        readonly=False,
        domain="[('is_club', '=', True), ('company_id', 'in', (company_id, False))]",
    )
    loyalty_prepayment_percent = fields.Float(
        related="company_id.loyalty_prepayment_percent", readonly=False
    )
    loyalty_self_registration = fields.Boolean(
        related="company_id.loyalty_self_registration", readonly=False
    )
