from odoo import fields, models


class LoyaltyImportProblem(models.Model):
    """What is wrong with a row of the file, and in which column."""

    _name = "loyalty.import.problem"
    _description = "Problem of an import"
    _order = "row, id"
    _rec_name = "message"

    import_id = fields.Many2one(
        "loyalty.import", required=True, index=True, ondelete="cascade", readonly=True
    )
    row = fields.Integer(required=True, readonly=True, aggregator=None)
    column = fields.Char(readonly=True)
    value = fields.Char(readonly=True)
    message = fields.Char("Problem", required=True, readonly=True)
