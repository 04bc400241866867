from odoo import api, models
from odoo.exceptions import UserError

# Value of a variant that 1C knows without that characteristic.
ABSENT = "–"


class OnecApplyProduct(models.AbstractModel):
    """Attributes and values of variants, added without losing a variant."""

    _inherit = "onec.apply.product"

    # --- attributes and values ------------------------------------------------------

    @api.model
    def _combination(self, batch, template, characteristics):
        """The values of a template that stand for characteristics, made when missing.

        Every variant of the template has a value of each of its attributes: variants
        without the new characteristic get the value ``–``.
        """
        attributes = self._characteristic_attributes(batch.backend, characteristics)
        self._check_foreign_lines(template, attributes.values())
        wanted = {attributes[name].id: value for name, value in characteristics.items()}
        lines = self._variant_lines(template)
        missing = attributes_of(lines) - wanted.keys()
        wanted.update(dict.fromkeys(missing, ABSENT))
        values = self._attribute_values(set(wanted.items()), batch.backend)
        added = wanted.keys() - attributes_of(lines)
        self._extend_lines(template, [values[pair] for pair in wanted.items()])
        if added:
            self._complete_variants(batch, template, added)
        ids = {values[pair].id for pair in wanted.items()}
        bindings = self._variant_lines(template).product_template_value_ids
        return bindings.filtered(
            lambda value: value.ptav_active
            and value.product_attribute_value_id.id in ids
        )

    @api.model
    def _variant_lines(self, template):
        template.invalidate_recordset(["attribute_line_ids"])
        return template.attribute_line_ids.filtered(
            lambda line: line.attribute_id.create_variant != "no_variant"
        )

    @api.model
    def _check_foreign_lines(self, template, attributes):
        """Variants somebody made here of attributes with several values stay theirs."""
        foreign = self._variant_lines(template).filtered(
            lambda line: line.attribute_id.create_variant != "dynamic"
        )
        if foreign:
            raise UserError(
                self.env._(
                    "%(product)s has variants of its own (%(attributes)s). Match them "
                    "with the variants of 1C in the correspondence.",
                    product=template.display_name,
                    attributes=", ".join(foreign.attribute_id.mapped("name")),
                )
            )

    @api.model
    def _characteristic_attributes(self, backend, names):
        """``{name: product.attribute}`` that makes variants on demand."""
        keys = {f"variant:{name}": name for name in names}
        rows = backend._find("attribute", keys)
        found = {
            name: self.env["product.attribute"].browse(rows[key].res_id)
            for key, name in keys.items()
            if key in rows
        }
        for key, name in keys.items():
            if name not in found:
                found[name] = self._create_variant_attribute(backend, key, name)
        return found

    @api.model
    def _create_variant_attribute(self, backend, key, name):
        attribute = self.env["product.attribute"].create(
            {"name": name, "create_variant": "dynamic"}
        )
        self.env["onec.map"].create(
            {
                "backend_id": backend.id,
                "otype": "attribute",
                "external_id": key[:255],
                "external_name": name,
                "model": attribute._name,
                "res_id": attribute.id,
            }
        )
        return attribute

    @api.model
    def _extend_lines(self, template, values):
        """Let the lines of a template hold further values."""
        lines_model = self.env["product.template.attribute.line"].with_context(
            update_product_template_attribute_values=False
        )
        lines = {
            line.attribute_id: line.with_env(lines_model.env)
            for line in self._variant_lines(template)
        }
        touched = lines_model
        for value in values:
            line = lines.get(value.attribute_id)
            if line is None:
                line = lines_model.create(
                    {
                        "product_tmpl_id": template.id,
                        "attribute_id": value.attribute_id.id,
                        "value_ids": [(6, 0, value.ids)],
                    }
                )
                lines[value.attribute_id] = line
            elif value not in line.value_ids:
                line.write({"value_ids": [(4, value.id)]})
            touched |= line
        self._add_template_values(touched)

    @api.model
    def _complete_variants(self, batch, template, attribute_ids):
        """Give variants that were here before a value of the new attributes."""
        variants = template.with_context(active_test=False).product_variant_ids
        variants -= self._free_variant(template)
        if not variants:
            return
        pairs = {(attribute, ABSENT) for attribute in attribute_ids}
        values = self._attribute_values(pairs, batch.backend)
        absent = self.env["product.attribute.value"].union(*values.values())
        self._extend_lines(template, absent)
        bindings = self._variant_lines(template).product_template_value_ids.filtered(
            lambda value: value.product_attribute_value_id in absent
        )
        for product in variants:
            mine = product.product_template_attribute_value_ids
            lacking = bindings.filtered(
                lambda value, mine=mine: value.attribute_id not in mine.attribute_id
            )
            if lacking:
                product.product_template_attribute_value_ids = mine | lacking


def attributes_of(lines):
    return set(lines.attribute_id.ids)
