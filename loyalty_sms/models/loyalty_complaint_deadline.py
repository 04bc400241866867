"""Until when a customer must have an answer, and what happens when it is late."""

from datetime import timedelta

from odoo import api, fields, models

from .loyalty_complaint import CLOSED


class LoyaltyComplaint(models.Model):
    _inherit = "loyalty.complaint"

    deadline = fields.Datetime(
        "Answer until",
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="Empty while it is the customer's turn.",
    )
    is_late = fields.Boolean(
        "Late",
        compute="_compute_is_late",
        search="_search_is_late",
    )
    escalated_at = fields.Datetime(
        "Told the manager", readonly=True, copy=False, groups="base.group_user"
    )
    answered_at = fields.Datetime("First answer", readonly=True, copy=False)
    hours_to_answer = fields.Float(
        compute="_compute_hours",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the complaint to the first answer.",
    )
    hours_to_close = fields.Float(
        compute="_compute_hours",
        store=True,
        aggregator="avg",
        groups="base.group_user",
    )

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for complaint in self:
            complaint.is_late = bool(
                complaint.state not in CLOSED
                and complaint.deadline
                and complaint.deadline < now
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "not in", CLOSED) & fields.Domain(
            "deadline", "<", fields.Datetime.now()
        )
        return fields.Domain.OR(late if wanted else ~late for wanted in value)

    @api.depends("answered_at", "closed_at", "create_date")
    def _compute_hours(self):
        for complaint in self:
            opened = complaint.create_date
            answered, closed = complaint.answered_at, complaint.closed_at
            hour = timedelta(hours=1)
            complaint.hours_to_answer = (
                (answered - opened) / hour if answered and opened else 0.0
            )
            complaint.hours_to_close = (
                (closed - opened) / hour if closed and opened else 0.0
            )

    # -- deadlines ----------------------------------------------------------------
    def _on_opened(self):
        if not self.deadline:
            self.deadline = self._next_deadline()
        return super()._on_opened()

    def _on_state_changed(self):
        res = super()._on_state_changed()
        if self.state in (*CLOSED, "waiting"):
            self.deadline = False
        elif not self.deadline:
            self._renew_deadline()
        return res

    def _renew_deadline(self):
        """It is our turn again."""
        self.deadline = self._next_deadline()
        self.sudo().escalated_at = False

    def _next_deadline(self):
        policy_sudo = self._policy()
        now = fields.Datetime.now()
        due = False
        if policy_sudo.calendar_id:
            due = policy_sudo.calendar_id.plan_hours(
                policy_sudo.answer_hours, now, compute_leaves=True
            )
        return due or now + timedelta(hours=policy_sudo.answer_hours)

    @api.model
    def _cron_escalate(self):
        """Tell managers about complaints that nobody answered in time, once each."""
        late_sudo = self.sudo().search(
            [("is_late", "=", True), ("escalated_at", "=", False)], order="id"
        )
        for complaint_sudo in late_sudo:
            complaint_sudo._escalate()
        self.env["ir.cron"]._commit_progress(len(late_sudo), remaining=0)

    def _escalate(self):
        self.escalated_at = fields.Datetime.now()
        manager_sudo = self._policy().manager_id
        self._message_log(
            body=self.env._(
                "Nobody answered in time. Told: %s",
                manager_sudo.name or self.env._("nobody, the settings name no manager"),
            )
        )
        if manager_sudo:
            self.message_subscribe(manager_sudo.partner_id.ids)
            self._schedule_for(manager_sudo, self.env._("Late: see to an answer"))
