from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

STATES = [
    ("new", "New"),
    ("progress", "In progress"),
    ("waiting", "Waiting for the customer"),
    ("solved", "Solved"),
    ("rejected", "Rejected"),
]
CLOSED = ("solved", "rejected")
# Where it came from; the names of these documents are shown to all who read it.
ORIGIN = ("res_model", "res_id", "feedback_id")


class LoyaltyComplaint(models.Model):
    """What a customer is not content with, who answers for it, and until when."""

    _name = "loyalty.complaint"
    _description = "Complaint"
    _inherit = ["mail.thread", "mail.activity.mixin", "loyalty.document.mixin"]
    _order = "priority desc, deadline, id desc"
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, index="trigram")
    name = fields.Char("Subject", required=True, tracking=True)
    description = fields.Text("What happened")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    branch_id = fields.Many2one(
        "loyalty.branch", check_company=True, index="btree_not_null", tracking=True
    )
    feedback_id = fields.Many2one(
        "loyalty.feedback", "Rating", readonly=True, copy=False, ondelete="restrict"
    )
    rating_text = fields.Char(
        "Rated", related="feedback_id.rating_text", groups="base.group_user"
    )
    source = fields.Selection(
        [("rating", "Bad rating"), ("portal", "Customer portal"), ("staff", "Staff")],
        required=True,
        readonly=True,
        default="staff",
        string="Opened by",
    )
    state = fields.Selection(
        STATES,
        required=True,
        default="new",
        tracking=True,
        index=True,
        copy=False,
        group_expand=True,
    )
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")
    owner_id = fields.Many2one(
        "res.users",
        "Answered by",
        domain=[("share", "=", False)],
        tracking=True,
        index="btree_not_null",
    )
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)

    _number_uniq = models.UniqueIndex("(number) WHERE number IS NOT NULL")
    _feedback_uniq = models.UniqueIndex(
        "(feedback_id) WHERE feedback_id IS NOT NULL",
        "This rating has a complaint already.",
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for complaint in self:
            complaint.display_name = " ".join(
                filter(None, [complaint.number, complaint.name])
            )

    def _document_name_without_document(self):
        return ""

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        self.branch_id = self.partner_id.loyalty_branch_id or self.branch_id

    # -- CRUD -------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        numbers_sudo = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            self._check_origin(vals)
            vals["number"] = numbers_sudo.next_by_code("loyalty.complaint")
        complaints = super(LoyaltyComplaint, self._without_origin()).create(vals_list)
        for complaint in complaints:
            complaint._on_opened()
        return complaints

    def write(self, vals):
        self._check_origin(vals)
        changing = self.browse()
        if "state" in vals:
            changing = self.filtered(lambda complaint: complaint.state != vals["state"])
        res = super().write(vals)
        for complaint in changing:
            complaint._on_state_changed()
        if "owner_id" in vals:
            self._on_owner_changed()
        return res

    def _check_origin(self, vals):
        """Nobody reads the name of a document or a rating by naming it here."""
        if not self.env.su and any(vals.get(name) for name in ORIGIN):
            raise AccessError(
                self.env._(
                    "A complaint gets its document from the rating that it is about."
                    " Open the rating, and the complaint from there."
                )
            )

    def _without_origin(self):
        """A context names no document either."""
        if self.env.su:
            return self
        named = {f"default_{name}" for name in ORIGIN}
        context = {k: v for k, v in self.env.context.items() if k not in named}
        # Keys are taken away, which keywords cannot do.
        return self.with_context(context)  # pylint: disable=context-overridden

    def _on_opened(self):
        """Give a new complaint its owner; other parts add to it."""
        if not self.owner_id:
            self.owner_id = self._default_owner()
        else:
            self._on_owner_changed()

    def _on_state_changed(self):
        closed = self.state in CLOSED
        self.closed_at = fields.Datetime.now() if closed else False
        if closed:
            self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _default_owner(self):
        """An operator of the branch, or whom the settings name, or a manager."""
        policy_sudo = self._policy()
        operators_sudo = self.sudo().branch_id.operator_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return (
            operators_sudo[:1]
            or policy_sudo.owner_id
            or policy_sudo.manager_id
            or self._some_manager()
        )

    def _some_manager(self):
        """Nobody was named: a complaint that is nobody's is not answered."""
        managers = self.env.ref("loyalty_sms.group_sms_manager")
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", managers.ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                    ("id", "!=", SUPERUSER_ID),
                ],
                order="id desc",
                limit=1,
            )
        )

    def _on_owner_changed(self):
        """The new owner finds it among the own activities."""
        for complaint in self.filtered(lambda c: c.state not in CLOSED):
            complaint_sudo = complaint.sudo()
            complaint_sudo.activity_unlink(["mail.mail_activity_data_todo"])
            if complaint.owner_id:
                complaint_sudo._schedule_for(
                    complaint.owner_id, self.env._("Answer the customer")
                )

    def _schedule_for(self, user, summary):
        day = self.deadline or fields.Datetime.now()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            fields.Datetime.context_timestamp(self, day).date(),
            summary=summary,
            user_id=user.id,
        )

    def _policy(self):
        return self.env["loyalty.feedback.policy"]._of(
            self.company_id or self.env.company
        )

    # -- actions ----------------------------------------------------------------
    def action_start(self):
        """Say that somebody is at it."""
        self.filtered(lambda c: c.state == "new").state = "progress"

    def action_wait(self):
        """The customer has to answer first."""
        self.filtered(lambda c: c.state not in CLOSED).state = "waiting"

    def action_solve(self):
        """Close it as solved."""
        self.filtered(lambda c: c.state not in CLOSED).state = "solved"

    def action_reject(self):
        """Close it: there is nothing to be done."""
        self.filtered(lambda c: c.state not in CLOSED).state = "rejected"

    def action_reopen(self):
        """Look at it again."""
        self.filtered(lambda c: c.state in CLOSED).state = "progress"

    def action_view_feedback(self):
        """The rating that opened the complaint."""
        self.ensure_one()
        return self.feedback_id.get_formview_action()
