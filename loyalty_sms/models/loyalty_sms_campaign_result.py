from odoo import fields, models


class LoyaltySmsCampaignResult(models.Model):
    """One line of a campaign's report: all, a tier, or a half."""

    _name = "loyalty.sms.campaign.result"
    _description = "Result of a campaign"
    _order = "campaign_id desc, sequence, id"
    _log_access = False

    campaign_id = fields.Many2one(
        "loyalty.sms.campaign",
        "Campaign",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="campaign_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(readonly=True)
    dimension = fields.Selection(
        [("total", "All"), ("tier", "Tier"), ("half", "Half")],
        "By",
        required=True,
        readonly=True,
    )
    name = fields.Char("Of", readonly=True)
    sent_count = fields.Integer("Customers", readonly=True)
    delivered_count = fields.Integer("Delivered", readonly=True)
    buyer_count = fields.Integer("Buyers", readonly=True)
    revenue = fields.Monetary(readonly=True)
    revenue_delivered = fields.Monetary("Revenue, delivered only", readonly=True)
    control_count = fields.Integer("Control group", readonly=True)
    control_buyer_count = fields.Integer("Buyers in control", readonly=True)
    control_revenue = fields.Monetary("Revenue of control", readonly=True)
    per_head = fields.Monetary(
        "More for each",
        readonly=True,
        aggregator=None,
        help="What a customer with the message bought more than one without.",
    )
    incremental = fields.Monetary(
        "Revenue gained",
        readonly=True,
        help="Beyond what the same customers would have bought without the message, as"
        " the control group tells.",
    )
    low = fields.Monetary("At least", readonly=True, aggregator=None)
    high = fields.Monetary("At most", readonly=True, aggregator=None)
    note = fields.Selection(
        [
            ("none", "No control group"),
            ("small", "Too few customers to be sure"),
            ("unsure", "May be chance"),
            ("sure", "Hardly chance"),
        ],
        "How sure",
        readonly=True,
    )
    discount = fields.Monetary("Discounts", readonly=True)
    points_value = fields.Monetary("Points given", readonly=True)
    cost = fields.Monetary("Cost of messages", readonly=True)
    optout_count = fields.Integer("Withdrew consent", readonly=True)
    profit = fields.Monetary(readonly=True)
    roi = fields.Float("Return (%)", readonly=True, aggregator=None, digits=(16, 1))
