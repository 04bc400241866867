from odoo import api, models


class OnecApplyCategory(models.AbstractModel):
    """Groups of goods become product categories, in their tree."""

    _name = "onec.apply.category"
    _inherit = "onec.apply"
    _description = "Applying of 1C product groups"
    _onec_otype = "category"

    @api.model
    def _apply_batch(self, message, items, rows):
        backend = message.backend_id
        parents = self._parents(backend, items)
        owners = self._owners(backend)
        known = {item.id: rows[item.id]._records() for item in items if item.id in rows}
        outcomes, waiting = [], items
        while waiting:
            # A parent that never came is none: the group stands at the top until then.
            here = {item.id for item in waiting}
            ready = [item for item in waiting if item.record.parent_id not in here]
            ready = ready or waiting
            self._create_groups(message, ready, rows, known, parents)
            for item in ready:
                outcome = self._apply_group(
                    message, item, rows, known.get(item.id), parents, owners
                )
                if outcome.res_id:
                    parents[item.id] = outcome.res_id
                outcomes.append(outcome)
            done = {item.id for item in ready}
            waiting = [item for item in waiting if item.id not in done]
        return outcomes

    @api.model
    def _create_groups(self, message, items, rows, known, parents):
        """Create the new groups of one level at once."""
        new = [
            item for item in items if not known.get(item.id) and not item.record.deleted
        ]
        if message.dry_run or not new:
            return
        values = [self._incoming_group(message, item, parents) for item in new]
        created = self.env["product.category"].create(values)
        links = list(zip(new, created, strict=True))
        self._link(message.backend_id, rows, links)
        for item, category in links:
            rows[item.id].hash_in = False
            known[item.id] = category

    @api.model
    def _incoming_group(self, message, item, parents):
        record, root = item.record, message.backend_id.root_categ_id.id
        parent = parents.get(record.parent_id, root) if record.parent_id else root
        return {"name": record.name or item.id, "parent_id": parent}

    @api.model
    def _parents(self, backend, items):
        ids = {item.record.parent_id for item in items} - {None}
        return {key: row.res_id for key, row in backend._find("category", ids).items()}

    @api.model
    def _apply_group(self, message, item, rows, category, parents, owners):
        backend, record, row = message.backend_id, item.record, rows.get(item.id)
        incoming = self._incoming_group(message, item, parents)
        is_new = not row or not (row.seen or row.hash_in)
        if is_new:
            if record.deleted:
                return self._result(item, "skip")
            action, changes = "create", incoming
        else:
            current = {"name": category.name, "parent_id": category.parent_id.id}
            changes, _clashes = self._merge(owners, row, current, incoming)
            action = "update" if changes else "skip"
        diff = self._diff(None if is_new else category, changes)
        if message.dry_run:
            return self._result(item, action, category, diff=diff)
        if changes and not is_new:
            category.write(changes)
        state = {"state": "deleted" if record.deleted else "ok"}
        state["seen"] = self._seen(row, incoming)
        self._link(backend, rows, [(item, category)], {item.id: state})
        return self._result(item, action, category, diff=diff)

    @api.model
    def _diff(self, category, changes):
        names = self.env["product.category"]._fields
        diff = {}
        for name, value in changes.items():
            old = category[name] if category else False
            if name == "parent_id":
                old = old.display_name if old else ""
                value = self.env["product.category"].browse(value).display_name or ""
            diff[names[name].get_description(self.env, ["string"])["string"]] = [
                old or "",
                value or "",
            ]
        return diff
