from odoo import fields, models


class ResBank(models.Model):
    _inherit = "res.bank"

    onec_correspondent = fields.Char(
        "Correspondent account",
        help="Account of the bank at the central bank, asked for in payment orders.",
    )
