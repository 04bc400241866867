from odoo import api, fields, models

from ..engine.commerceml.records import to_json


class OnecApplyDocument(models.AbstractModel):
    """Documents that come back from 1C: their number there, posted or deleted.

    A document that was born in 1C stays there: only what was made here is followed.
    """

    _name = "onec.apply.document"
    _inherit = "onec.apply"
    _description = "Applying of states of 1C documents"

    @api.model
    def _apply_batch(self, message, items, rows):
        return [self._apply_document(message, item, rows) for item in items]

    @api.model
    def _apply_document(self, message, item, rows):
        row = rows.get(item.id)
        if not row or not row._records():
            return self._result(item, "skip")
        return self._apply_state(message, item, row, rows)

    @api.model
    def _apply_state(self, message, item, row, rows):
        """Note on the map and on the operation what became of a document of ours."""
        record, ours = item.record, row._records()
        diff = self._state_diff(row, record)
        if message.dry_run:
            return self._result(item, "update" if diff else "skip", ours, diff=diff)
        values = {
            "number_1c": record.number,
            "date_1c": record.date or False,
            "posted_1c": record.posted and not record.deleted,
            "state": "deleted" if record.deleted else "ok",
        }
        if record.amount is not None:
            values["amount_1c"] = float(record.amount)
        self._link(message.backend_id, rows, [(item, ours)], {item.id: values})
        problem = self._settle_outbox(message, item, row)
        if problem:
            return self._result(item, "conflict", ours, diff=diff, error=problem)
        return self._result(item, "update" if diff else "skip", ours, diff=diff)

    @api.model
    def _state_diff(self, row, record):
        before = {
            self.env._("Number in 1C"): row.number_1c or "",
            self.env._("Posted in 1C"): self._yes(row.posted_1c),
            self.env._("Deleted in 1C"): self._yes(row.state == "deleted"),
        }
        after = [
            record.number or "",
            self._yes(record.posted and not record.deleted),
            self._yes(record.deleted),
        ]
        return {
            label: [old, new]
            for (label, old), new in zip(before.items(), after, strict=True)
            if old != new
        }

    @api.model
    def _yes(self, value):
        return self.env._("yes") if value else self.env._("no")

    @api.model
    def _settle_outbox(self, message, item, row):
        """Bring the operation up to what 1C has; a text when the two disagree."""
        outbox = self.env["onec.outbox"].search(
            [
                ("backend_id", "=", message.backend_id.id),
                ("otype", "=", row.otype),
                ("model", "=", row.model),
                ("res_id", "=", row.res_id),
                ("latest", "=", True),
            ],
            limit=1,
        )
        record = item.record
        if not outbox or outbox.state in ("queued", "ignored"):
            # What waits here is newer than what 1C tells.
            return False
        outbox.write({"number_1c": record.number, "external_id": item.id})
        if record.deleted and outbox.op == "upsert":
            text = self.env._(
                "Deleted in 1C, but finished here. Cancel the document here, or send "
                "it again."
            )
            self._ask_document(message, item, row, "both_changed", text)
            outbox.write({"state": "refused", "error": text})
            return text
        if record.amount is None or not record.posted:
            return False
        outbox.amount_1c = float(record.amount)
        currency = outbox.currency_id or message.company_id.currency_id
        if currency.compare_amounts(outbox.amount, float(record.amount)):
            text = self.env._(
                "The document is %(ours)s here and %(theirs)s in 1C.",
                ours=currency.format(outbox.amount),
                theirs=currency.format(float(record.amount)),
            )
            self._ask_document(message, item, row, "amount_differs", text)
            return text
        now = fields.Datetime.now()
        outbox.write({"state": "posted", "posted_at": now, "error": False})
        return False

    @api.model
    def _ask_document(self, message, item, row, kind, text):
        record = item.record
        self.env["onec.conflict"]._ask(
            message.backend_id,
            kind,
            f"{row.otype}:{item.id}:{kind}",
            self.env._("%(document)s: %(text)s", document=record.number, text=text),
            otype=row.otype,
            external_id=item.id,
            map_id=row.id,
            message_id=message.id,
            model=row.model,
            res_id=row.res_id,
            left={self.env._("Document"): row._records().display_name},
            right={
                self.env._("Number in 1C"): record.number,
                self.env._("Amount"): str(record.amount or ""),
                self.env._("Deleted in 1C"): self._yes(record.deleted),
            },
            payload=to_json(record),
        )
