from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .constants import CHANNELS, MESSAGE_CLASSES

MONTHS = [
    ("this", "This month"),
    ("next", "Next month"),
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
FIFTHS = [(str(number), str(number)) for number in range(1, 6)]


class LoyaltySmsAudience(models.Model):
    """A saved question about customers, asked anew each time it is used."""

    _name = "loyalty.sms.audience"
    _description = "Audience"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    note = fields.Text("What it is for", translate=True)
    channel = fields.Selection(
        CHANNELS,
        required=True,
        default="sms",
        help="For the counts on this page; a campaign counts for its own channel.",
    )
    message_class = fields.Selection(
        MESSAGE_CLASSES,
        "Class",
        required=True,
        default="marketing",
        help="For the counts on this page: consent and quiet hours depend on it.",
    )
    # -- who they are
    members_only = fields.Boolean(
        default=True, help="Holders of an active card of the company's club."
    )
    tier_ids = fields.Many2many("loyalty.tier", string="Tiers")
    branch_ids = fields.Many2many("loyalty.branch", string="Branches")
    loyalty_class = fields.Selection(
        [
            ("normal", "Normal"),
            ("vip", "VIP"),
            ("problem", "Problem"),
            ("good", "All but problem customers"),
        ],
        "Class of customers",
    )
    lang_ids = fields.Many2many("res.lang", string="Languages")
    attribute_ids = fields.Many2many(
        "loyalty.attribute.value",
        string="Interests",
        help="Customers with at least one of these.",
    )
    birthday_month = fields.Selection(MONTHS, "Birthday in")
    points_min = fields.Float("Points from", digits=(16, 2))
    points_max = fields.Float("Points to", digits=(16, 2), help="Zero for no limit.")
    partner_domain = fields.Char("More conditions", default="[]")
    # -- what they bought
    period_days = fields.Integer(
        "In the last days",
        help="Purchases, amounts and products count within so many days; zero for the"
        " dates beside it, or for ever.",
    )
    period_from = fields.Date("From")
    period_to = fields.Date("To")
    spent_min = fields.Monetary("Spent from")
    spent_max = fields.Monetary("Spent to", help="Zero for no limit.")
    purchases_min = fields.Integer("Purchases from")
    purchases_max = fields.Integer("Purchases to", help="Zero for no limit.")
    bought = fields.Selection(
        [("yes", "Bought one of these"), ("no", "Bought none of these")], "Products"
    )
    product_ids = fields.Many2many("product.product", string="These products")
    categ_ids = fields.Many2many("product.category", string="These categories")
    idle_days_min = fields.Integer(
        "Not bought for days", help="At least so many days since the last purchase."
    )
    idle_days_max = fields.Integer(
        "Bought within days", help="At most so many days since the last purchase."
    )
    last_from = fields.Date("Last purchase from")
    last_to = fields.Date("Last purchase to")
    # -- recency, frequency, monetary value
    use_rfm = fields.Boolean(
        "By recency, frequency and value",
        help="Buyers are sorted into fifths; 5 is the best fifth.",
    )
    rfm_days = fields.Integer("Scores of the last days", default=365)
    recency_min = fields.Selection(FIFTHS, default="1")
    recency_max = fields.Selection(FIFTHS, default="5")
    frequency_min = fields.Selection(FIFTHS, default="1")
    frequency_max = fields.Selection(FIFTHS, default="5")
    monetary_min = fields.Selection(FIFTHS, default="1")
    monetary_max = fields.Selection(FIFTHS, default="5")
    # -- who is left out
    exclude_ids = fields.Many2many(
        "loyalty.sms.audience",
        "loyalty_sms_audience_exclude_rel",
        "audience_id",
        "excluded_id",
        "But not",
        help="Customers of these audiences are left out.",
    )
    # -- counts
    total_count = fields.Integer("Customers", compute="_compute_counts")
    reachable_count = fields.Integer("Reachable", compute="_compute_counts")
    no_consent_count = fields.Integer("No consent", compute="_compute_counts")
    no_number_count = fields.Integer("No number", compute="_compute_counts")
    capped_count = fields.Integer("Capped", compute="_compute_counts")
    duplicate_count = fields.Integer("Same number", compute="_compute_counts")
    quiet_count = fields.Integer("Quiet hours now", compute="_compute_counts")

    _rfm_days_positive = models.Constraint(
        "CHECK(rfm_days > 0)", "Scores look back for one day at least."
    )

    # -- rules ------------------------------------------------------------------
    @api.constrains("exclude_ids")
    def _check_no_circle(self):
        if self._has_cycle("exclude_ids"):
            raise ValidationError(
                self.env._(
                    "An audience cannot leave out itself, not even through others."
                    " Remove it from 'But not'."
                )
            )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for audience in self:
            try:
                audience._partner_domain().validate(self.env["res.partner"])
                # Campaigns ask it as superuser, as constraints do: who writes it must
                # be allowed to ask.
                partners = self.env["res.partner"].with_user(self.env.user)
                partners._search(audience._partner_domain())
            except (ValueError, SyntaxError, TypeError, MemoryError) as error:
                raise ValidationError(
                    self.env._(
                        "The conditions of %s cannot be read. Build them anew.",
                        audience.name,
                    )
                ) from error

    def _partner_domain(self):
        """What the page's domain builder says, as a domain."""
        self.ensure_one()
        return Domain(literal_eval(self.partner_domain or "[]"))

    # -- counts -------------------------------------------------------------------
    @api.depends(lambda self: self._condition_fields())
    @api.depends_context("uid")
    def _compute_counts(self):
        for audience in self:
            counts = audience._counts()
            audience.total_count = counts["total"]
            audience.reachable_count = counts["reachable"]
            audience.no_consent_count = counts["no_consent"]
            audience.no_number_count = counts["no_number"]
            audience.capped_count = counts["capped"]
            audience.duplicate_count = counts["duplicate"]
            audience.quiet_count = counts["quiet"]

    def _condition_fields(self):
        """Fields on which the answer depends; addons add theirs."""
        return [
            "company_id",
            "channel",
            "message_class",
            "members_only",
            "tier_ids",
            "branch_ids",
            "loyalty_class",
            "lang_ids",
            "attribute_ids",
            "birthday_month",
            "points_min",
            "points_max",
            "partner_domain",
            "period_days",
            "period_from",
            "period_to",
            "spent_min",
            "spent_max",
            "purchases_min",
            "purchases_max",
            "bought",
            "product_ids",
            "categ_ids",
            "idle_days_min",
            "idle_days_max",
            "last_from",
            "last_to",
            "use_rfm",
            "rfm_days",
            "recency_min",
            "recency_max",
            "frequency_min",
            "frequency_max",
            "monetary_min",
            "monetary_max",
            "exclude_ids",
        ]

    def action_view_customers(self):
        """The customers of the audience, as they are now."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("loyalty_audience_id", "=", self.id)],
            "context": {"create": False},
        }
