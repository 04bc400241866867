from odoo import fields, models

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

    def _to_engine(self):
        """The columns that are used, as the engine knows them."""
        return [
            intake.Column(column.position, column.header or "", column.field_name)
            for column in self
            if column.field_name
        ]
