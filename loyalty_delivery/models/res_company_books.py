from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    delivery_stock_policy = fields.Selection(
        [("at_delivery", "At the door"), ("at_loading", "When the courier loads")],
        "Goods leave the stock",
        required=True,
        default="at_delivery",
        help="At the door: a failed delivery stays reserved for the next attempt."
        " When the courier loads: what comes back is received as a return.",
    )
    delivery_rest_policy = fields.Selection(
        [("backorder", "Delivered later"), ("cancel", "Not delivered any more")],
        "Goods refused at the door are",
        required=True,
        default="backorder",
    )
    delivery_invoice_on_delivery = fields.Boolean(
        "Invoice when delivered",
        help="Orders that can be invoiced are invoiced as soon as they are delivered;"
        " what the courier collected pays the invoice.",
    )
    delivery_card_journal_id = fields.Many2one(
        "account.journal",
        "Card terminals of couriers",
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Where payments by card at the door are booked.",
    )
    delivery_qr_journal_id = fields.Many2one(
        "account.journal",
        "QR payments to couriers",
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Where QR payments at the door are booked.",
    )

    def _delivery_undo_minutes(self):
        """How long a courier may correct what was told."""
        return 15
