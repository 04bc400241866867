from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    onec_order_message_id = fields.Many2one(
        "onec.message",
        "Payment order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The file of payment orders in which the bank got this payment.",
    )
