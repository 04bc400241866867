from odoo import fields, models

from .constants import REASONS

RECIPIENT_STATES = [
    ("todo", "Waiting"),
    ("planned", "Handed to the queue"),
    ("control", "Control group"),
    ("skipped", "Left out"),
]


class LoyaltySmsCampaignRecipient(models.Model):
    """One customer of a campaign: a place in its queue, then what came of it."""

    _name = "loyalty.sms.campaign.recipient"
    _description = "Recipient of a campaign"
    _order = "campaign_id desc, position, id"
    _rec_name = "partner_id"
    _log_access = False

    campaign_id = fields.Many2one(
        "loyalty.sms.campaign",
        "Campaign",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    number = fields.Char("Number or address", readonly=True)
    channel = fields.Selection(related="campaign_id.channel")
    tier_id = fields.Many2one(
        "loyalty.tier", "Tier", readonly=True, help="When the list was made."
    )
    variant = fields.Selection(
        [("A", "A"), ("B", "B"), ("W", "The better one")],
        "Half",
        readonly=True,
        default="A",
    )
    is_control = fields.Boolean("In the control group", readonly=True)
    position = fields.Integer("Turn", readonly=True, aggregator=None)
    state = fields.Selection(
        RECIPIENT_STATES, required=True, readonly=True, default="todo"
    )
    reason = fields.Selection(REASONS, "Why not", readonly=True)
    message_id = fields.Many2one(
        "loyalty.message", "Message", readonly=True, index="btree_not_null"
    )
    message_state = fields.Selection(
        string="Message is", related="message_id.state", related_sudo=False
    )
    touched_at = fields.Datetime(
        "Written to",
        readonly=True,
        help="When the message was to go; of the control group, when it would have.",
    )
    # -- what came of it, written each night
    counts_until = fields.Datetime("Counts until", readonly=True)
    is_delivered = fields.Boolean("Delivered", readonly=True)
    is_buyer = fields.Boolean("Bought", readonly=True)
    purchase_count = fields.Integer("Purchases", readonly=True)
    revenue = fields.Monetary(readonly=True)
    discount = fields.Monetary("Discounts", readonly=True)
    points_value = fields.Monetary("Points given", readonly=True)
    cost = fields.Monetary(readonly=True)
    opted_out = fields.Boolean("Withdrew consent", readonly=True)

    _customer_uniq = models.Constraint(
        "UNIQUE(campaign_id, partner_id)", "A campaign names each customer once."
    )
    _queue_idx = models.Index("(campaign_id, position) WHERE state = 'todo'")
    _progress_idx = models.Index("(campaign_id, state, reason)")
    _partner_idx = models.Index("(partner_id, touched_at)")
