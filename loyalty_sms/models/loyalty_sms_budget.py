from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import date_utils


class LoyaltySmsBudget(models.Model):
    """How much messages of a month may cost before marketing stops."""

    _name = "loyalty.sms.budget"
    _description = "Message budget"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "month desc, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        tracking=True,
        help="Any day of the month that it is for. Empty for every month without a"
        " budget of its own.",
    )
    amount = fields.Monetary(
        "Amount a month",
        required=True,
        tracking=True,
        help="Raise it to let more marketing out this month; who raised it is noted.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    warn_percent = fields.Integer(
        "Warn at",
        default=80,
        help="Campaign managers get an activity when this share is spent.",
    )
    warned_month = fields.Date(readonly=True, copy=False)
    spent = fields.Monetary(
        compute="_compute_spent",
        help="Prices of what was queued, corrected every night by what the providers"
        " reported.",
    )
    left = fields.Monetary(compute="_compute_spent")

    _once_a_month = models.UniqueIndex(
        "(company_id, COALESCE(month, '1970-01-01'))",
        "This month has a budget already: change its amount.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount >= 0 AND warn_percent BETWEEN 1 AND 100)",
        "A budget is not negative, and its warning comes between 1 and 100 %.",
    )

    @api.depends("amount", "company_id", "month")
    def _compute_spent(self):
        for budget in self:
            month = budget.month or budget._this_month(budget.company_id)
            budget.spent = budget._spent(budget.company_id, month)
            budget.left = max(budget.amount - budget.spent, 0)

    @api.depends("month")
    def _compute_display_name(self):
        for budget in self:
            budget.display_name = (
                f"{budget.month:%m/%Y}" if budget.month else self.env._("Every month")
            )

    @api.constrains("month")
    def _check_month(self):
        for budget in self:
            if budget.month and budget.month.day != 1:
                raise ValidationError(
                    self.env._("The month of a budget begins on its first day.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._on_first_day(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._on_first_day(vals))

    def _on_first_day(self, vals):
        month = fields.Date.to_date(vals.get("month"))
        return {**vals, "month": month.replace(day=1)} if month else vals

    # -- asked by those who queue -------------------------------------------------
    @api.model
    def _of(self, company):
        """The budget of the company for this month as superuser, maybe none."""
        return self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("month", "in", [self._this_month(company), False]),
            ],
            order="month",
            limit=1,
        )

    @api.model
    def _left(self, company):
        """What may be spent this month in the company's currency, None: no limit."""
        budget = self._of(company)
        return budget._left_now() if budget else None

    @api.model
    def _check(self, company, cost):
        """Refuse a plan that costs more than what is left of the month.

        :raise UserError: with what is left, and who can help
        """
        budget = self._of(company)
        left = budget._left_now() if budget else 0.0
        if not budget or budget.currency_id.compare_amounts(cost, left) <= 0:
            return
        raise UserError(
            self.env._(
                "This costs about %(cost)s and %(left)s of %(amount)s are left this"
                " month. Lower the number of customers, or let a campaign manager raise"
                " the budget in Configuration > Budgets.",
                cost=budget.currency_id.format(cost),
                left=budget.currency_id.format(left),
                amount=budget.currency_id.format(budget.amount),
            )
        )

    @api.model
    def _this_month(self, company):
        zone = company.partner_id.tz or "UTC"
        today = fields.Date.context_today(self.with_context(tz=zone))
        return date_utils.start_of(today, "month")

    @api.model
    def _spent(self, company, month):
        rows = self.env["loyalty.sms.spending"].sudo()
        domain = [("company_id", "=", company.id), ("month", "=", month)]
        [(total,)] = rows._read_group(domain, [], ["amount:sum"])
        return total

    def _left_now(self):
        """What is left after what this transaction queued as well."""
        self.ensure_one()
        spent = self._spent(self.company_id, self._this_month(self.company_id))
        return max(self.amount - spent, 0.0)

    def _warn(self):
        """Tell the managers once a month that the budget runs out."""
        for budget in self:
            month = self._this_month(budget.company_id)
            spent = self._spent(budget.company_id, month)
            share = budget.amount * budget.warn_percent / 100
            if budget.warned_month == month or spent < share:
                continue
            budget.warned_month = month
            for user in budget._managers():
                budget.activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=user.id,
                    summary=self.env._(
                        "Messages cost %(spent)s of %(amount)s this month",
                        spent=budget.currency_id.format(spent),
                        amount=budget.currency_id.format(budget.amount),
                    ),
                )

    def _managers(self):
        group = self.env.ref("loyalty_sms.group_sms_manager").sudo()
        return group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
