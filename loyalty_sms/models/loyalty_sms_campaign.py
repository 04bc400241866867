from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .constants import CHANNELS, MESSAGE_CLASSES

# What is fixed once a campaign was handed in: an approver must know what is approved.
TERMS = {
    "company_id",
    "channel",
    "message_class",
    "template_id",
    "template_b_id",
    "audience_id",
    "schedule_date",
    "spread_hours",
    "ab_mode",
    "ab_share",
    "ab_hours",
    "ab_criterion",
    "control_percent",
    "budget",
}
# What only the steps themselves write: who could set the cost would need no approval.
BY_STEPS = {
    "state",
    "ab_winner",
    "started_at",
    "finished_at",
    "submitted_by_id",
    "approved_by_id",
    "cost_estimate",
    "cost_details",
    "planned_cost",
    "planning_error",
    "revenue",
    "incremental",
    "profit",
    "roi",
    "results_at",
}


class LoyaltySmsCampaign(models.Model):
    """A message to many customers, and what it earned."""

    _name = "loyalty.sms.campaign"
    _description = "Message campaign"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        check_company=True,
    )
    # -- audience and message
    audience_id = fields.Many2one(
        "loyalty.sms.audience",
        "Audience",
        check_company=True,
        tracking=True,
        ondelete="restrict",
    )
    control_percent = fields.Float(
        "Control group (%)",
        default=10,
        digits=(5, 2),
        help="So many of the audience get nothing. What they buy meanwhile tells what"
        " the others would have bought without the message.",
    )
    channel = fields.Selection(CHANNELS, required=True, default="sms")
    message_class = fields.Selection(
        MESSAGE_CLASSES,
        "Class",
        required=True,
        default="marketing",
        help="Marketing goes to those who agreed to it; other classes are for news that"
        " customers need.",
    )
    template_id = fields.Many2one(
        "loyalty.sms.template", check_company=True, ondelete="restrict"
    )
    ab_mode = fields.Selection(
        [
            ("none", "One text for all"),
            ("halves", "Two halves, A and B"),
            ("winner", "Try A and B, send the better one to the rest"),
        ],
        "Texts",
        required=True,
        default="none",
    )
    template_b_id = fields.Many2one(
        "loyalty.sms.template", "Template B", check_company=True, ondelete="restrict"
    )
    ab_share = fields.Float("Try with (%)", default=20, digits=(5, 2))
    ab_hours = fields.Float("Decide after (hours)", default=4)
    ab_criterion = fields.Selection(
        [
            ("revenue", "Revenue for each customer"),
            ("buyers", "Share of customers who bought"),
            ("optouts", "Fewest withdrawals of consent"),
        ],
        "Better is",
        required=True,
        default="revenue",
    )
    ab_winner = fields.Selection(
        [("A", "A"), ("B", "B")], "Better half", readonly=True, copy=False
    )
    # -- schedule
    schedule_date = fields.Datetime(
        "Begin at", copy=False, tracking=True, help="Empty: once approved."
    )
    spread_hours = fields.Float(
        "Spread over (hours)",
        help="Messages leave evenly over this time, so that shops and the telephone can"
        " follow.",
    )
    # -- money
    budget = fields.Monetary(
        help="Sending ends when messages would cost more; zero for no limit."
    )
    margin_percent = fields.Float(
        "Margin (%)",
        default=100,
        digits=(5, 2),
        help="What is left of the revenue after the cost of goods; for the profit.",
    )
    window_days = fields.Integer(
        "Counts for (days)",
        default=7,
        help="Purchases count for the campaign so many days after its message, or until"
        " the next campaign writes to the customer.",
    )
    count_orders = fields.Boolean(
        "Count open sale orders",
        help="Also what confirmed orders have not invoiced yet.",
    )
    # -- steps
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approval", "To approve"),
            ("scheduled", "Scheduled"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    submitted_by_id = fields.Many2one(
        "res.users", "Handed in by", readonly=True, copy=False
    )
    approved_by_id = fields.Many2one(
        "res.users", "Approved by", readonly=True, copy=False
    )
    started_at = fields.Datetime("Started", readonly=True, copy=False)
    finished_at = fields.Datetime("Finished", readonly=True, copy=False)
    recipient_ids = fields.One2many(
        "loyalty.sms.campaign.recipient", "campaign_id", readonly=True
    )

    _control_range = models.Constraint(
        "CHECK(control_percent >= 0 AND control_percent <= 90)",
        "A control group has from 0 to 90 % of the audience.",
    )
    _share_range = models.Constraint(
        "CHECK(ab_share > 0 AND ab_share < 100)",
        "Try A and B with more than 0 and less than 100 % of the audience.",
    )
    _window_positive = models.Constraint(
        "CHECK(window_days > 0)", "Purchases count for one day at least."
    )
    _nothing_negative = models.Constraint(
        "CHECK(spread_hours >= 0 AND ab_hours >= 0 AND budget >= 0)",
        "Hours and budget cannot be negative.",
    )
    _margin_range = models.Constraint(
        "CHECK(margin_percent >= 0 AND margin_percent <= 100)",
        "A margin is from 0 to 100 % of the revenue.",
    )

    # -- CRUD -------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(BY_STEPS & set(vals) for vals in vals_list):
            self._refuse_state()
        return super(LoyaltySmsCampaign, self._without_steps()).create(vals_list)

    def _without_steps(self):
        """A context cannot say either what only the steps write."""
        if self.env.su:
            return self
        context = dict(self.env.context)
        for name in BY_STEPS:
            context.pop(f"default_{name}", None)
        # Keys are taken away, which keywords cannot do.
        return self.with_context(context)  # pylint: disable=context-overridden

    def write(self, vals):
        if not self.env.su:
            if BY_STEPS & set(vals):
                self._refuse_state()
            if TERMS & set(vals) and any(one.state != "draft" for one in self):
                raise UserError(
                    self.env._(
                        "This campaign was handed in and cannot be changed. Take it"
                        " back to draft first."
                    )
                )
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        return [
            {**vals, "name": self.env._("%s (copy)", campaign.name)}
            if "name" not in (default or {})
            else vals
            for campaign, vals in zip(self, vals_list, strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(one.state not in ("draft", "approval") for one in self):
            raise UserError(
                self.env._(
                    "Messages and results refer to this campaign. Archive it instead."
                )
            )

    def _refuse_state(self):
        raise AccessError(
            self.env._("A campaign moves on by its buttons: hand in, approve, pause.")
        )

    # -- steps ------------------------------------------------------------------
    def _update_state(self, state, allowed, **values):
        """The only writer of the state.

        :param allowed: states from which this step is possible
        :param values: what is written with it
        """
        for campaign in self:
            if campaign.state not in allowed:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The campaign %(name)s is in the state %(state)s, from which"
                        " this step is not possible. Reload the page.",
                        name=campaign.name,
                        state=states[campaign.state],
                    )
                )
        self.sudo().write({"state": state, **values})

    def _check_manager(self):
        self.check_access("write")
        if not self.env.user.has_group("loyalty_sms.group_sms_manager"):
            raise AccessError(
                self.env._(
                    "Campaign managers approve, start, pause and cancel campaigns. Ask"
                    " one of them."
                )
            )

    def action_submit(self):
        """Fix the list of recipients, calculate the cost and hand in for approval."""
        self.check_access("write")
        for campaign in self:
            campaign._check_complete()
            campaign._update_state("approval", ("draft",), submitted_by_id=self.env.uid)
            if not campaign._snapshot():
                raise UserError(
                    self.env._(
                        "Nobody of %s has a number or address. Choose another"
                        " audience.",
                        campaign.audience_id.name,
                    )
                )
            campaign._estimate_cost()
            campaign._ask_approvers()

    def action_reset(self):
        """Back to draft; the list of recipients is made anew later."""
        self.check_access("write")
        if any(one.state == "scheduled" for one in self):
            self._check_manager()
        self._update_state(
            "draft",
            ("approval", "scheduled"),
            submitted_by_id=False,
            approved_by_id=False,
        )
        self._forget_recipients()
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_approve(self):
        """Approve; sending begins at the date, or at once."""
        self._check_manager()
        for campaign in self:
            campaign._check_approver()
            campaign._update_state(
                "scheduled", ("approval",), approved_by_id=self.env.uid
            )
            campaign.message_post(
                body=self.env._(
                    "Approved for %(count)s customers at an estimated cost of %(cost)s",
                    count=campaign.recipient_count,
                    cost=campaign._format_money(campaign.cost_estimate),
                )
            )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._wake()

    def action_pause(self):
        """Hold back what was not handed to the gateway yet, at once."""
        self._check_manager()
        self._update_state("paused", ("running",))

    def action_resume(self):
        """Go on where it was paused."""
        self._check_manager()
        self._update_state("running", ("paused",))
        self._wake()

    def action_cancel(self):
        """Send nothing more; what the gateway has cannot be called back."""
        self._check_manager()
        self._update_state(
            "cancelled",
            ("approval", "scheduled", "running", "paused"),
            finished_at=fields.Datetime.now(),
        )
        self._cancel_messages()
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _check_complete(self):
        self.ensure_one()
        missing = [
            self._fields[name]._description_string(self.env)
            for name in self._required_to_submit()
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._("Before handing in, fill in: %s.", ", ".join(missing))
            )
        now = fields.Datetime.now()
        if self.schedule_date and self.schedule_date < now:
            raise UserError(
                self.env._(
                    "The campaign would begin in the past. Choose a later date, or"
                    " empty it to begin once approved."
                )
            )

    def _required_to_submit(self):
        names = ["audience_id", "template_id"]
        return names if self.ab_mode == "none" else [*names, "template_b_id"]

    @api.constrains("template_id", "template_b_id", "ab_mode")
    def _check_two_texts(self):
        for campaign in self:
            if (
                campaign.ab_mode != "none"
                and campaign.template_id
                and campaign.template_id == campaign.template_b_id
            ):
                raise ValidationError(
                    self.env._(
                        "A and B have the same template. Choose two, or send one text"
                        " to all."
                    )
                )

    def _format_money(self, amount):
        return self.currency_id.format(amount)
