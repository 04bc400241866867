from odoo import api, fields, models

from ..engine import intake


class LoyaltyImportColumn(models.Model):
    """A column of the file and what it holds."""

    _name = "loyalty.import.column"
    _description = "Column of an import"
    _order = "position, id"
    _rec_name = "header"

    import_id = fields.Many2one(
        "loyalty.import", required=True, index=True, ondelete="cascade"
    )
    position = fields.Integer(required=True, readonly=True)
    header = fields.Char("Column of the file", readonly=True)
    sample = fields.Char("First values", readonly=True)
    field_name = fields.Selection(
        "_field_selection", "Holds", help="Empty: the column is left out."
    )

    def _field_selection(self):
        return list(self.env["loyalty.import"]._field_labels().items())

    @api.model_create_multi
    def create(self, vals_list):
        columns = super().create(vals_list)
        columns._check_draft()
        return columns

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_while_draft(self):
        self._check_draft()

    def _check_draft(self):
        if not self.env.su:
            self.import_id._check_state(("draft",))

    def _to_engine(self):
        """The columns that are used, as the engine knows them."""
        return [
            intake.Column(column.position, column.header or "", column.field_name)
            for column in self
            if column.field_name
        ]
