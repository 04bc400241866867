from dataclasses import dataclass, field
from typing import Any

from odoo import api, models

from ..engine.pricing import plain


@dataclass(slots=True)
class Offered:
    """An offer on its way: what it is about and what is found out of it."""

    item: Any
    record: Any  # product.product, or product.template of a good with variants
    row: Any  # its row as a product in the map
    prices: bool = False  # to be applied
    stock: bool = False
    diff: dict = field(default_factory=dict)
    waits: list = field(default_factory=list)  # [(kind, otype, external id)]
    error: str = ""

    @property
    def template(self):
        is_variant = self.record._name == "product.product"
        return self.record.product_tmpl_id if is_variant else self.record

    @property
    def product(self):
        is_variant = self.record._name == "product.product"
        return self.record if is_variant else self.record.product_variant_id[:0]


class OnecApplyOffer(models.AbstractModel):
    """Offers: prices by their types, and stock by warehouse.

    Files may come in any order: an offer whose good is not known waits as a line, and
    what a later message said is never undone by a line that waited.
    """

    _name = "onec.apply.offer"
    _inherit = "onec.apply"
    _description = "Applying of 1C offers"
    _onec_otype = "offer"

    @api.model
    def _with_backend(self, backend):
        self = super()._with_backend(backend)
        # A stock move out of an inventory asks nobody anything.
        return self.with_context(skip_sanity_check=True, inventory_mode=False)

    @api.model
    def _apply_batch(self, message, items, rows):
        records, known = self._records(message, items)
        outcomes, todo = [], []
        for item in items:
            row = records.get(item.id)
            if row is None:
                outcomes.append(self._without_good(message, item, known))
            elif row.state == "ignored":
                outcomes.append(self._result(item, "skip"))
            else:
                todo.append(self._offered(message, item, row, rows.get(item.id)))
        self._prefetch(todo)
        owners = self._owners(message.backend_id)
        self._apply_prices(
            message, [o for o in todo if o.prices], owners.get("price", "1c")
        )
        self._apply_stock(
            message, [o for o in todo if o.stock], owners.get("stock", "1c")
        )
        self._apply_marks(message, todo, rows)
        return outcomes + self._finish(message, todo, rows)

    # --- goods ----------------------------------------------------------------------

    @api.model
    def _records(self, message, items):
        """Rows of the goods of the offers: ``{external id: onec.map row}``, known ids.

        Many 1C tell variants in their offers only: those are made here.
        """
        backend = message.backend_id
        ids = {item.id for item in items}
        ids |= {external_id.partition("#")[0] for external_id in ids}
        rows = self._alive(backend._find("product", ids))
        new = [
            item
            for item in items
            if item.id not in rows
            and "#" in item.id
            and item.id.partition("#")[0] in rows
            and not item.record.deleted
        ]
        if new and not message.dry_run:
            self.env["onec.apply.product"]._variants(
                message, {item.id: item.record for item in new}
            )
            rows.update(
                self._alive(backend._find("product", [item.id for item in new]))
            )
        return {item.id: rows[item.id] for item in items if item.id in rows}, set(rows)

    @api.model
    def _alive(self, rows):
        """Rows whose record exists; those to be ignored too."""
        by_model = self.env["onec.map"].union(*rows.values()).grouped("model")
        alive = {
            model: set(self.env[model].browse(same.mapped("res_id")).exists().ids)
            for model, same in by_model.items()
        }
        return {
            key: row
            for key, row in rows.items()
            if row.state == "ignored" or row.res_id in alive[row.model]
        }

    @api.model
    def _offered(self, message, item, row, offer_row):
        last = (offer_row.facts or {}) if offer_row else {}
        record = item.record
        return Offered(
            item,
            self.env[row.model].browse(row.res_id),
            row,
            prices=bool(record.prices) and message.id >= last.get("prices", 0),
            stock=(record.stock is not None or record.quantity is not None)
            and message.id >= last.get("stock", 0),
        )

    @api.model
    def _prefetch(self, todo):
        for model in {offered.record._name for offered in todo}:
            same = [o for o in todo if o.record._name == model]
            ids = [o.record.id for o in same]
            for offered in same:
                offered.record = offered.record.with_prefetch(ids)

    @api.model
    def _without_good(self, message, item, known):
        base = item.id.partition("#")[0]
        if item.record.deleted:
            return self._result(item, "skip")
        if message.dry_run:
            return self._result(item, "create", diff=self._told(item.record))
        return self._result(
            item,
            "conflict",
            error=self.env._(
                "The product of this offer has not come yet. The offer waits for it."
            ),
            # Variants come with their good, or are made of their offers after it.
            waits_for=f"product:{item.id if base in known else base}",
        )

    @api.model
    def _told(self, offer):
        """What an offer says, for a person, before its product is here."""
        diff = {
            self.env._("Price %s", price.type_id): ["", plain(price.amount)]
            for price in offer.prices or []
        }
        total = offer.quantity
        if total is None and offer.stock:
            total = sum(offer.stock.values())
        if total is not None:
            diff[self.env._("Stock")] = ["", plain(total)]
        return diff

    # --- marks ----------------------------------------------------------------------

    @api.model
    def _apply_marks(self, message, todo, rows):
        """A deleted offer archives its variant; one that comes back wakes it."""
        for offered in todo:
            row = rows.get(offered.item.id)
            was_deleted = bool(row) and row.state == "deleted"
            deleted = offered.item.record.deleted
            if deleted == was_deleted or offered.record.active != deleted:
                continue
            words = [self.env._("Archived"), self.env._("Active")]
            offered.diff[self.env._("State")] = words[:: -1 if deleted else 1]
            if not message.dry_run:
                offered.record.active = not deleted

    @api.model
    def _finish(self, message, todo, rows):
        outcomes, links, values = [], [], {}
        for offered in todo:
            item, row = offered.item, rows.get(offered.item.id)
            outcome = self._outcome_of(message, offered)
            outcomes.append(outcome)
            facts = dict((row.facts or {}) if row else {})
            facts.update({"prices": message.id} if offered.prices else {})
            facts.update({"stock": message.id} if offered.stock else {})
            links.append((item, offered.record))
            values[item.id] = {
                "facts": facts,
                "state": "deleted" if item.record.deleted else "ok",
                "role": offered.row.role,
            }
            if outcome.action == "conflict":
                values[item.id]["hash_in"] = False
        if not message.dry_run:
            self._link(message.backend_id, rows, links, values)
        return outcomes

    @api.model
    def _outcome_of(self, message, offered):
        item = offered.item
        values = {"diff": offered.diff, "name": offered.record.display_name}
        if offered.waits:
            kind, otype, external_id = offered.waits[0]
            outcome = self._ask_missing(message, item, kind, otype, external_id)
            for name, value in values.items():
                setattr(outcome, name, value)
            return outcome
        if offered.error:
            return self._result(
                item, "conflict", offered.record, error=offered.error, **values
            )
        action = "update" if offered.diff else "skip"
        if offered.diff and item.record.deleted:
            action = "archive"
        return self._result(item, action, offered.record, **values)
