from odoo import fields, models


class OnecBackend(models.Model):
    """What prices and stock of 1C become."""

    _inherit = "onec.backend"

    list_price_type_id = fields.Many2one(
        "onec.map",
        "Sales price is",
        domain="[('backend_id', '=', id), ('otype', '=', 'price_type')]",
        ondelete="set null",
        help="Type of prices of 1C that becomes the sales price of products; the "
        "other ones become pricelists. Variants with prices of their own keep them in "
        "the pricelist of this type.",
    )
    create_pricelists = fields.Boolean(
        "Make pricelists",
        default=True,
        help="A type of prices that nothing corresponds to becomes a new pricelist. "
        "Off: it waits in the correspondence for somebody's choice.",
    )
    stock_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Stock without warehouse",
        domain="[('company_id', '=', company_id)]",
        check_company=True,
        help="Takes quantities that 1C tells without a warehouse. Empty: the only "
        "warehouse of the company, if there is one.",
    )

    def _ignored(self, otype, external_ids):
        """Those of some external ids that are to be ignored for ever."""
        rows = self._find(otype, external_ids)
        return {key for key, row in rows.items() if row.state == "ignored"}
