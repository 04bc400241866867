from odoo import api, fields, models

from .constants import OTYPES


class OnecMap(models.Model):
    """Which record of the ERP is which object of 1C. Never unlinked by the exchange."""

    _name = "onec.map"
    _description = "1C correspondence"
    _order = "id desc"
    _rec_name = "external_id"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    otype = fields.Selection(OTYPES, "Kind", required=True)
    external_id = fields.Char("Id in 1C", required=True)
    external_name = fields.Char("Name in 1C")
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="model", required=True, aggregator=None
    )
    role = fields.Char(
        required=True,
        default="",
        help="Tells apart several objects of 1C made of one record of the ERP.",
    )
    origin = fields.Selection(
        [("odoo", "Here"), ("1c", "1C"), ("user", "Somebody's choice")],
        "Born",
        required=True,
        default="1c",
    )
    state = fields.Selection(
        [
            ("ok", "In step"),
            ("conflict", "Conflict"),
            ("deleted", "Deleted in 1C"),
            ("ignored", "Ignored"),
        ],
        required=True,
        default="ok",
    )
    # Content hashes (see engine/identity.py) of what came last and went last.
    hash_in = fields.Char(readonly=True, copy=False)
    hash_out = fields.Char(readonly=True, copy=False)
    version_1c = fields.Char("Version in 1C", readonly=True)
    number_1c = fields.Char("Number in 1C", readonly=True)
    date_1c = fields.Date("Date in 1C", readonly=True)
    posted_1c = fields.Boolean("Posted in 1C", readonly=True)
    amount_1c = fields.Float("Amount in 1C", readonly=True, digits=(16, 2))
    verified_at = fields.Datetime("Looked up in 1C", readonly=True)
    last_in = fields.Datetime("Last received", readonly=True)
    last_out = fields.Datetime("Last sent", readonly=True)
    record_name = fields.Char("Here", compute="_compute_record_name")

    _external_uniq = models.UniqueIndex(
        "(backend_id, otype, external_id)",
        "This object of 1C already has a record here.",
    )
    _record_uniq = models.UniqueIndex(
        "(backend_id, otype, model, res_id, role)",
        "This record already has an object in that 1C base.",
    )
    _record_idx = models.Index("(model, res_id)")

    @api.depends("model", "res_id")
    def _compute_record_name(self):
        self.record_name = False
        for model, rows in self.grouped("model").items():
            if model not in self.env:
                continue
            ids = rows.mapped("res_id")
            records = self.env[model].browse(ids).exists()
            records = records._filtered_access("read")
            names = {record.id: record.display_name for record in records}
            for row in rows:
                row.record_name = names.get(row.res_id, False)

    def _records(self):
        """Existing records of rows of one model, in the order of the rows."""
        model = self.mapped("model")
        if not model:
            return self.env["onec.map"]
        return self.env[model[0]].browse(self.mapped("res_id")).exists()
