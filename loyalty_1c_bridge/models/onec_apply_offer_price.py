from collections import namedtuple
from decimal import Decimal

from odoo import api, fields, models

from ..engine.pricing import per_unit, plain, with_inclusion

PriceType = namedtuple("PriceType", "pricelist currency included is_list")


class OnecApplyOffer(models.AbstractModel):
    """Prices: one type may be the sales price, each other one is a pricelist."""

    _inherit = "onec.apply.offer"

    @api.model
    def _apply_prices(self, message, todo, owner):
        if owner == "odoo" or not todo:
            return
        types, ignored = self._price_types(message.backend_id, todo)
        currencies = self._price_currencies(message.backend_id, todo)
        wanted = {}
        for offered in todo:
            for price in offered.item.record.prices:
                kind = types.get(price.type_id)
                if kind is None:
                    if price.type_id not in ignored:
                        offered.waits.append(
                            ("missing_map", "price_type", price.type_id)
                        )
                    continue
                amount = self._price_amount(offered, price, kind, currencies)
                if amount:
                    wanted[self._price_key(offered, kind)] = (offered, kind, amount)
        self._write_prices(message, wanted, owner)

    @api.model
    def _price_types(self, backend, todo):
        """``{type id: PriceType}``, and the ids nobody wants to hear of."""
        ids = {price.type_id for o in todo for price in o.item.record.prices}
        rows = backend._find("price_type", ids)
        types = {}
        for type_id, row in rows.items():
            pricelist = row._records() if row.state != "ignored" else None
            if pricelist:
                facts = row.facts or {}
                types[type_id] = PriceType(
                    pricelist,
                    facts.get("currency") or pricelist.currency_id.name,
                    facts.get("included"),
                    row == backend.list_price_type_id,
                )
        return types, {key for key, row in rows.items() if row.state == "ignored"}

    @api.model
    def _price_currencies(self, backend, todo):
        """``{currency as 1C writes it: currency}``; unknown ones are left out."""
        codes = {p.currency for o in todo for p in o.item.record.prices} - {None, ""}
        return backend._resolve("currency", {code: {"code": code} for code in codes})

    @api.model
    def _price_amount(self, offered, price, kind, currencies):
        """Price of a unit in the currency and with the inclusion of its target.

        Nothing when 1C has no price (zero) or it cannot be told yet.
        """
        amount = per_unit(price.amount, price.factor)
        if amount < 0:
            offered.error = self.env._(
                "The price %s is negative. Mend it in 1C.", plain(price.amount)
            )
        if amount <= 0:
            return None
        source = kind.pricelist.currency_id
        if price.currency:
            source = currencies.get(price.currency)
            if source is None:
                offered.waits.append(("currency_unknown", "currency", price.currency))
                return None
        elif kind.currency != source.name:
            source = source.search([("name", "=", kind.currency)], limit=1) or source
        company = self.env.company
        target = company.currency_id if kind.is_list else kind.pricelist.currency_id
        if source != target:
            amount = self._price_converted(offered, amount, source, target)
            if amount is None:
                return None
        tax = offered.template.taxes_id.filtered(
            lambda tax: tax.company_id == company and tax.amount_type == "percent"
        )[:1]
        return with_inclusion(
            amount, Decimal(str(tax.amount)), kind.included, tax.price_include
        )

    @api.model
    def _price_converted(self, offered, amount, source, target):
        """The amount in another currency, or None where no rate is known."""
        company = self.env.company
        for currency in source | target:
            if currency != company.currency_id and not currency.rate_ids:
                offered.error = self.env._(
                    "There is no rate of %(currency)s. Enter one, then try this line "
                    "again.",
                    currency=currency.name,
                )
                return None
        today = fields.Date.context_today(self)
        return Decimal(
            str(source._convert(float(amount), target, company, today, round=False))
        )

    @api.model
    def _price_key(self, offered, kind):
        """Where a price is kept: ``(pricelist or None, template id, variant id)``."""
        template, product = offered.template, offered.product
        alone = len(template.product_variant_ids) <= 1
        variant = False if alone or not product else product.id
        if kind.is_list and not variant:
            return None, template.id, False
        return kind.pricelist, template.id, variant

    @api.model
    def _write_prices(self, message, wanted, owner):
        precision = self.env["decimal.precision"].precision_get("Product Price")
        items = self._price_items(wanted)
        create = []
        for key, (offered, kind, amount) in wanted.items():
            pricelist, template_id, product_id = key
            new = round(float(amount), precision)
            item = items.get(key)
            old = offered.template.list_price if pricelist is None else None
            if item:
                old = item.fixed_price
            if old is not None and (
                round(old - new, precision) == 0 or (old and owner == "if_empty")
            ):
                continue
            label = kind.pricelist.name if pricelist else self.env._("Sales price")
            offered.diff[label] = ["" if old is None else plain(old), plain(new)]
            if message.dry_run:
                continue
            if pricelist is None:
                offered.template.list_price = new
            elif item:
                item.fixed_price = new
            else:
                create.append(
                    {
                        "pricelist_id": pricelist.id,
                        "product_tmpl_id": template_id,
                        "product_id": product_id,
                        "applied_on": "0_product_variant"
                        if product_id
                        else "1_product",
                        "compute_price": "fixed",
                        "fixed_price": new,
                    }
                )
        self.env["product.pricelist.item"].create(create)

    @api.model
    def _price_items(self, wanted):
        """Existing prices of pricelists: ``{key: product.pricelist.item}``."""
        pricelists = {key[0].id for key in wanted if key[0]}
        if not pricelists:
            return {}
        items = self.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "in", list(pricelists)),
                ("product_tmpl_id", "in", [key[1] for key in wanted]),
                ("applied_on", "in", ["0_product_variant", "1_product"]),
                ("compute_price", "=", "fixed"),
                ("min_quantity", "in", [0, 1]),
                ("date_start", "=", False),
                ("date_end", "=", False),
            ]
        )
        return {
            (item.pricelist_id, item.product_tmpl_id.id, item.product_id.id): item
            for item in items
        }
