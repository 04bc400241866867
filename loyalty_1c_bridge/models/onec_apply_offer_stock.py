from odoo import api, models
from odoo.tools import float_compare

from ..engine.pricing import plain


class OnecApplyOffer(models.AbstractModel):
    """Stock by warehouse, as differences written by inventory moves."""

    _inherit = "onec.apply.offer"

    @api.model
    def _apply_stock(self, message, todo, owner):
        if owner == "odoo":
            return
        todo = [o for o in todo if o.product and o.product.is_storable]
        if not todo:
            return
        backend = message.backend_id
        warehouses, ignored = self._stock_warehouses(backend, todo)
        wanted = {}
        for offered in todo:
            for warehouse, quantity in self._stock_told(
                backend, offered, warehouses, ignored
            ):
                key = offered.product, warehouse
                known = wanted.get(key, (offered, 0.0))
                wanted[key] = offered, known[1] + float(quantity)
        self._write_stock(message, wanted, owner)

    @api.model
    def _stock_warehouses(self, backend, todo):
        """Warehouses of the base by their ids, and ids that are to be ignored."""
        ids = {key for o in todo for key in o.item.record.stock or {}}
        rows = self.env["onec.map"].search(
            [
                ("backend_id", "=", backend.id),
                ("otype", "=", "warehouse"),
                "|",
                ("external_id", "in", list(ids)),
                ("state", "=", "ok"),
            ]
        )
        known = {row.external_id: row._records() for row in rows}
        ignored = {row.external_id for row in rows if row.state == "ignored"}
        return {
            key: warehouse
            for key, warehouse in known.items()
            if warehouse
            and key not in ignored
            and warehouse.company_id == backend.company_id
        }, ignored

    @api.model
    def _stock_told(self, backend, offered, warehouses, ignored):
        """What an offer says of stock: ``[(warehouse, quantity), ...]``."""
        record = offered.item.record
        if record.stock is None:
            warehouse = self._stock_default(backend)
            if warehouse:
                return [(warehouse, record.quantity)]
            offered.error = self.env._(
                "1C tells a quantity without a warehouse. Choose “Stock without "
                "warehouse” on the 1C base, then try this line again."
            )
            return []
        told = []
        for external_id, quantity in record.stock.items():
            if external_id in warehouses:
                told.append((warehouses[external_id], quantity))
            elif external_id not in ignored:
                offered.waits.append(("missing_map", "warehouse", external_id))
        if record.quantity is not None and record.quantity == sum(
            record.stock.values()
        ):
            # The total is told and nothing of it is left for the other warehouses.
            others = set(warehouses) - set(record.stock)
            told += [(warehouses[key], 0) for key in sorted(others)]
        return told

    @api.model
    def _stock_default(self, backend):
        if backend.stock_warehouse_id:
            return backend.stock_warehouse_id
        found = self.env["stock.warehouse"].search(
            [("company_id", "=", backend.company_id.id), ("active", "=", True)]
        )
        return found if len(found) == 1 else found[:0]

    @api.model
    def _write_stock(self, message, wanted, owner):
        here = self._stock_here(wanted)
        changes = {}
        for (product, warehouse), (offered, quantity) in wanted.items():
            current = here.get((product.id, warehouse.id), 0.0)
            rounding = product.uom_id.rounding
            if not float_compare(current, quantity, precision_rounding=rounding):
                continue
            if owner == "if_empty" and current:
                continue
            if product.tracking != "none":
                offered.error = self.env._(
                    "%(product)s is counted by lots or serial numbers, which 1C does "
                    "not tell. Count it here.",
                    product=product.display_name,
                )
                continue
            label = self.env._("Stock %s", warehouse.name)
            offered.diff[label] = [plain(current), plain(quantity)]
            changes[product, warehouse.lot_stock_id] = quantity - current
        if changes and not message.dry_run:
            self._move_stock(message, changes)

    @api.model
    def _stock_here(self, wanted):
        """``{(product id, warehouse id): quantity on hand}`` of our own goods."""
        locations = {
            warehouse.lot_stock_id.id: warehouse.id for _product, warehouse in wanted
        }
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", [product.id for product, _w in wanted]),
                ("location_id", "child_of", list(locations)),
                ("location_id.usage", "=", "internal"),
                ("owner_id", "=", False),
            ],
            ["product_id", "location_id"],
            ["quantity:sum"],
        )
        here = {}
        for product, location, quantity in groups:
            key = product.id, location.warehouse_id.id
            here[key] = here.get(key, 0.0) + quantity
        return here

    @api.model
    def _move_stock(self, message, changes):
        """Differences by inventory moves; what is reserved stays reserved.

        :param changes: ``{(product, location): difference}``
        """
        quants = self.env["stock.quant"].with_context(
            inventory_name=self.env._("1C: %s", message.filename)
        )
        known = {
            (quant.product_id, quant.location_id): quant
            for quant in quants.search(
                [
                    ("product_id", "in", [product.id for product, _l in changes]),
                    ("location_id", "in", [loc.id for _product, loc in changes]),
                    ("lot_id", "=", False),
                    ("package_id", "=", False),
                    ("owner_id", "=", False),
                ]
            )
        }
        missing = [key for key in changes if key not in known]
        created = quants.create(
            [
                {"product_id": product.id, "location_id": location.id}
                for product, location in missing
            ]
        )
        known.update(zip(missing, created, strict=True))
        counted = quants.browse()
        for key, difference in changes.items():
            quant = known[key]
            quant.inventory_quantity = quant.quantity + difference
            counted |= quant
        counted._apply_inventory()
