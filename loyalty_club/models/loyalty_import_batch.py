from odoo import api, fields, models

from ..engine import intake


class LoyaltyImportBatch(models.Model):
    """Some hundred rows that were read: done together, once, or not at all.

    A worker claims a batch by locking its row; what it creates and the state ``done``
    are committed together. So several workers share one import, and after a crash the
    batches that are not done are simply taken again.
    """

    _name = "loyalty.import.batch"
    _description = "Batch of an import"
    _order = "first_row"
    _rec_name = "first_row"

    import_id = fields.Many2one(
        "loyalty.import", required=True, index=True, ondelete="cascade", readonly=True
    )
    first_row = fields.Integer(required=True, readonly=True, aggregator=None)
    row_count = fields.Integer("Rows", required=True, readonly=True)
    rows = fields.Json(
        "Values", readonly=True, help="The values of the rows, by row number."
    )
    state = fields.Selection(
        [("todo", "Waiting"), ("done", "Done")],
        required=True,
        readonly=True,
        default="todo",
    )
    created_ids = fields.Json(
        readonly=True, help="Records that the batch created, by model."
    )
    created_count = fields.Integer("Imported", readonly=True)
    referrals = fields.Json(
        readonly=True, help="Who recommended the customers, linked at the end."
    )

    _todo_idx = models.Index("(import_id, first_row) WHERE state = 'todo'")
    _first_row_uniq = models.UniqueIndex(
        "(import_id, first_row)", "The rows were read twice."
    )

    @api.model
    def _claim(self, load):
        """Lock the next batch which no other worker holds; empty when none is left."""
        batches = self.search(
            [("import_id", "=", load.id), ("state", "=", "todo")], limit=20
        )
        return batches.try_lock_for_update(limit=1)

    def _run(self):
        """Import the rows of one batch that the caller has locked."""
        self.ensure_one()
        load = self.import_id
        rows = {int(number): values for number, values in self.rows.items()}
        problems = load._judge(rows)
        if problems and not load.skip_bad_rows:
            load._refuse(problems)
        for problem in problems:
            rows.pop(problem.row, None)
        created = load._apply(rows)
        self.write(
            {
                "state": "done",
                "created_ids": {
                    records._name: records.ids for records in created if records
                },
                "created_count": len(rows),
                "referrals": {
                    str(row["partner_id"]): row["referrer"]
                    for row in rows.values()
                    if "referrer" in row
                },
                # The file keeps the rows; the batch only says what became of them.
                "rows": False,
            }
        )
        if problems:
            load._store_problems(problems)
        return len(rows)

    @api.model
    def _from_rows(self, load, rows):
        """Values of a batch that holds ``rows``: ``{row number: values}``."""
        return {
            "import_id": load.id,
            "first_row": min(rows),
            "row_count": len(rows),
            "rows": {number: intake.to_json(values) for number, values in rows.items()},
        }

    def _created(self, model):
        """All records of ``model`` that these batches created and that still exist."""
        ids = [
            record_id
            for batch in self
            for record_id in (batch.created_ids or {}).get(model, [])
        ]
        return (
            self.env[model].sudo().with_context(active_test=False).browse(ids).exists()
        )
