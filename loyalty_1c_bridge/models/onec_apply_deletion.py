from odoo import api, models


class OnecApplyDeletion(models.AbstractModel):
    """``УдалениеОбъекта``: archived here, never unlinked; documents only marked."""

    _name = "onec.apply.deletion"
    _inherit = "onec.apply"
    _description = "Applying of 1C deletions"
    _onec_otype = "deletion"

    @api.model
    def _apply_batch(self, message, items, _rows):
        return [self._apply_deletion(message, item) for item in items]

    @api.model
    def _is_unchanged(self, item, row):
        """The object may have come back since the last deletion."""
        return False

    @api.model
    def _apply_deletion(self, message, item):
        otype = item.record.otype
        row = message.backend_id._find(otype, [item.id]).get(item.id)
        record = row and row._records()
        if not record or row.state in ("deleted", "ignored"):
            return self._result(item, "skip")
        active_name = record._active_name
        label = self.env._("Deleted in 1C")
        diff = {label: [self.env._("no"), self.env._("yes")]}
        if message.dry_run:
            return self._result(item, "archive", record, diff=diff)
        row.write({"state": "deleted", "posted_1c": False, "hash_in": False})
        if active_name and record[active_name]:
            record[active_name] = False
        elif not active_name and row.origin == "odoo":
            return self._ask_about(message, item, row, record, diff)
        return self._result(item, "archive", record, diff=diff)

    @api.model
    def _ask_about(self, message, item, row, record, diff):
        """1C deleted a document of ours: whether it stands is the accountant's word."""
        text = self.env._(
            "%(name)s was deleted in 1C, but is finished here. Cancel it here, or send "
            "it again.",
            name=record.display_name,
        )
        self.env["onec.conflict"]._ask(
            message.backend_id,
            "both_changed",
            f"{row.otype}:{item.id}:both_changed",
            text,
            otype=row.otype,
            external_id=item.id,
            map_id=row.id,
            message_id=message.id,
            model=row.model,
            res_id=row.res_id,
        )
        return self._result(item, "conflict", record, diff=diff, error=text)
