from odoo import fields, models


class LoyaltyDeliveryReason(models.Model):
    """Why a delivery failed or was not whole, as the courier chooses it."""

    _name = "loyalty.delivery.reason"
    _description = "Reason of a failed delivery"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    needs_note = fields.Boolean("Ask for a note")
    needs_photo = fields.Boolean("Ask for a photo")
    try_again = fields.Boolean(
        default=True,
        help="A new attempt is made at once; otherwise the goods come back.",
    )
    customer_fault = fields.Boolean(
        "Caused by the customer",
        help="The courier is paid for the attempt; no points are given as an apology.",
    )
