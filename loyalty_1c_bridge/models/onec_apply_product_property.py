from odoo import api, models

from ..engine.commerceml.goods import property_texts


class OnecApplyProduct(models.AbstractModel):
    """Properties of goods: attributes that only tell, or fields of the product.

    A target is the id of a ``product.attribute`` or, below zero, of the field of
    ``product.template`` that a person chose for the property in the correspondence.
    """

    _inherit = "onec.apply.product"

    @api.model
    def _property_targets(self, backend, goods):
        """``{key of property: (target, {id of value: text})}`` of what goods have."""
        keys = set()
        for good in goods:
            keys |= property_texts(good).keys()
        if not keys:
            return {}
        rows = backend._find("attribute", keys)
        self._create_attributes(backend, keys - rows.keys(), rows)
        targets = {}
        for key, row in rows.items():
            if row.state == "ignored":
                continue
            target = -row.res_id if row.model == "ir.model.fields" else row.res_id
            targets[key] = (target, row.value_texts or {})
        return targets

    @api.model
    def _create_attributes(self, backend, keys, rows):
        """Attributes of the maker and of characteristics, which no classifier lists."""
        names = {}
        for key in sorted(keys):
            if key == "maker":
                names[key] = self.env._("Manufacturer")
            elif key.startswith("characteristic:"):
                names[key] = key.partition(":")[2]
        if not names:
            return
        attributes = self.env["product.attribute"].create(
            [{"name": name, "create_variant": "no_variant"} for name in names.values()]
        )
        created = self.env["onec.map"].create(
            [
                {
                    "backend_id": backend.id,
                    "otype": "attribute",
                    "external_id": key,
                    "external_name": names[key],
                    "model": "product.attribute",
                    "res_id": attribute.id,
                }
                for key, attribute in zip(names, attributes, strict=True)
            ]
        )
        rows.update((row.external_id, row) for row in created)

    @api.model
    def _target_name(self, target):
        if target < 0:
            return self.env["ir.model.fields"].browse(-target).field_description
        return self.env["product.attribute"].browse(target).name

    @api.model
    def _target_field(self, target):
        return self.env["product.template"]._fields[
            self.env["ir.model.fields"].browse(-target).name
        ]

    @api.model
    def _properties_here(self, batch, template):
        """``{target: text}`` as ``_incoming`` makes it of what 1C says."""
        lines = template.attribute_line_ids.filtered(
            lambda line: line.attribute_id.create_variant == "no_variant"
        )
        mapped = self._mapped_targets(batch)
        here = {
            str(line.attribute_id.id): ", ".join(line.value_ids.mapped("name"))
            for line in lines
            if line.attribute_id.id in mapped
        }
        for target in mapped:
            if target < 0 and (value := template[self._target_field(target).name]):
                here[str(target)] = _field_text(value)
        return here

    @api.model
    def _mapped_targets(self, batch):
        """Every target of the base; others are ours and are left alone."""
        rows = self.env["onec.map"].search_fetch(
            [("backend_id", "=", batch.backend.id), ("otype", "=", "attribute")],
            ["model", "res_id"],
        )
        return {
            -row.res_id if row.model == "ir.model.fields" else row.res_id
            for row in rows
        }

    @api.model
    def _write_properties(self, batch, pairs):
        """Set properties of templates: ``[(template, {target: text}), ...]``.

        What a template has besides stays: a file never deletes by silence.
        """
        wanted = {}
        for template, properties in pairs:
            for target, text in properties.items():
                if target < 0:
                    field = self._target_field(target)
                    template[field.name] = _field_value(field, text)
                else:
                    wanted[template, target] = text
        if not wanted:
            return
        values = self._attribute_values(
            {(target, text) for (_template, target), text in wanted.items()},
            batch.backend,
        )
        self._set_lines(
            {key: values[key[1], text] for key, text in wanted.items()},
        )

    @api.model
    def _attribute_values(self, pairs, backend):
        """Values of attributes by text, made where there is none.

        The map keeps each of them, so two processes never make one twice.

        :param pairs: ``{(attribute id, text), ...}``
        :return: ``{(attribute id, text): product.attribute.value}``
        """
        keys = {
            f"{attribute}:{text}"[:255]: (attribute, text) for attribute, text in pairs
        }
        values = self.env["product.attribute.value"]
        rows = backend._find("attribute_value", keys)
        alive = values.browse([row.res_id for row in rows.values()]).exists()
        found = {
            keys[key]: values.browse(row.res_id)
            for key, row in rows.items()
            if row.res_id in alive.ids
        }
        missing = {key: pair for key, pair in keys.items() if pair not in found}
        if not missing:
            return found
        known = {
            (value.attribute_id.id, value.name): value
            for value in values.search(
                [("attribute_id", "in", [pair[0] for pair in missing.values()])],
                order="id desc",
            )
        }
        create = sorted({pair for pair in missing.values() if pair not in known})
        known.update(
            zip(
                create,
                values.create(
                    [{"attribute_id": key, "name": text} for key, text in create]
                ),
                strict=True,
            )
        )
        for key, pair in missing.items():
            found[pair] = known[pair]
            if key in rows:
                rows[key].res_id = known[pair].id
        backend._bind(
            "attribute_value",
            {key: known[pair] for key, pair in missing.items() if key not in rows},
        )
        return found

    @api.model
    def _set_lines(self, wanted):
        """Give templates one value of each attribute, without touching variants.

        :param wanted: ``{(template, attribute id): value}``
        """
        lines_model = self.env["product.template.attribute.line"].with_context(
            update_product_template_attribute_values=False
        )
        ids = {template.id for template, _attribute in wanted}
        lines = lines_model.search([("product_tmpl_id", "in", list(ids))])
        found = {
            (line.product_tmpl_id.id, line.attribute_id.id): line for line in lines
        }
        create, changed = [], []
        for (template, attribute), value in wanted.items():
            line = found.get((template.id, attribute))
            if line is None:
                create.append(
                    {
                        "product_tmpl_id": template.id,
                        "attribute_id": attribute,
                        "value_ids": [(6, 0, value.ids)],
                    }
                )
            elif line.value_ids != value:
                line.write({"value_ids": [(6, 0, value.ids)]})
                changed.append(line)
        created = lines_model.create(create)
        for line in changed:
            line.product_template_value_ids.filtered(
                lambda ptav, line=line: (
                    ptav.product_attribute_value_id not in line.value_ids
                )
            ).unlink()
        self._add_template_values(created | lines_model.union(*changed))

    @api.model
    def _add_template_values(self, lines):
        """The rows that bind values to templates, where a line lacks them."""
        bindings = self.env["product.template.attribute.value"]
        create = []
        for line in lines:
            known = line.with_context(active_test=False).product_template_value_ids
            known.filtered(
                lambda ptav, line=line: (
                    ptav.product_attribute_value_id in line.value_ids
                    and not ptav.ptav_active
                )
            ).write({"ptav_active": True})
            create += [
                {"attribute_line_id": line.id, "product_attribute_value_id": value.id}
                for value in line.value_ids - known.product_attribute_value_id
            ]
        return bindings.create(create)


def _field_text(value):
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _field_value(field, text):
    """Text of 1C as a value of a simple field.

    :raise ValueError: when the field cannot hold it
    """
    if field.type in ("char", "text", "html"):
        return text
    number = text.replace(",", ".").replace("\u00a0", "").replace(" ", "")
    if field.type == "integer":
        return int(float(number))
    if field.type in ("float", "monetary"):
        return float(number)
    if field.type == "boolean":
        return text.strip().lower() in ("да", "true", "1", "истина", "yes")
    raise ValueError(f"{field.name}: {text}")
