from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, formatLang


class LoyaltyTier(models.Model):
    """A level of a club with what it takes and what it gives."""

    _name = "loyalty.tier"
    _description = "Loyalty tier"
    _order = "program_id, threshold, id"

    name = fields.Char(required=True, translate=True)
    program_id = fields.Many2one(
        "loyalty.program",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("is_club", "=", True)],
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="program_id.currency_id")
    tier_metric = fields.Selection(related="program_id.tier_metric")
    active = fields.Boolean(default=True)
    color = fields.Integer()
    threshold = fields.Float(
        "Reached from",
        digits=(16, 2),
        help="What a member needs in the program's window: an amount, points or a"
        " number of purchases, as the program says.",
    )
    retain_threshold = fields.Float(
        "Kept from",
        digits=(16, 2),
        help="A member keeps the tier down to this figure. Zero: the same as to"
        " reach it.",
    )
    earn_multiplier = fields.Float(
        "Points ×", default=1.0, digits=(6, 3), help="Points earned are multiplied."
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Members of this tier buy at these prices, unless a price list was chosen"
        " for them by hand. Works when price lists are switched on in the settings.",
    )
    free_delivery_from = fields.Monetary(
        "Free delivery from",
        help="Delivery is free from this amount of an order. Zero with 'Free delivery'"
        " switched on: always.",
    )
    free_delivery = fields.Boolean("Free delivery")
    birthday_points = fields.Float(
        "Birthday gift", digits=(16, 2), help="Points given on the birthday."
    )
    birthday_points_days = fields.Integer(
        "Birthday gift valid (days)", default=30, help="Zero: as the program says."
    )
    referral_rate = fields.Float(
        "Referral %",
        help="Percent of the points that a referred friend earns by purchases, given"
        " to this member as a bonus.",
    )
    cap_doc_percent = fields.Float(
        "Pay with points up to %",
        help="Replaces the program's limit for this tier; zero keeps it.",
    )
    cap_day_points = fields.Float(
        "Points a day",
        digits=(16, 2),
        help="Replaces the program's daily limit for this tier; zero keeps it.",
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "High")],
        default="0",
        help="High: offered the best slots first.",
    )
    benefits = fields.Html(
        translate=True, help="What the customer reads about the tier on the portal."
    )
    member_count = fields.Integer(compute="_compute_member_count")

    _check_company_auto = True
    _threshold_uniq = models.Constraint(
        "UNIQUE(program_id, threshold)", "Two tiers of a program share a threshold."
    )
    _multiplier_positive = models.Constraint(
        "CHECK(earn_multiplier >= 0)", "The multiplier of a tier cannot be negative."
    )
    _thresholds_range = models.Constraint(
        "CHECK(threshold >= 0 AND retain_threshold >= 0"
        " AND retain_threshold <= threshold)",
        "A tier is kept from at most what it takes to reach it.",
    )

    @api.depends("name", "program_id")
    @api.depends_context("loyalty_tier_with_program")
    def _compute_display_name(self):
        with_program = self.env.context.get("loyalty_tier_with_program")
        for tier in self:
            tier.display_name = (
                f"{tier.name} ({tier.program_id.name})" if with_program else tier.name
            )

    @api.constrains("pricelist_id", "program_id")
    def _check_pricelist_currency(self):
        for tier in self:
            currency = tier.program_id.currency_id
            if tier.pricelist_id and tier.pricelist_id.currency_id != currency:
                raise ValidationError(
                    self.env._(
                        "The price list of tier %(tier)s is in %(theirs)s, the program"
                        " in %(ours)s. Choose a price list in the program's currency.",
                        tier=tier.name,
                        theirs=tier.pricelist_id.currency_id.name,
                        ours=currency.name,
                    )
                )

    @api.constrains("cap_doc_percent", "referral_rate")
    def _check_percentages(self):
        for tier in self:
            if not (
                0 <= tier.cap_doc_percent <= 100 and 0 <= tier.referral_rate <= 100
            ):
                raise ValidationError(
                    self.env._("The percentages of tier %s are 0 to 100.", tier.name)
                )

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.card"]._read_group(
                [("tier_id", "in", self.ids)], ["tier_id"], ["__count"]
            )
        )
        for tier in self:
            tier.member_count = counts.get(tier, 0)

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers._tiers_changed()
        return tiers

    def write(self, vals):
        res = super().write(vals)
        self._tiers_changed(recompute=bool({"threshold", "active"} & set(vals)))
        return res

    def unlink(self):
        programs = self.program_id
        res = super().unlink()
        self.env.registry.clear_cache()
        programs._mark_tiers_dirty()
        return res

    def _tiers_changed(self, recompute=True):
        self.env.registry.clear_cache()
        if recompute:
            self.program_id._mark_tiers_dirty()

    def _format_metric(self, value):
        """``value`` as the customer reads it: an amount, points or purchases."""
        self.ensure_one()
        program = self.program_id
        if program.tier_metric in ("spend", "margin"):
            return format_amount(self.env, value, program.currency_id)
        if program.tier_metric == "orders":
            return self.env._("%s purchases", formatLang(self.env, value, digits=0))
        return self.env._("%s points", formatLang(self.env, value, digits=0))

    def action_view_members(self):
        """The cards of the members in this tier."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_club.loyalty_card_action_members"
        )
        return dict(action, domain=[("tier_id", "=", self.id)], context={})
