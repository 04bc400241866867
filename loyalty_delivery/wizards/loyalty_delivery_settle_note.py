from odoo import fields, models


class LoyaltyDeliverySettleNote(models.TransientModel):
    _name = "loyalty.delivery.settle.note"
    _description = "Notes and coins counted"
    _order = "value desc"

    settle_id = fields.Many2one(
        "loyalty.delivery.settle", required=True, ondelete="cascade"
    )
    value = fields.Float("Note or coin", required=True)
    number = fields.Integer("How many", required=True)
