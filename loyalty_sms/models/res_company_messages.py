from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    loyalty_double_opt_in = fields.Boolean(
        "Consents are confirmed",
        help="A consent to offers counts when the customer confirms it by a reply or a"
        " link.",
    )
