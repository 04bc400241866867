import re
from dataclasses import replace

from odoo import api, models

from ..engine.commerceml.records import Good
from .onec_apply import Item
from .onec_apply_variant_attribute import ABSENT

# What makes a variant worth to be kept as it is: (model, field).
USED_IN = (
    ("stock.move", "product_id"),
    ("stock.quant", "product_id"),
    ("sale.order.line", "product_id"),
    ("account.move.line", "product_id"),
    ("purchase.order.line", "product_id"),
    ("pos.order.line", "product_id"),
)


class OnecApplyProduct(models.AbstractModel):
    """Variants: ``GUID#GUID`` with characteristics, in goods and in offers.

    Attributes of characteristics make variants only on demand (``dynamic``) and the
    rows between template and values are written here, not by the machinery of the
    template: it would combine values that 1C never combined, and archive variants
    whose good got one more characteristic. A variant, once here, keeps its id, stock
    and orders whatever its characteristics become.
    """

    _inherit = "onec.apply.product"

    @api.model
    def _apply_variants(self, batch, items):
        """Outcomes of goods that are variants."""
        if not items:
            return []
        self._create_bases(batch, items)
        outcomes, groups = self._split_by_template(batch, items)
        for template, same in groups.items():
            outcomes += self._apply_template_variants(batch, template, same)
        return outcomes

    @api.model
    def _variants(self, message, offers):
        """Variants of offers, made where 1C speaks of one for the first time.

        :param offers: ``{external id: Offer}``, ids with ``#``
        :return: ``{external id: product.product}``, without those whose good is
            unknown or that have neither characteristics nor a name
        """
        self = self._with_backend(message.backend_id)
        backend = message.backend_id.with_env(self.env)
        rows = backend._find("product", offers)
        found = {key: record for key, row in rows.items() if (record := row._records())}
        items = [
            Item(seq, self._good_of(offer), "", key)
            for seq, (key, offer) in enumerate(offers.items())
            if key not in found and not offer.deleted
        ]
        if items and not message.dry_run:
            batch = self._new_batch(message.with_env(self.env), items, rows)
            groups = self._split_by_template(batch, items)[1]
            for template, same in groups.items():
                self._apply_template_variants(batch, template, same)
            found.update(self._existing(batch, items))
        return found

    @api.model
    def _good_of(self, offer):
        """The part of an offer that makes a variant."""
        return Good(
            id=offer.id,
            name=offer.name or "",
            article=offer.article,
            barcode=offer.barcode,
            characteristics=offer.characteristics,
        )

    @api.model
    def _create_bases(self, batch, items):
        """Old exports list variants only: the good is made of the first of them."""
        bases = {}
        for item in items:
            bases.setdefault(item.id.partition("#")[0], item)
        known = batch.backend._find("product", bases)
        batch.rows.update(known)
        create = [
            Item(
                item.seq,
                replace(
                    item.record,
                    id=base,
                    name=self._base_name(item.record),
                    barcode=None,
                    characteristics=[],
                ),
                False,
                base,
            )
            for base, item in bases.items()
            if base not in known and not item.record.deleted
        ]
        self._create_goods(batch, create, set(bases))

    @api.model
    def _base_name(self, good):
        """Name of the good in ``Name (characteristic, characteristic)``."""
        text = self._variant_text(good)
        if text and good.name.endswith(f"({text})"):
            return good.name[: -len(text) - 2].strip() or good.name
        return good.name

    @api.model
    def _variant_text(self, good):
        found = re.search(r"\(([^()]+(?:\([^()]*\)[^()]*)*)\)$", good.name or "")
        return found[1].strip() if found else ""

    @api.model
    def _split_by_template(self, batch, items):
        """``(outcomes of items without a template, {template: items})``."""
        bases = {item.id.partition("#")[0] for item in items}
        rows = batch.backend._find("product", bases)
        batch.rows.update(rows)
        outcomes, groups = [], {}
        for item in items:
            row = rows.get(item.id.partition("#")[0])
            record = row and (row._records() or self._template_left(row))
            if record:
                groups.setdefault(self._template(record), []).append(item)
            elif item.record.deleted:
                outcomes.append(self._result(item, "skip"))
            elif batch.message.dry_run:
                outcomes.append(self._result(item, "create"))
            else:
                error = self.env._("1C sent a variant of a product it never sent.")
                outcomes.append(self._result(item, "conflict", error=error))
        return outcomes, groups

    # --- variants of one template ---------------------------------------------------

    @api.model
    def _apply_template_variants(self, batch, template, items):
        records = self._existing(batch, items)
        outcomes, new = [], []
        for item in items:
            product = records.get(item.id)
            if product:
                outcomes.append(self._update_variant(batch, template, item, product))
            elif item.record.deleted:
                outcomes.append(self._result(item, "skip"))
            elif not self._characteristics(item.record):
                error = self.env._(
                    "1C sent a variant without characteristics and without a name."
                )
                outcomes.append(self._result(item, "conflict", error=error))
            else:
                new.append(item)
        if batch.message.dry_run:
            return outcomes + [self._result(item, "create") for item in new]
        if new:
            self._begin_variants(batch, template, new[0].id.partition("#")[0])
        for item in new:
            outcomes.append(self._create_variant(batch, template, item))
        return outcomes

    @api.model
    def _characteristics(self, good):
        """``{name: value}``; of a name alone, what stands in its parentheses."""
        found = {name: value for name, value in good.characteristics if name and value}
        if found:
            return found
        text = self._variant_text(good)
        return {self.env._("Characteristic"): text} if text else {}

    @api.model
    def _begin_variants(self, batch, template, base):
        """Let the id of the good mean the template, unless its only variant is used."""
        row = batch.rows.get(base)
        if not row or row.model != "product.product":
            return
        product = row._records()
        if product.product_template_attribute_value_ids or self._is_used(product):
            return
        row.write({"model": "product.template", "res_id": template.id})

    @api.model
    def _is_used(self, product):
        return any(
            self.env[model].search_count([(name, "in", product.ids)], limit=1)
            for model, name in USED_IN
            if model in self.env
        )

    @api.model
    def _free_variant(self, template):
        """A variant without characteristics that no object of 1C is: the first of a
        good that was simple until now."""
        variants = template.with_context(active_test=False).product_variant_ids
        free = variants.filtered(
            lambda product: not product.product_template_attribute_value_ids
        )
        return free and free - self._mapped_variants(free)

    @api.model
    def _mapped_variants(self, products):
        rows = self.env["onec.map"].search(
            [
                ("model", "=", "product.product"),
                ("res_id", "in", products.ids),
                ("otype", "=", "product"),
            ]
        )
        return products.browse(rows.mapped("res_id"))

    @api.model
    def _create_variant(self, batch, template, item):
        values = self._combination(batch, template, self._characteristics(item.record))
        twin = self._variant_of(template, values)
        if twin:
            return self._twin(batch, item, twin)
        incoming = self._incoming_variant(item.record)
        product = self._free_variant(template)[:1]
        base = self._base_variant(batch, item)
        error = self._check_barcode(batch, item, incoming, product or base)
        if base and base.barcode and base.barcode == incoming.get("barcode"):
            base.barcode = False
        vals = self._split_values(batch, incoming)[1]
        vals["product_template_attribute_value_ids"] = [(6, 0, values.ids)]
        if product:
            product.write({**vals, "active": True})
        else:
            product = self.env["product.product"].create(
                {**vals, "product_tmpl_id": template.id}
            )
        kept = {item.id: self._row_values(None, incoming, error)}
        self._link(batch.backend, batch.rows, [(item, product)], kept)
        diff = self._diff(batch, {}, incoming)
        diff[self._labels()["variant"]] = ["", ", ".join(values.mapped("display_name"))]
        action = "conflict" if error else "create"
        return self._result(item, action, product, diff=diff, error=error)

    @api.model
    def _base_variant(self, batch, item):
        """The product that still stands for the good itself, if one does."""
        row = batch.rows.get(item.id.partition("#")[0])
        if row and row.model == "product.product":
            return row._records()
        return self.env["product.product"]

    @api.model
    def _twin(self, batch, item, product):
        """Another id of 1C means the same characteristics: link it or ask."""
        if not self._mapped_variants(product):
            kept = {item.id: {"hash_in": False}}
            self._link(batch.backend, batch.rows, [(item, product)], kept)
            return self._result(item, "update", product)
        error = self.env._(
            "%(product)s has the same characteristics and another id in 1C.",
            product=product.display_name,
        )
        self.env["onec.conflict"]._ask(
            batch.backend,
            "duplicate_key",
            f"variant:{item.id}",
            item.record.name or item.id,
            otype="product",
            external_id=item.id,
            message_id=batch.message.id,
            model=product._name,
            res_id=product.id,
            left={self._labels()["variant"]: product.display_name},
            right={self._labels()["variant"]: item.record.name or item.id},
        )
        return self._result(item, "conflict", error=error)

    @api.model
    def _incoming_variant(self, good):
        values = {}
        if good.article is not None:
            values["article"] = good.article
        if good.barcode is not None:
            values["barcode"] = good.barcode
        if good.weight is not None:
            values["weight"] = self._weight(float(good.weight))
        return values

    @api.model
    def _update_variant(self, batch, template, item, product):
        row = batch.rows.get(item.id)
        incoming = self._incoming_variant(item.record)
        current = self._current_variant(product)
        error = self._check_barcode(batch, item, incoming, product)
        changes, clashes = self._merge(batch.owners, row, current, incoming)
        diff = self._diff(batch, current, changes)
        moved = self._moved(batch, template, item, product, diff)
        action = self._activity_action(batch, item.record, row, product, diff)
        action = action or ("update" if changes or moved else "skip")
        if not batch.message.dry_run:
            vals = self._split_values(batch, changes)[1]
            if moved:
                wanted = self._characteristics(item.record)
                values = self._combination(batch, template, wanted)
                if twin := self._variant_of(template, values) - product:
                    return self._twin(batch, item, twin)
                vals["product_template_attribute_value_ids"] = [(6, 0, values.ids)]
            if vals:
                product.write(vals)
            self._write_activity(item.record, row, product)
            kept = {item.id: self._row_values(row, incoming, error, item.record)}
            self._link(batch.backend, batch.rows, [(item, product)], kept)
        if clashes:
            self._ask_both(batch, item, product, current, clashes)
            error = error or self._clash_text(batch, clashes)
        if error:
            action = "conflict"
        return self._result(item, action, product, diff=diff, error=error)

    @api.model
    def _moved(self, batch, template, item, product, diff):
        """Whether 1C gave other characteristics to a variant."""
        if item.record.deleted or not item.record.characteristics:
            return False
        here = {
            value.attribute_id.name: value.name
            for value in product.product_template_attribute_value_ids
            if value.name != ABSENT
        }
        wanted = self._characteristics(item.record)
        if here == wanted:
            return False
        diff[self._labels()["variant"]] = [_pairs_text(here), _pairs_text(wanted)]
        return True

    @api.model
    def _variant_of(self, template, values):
        variants = template.with_context(active_test=False).product_variant_ids
        return variants.filtered(
            lambda product: product.product_template_attribute_value_ids == values
        )


def _pairs_text(pairs):
    return ", ".join(f"{name}: {value}" for name, value in pairs.items())
