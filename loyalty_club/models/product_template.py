from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    loyalty_points = fields.Float(
        digits=(16, 2),
        help="Points for each unit, where a program has such a rule.",
    )
    loyalty_policy = fields.Selection(
        [
            ("normal", "Earns and is paid with points"),
            ("no_earn", "Earns nothing"),
            ("no_spend", "Cannot be paid with points"),
            ("excluded", "Neither"),
        ],
        "Loyalty",
        default="normal",
    )

    def _loyalty_earns(self):
        return self.loyalty_policy not in ("no_earn", "excluded")

    def _loyalty_spendable(self):
        return self.loyalty_policy not in ("no_spend", "excluded")
