from odoo import fields, models


class LoyaltyPointLot(models.Model):
    """Points earned together: first to expire is first to be spent."""

    _name = "loyalty.point.lot"
    _inherit = "loyalty.document.mixin"
    _description = "Loyalty point lot"
    _order = "expiration_date, id"
    _rec_name = "document_name"

    card_id = fields.Many2one("loyalty.card", required=True, ondelete="cascade")
    program_id = fields.Many2one(
        related="card_id.program_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(related="card_id.partner_id")
    company_id = fields.Many2one("res.company", help="The company that granted them.")
    state = fields.Selection(
        [("pending", "Pending"), ("open", "Available"), ("closed", "Closed")],
        required=True,
        default="open",
    )
    points = fields.Float(digits=(16, 2), required=True)
    remaining = fields.Float(digits=(16, 2), required=True)
    earned_date = fields.Date(required=True, default=fields.Date.context_today)
    available_date = fields.Date(
        help="Pending points become available on this day; empty while they wait for"
        " a payment or a delivery.",
    )
    expiration_date = fields.Date(help="The points can be used until this day.")
    value = fields.Monetary(help="What the points are worth, at the time of earning.")
    currency_id = fields.Many2one(related="card_id.program_id.currency_id")

    _fifo_idx = models.Index("(card_id, expiration_date, id) WHERE state = 'open'")
    _pending_idx = models.Index("(card_id) WHERE state = 'pending'")
    _due_idx = models.Index("(available_date) WHERE state = 'pending'")
    _expiry_idx = models.Index("(expiration_date) WHERE state = 'open'")
    _origin_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _remaining_range = models.Constraint(
        "CHECK(remaining >= 0 AND remaining <= points)",
        "A lot cannot hold more points than were earned, nor fewer than none.",
    )
