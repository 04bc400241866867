"""What 1C knows is archived here, not deleted: its next message would miss it."""

from odoo import api, models
from odoo.exceptions import UserError


class OnecMapped(models.AbstractModel):
    _name = "onec.mapped"
    _description = "Known to 1C"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known_to_1c(self):
        row_sudo = (
            self.env["onec.map"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", self.ids)], limit=1)
        )
        if row_sudo:
            raise UserError(
                self.env._(
                    "“%(name)s” has a counterpart in the 1C base %(base)s. Archive it "
                    "instead, or undo the correspondence first.",
                    name=self.browse(row_sudo.res_id).display_name,
                    base=row_sudo.backend_id.name,
                )
            )


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "onec.mapped"]


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "onec.mapped"]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "onec.mapped"]


class AccountTax(models.Model):
    _name = "account.tax"
    _inherit = ["account.tax", "onec.mapped"]


class AccountAccount(models.Model):
    _name = "account.account"
    _inherit = ["account.account", "onec.mapped"]


class AccountJournal(models.Model):
    _name = "account.journal"
    _inherit = ["account.journal", "onec.mapped"]


class ProductPricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["product.pricelist", "onec.mapped"]


class StockWarehouse(models.Model):
    _name = "stock.warehouse"
    _inherit = ["stock.warehouse", "onec.mapped"]


class UomUom(models.Model):
    _name = "uom.uom"
    _inherit = ["uom.uom", "onec.mapped"]
