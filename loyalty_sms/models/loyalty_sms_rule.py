import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from ..engine import windows
from .constants import CHANNELS, DEFAULT_PRIORITY, MESSAGE_CLASSES

UNITS = {"minutes": 1, "hours": 60, "days": 1440}


class LoyaltySmsRule(models.Model):
    """When an event becomes a message, and which."""

    _name = "loyalty.sms.rule"
    _description = "Message rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, tracking=True, help="Off: the event is not told by this rule."
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty for the events of all companies.",
    )
    event = fields.Selection(
        selection=lambda self: self.env["loyalty.sms.event"]._code_selection(),
        required=True,
        tracking=True,
    )
    is_by_date = fields.Boolean(compute="_compute_is_by_date")
    template_id = fields.Many2one(
        "loyalty.sms.template",
        required=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    message_class = fields.Selection(
        MESSAGE_CLASSES,
        "Class",
        required=True,
        default="service",
        tracking=True,
        help="Decides which consent is needed, at which hours the message leaves and"
        " how often.",
    )
    priority = fields.Integer(
        compute="_compute_priority",
        store=True,
        readonly=False,
        help="1 leaves before everything else, 9 last.",
    )
    channel = fields.Selection(CHANNELS, "First channel", required=True, default="sms")
    second_channel = fields.Selection(
        CHANNELS,
        "Second channel",
        help="Where the first is not allowed, or did not arrive.",
    )
    third_channel = fields.Selection(CHANNELS, "Third channel")
    delay = fields.Integer(
        help="How long after the event. For dates, days after the day; negative for"
        " days before it.",
    )
    delay_unit = fields.Selection(
        [("minutes", "minutes"), ("hours", "hours"), ("days", "days")],
        required=True,
        default="minutes",
    )
    has_hours = fields.Boolean(
        "Own hours", help="Narrower than the hours of the class."
    )
    hour_from = fields.Float("From", default=10)
    hour_to = fields.Float("To", default=20)
    validity_hours = fields.Float(
        "Of use for (hours)",
        default=48,
        help="Later than this after its time, the message is not sent any more.",
    )
    cap_group = fields.Char(
        "Group",
        help="Rules with the same word share the limits of that group, if there are"
        " any.",
    )
    partner_domain = fields.Char("Customers", default="[]", help="Empty for all.")
    tier_ids = fields.Many2many(
        "loyalty.tier", string="Tiers", help="Only members of these. Empty for all."
    )
    branch_ids = fields.Many2many(
        "loyalty.branch", string="Branches", help="Only customers of these."
    )
    min_amount = fields.Float(
        "From amount", help="Only for events of at least this amount."
    )
    is_test = fields.Boolean(
        "Test only", tracking=True, help="Messages go to the test number alone."
    )
    test_number = fields.Char(help="As +37491234567, or an e-mail address.")
    log_ids = fields.One2many("loyalty.sms.rule.log", "rule_id", readonly=True)
    sent_count = fields.Integer("Planned", compute="_compute_counts")
    dropped_count = fields.Integer("Not sent", compute="_compute_counts")

    _priority_range = models.Constraint(
        "CHECK(priority BETWEEN 1 AND 9)", "Priorities go from 1 to 9."
    )
    _validity_positive = models.Constraint(
        "CHECK(validity_hours > 0)", "A message is of use for more than no time."
    )

    @api.depends("event")
    def _compute_is_by_date(self):
        catalogue = self.env["loyalty.sms.event"]._catalogue()
        for rule in self:
            event = catalogue.get(rule.event)
            rule.is_by_date = bool(event and event.by_date)

    @api.depends("message_class")
    def _compute_priority(self):
        for rule in self:
            rule.priority = DEFAULT_PRIORITY.get(rule.message_class, 5)

    def _compute_counts(self):
        logs = self.env["loyalty.sms.rule.log"]
        rows = logs._read_group(
            [("rule_id", "in", self.ids), ("state", "in", ("done", "dropped"))],
            ["rule_id", "state"],
            ["__count"],
        )
        counts = {(rule.id, state): count for rule, state, count in rows}
        for rule in self:
            rule.sent_count = counts.get((rule.id, "done"), 0)
            rule.dropped_count = counts.get((rule.id, "dropped"), 0)

    @api.onchange("event")
    def _onchange_event(self):
        if event := self.env["loyalty.sms.event"]._catalogue().get(self.event):
            self.message_class = event.message_class
            self.delay_unit = "days" if event.by_date else "minutes"

    @api.constrains("delay", "delay_unit", "event")
    def _check_delay(self):
        for rule in self:
            if rule.is_by_date and rule.delay_unit != "days":
                raise ValidationError(
                    self.env._("%s: rules of dates count in days.", rule.name)
                )
            if not rule.is_by_date and rule.delay < 0:
                raise ValidationError(
                    self.env._(
                        "%s: the event cannot be told before it happens. Enter 0 or"
                        " more.",
                        rule.name,
                    )
                )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for rule in self:
            try:
                Domain(rule._parsed_domain()).validate(self.env["res.partner"])
                # The planner asks it as superuser, as constraints do: who writes it
                # must be allowed to ask.
                partners = self.env["res.partner"].with_user(self.env.user)
                partners._search(Domain(rule._parsed_domain()))
            except (ValueError, SyntaxError, TypeError, NameError) as error:
                raise ValidationError(
                    self.env._(
                        "The condition on customers of “%(rule)s” cannot be read:"
                        " %(problem)s",
                        rule=rule.name,
                        problem=error,
                    )
                ) from error

    @api.constrains("is_test", "test_number")
    def _check_test_number(self):
        for rule in self:
            if rule.is_test and not (rule.test_number or "").strip():
                raise ValidationError(
                    self.env._(
                        "%s is a test: enter the number that gets the messages.",
                        rule.name,
                    )
                )

    @api.constrains("channel", "second_channel", "third_channel")
    def _check_channels(self):
        for rule in self:
            channels = rule._channels()
            if len(set(channels)) < len(channels):
                raise ValidationError(
                    self.env._("%s: a channel is tried once. Choose others.", rule.name)
                )

    @api.constrains("hour_from", "hour_to", "has_hours")
    def _check_hours(self):
        for rule in self.filtered("has_hours"):
            if not 0 <= rule.hour_from < rule.hour_to <= 24:
                raise ValidationError(
                    self.env._(
                        "%s: its hours begin before they end, from 0:00 to 24:00.",
                        rule.name,
                    )
                )

    # -- what the planner asks ----------------------------------------------------
    def _channels(self):
        names = [self.channel, self.second_channel, self.third_channel]
        return [name for name in names if name]

    def _delay(self):
        return datetime.timedelta(minutes=self.delay * UNITS[self.delay_unit])

    def _window(self):
        if not self.has_hours:
            return None
        return windows.Window(
            windows.hours(self.hour_from), windows.hours(self.hour_to)
        )

    def _parsed_domain(self):
        return safe_eval(self.partner_domain or "[]", {})

    def _customers(self, partners, company):
        """Those of the customers whom the conditions of the rule allow."""
        domain = Domain("id", "in", partners.ids) & Domain(self._parsed_domain())
        if self.branch_ids:
            domain &= Domain("loyalty_branch_id", "in", self.branch_ids.ids)
        found = partners.with_context(active_test=False).search(domain)
        if self.tier_ids:
            found = found.with_company(company).filtered(
                lambda partner: partner.loyalty_tier_id in self.tier_ids
            )
        return set(found.ids)

    # -- buttons ------------------------------------------------------------------
    def action_view_log(self):
        """What the rule did."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_sms.loyalty_sms_rule_log_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        return action
