from odoo import fields, models


class LoyaltyDeliverySettings(models.TransientModel):
    """Stock and books, in the settings of deliveries."""

    _inherit = "loyalty.delivery.settings"

    delivery_stock_policy = fields.Selection(
        [("at_delivery", "At the door"), ("at_loading", "When the courier loads")],
        "Goods leave the stock",
        required=True,
        help="At the door: a failed delivery stays reserved for the next attempt."
        " When the courier loads: what comes back is received as a return.",
    )
    delivery_rest_policy = fields.Selection(
        [("backorder", "Delivered later"), ("cancel", "Not delivered any more")],
        "Goods refused at the door are",
        required=True,
    )
    delivery_invoice_on_delivery = fields.Boolean(
        "Invoice when delivered",
        help="Orders that can be invoiced are invoiced as soon as they are delivered;"
        " what the courier collected pays the invoice.",
    )
    delivery_card_journal_id = fields.Many2one(
        "account.journal",
        "Card terminals of couriers",
        domain="[('type', 'in', ('bank', 'cash', 'credit')),"
        " ('company_id', '=', company_id)]",
    )
    delivery_qr_journal_id = fields.Many2one(
        "account.journal",
        "QR payments to couriers",
        domain="[('type', 'in', ('bank', 'cash', 'credit')),"
        " ('company_id', '=', company_id)]",
    )
    delivery_till_journal_id = fields.Many2one(
        "account.journal",
        "Till of couriers' cash",
        domain="[('type', '=', 'cash'), ('company_id', '=', company_id)]",
        help="Where couriers hand in; the branch of a cashier comes first.",
    )
