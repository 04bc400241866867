from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    loyalty_delivery_stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        "Delivery",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    loyalty_delivery_key = fields.Char(
        readonly=True, copy=False, help="Books what was paid at a door only once."
    )

    _loyalty_delivery_key_uniq = models.UniqueIndex(
        "(loyalty_delivery_key) WHERE loyalty_delivery_key IS NOT NULL",
        "What was paid for this delivery is booked already.",
    )
