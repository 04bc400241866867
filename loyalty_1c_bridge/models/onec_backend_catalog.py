from odoo import fields, models


class OnecBackend(models.Model):
    _inherit = "onec.backend"

    root_categ_id = fields.Many2one(
        "product.category",
        "Groups under",
        ondelete="restrict",
        help="Groups of 1C become categories below this one; empty for the top.",
    )
    share_products = fields.Boolean(
        "Goods for every company",
        help="Goods of this base belong to no company, so all of them may sell them. "
        "Turn it on before the first exchange when companies share one list of goods.",
    )
