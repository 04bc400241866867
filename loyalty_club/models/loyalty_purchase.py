from odoo import fields, models


class LoyaltyPurchase(models.Model):
    """A purchase made before the club, or outside the ERP: it counts for tiers."""

    _name = "loyalty.purchase"
    _description = "Past purchase"
    _order = "date desc, id desc"
    _rec_name = "reference"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    program_id = fields.Many2one(
        "loyalty.program",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("is_club", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    branch_id = fields.Many2one("loyalty.branch", index="btree_not_null")
    date = fields.Date(required=True, index=True)
    amount = fields.Monetary(required=True)
    margin = fields.Monetary()
    currency_id = fields.Many2one(related="program_id.currency_id")
    quantity = fields.Float(default=1.0)
    reference = fields.Char(help="Number of the receipt in the former system.")
    state = fields.Selection(
        [("draft", "To approve"), ("done", "Counted")],
        required=True,
        default="done",
        index=True,
    )
    key = fields.Char(readonly=True, copy=False)

    _key_uniq = models.UniqueIndex(
        "(program_id, key) WHERE key IS NOT NULL",
        "This purchase was imported before.",
    )
    _customer_idx = models.Index("(program_id, partner_id, date)")
