from odoo import api, models

from ..engine import values
from .constants import ISO_NUMERIC


class OnecApplyPriceType(models.AbstractModel):
    """Types of prices become pricelists of the company."""

    _name = "onec.apply.price_type"
    _inherit = "onec.apply"
    _description = "Applying of 1C types of prices"
    _onec_otype = "price_type"

    @api.model
    def _apply_batch(self, message, items, rows):
        backend = message.backend_id
        currencies = backend._resolve(
            "currency",
            {
                item.record.currency: {"code": item.record.currency}
                for item in items
                if item.record.currency
            },
        )
        return [self._apply_one(message, item, rows, currencies) for item in items]

    @api.model
    def _apply_one(self, message, item, rows, currencies):
        backend, record = message.backend_id, item.record
        currency = currencies.get(record.currency, backend.company_id.currency_id)
        if record.currency and record.currency not in currencies:
            return self._ask_missing(
                message, item, "currency_unknown", "currency", record.currency
            )
        row = rows.get(item.id)
        pricelist = row._records() if row else self.env["product.pricelist"]
        action = "skip"
        if not pricelist:
            pricelist = self._exact(backend, record)
            if not pricelist and not backend.create_pricelists:
                return self._ask_missing(
                    message, item, "missing_map", "price_type", item.id, record.name
                )
            action = "update" if pricelist else "create"
        diff = {} if action == "skip" else {self.env._("Name"): ["", record.name]}
        if message.dry_run:
            return self._result(item, action, pricelist, diff=diff)
        if not pricelist:
            pricelist = pricelist.create(
                {
                    "name": record.name or item.id,
                    "currency_id": self._active(currency).id,
                    "company_id": backend.company_id.id,
                }
            )
        facts = {"currency": currency.name, "included": record.tax_included}
        self._link(backend, rows, [(item, pricelist)], {item.id: {"facts": facts}})
        return self._result(item, action, pricelist, diff=diff)

    @api.model
    def _active(self, currency):
        if not currency.active:
            currency.active = True
        return currency

    @api.model
    def _exact(self, backend, record):
        """The pricelist that is the same by name and currency and nobody's yet."""
        lists = self.env["product.pricelist"]
        if not backend.accept_exact:
            return lists
        found = backend._exact_price_type(
            {
                "name": record.name,
                "currency": values.currency_code(record.currency, ISO_NUMERIC),
            }
        )
        taken = found and self.env["onec.map"].search_count(
            [
                ("backend_id", "=", backend.id),
                ("otype", "=", "price_type"),
                ("model", "=", found._name),
                ("res_id", "=", found.id),
            ],
            limit=1,
        )
        return found if found and not taken else lists
