from odoo import api, models
from odoo.tools import float_round, html2plaintext, plaintext2html

from ..engine.commerceml.goods import (
    note_references,
    property_texts,
    tax_keys,
    unit_key,
)

SERVICE = ("услуга", "послуга", "работа", "service")
KIT = ("набор", "комплект")
TEXT_LENGTH = 200


class References:
    """What goods refer to, looked up for a whole batch."""

    def __init__(self, categories, units, taxes, properties):
        self.categories = categories
        self.units = units
        self.taxes = taxes
        self._properties = properties

    def missing(self, good):
        """``[(otype, key, name), ...]`` of what has no counterpart here."""
        found = []
        unit = unit_key(good.unit)
        if unit and unit not in self.units:
            name = good.unit.name or good.unit.full_name or unit
            found.append(("uom", unit, name))
        for key, (name, rate) in tax_keys(good).items():
            if key not in self.taxes:
                found.append(("tax", key, f"{name} {rate}".strip()))
        return found

    def category(self, good):
        return next(
            (self.categories[key] for key in good.group_ids if key in self.categories),
            None,
        )

    def properties(self, good):
        """``{property: text}``; of several values one text, so nobody has to choose."""
        found = {}
        for key, texts in property_texts(good).items():
            known = self._properties.get(key)
            if known is None:
                continue
            target, values = known
            text = ", ".join(values.get(text, text) for text in texts)
            if text:
                found[target] = text
        return found


class OnecApplyProduct(models.AbstractModel):
    _inherit = "onec.apply.product"

    @api.model
    def _references(self, backend, goods):
        groups = {key for good in goods for key in good.group_ids}
        categories = {
            key: row.res_id for key, row in backend._find("category", groups).items()
        }
        references = {"uom": {}, "tax": {}}
        for good in goods:
            note_references(good, references)
        return References(
            categories,
            backend._resolve("uom", references["uom"]),
            backend._resolve("tax", references["tax"]),
            self._property_targets(backend, goods),
        )

    # --- what 1C says, and what is here, in the same forms --------------------------

    @api.model
    def _incoming(self, batch, good):
        """``{field: value}`` of what 1C speaks of."""
        values = {"name": good.name or good.id}
        if good.article is not None:
            values["article"] = good.article
        if good.barcode is not None:
            values["barcode"] = good.barcode
        if good.description is not None:
            values["description"] = _lines(good.description)
        if good.weight is not None:
            values["weight"] = self._weight(float(good.weight))
        if category := batch.refs.category(good):
            values["group"] = category
        if good.unit is not None:
            values["unit"] = batch.refs.units[unit_key(good.unit)].id
        if good.taxes:
            values["tax"] = sorted(
                tax.id for key in tax_keys(good) for tax in batch.refs.taxes[key]
            )
        if good.kind:
            is_service = good.kind.strip().lower() in SERVICE
            values["kind"] = "service" if is_service else "goods"
        if properties := batch.refs.properties(good):
            values["properties"] = {str(key): text for key, text in properties.items()}
        return values

    @api.model
    def _current(self, batch, template, product):
        """The same of a product that is here; no variant, no values of a variant."""
        values = {
            "name": template.name,
            "group": template.categ_id.id,
            "unit": template.uom_id.id,
            "tax": sorted(self._own_taxes(batch, template).ids),
            "kind": "service" if template.type == "service" else "goods",
            "description": self._description_here(batch, template),
            "properties": self._properties_here(batch, template),
        }
        if product:
            values.update(self._current_variant(product))
        return values

    @api.model
    def _current_variant(self, product):
        return {
            "article": product.default_code or "",
            "barcode": product.barcode or "",
            "weight": self._weight(product.weight),
        }

    @api.model
    def _weight(self, value):
        digits = self.env["decimal.precision"].precision_get("Stock Weight")
        return float_round(value or 0.0, precision_digits=digits)

    @api.model
    def _own_taxes(self, batch, template):
        company = batch.backend.company_id
        return template.taxes_id.filtered(lambda tax: tax.company_id == company)

    @api.model
    def _description_field(self, batch):
        field = self.env["product.template"]._fields.get(
            batch.backend.description_field
        )
        return field or self.env["product.template"]._fields["description_sale"]

    @api.model
    def _description_here(self, batch, template):
        field = self._description_field(batch)
        text = template[field.name] or ""
        return _lines(html2plaintext(text) if field.type == "html" else text)

    # --- writing --------------------------------------------------------------------

    @api.model
    def _split_values(self, batch, values):
        """Values of the template, and of its only variant."""
        template, variant = {}, {}
        for name, value in values.items():
            if name in ("article", "barcode"):
                key = "default_code" if name == "article" else "barcode"
                variant[key] = value or False
            elif name == "weight":
                variant["weight"] = value
            elif name == "kind":
                template["type"] = "service" if value == "service" else "consu"
            elif name == "tax":
                template["taxes_id"] = [(6, 0, value)]
            elif name == "description":
                field = self._description_field(batch)
                html = field.type == "html"
                template[field.name] = plaintext2html(value) if html else value
            elif name in ("name", "group", "unit"):
                key = {"group": "categ_id", "unit": "uom_id"}.get(name, name)
                template[key] = value
        return template, variant

    @api.model
    def _new_values(self, batch, good):
        """Values only a new product gets."""
        word = (good.kind or "").strip().lower()
        values = {"company_id": batch.backend._product_company().id}
        if word not in SERVICE:
            values["is_storable"] = word not in KIT
        return values

    @api.model
    def _write_values(self, batch, template, product, changes):
        values, variant = self._split_values(batch, changes)
        if "taxes_id" in values:
            others = template.taxes_id - self._own_taxes(batch, template)
            values["taxes_id"] = [(6, 0, [*others.ids, *changes["tax"]])]
        if values:
            template.write(values)
        if variant and product:
            product.write(variant)
        if "properties" in changes:
            self._write_properties(batch, [(template, _keys(changes["properties"]))])

    # --- for people -----------------------------------------------------------------

    @api.model
    def _labels(self):
        return {
            "name": self.env._("Name"),
            "article": self.env._("Article"),
            "barcode": self.env._("Barcode"),
            "group": self.env._("Group"),
            "unit": self.env._("Unit"),
            "tax": self.env._("Taxes"),
            "kind": self.env._("Type"),
            "description": self.env._("Description"),
            "weight": self.env._("Weight"),
            "properties": self.env._("Properties"),
            "image": self.env._("Picture"),
            "variant": self.env._("Variant"),
        }

    @api.model
    def _diff(self, batch, current, changes):
        """``{label: [old, new]}`` of changes."""
        labels = self._labels()
        return {
            labels[name]: [
                self._text(name, current.get(name)),
                self._text(name, value),
            ]
            for name, value in changes.items()
            if value or current.get(name)
        }

    @api.model
    def _text(self, name, value):
        if not value:
            return ""
        models_of = {
            "group": "product.category",
            "unit": "uom.uom",
            "tax": "account.tax",
        }
        if name in models_of:
            records = self.env[models_of[name]].browse(value)
            return ", ".join(records.mapped("display_name"))
        if name == "kind":
            return self.env._("Service") if value == "service" else self.env._("Goods")
        if name == "properties":
            return "; ".join(
                f"{self._target_name(int(key))}: {text}" for key, text in value.items()
            )
        return str(value)[:TEXT_LENGTH]


def _lines(text):
    """A text without what a form or the conversion from HTML changes by itself.

    >>> _lines("a  \\r\\nb\\n")
    'a\\nb'
    """
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def _keys(properties):
    return {int(key): text for key, text in properties.items()}
