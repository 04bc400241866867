from odoo import fields, models


class OnecStatus(models.Model):
    """What a status of an order of 1C means here."""

    _name = "onec.status"
    _description = "Meaning of a 1C status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("new", "New"),
            ("confirmed", "Confirmed"),
            ("paid", "Paid"),
            ("shipped", "Shipped"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
    )
    sequence = fields.Integer(default=10)
