from odoo import models
from odoo.exceptions import UserError

from ..engine import values
from .constants import ISO_NUMERIC


class OnecProposal(models.Model):
    """New records made of what 1C told (under rights that were checked before)."""

    _inherit = "onec.proposal"

    def _create_partner(self):
        facts = self.facts or {}
        return self.env["res.partner"].create(
            {
                "name": self.name,
                "vat": facts.get("inn") or False,
                "onec_kpp": facts.get("kpp") or False,
                "is_company": len(facts.get("inn") or "") != 12,
                "company_id": self.company_id.id,
            }
        )

    def _create_product(self):
        facts = self.facts or {}
        return self.env["product.product"].create(
            {
                "name": self.name,
                "default_code": facts.get("article") or False,
                "barcode": facts.get("barcode") or False,
                "company_id": self.company_id.id,
            }
        )

    def _create_tax(self):
        facts = self.facts or {}
        rate, gross = values.tax_rate(facts.get("rate") or self.name)
        if rate in (None, values.EXEMPT):
            raise UserError(
                self.env._(
                    "1C does not tell the rate of “%s”. Make the tax in Accounting and "
                    "choose it here.",
                    self.name,
                )
            )
        included = facts.get("included") or gross
        taxes = self.env["account.tax"].with_company(self.company_id)
        return taxes.create(
            {
                "name": self.name,
                "amount": float(rate),
                "type_tax_use": "sale",
                "company_id": self.company_id.id,
                "price_include_override": "tax_included"
                if included
                else "tax_excluded",
            }
        )

    def _create_uom(self):
        return self.env["uom.uom"].create({"name": self.name})

    def _create_currency(self):
        """Currencies are all there: the one of this code is switched on."""
        code = values.currency_code(self.external_id, ISO_NUMERIC)
        currencies = self.env["res.currency"].with_context(active_test=False)
        currency = currencies.search([("name", "=", code)], limit=1)
        if not currency:
            raise UserError(
                self.env._(
                    "There is no currency “%s” in the world. Mend it in 1C, or choose "
                    "which of ours it is.",
                    self.name,
                )
            )
        currency.active = True
        return currency

    def _create_warehouse(self):
        warehouses = self.env["stock.warehouse"]
        number = warehouses.with_context(active_test=False).search_count(
            [("company_id", "=", self.company_id.id)]
        )
        return warehouses.create(
            {
                "name": self.name,
                "code": f"1C{number}",
                "company_id": self.company_id.id,
            }
        )

    def _create_price_type(self):
        return self.env["product.pricelist"].create(
            {"name": self.name, "company_id": self.company_id.id}
        )
