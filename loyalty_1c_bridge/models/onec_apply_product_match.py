from collections import Counter

from odoo import api, models


class OnecApplyProduct(models.AbstractModel):
    """Products that are here already and that 1C speaks of for the first time."""

    _inherit = "onec.apply.product"

    @api.model
    def _match(self, batch, items):
        """Products that are here already and nobody told us of: ``{id: product}``.

        Never by name. Which keys are trusted is a choice of the base.
        """
        if batch.backend.match_products == "never" or not items:
            return {}
        found = {}
        for item in items:
            product = batch.barcodes.get(item.record.barcode or "")
            if product:
                found[item.id] = product
        if batch.backend.match_products == "exact":
            rest = [item for item in items if item.id not in found]
            found.update(self._match_articles(batch, rest))
        mapped = self._mapped(batch.backend, found.values())
        times = Counter(found.values())
        return {
            key: product
            for key, product in found.items()
            if product not in mapped and times[product] == 1
        }

    @api.model
    def _match_articles(self, batch, items):
        articles = {item.record.article: item.id for item in items}
        groups = self.env["product.product"]._read_group(
            [
                ("default_code", "in", list(set(articles) - {None, ""})),
                ("company_id", "in", [False, batch.backend.company_id.id]),
            ],
            ["default_code"],
            ["id:recordset"],
            having=[("__count", "=", 1)],
        )
        times = Counter(item.record.article for item in items)
        return {
            articles[article]: product
            for article, product in groups
            if times[article] == 1
        }

    @api.model
    def _mapped(self, backend, products):
        """Of some products, those that are an object of 1C already."""
        products = self.env["product.product"].union(*products)
        rows = self.env["onec.map"].search(
            [
                ("backend_id", "=", backend.id),
                ("otype", "=", "product"),
                "|",
                "&",
                ("model", "=", "product.product"),
                ("res_id", "in", products.ids),
                "&",
                ("model", "=", "product.template"),
                ("res_id", "in", products.product_tmpl_id.ids),
            ]
        )
        ids = {(row.model, row.res_id) for row in rows}
        return products.filtered(
            lambda product: ("product.product", product.id) in ids
            or ("product.template", product.product_tmpl_id.id) in ids
        )
