from dataclasses import dataclass
from decimal import Decimal

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..engine import earning, expiry, multipliers, tiers


@dataclass(frozen=True, slots=True)
class Terms:
    """What the ledger must know of a program, read once and cached in the registry."""

    program_id: int
    earn_on: str
    tax_included: bool
    release_policy: str
    release_days: int
    hold_if_overdue: bool
    holder_policy: str
    auto_enroll: bool
    earn_on_paid_with_points: bool
    stacking: str
    rules: tuple
    multipliers: tuple
    tier_factors: tuple
    date_from: object
    date_to: object
    needs_purchase_number: bool
    vip_multipliers: frozenset


class LoyaltyProgram(models.Model):
    """Programs that are clubs.

    Fields are required in the views only: a NOT NULL column would break whoever creates
    a program before this addon is loaded, core's own tests among them.
    """

    _inherit = "loyalty.program"

    is_club = fields.Boolean(
        "Club",
        help="A club has members with tiers and a ledger: points follow orders and"
        " invoices to the coin, expire by lot, and every entry says why.",
    )
    is_ledger = fields.Boolean(
        compute="_compute_is_ledger",
        store=True,
        help="Balances of this program are kept in the points ledger.",
    )
    earn_on = fields.Selection(
        [
            ("order", "Order confirmed"),
            ("posted", "Invoice posted"),
            ("paid", "Invoice paid"),
        ],
        "Earned when",
        default="posted",
        help="The moment at which a purchase earns points. They follow the document"
        " ever after: edits, credit notes and cancellations correct them.",
    )
    earn_base = fields.Selection(
        [("tax_included", "Tax included"), ("tax_excluded", "Tax excluded")],
        "Earned on amounts",
        default="tax_included",
    )
    release_policy = fields.Selection(
        [
            ("immediate", "At once"),
            ("paid", "When paid"),
            ("delivered", "When delivered"),
            ("days", "After some days"),
        ],
        "Available",
        default="paid",
        help="Until then points are pending: the customer sees them but cannot spend"
        " them.",
    )
    release_days = fields.Integer("Days until available", default=14)
    hold_if_overdue = fields.Boolean(
        "Hold while overdue",
        help="Pending points stay pending while the customer has overdue invoices.",
    )
    holder_policy = fields.Selection(
        [("commercial", "The company"), ("contact", "The contact who buys")],
        "Card holder",
        default="commercial",
        help="Who earns when a contact of a company buys.",
    )
    auto_enroll = fields.Boolean(
        "Enrol at first purchase",
        default=True,
        help="Off: only customers who were registered as members earn points.",
    )
    earn_on_paid_with_points = fields.Boolean(
        "Earn on what points paid",
        help="Also earn on the part of a bill paid with points, gift cards or eWallet.",
    )
    multiplier_stacking = fields.Selection(
        [("multiply", "All of them"), ("best", "Only the best")],
        "Multipliers together",
        default="multiply",
        help="What counts when several multipliers apply to one purchase.",
    )
    multiplier_ids = fields.One2many("loyalty.multiplier", "program_id", copy=True)
    point_value = fields.Monetary(
        "A point is worth",
        default=1.0,
        help="What one point pays on an order or invoice, in the program's currency.",
    )
    spend_min_points = fields.Float("Spend at least", digits=(16, 2))
    cap_doc_percent = fields.Float("Pay up to % of a bill", help="Zero: no such limit.")
    cap_doc_points = fields.Float(
        "Points per bill", digits=(16, 2), help="Zero: no such limit."
    )
    cap_day_points = fields.Float(
        "Points per day", digits=(16, 2), help="Zero: no such limit."
    )
    cap_min_margin = fields.Float(
        "Keep a margin of %",
        help="Points never push the margin of a bill below this. Zero: no such limit.",
    )
    expiry_mode = fields.Selection(
        [
            ("none", "Never"),
            ("days", "Days after earning"),
            ("month_end", "End of a month"),
            ("quarter_end", "End of a quarter"),
            ("year_end", "End of a year"),
            ("inactivity", "Days without a purchase"),
        ],
        "Points expire",
        default="month_end",
    )
    expiry_days = fields.Integer("Days", default=365)
    expiry_months = fields.Integer(
        "Months later",
        default=12,
        help="12 and 'End of a month': earned in March, usable until 31 March of the"
        " next year.",
    )
    negative_policy = fields.Selection(
        [("allow_debt", "Becomes a debt"), ("forgive", "Is forgiven")],
        "Refund of spent points",
        default="allow_debt",
        help="When a refund takes back points that were spent already, the missing"
        " points are a debt which the next earnings pay, or are forgiven.",
    )
    tier_ids = fields.One2many("loyalty.tier", "program_id", copy=True)
    tier_metric = fields.Selection(
        [
            ("spend", "Amount paid"),
            ("points", "Points earned"),
            ("orders", "Number of purchases"),
            ("margin", "Margin"),
        ],
        "Tiers by",
        default="spend",
    )
    tier_window = fields.Selection(
        [
            ("rolling", "The last months"),
            ("calendar", "The calendar year"),
            ("anniversary", "The member's year"),
            ("lifetime", "For life"),
        ],
        "Counted over",
        default="rolling",
    )
    tier_months = fields.Integer("Months counted", default=12)
    downgrade_policy = fields.Selection(
        [
            ("never", "Never"),
            ("one_step", "One tier at a time"),
            ("recompute", "To the tier of the figure"),
        ],
        "Downgrade",
        default="recompute",
    )
    grace_days = fields.Integer(
        "Grace days",
        default=30,
        help="A member who falls short keeps the tier for so long.",
    )
    adjust_limit = fields.Float(
        "Adjust alone up to",
        digits=(16, 2),
        default=10000,
        help="Corrections above this many points need a second person's approval.",
    )
    transfer_allowed = fields.Boolean("Members may transfer", default=True)
    member_count = fields.Integer(compute="_compute_club_figures")
    points_outstanding = fields.Float(compute="_compute_club_figures", digits=(16, 2))

    _club_numbers_positive = models.Constraint(
        "CHECK(COALESCE(point_value, 0) >= 0 AND COALESCE(spend_min_points, 0) >= 0"
        " AND COALESCE(cap_doc_points, 0) >= 0 AND COALESCE(cap_day_points, 0) >= 0"
        " AND COALESCE(release_days, 0) >= 0 AND COALESCE(expiry_days, 0) >= 0"
        " AND COALESCE(expiry_months, 0) >= 0 AND COALESCE(grace_days, 0) >= 0)",
        "Limits and periods of a club cannot be negative.",
    )

    # -- fields ---------------------------------------------------------------
    @api.depends("is_club", "program_type")
    def _compute_is_ledger(self):
        for program in self:
            program.is_ledger = program.is_club or program.is_payment_program

    def _compute_club_figures(self):
        figures = {
            program: (count, points)
            for program, count, points in self.env["loyalty.card"]._read_group(
                [("program_id", "in", self.ids)],
                ["program_id"],
                ["__count", "points:sum"],
            )
        }
        for program in self:
            program.member_count, program.points_outstanding = figures.get(
                program, (0, 0.0)
            )

    @api.constrains("is_club", "program_type", "applies_on", "trigger")
    def _check_club(self):
        for program in self.filtered("is_club"):
            if program.program_type != "loyalty" or program.applies_on != "both":
                raise ValidationError(
                    self.env._(
                        "%s cannot be a club: a club is a program of type Loyalty Cards"
                        " for current and future orders.",
                        program.name,
                    )
                )

    @api.constrains("cap_doc_percent", "cap_min_margin")
    def _check_percentages(self):
        for program in self:
            if not (
                0 <= program.cap_doc_percent <= 100
                and 0 <= program.cap_min_margin < 100
            ):
                raise ValidationError(
                    self.env._("The percentages of %s are 0 to 100.", program.name)
                )

    # -- CRUD -----------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        programs.filtered("is_club")._ensure_point_reward()
        self.env.registry.clear_cache()
        return programs

    def write(self, vals):
        becoming = (
            self.filtered(lambda p: not p.is_club) if vals.get("is_club") else self[:0]
        )
        if "is_club" in vals and not vals["is_club"]:
            self.filtered("is_club")._check_no_ledger()
        if becoming:
            becoming._check_one_card_a_member()
        res = super().write(vals)
        if becoming:
            cards = self.env["loyalty.card"].with_context(active_test=False)
            cards = cards.sudo().search([("program_id", "in", becoming.ids)])
            cards._open_ledger()
        if {"is_club", "point_value"} & set(vals):
            self.filtered("is_club")._ensure_point_reward()
        if {"tier_metric", "tier_window", "tier_months"} & set(vals):
            self._mark_tiers_dirty()
        self.env.registry.clear_cache()
        return res

    def _check_one_card_a_member(self):
        # Before the write: the unique index on cards would refuse with no names.
        doubles = self.env["loyalty.card"]._read_group(
            [("program_id", "in", self.ids), ("partner_id", "!=", False)],
            ["program_id", "partner_id"],
            ["__count"],
            having=[("__count", ">", 1)],
        )
        if doubles:
            names = ", ".join(partner.display_name for _p, partner, _n in doubles[:10])
            raise ValidationError(
                self.env._(
                    "These customers hold several cards of the program; merge or"
                    " archive the spare ones first: %s",
                    names,
                )
            )

    def _check_no_ledger(self):
        if (
            self.env["loyalty.point.move"]
            .sudo()
            .search_count([("program_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._(
                    "The club has a ledger already and stays a club. Archive the"
                    " program instead."
                )
            )

    def _ensure_point_reward(self):
        """Give each club the reward by which points pay: ``point_value`` a point."""
        for program in self.filtered("point_value"):
            reward = program._point_reward()
            values = {"discount": program.point_value, "required_points": 1}
            if reward:
                if reward.discount != program.point_value:
                    reward.write(values)
                continue
            program.write(
                {
                    "reward_ids": [
                        Command.create(
                            {
                                **values,
                                "reward_type": "discount",
                                "discount_mode": "per_point",
                                "discount_applicability": "order",
                                "description": self.env._("Paid with points"),
                            }
                        )
                    ]
                }
            )

    def _point_reward(self):
        """The reward that turns points into money, one point at a time."""
        return self.reward_ids.filtered(
            lambda reward: reward.reward_type == "discount"
            and reward.discount_mode == "per_point"
            and reward.required_points == 1
            and not reward.clear_wallet
        )[:1]

    def _mark_tiers_dirty(self):
        cards = self.env["loyalty.card"].sudo()
        cards.search([("program_id", "in", self.ids)]).write({"tier_dirty": True})
        if cron := self.env.ref("loyalty_club.cron_tiers", raise_if_not_found=False):
            cron.sudo()._trigger()

    # -- terms ----------------------------------------------------------------
    @api.model
    @tools.ormcache("company_id")
    def _club_ids(self, company_id):
        """Ids of the active clubs in which purchases of a company count."""
        company = self.env["res.company"].sudo().browse(company_id)
        domain = Domain("is_club", "=", True) & Domain(
            "company_id", "in", [*company.parent_ids.ids, company_id, False]
        )
        return tuple(self.sudo().search(domain, order="sequence, id").ids)

    @api.model
    def _clubs(self, company):
        """Clubs in which purchases of ``company`` count, without a query."""
        return self.sudo().browse(self._club_ids(company.id))

    def _terms(self):
        """The cached :class:`Terms` of one club."""
        self.ensure_one()
        return self._cached_terms(self.id)

    @api.model
    @tools.ormcache("program_id")
    def _cached_terms(self, program_id):
        program = self.sudo().browse(program_id)
        rules = tuple(rule._terms() for rule in program.rule_ids)
        return Terms(
            program_id=program_id,
            earn_on=program.earn_on,
            tax_included=program.earn_base == "tax_included",
            release_policy=program.release_policy,
            release_days=program.release_days,
            hold_if_overdue=program.hold_if_overdue,
            holder_policy=program.holder_policy,
            auto_enroll=program.auto_enroll,
            earn_on_paid_with_points=program.earn_on_paid_with_points,
            stacking=program.multiplier_stacking,
            rules=rules,
            multipliers=tuple(
                multiplier._terms() for multiplier in program.multiplier_ids
            ),
            tier_factors=tuple(
                (tier.id, Decimal(str(tier.earn_multiplier)))
                for tier in program.tier_ids
            ),
            date_from=program.date_from,
            date_to=program.date_to,
            needs_purchase_number=any(rule.purchases != "any" for rule in rules),
            vip_multipliers=frozenset(
                program.multiplier_ids.filtered(
                    lambda multiplier: multiplier.class_filter == "vip"
                ).ids
            ),
        )

    def _factors(self, card, moment):
        """The factors that multiply a purchase of ``card`` at the local ``moment``."""
        terms = self._terms()
        tier_id = card.tier_id.id
        factors = []
        value = dict(terms.tier_factors).get(tier_id)
        if value is not None and value != 1:
            factors.append(earning.Factor(f"tier:{tier_id}", value, kind="tier"))
        for multiplier in terms.multipliers:
            if multiplier.key in terms.vip_multipliers and not self._is_vip(card):
                continue
            birthday = None
            if multiplier.birthday_days is not None:
                birthday = card.partner_id.sudo().birthday
            if multipliers.applies(multiplier, moment, tier_id, birthday):
                factors.append(
                    earning.Factor(
                        f"multiplier:{multiplier.key}",
                        multiplier.value,
                        multiplier.bonus,
                        kind="multiplier",
                    )
                )
        return tuple(factors)

    def _is_vip(self, card):
        company = self.company_id or self.env.company
        holder_sudo = card.partner_id.sudo().commercial_partner_id
        return holder_sudo.with_company(company).loyalty_class == "vip"

    @api.model
    def _explain(self, trace):
        """A ledger trace as a sentence: ``80 × Gold 1.5 × Tuesday 2 = 240``."""
        named = dict(trace)
        named["factors"] = [
            dict(factor, label=self._factor_name(factor["label"]))
            for factor in trace.get("factors", [])
        ]
        return earning.sentence(named)

    @api.model
    def _factor_name(self, label):
        """The name of a tier or multiplier in the reader's language."""
        kind, _sep, key = label.partition(":")
        if kind in ("tier", "multiplier") and key.isdigit():
            record = self.env[f"loyalty.{kind}"].sudo().browse(int(key)).exists()
            return record.name or ""
        return label

    # -- dates ----------------------------------------------------------------
    def _club_timezone(self, company=None):
        company = company or self.company_id or self.env.company
        name = company.partner_id.tz or self.env[
            "ir.config_parameter"
        ].sudo().get_param("loyalty.timezone")
        return pytz.timezone(name or self.env.user.tz or "UTC")

    def _local_moment(self, company=None, moment=None):
        """``moment`` (UTC, default now) on the wall clock of the club's company."""
        moment = moment or fields.Datetime.now()
        return pytz.utc.localize(moment).astimezone(self._club_timezone(company))

    def _today(self, company=None):
        """The day on the wall clock of the club's company."""
        return self._local_moment(company).date()

    def _expiration_date(self, earned_on):
        """The last day on which points earned on a day can be used, or False."""
        self.ensure_one()
        if not self.is_club:
            return False
        return (
            expiry.expiration_date(
                self.expiry_mode,
                earned_on,
                days=self.expiry_days,
                months=self.expiry_months,
            )
            or False
        )

    def _is_running(self, day):
        terms = self._terms()
        return (not terms.date_from or terms.date_from <= day) and (
            not terms.date_to or day <= terms.date_to
        )

    def _levels(self):
        """The tiers as the engine knows them."""
        return tuple(
            tiers.Level(
                tier.id,
                Decimal(str(tier.threshold)),
                Decimal(str(tier.retain_threshold)) if tier.retain_threshold else None,
            )
            for tier in self.tier_ids
        )

    def _first_tier(self):
        """The tier of a member who never bought, maybe none."""
        self.ensure_one()
        level = tiers.qualify(self._levels(), Decimal(0))
        return self.tier_ids.browse(level.key if level else [])

    # -- core hooks -----------------------------------------------------------
    @api.model
    def _stored_value_product_ids(self):
        """Products whose sale is money kept for the customer, not a purchase."""
        return self._cached_stored_value_product_ids()

    @api.model
    @tools.ormcache()
    def _cached_stored_value_product_ids(self):
        programs = self.sudo().search(
            [("program_type", "in", ("gift_card", "ewallet"))]
        )
        return frozenset(programs.trigger_product_ids.ids)

    def _club_companies(self):
        """Companies whose sales count in this club."""
        self.ensure_one()
        companies = self.env["res.company"].sudo()
        if not self.company_id:
            return companies.search([("active", "=", True)])
        return companies.search([("id", "child_of", self.company_id.id)])
