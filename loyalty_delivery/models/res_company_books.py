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

    delivery_till_journal_id = fields.Many2one(
        "account.journal",
        "Till of couriers' cash",
        domain="[('type', '=', 'cash')]",
        help="Where couriers hand in; the branch of a cashier comes first.",
    )

    def _delivery_till(self, user):
        """The till of a cashier: of the branch, else of the company."""
        self.ensure_one()
        branches = self.env["loyalty.branch"].sudo()
        branch = branches.search(
            [
                ("company_id", "=", self.id),
                ("operator_ids", "in", user.ids),
                ("journal_id", "!=", False),
            ],
            limit=1,
        )
        return branch.journal_id or self.sudo().delivery_till_journal_id
