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
    match_products = fields.Selection(
        [
            ("never", "Never: every good of 1C is a new product"),
            ("barcode", "By the same barcode"),
            ("exact", "By the same barcode, or the same and only article"),
        ],
        "Known products",
        required=True,
        default="barcode",
        help="How a good that comes for the first time finds a product that is here "
        "already. Names are never trusted.",
    )
    description_field = fields.Selection(
        [
            ("description_sale", "Sales description"),
            ("description_ecommerce", "Description in the online shop"),
            ("description", "Internal notes"),
        ],
        "Descriptions into",
        required=True,
        default="description_sale",
        help="Where the description of a good in 1C goes. The sales description when "
        "the online shop is not installed.",
    )

    def _product_company(self):
        """The company new goods belong to; none when every company shares them."""
        self.ensure_one()
        return self.env["res.company"] if self.share_products else self.company_id
