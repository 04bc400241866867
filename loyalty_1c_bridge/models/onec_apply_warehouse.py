from odoo import api, models


class OnecApplyWarehouse(models.AbstractModel):
    """Warehouses of 1C are matched, never made: each brings routes and documents."""

    _name = "onec.apply.warehouse"
    _inherit = "onec.apply"
    _description = "Applying of 1C warehouses"
    _onec_otype = "warehouse"

    @api.model
    def _apply_batch(self, message, items, rows):
        backend = message.backend_id
        new = {
            item.id: {"name": item.record.name} for item in items if item.id not in rows
        }
        if not message.dry_run:
            backend._resolve("warehouse", new)
            rows = backend._find("warehouse", [item.id for item in items])
        return [self._apply_one(message, item, rows) for item in items]

    @api.model
    def _apply_one(self, message, item, rows):
        backend = message.backend_id
        row = rows.get(item.id)
        warehouse = row._records() if row else None
        if warehouse:
            if not message.dry_run:
                self._link(backend, rows, [(item, warehouse)])
            return self._result(item, "skip", warehouse)
        if item.record.deleted:
            return self._result(item, "skip")
        if message.dry_run and backend.accept_exact:
            found = backend._exact_warehouse({"name": item.record.name})
            if found:
                return self._result(item, "update", found)
        return self._ask_missing(
            message, item, "missing_map", "warehouse", item.id, item.record.name
        )
