from odoo import api, models


class OnecApplyRequest(models.AbstractModel):
    """``ЗапросНаВыгрузку``: 1C asks for an operation once more."""

    _name = "onec.apply.request"
    _inherit = "onec.apply"
    _description = "Applying of 1C requests"
    _onec_otype = "request"

    @api.model
    def _apply_batch(self, message, items, _rows):
        return [self._apply_request(message, item) for item in items]

    @api.model
    def _is_unchanged(self, item, row):
        """Asking twice is asking twice."""
        return False

    @api.model
    def _apply_request(self, message, item):
        record = item.record
        row = message.backend_id._find(record.otype, [item.id]).get(item.id)
        outbox = row and self.env["onec.outbox"].search(
            [
                ("backend_id", "=", message.backend_id.id),
                ("otype", "=", row.otype),
                ("model", "=", row.model),
                ("res_id", "=", row.res_id),
                ("latest", "=", True),
                ("state", "in", ("sent", "received", "posted", "refused")),
            ],
            limit=1,
        )
        if not outbox:
            return self._result(item, "skip")
        if not message.dry_run:
            outbox._ed_requeue()
        return self._result(item, "update", outbox)
