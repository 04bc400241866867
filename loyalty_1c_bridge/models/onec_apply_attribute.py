from odoo import api, models


class OnecApplyAttribute(models.AbstractModel):
    """Properties of the classifier become attributes that only tell something."""

    _name = "onec.apply.attribute"
    _inherit = "onec.apply"
    _description = "Applying of 1C properties"
    _onec_otype = "attribute"

    @api.model
    def _apply_batch(self, message, items, rows):
        owners = self._owners(message.backend_id)
        return [self._apply_one(message, item, rows, owners) for item in items]

    @api.model
    def _apply_one(self, message, item, rows, owners):
        row, record = rows.get(item.id), item.record
        target = row._records() if row else None
        if not target:
            if record.deleted:
                return self._result(item, "skip")
            return self._create_one(message, item, rows)
        incoming, diff = {"name": record.name or item.id}, {}
        if target._name == "product.attribute":
            current = {"name": target.name}
            changes, _clashes = self._merge(owners, row, current, incoming)
            diff = {self.env._("Name"): [target.name, changes[key]] for key in changes}
        else:
            # A person chose a field for the property: its name is not 1C's.
            changes = {}
        renamed = self._renamed(row, record)
        for old, new in renamed.items():
            diff[self.env._("Value")] = [old, new]
        action = "update" if changes or renamed else "skip"
        if not message.dry_run:
            if changes:
                target.write(changes)
            self._rename_values(message.backend_id, target, renamed)
            self._remember(message.backend_id, item, rows, target)
        return self._result(item, action, target, diff=diff)

    @api.model
    def _create_one(self, message, item, rows):
        name = item.record.name or item.id
        if message.dry_run:
            return self._result(item, "create", diff={self.env._("Name"): ["", name]})
        attribute = self.env["product.attribute"].create(
            {"name": name, "create_variant": "no_variant"}
        )
        self._remember(message.backend_id, item, rows, attribute)
        return self._result(
            item, "create", attribute, diff={self.env._("Name"): ["", name]}
        )

    @api.model
    def _remember(self, backend, item, rows, target):
        row, record = rows.get(item.id), item.record
        before = (row.value_texts or {}) if row else {}
        values = {
            # A portion may list some of the values only.
            "value_texts": {**before, **record.values},
            "seen": self._seen(row, {"name": record.name or item.id}),
            "state": "deleted" if record.deleted else "ok",
        }
        self._link(backend, rows, [(item, target)], {item.id: values})

    @api.model
    def _renamed(self, row, record):
        """``{old text: new text}`` of values that 1C calls otherwise now."""
        before = row.value_texts or {}
        return {
            before[key]: text
            for key, text in record.values.items()
            if text and before.get(key) and before[key] != text
        }

    @api.model
    def _rename_values(self, backend, attribute, renamed):
        """Rename the values in use, unless one of the new name is there already."""
        if attribute._name != "product.attribute":
            return
        for old, new in renamed.items():
            values = self.env["product.attribute.value"].search(
                [("attribute_id", "=", attribute.id), ("name", "in", [old, new])]
            )
            if values.mapped("name") != [old]:
                continue
            values.name = new
            row = backend._find("attribute_value", [f"{attribute.id}:{old}"[:255]])
            for found in row.values():
                found.external_id = f"{attribute.id}:{new}"[:255]
