from odoo import models

from ..engine.identity import external_guid


class OnecEdBuild(models.AbstractModel):
    """References: how documents name goods, their groups and variants."""

    _inherit = "onec.ed.build"

    def _load_products(self, book, products, uoms):
        self._load_variants(book, products)
        book.load("product", products)
        book.load("category", products.categ_id)
        book.load("uom", products.uom_id | uoms, "ed")

    def _load_variants(self, book, products):
        """Ids of variants made here of goods that came from 1C: ``GUID#GUID``."""
        maps = self.env["onec.map"].sudo()
        domain = [("backend_id", "=", book.backend.id), ("otype", "=", "product")]
        known = maps.search_fetch(
            [
                *domain,
                ("model", "=", "product.product"),
                ("res_id", "in", products.ids),
            ],
            ["res_id"],
        )
        missing = products - products.browse(known.mapped("res_id"))
        rows = maps.search_fetch(
            [
                *domain,
                ("model", "=", "product.template"),
                ("res_id", "in", missing.product_tmpl_id.ids),
                ("role", "=", ""),
            ],
            ["res_id", "external_id", "origin", "hash_out", "last_out"],
        )
        rows = {row.res_id: row for row in rows}
        for product in missing:
            row = rows.get(product.product_tmpl_id.id)
            if row and not product.product_template_attribute_value_ids:
                book.maps["product", "product.product", product.id, ""] = row
            elif row:
                maps.create(self._prepare_variant(book, product, row))

    def _prepare_variant(self, book, product, row):
        space = book.backend.namespace_uuid
        own = external_guid(space, "product", "product.product", product.id)
        return {
            "backend_id": book.backend.id,
            "otype": "product",
            "model": "product.product",
            "res_id": product.id,
            "origin": "user",
            "external_id": f"{row.external_id.partition('#')[0]}#{own}",
        }

    def _product(self, book, product):
        """Key of a good or service."""
        values = book.once(
            ("product", product.id), lambda: self._product_key(book, product)
        )
        book.master(
            ("product", "product.product", product.id, ""),
            "Справочник.Номенклатура",
            lambda: self._product_values(book, values, product),
        )
        return values

    def _product_key(self, book, product):
        name = product.with_context(display_default_code=False).display_name
        return {
            "Ссылка": book.guid("product", product),
            "НаименованиеПолное": name,
            "КодВПрограмме": f"{book.backend.prefix or ''}{product.id:09d}",
            "Артикул": product.default_code or None,
            "Наименование": name[:100],
        }

    def _product_values(self, book, key, product):
        taxes = product.taxes_id.filtered(
            lambda tax: tax.company_id in book.company.parent_ids
        )
        service = product.type == "service"
        return {
            "КлючевыеСвойства": {**key, "Группа": self._category(book, product)},
            "ТипНоменклатуры": "Услуга" if service else "Товар",
            "Описание": product.description_sale or None,
            "ЕдиницаИзмерения": self._uom(book, product.uom_id),
            "СтавкаНДС": self._vat(book, taxes),
        }

    def _category(self, book, product):
        category = product.categ_id
        if not category:
            return None
        values = {
            "Ссылка": book.guid("category", category),
            "Наименование": category.name,
        }
        book.master(
            ("category", "product.category", category.id, ""),
            "Справочник.НоменклатураГруппа",
            lambda: {"КлючевыеСвойства": values},
        )
        return values

    def _good(self, book, product):
        """ДанныеНоменклатуры; a variant that 1C knows by GUID#GUID has both."""
        values = {"Номенклатура": self._product(book, product)}
        characteristic = book.map("product", product).external_id.partition("#")[2]
        if characteristic:
            values["Характеристика"] = {
                "Ссылка": characteristic,
                "НаименованиеПолное": ", ".join(
                    product.product_template_attribute_value_ids.mapped("name")
                )
                or product.name,
                "ВладелецХарактеристики": {
                    "Номенклатура": self._product(book, product)
                },
            }
        return values
