from dataclasses import dataclass, field

from odoo import api, models

# Fields whose default is the greatest value so far plus a step.
SEQUENCES = {"website_sequence": 5, "pos_sequence": 1}


@dataclass(slots=True)
class Batch:
    """What the goods of one batch need to know, looked up once for all of them."""

    message: object
    backend: object
    rows: dict
    owners: dict
    refs: object = None
    barcodes: dict = field(default_factory=dict)  # taken barcode -> product
    packaging: set = field(default_factory=set)  # barcodes of packagings
    claimed: dict = field(default_factory=dict)  # barcode -> id of the good it is for


class OnecApplyProduct(models.AbstractModel):
    """Goods become products; ``GUID#GUID`` are the variants of one.

    The map knows a good without variants as its only ``product.product``; as soon as it
    has variants its own id means the ``product.template``.
    """

    _name = "onec.apply.product"
    _inherit = "onec.apply"
    _description = "Applying of 1C goods"
    _onec_otype = "product"

    @api.model
    def _default_owners(self):
        return {"description": "ask", "image": "ask"}

    @api.model
    def _with_backend(self, backend):
        self = super()._with_backend(backend)
        return self.with_context(
            mail_create_nolog=True,
            mail_notrack=True,
            mail_auto_subscribe_no_notify=True,
            # Templates and variants are created apart, each in one go.
            create_product_product=False,
            skip_preprocess_gs1=True,
        )

    # --- a batch --------------------------------------------------------------------

    @api.model
    def _apply_batch(self, message, items, rows):
        batch = self._new_batch(message, items, rows)
        outcomes, ready = self._split_unresolved(batch, items)
        goods = [item for item in ready if "#" not in item.id]
        variants = [item for item in ready if "#" in item.id]
        outcomes += self._apply_goods(batch, goods, variants)
        outcomes += self._apply_variants(batch, variants)
        return outcomes

    @api.model
    def _new_batch(self, message, items, rows):
        batch = Batch(message, message.backend_id, rows, {})
        batch.owners = self._owners(batch.backend)
        batch.refs = self._references(batch.backend, [item.record for item in items])
        self._load_barcodes(batch, items)
        return batch

    @api.model
    def _split_unresolved(self, batch, items):
        """Goods whose tax or unit nobody knows wait for an answer, the others go on."""
        outcomes, ready = [], []
        for item in items:
            missing = batch.refs.missing(item.record)
            if not missing:
                ready.append(item)
                continue
            for kind, key, name in missing:
                self._ask_reference(batch, item, kind, key, name)
            names = ", ".join(name for _kind, _key, name in missing)
            error = self.env._(
                "1C speaks of %(names)s, which has no counterpart here. Choose one in "
                "the correspondence; this product is applied then.",
                names=names,
            )
            outcomes.append(self._result(item, "conflict", error=error))
        return outcomes, ready

    @api.model
    def _ask_reference(self, batch, item, kind, key, name):
        self.env["onec.conflict"]._ask(
            batch.backend,
            f"{kind}_unknown",
            f"{kind}:{key}",
            name,
            otype=kind,
            external_id=key,
            message_id=batch.message.id,
            right={self.env._("In 1C"): name, self.env._("Product"): item.record.name},
        )

    # --- goods without variants -----------------------------------------------------

    @api.model
    def _apply_goods(self, batch, goods, variants):
        records = self._existing(batch, goods)
        new = [item for item in goods if item.id not in records]
        records.update(self._match(batch, new))
        bases = {item.id.partition("#")[0] for item in variants}
        outcomes, create = [], []
        for item in goods:
            record = records.get(item.id)
            if record:
                outcomes.append(self._update_good(batch, item, record))
            elif item.record.deleted:
                outcomes.append(self._result(item, "skip"))
            else:
                create.append(item)
        return outcomes + self._create_goods(batch, create, bases)

    @api.model
    def _existing(self, batch, items):
        """``{external id: product or template}`` of rows whose record still exists."""
        found = {}
        rows = [batch.rows[item.id] for item in items if item.id in batch.rows]
        for model in {row.model for row in rows}:
            same = [row for row in rows if row.model == model]
            ids = [row.res_id for row in same]
            alive = set(self.env[model].browse(ids).exists().ids)
            for row in same:
                record = self.env[model].browse(row.res_id).with_prefetch(ids)
                if row.res_id not in alive:
                    record = self._template_left(row)
                if record:
                    found[row.external_id] = record
        return found

    @api.model
    def _template_left(self, row):
        """The template of a variant that is gone, as when somebody gave it variants."""
        template = self.env["product.template"]
        if row.model == "product.product" and "#" not in row.external_id:
            template = template.browse((row.seen or {}).get("template")).exists()
        if template:
            row.write({"model": template._name, "res_id": template.id})
        return template

    @api.model
    def _create_goods(self, batch, items, bases):
        """Create products of new goods, all at once.

        :param bases: ids of goods whose variants come along; they get no other one
        """
        if not items:
            return []
        plans = [self._plan_new(batch, item) for item in items]
        outcomes = [
            self._result(item, action, diff=diff, error=error)
            for item, (_v, _p, _i, diff, action, error) in zip(
                items, plans, strict=True
            )
        ]
        if batch.message.dry_run:
            return outcomes
        templates = self._create_all("product.template", [plan[0] for plan in plans])
        alone, values = [], []
        for item, template, plan in zip(items, templates, plans, strict=True):
            if item.id not in bases:
                alone.append(item.id)
                values.append({**plan[1], "product_tmpl_id": template.id})
        created = self._create_all("product.product", values)
        products = dict(zip(alone, created, strict=True))
        links, rows = [], {}
        for item, template, plan, outcome in zip(
            items, templates, plans, outcomes, strict=True
        ):
            record = products.get(item.id, template)
            outcome.model, outcome.res_id = record._name, record.id
            links.append((item, record))
            rows[item.id] = self._row_values(None, plan[2], plan[5])
            rows[item.id]["seen"]["template"] = template.id
        self._link(batch.backend, batch.rows, links, rows)
        self._after_create(batch, list(zip(items, templates, strict=True)))
        return outcomes

    @api.model
    def _create_all(self, model, vals_list):
        """Create many at once, asking for the defaults of a new record only once.

        Defaults that put a record behind all others go on from the first one.
        """
        records = self.env[model].with_context(onec_new_goods=True)
        if not vals_list:
            return self.env[model]
        given = set.intersection(*(set(vals) for vals in vals_list))
        ours = set(records._fields) - given
        if model == "product.product":
            # Those of the template are there already.
            ours -= set(self.env["product.template"]._fields) & {
                name for name, field in records._fields.items() if field.inherited
            }
        defaults = {**_no_pictures(records), **records.default_get(sorted(ours))}
        filled = []
        for number, vals in enumerate(vals_list):
            row = {**defaults, **vals}
            for name, step in SEQUENCES.items():
                if name in defaults and name not in vals:
                    row[name] = defaults[name] + number * step
            filled.append(row)
        return self.env[model].browse(records.create(filled).ids)

    @api.model
    def _plan_new(self, batch, item):
        """Values of a new product and its variant, and what people read of it."""
        incoming = self._incoming(batch, item.record)
        error = self._check_barcode(batch, item, incoming, self.env["product.product"])
        template, variant = self._split_values(batch, incoming)
        template.update(self._new_values(batch, item.record))
        diff = self._diff(batch, {}, incoming)
        action = "conflict" if error else "create"
        return template, variant, incoming, diff, action, error

    @api.model
    def _after_create(self, batch, pairs):
        """Pictures and properties, which need the product to exist."""
        self._write_properties(
            batch,
            [
                (template, properties)
                for item, template in pairs
                if (properties := batch.refs.properties(item.record))
            ],
        )
        for item, template in pairs:
            self._apply_image(batch, item, template)

    @api.model
    def _update_good(self, batch, item, record):
        template = self._template(record)
        row = batch.rows.get(item.id)
        product = self._only_variant(record)
        incoming = self._incoming(batch, item.record)
        current = self._current(batch, template, product)
        incoming = {name: value for name, value in incoming.items() if name in current}
        if "properties" in incoming:
            # Properties the file is silent about stay.
            incoming["properties"] = {**current["properties"], **incoming["properties"]}
        error = self._check_barcode(batch, item, incoming, product)
        changes, clashes = self._merge(batch.owners, row, current, incoming)
        diff = self._diff(batch, current, changes)
        action = self._activity_action(batch, item.record, row, template, diff)
        action = action or ("update" if changes else "skip")
        if not batch.message.dry_run:
            self._write_values(batch, template, product, changes)
            self._write_activity(item.record, row, template)
            values = self._row_values(row, incoming, error, item.record)
            self._link(batch.backend, batch.rows, [(item, record)], {item.id: values})
            if self._apply_image(batch, item, template) and action == "skip":
                action = "update"
        if clashes:
            self._ask_both(batch, item, template, current, clashes)
            error = error or self._clash_text(batch, clashes)
        if error:
            action = "conflict"
        return self._result(item, action, record, diff=diff, error=error)

    @api.model
    def _template(self, record):
        return record if record._name == "product.template" else record.product_tmpl_id

    @api.model
    def _only_variant(self, record):
        """The variant that stands for a good without variants, else none."""
        template = self._template(record).with_context(active_test=False)
        variants = template.product_variant_ids
        return variants if len(variants) == 1 else variants[:0]

    @api.model
    def _row_values(self, row, incoming, error, record=None):
        """Values of the row of the map besides the link itself."""
        values = {"seen": self._seen(row, incoming)}
        if error:
            # Not in step: the same object is looked at again when it comes again.
            values["hash_in"] = False
        if record is not None and record.deleted:
            values["state"] = "deleted"
        return values

    # --- deleted and back -----------------------------------------------------------

    @api.model
    def _activity_action(self, batch, record, row, target, diff):
        """``archive`` or ``update`` when the deletion mark changes something here."""
        label = self.env._("Active")
        if record.deleted and target.active:
            diff[label] = [self.env._("yes"), self.env._("no")]
            return "archive"
        if not record.deleted and self._comes_back(row, target):
            diff[label] = [self.env._("no"), self.env._("yes")]
            return "update"
        return None

    @api.model
    def _comes_back(self, row, target):
        """Archived by 1C, and not marked there any more; our own archiving stays."""
        return bool(row) and row.state == "deleted" and not target.active

    @api.model
    def _write_activity(self, record, row, target):
        if record.deleted and target.active:
            target.write({"active": False})
        elif not record.deleted and self._comes_back(row, target):
            if target._name == "product.template":
                self._wake_variants(target)
            target.write({"active": True})

    @api.model
    def _wake_variants(self, template):
        """Variants that 1C did not delete by themselves come back with the good."""
        variants = template.with_context(active_test=False).product_variant_ids
        deleted = self.env["onec.map"].search(
            [
                ("model", "=", "product.product"),
                ("res_id", "in", variants.ids),
                ("otype", "=", "product"),
                ("external_id", "like", "#"),
                ("state", "=", "deleted"),
            ]
        )
        awake = variants.filtered(lambda v: v.id not in set(deleted.mapped("res_id")))
        awake.write({"active": True})


def _no_pictures(records):
    """Values by which the sizes of a picture that is not there are not computed."""
    return {
        name: False
        for name, field in records._fields.items()
        if "image_" in name and field.store and field.compute and not field.inherited
    }
