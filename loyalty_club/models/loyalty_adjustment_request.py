from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# What only the steps of the request itself write.
GUARDED = {"state", "requester_id", "approver_id", "decision_date", "refusal_reason"}
FIGURES = {"card_id", "points", "reason", "expiration_date"}


class LoyaltyAdjustmentRequest(models.Model):
    """A correction of points above the program's limit: a second person approves."""

    _name = "loyalty.adjustment.request"
    _description = "Points correction to approve"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "card_id"

    card_id = fields.Many2one(
        "loyalty.card",
        "Member card",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_club', '=', True)]",
        tracking=True,
    )
    program_id = fields.Many2one(related="card_id.program_id", store=True, index=True)
    partner_id = fields.Many2one(related="card_id.partner_id", string="Member")
    company_id = fields.Many2one(
        related="card_id.program_id.company_id", store=True, index=True
    )
    balance = fields.Float(related="card_id.points", string="Balance now")
    points = fields.Float(
        digits=(16, 2),
        required=True,
        tracking=True,
        help="Positive gives points, negative takes them.",
    )
    expiration_date = fields.Date(
        "Valid until", help="Empty: as the program says. Only for points given."
    )
    reason = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_approve", "To approve"),
            ("done", "Posted"),
            ("refused", "Refused"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    requester_id = fields.Many2one(
        "res.users",
        "Asked by",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    approver_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    decision_date = fields.Datetime("Decided on", readonly=True, copy=False)
    refusal_reason = fields.Char(readonly=True, copy=False, tracking=True)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _points_not_zero = models.Constraint(
        "CHECK(points <> 0)", "A correction of nothing needs no approval."
    )

    @api.depends("state", "requester_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        manager = self.env.user.has_group("loyalty_club.group_loyalty_manager")
        for request in self:
            request.can_decide = (
                manager
                and request.state == "to_approve"
                and self.env.user not in request._involved_users()
            )

    @api.constrains("card_id")
    def _check_club_card(self):
        for request in self:
            if not request.card_id.is_ledger:
                raise ValidationError(
                    self.env._(
                        "%s keeps no ledger. Corrections are for cards of clubs, gift"
                        " cards and eWallets.",
                        request.card_id.display_name,
                    )
                )

    # -- CRUD -----------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if GUARDED & set(vals):
                    self._refuse_guarded()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if GUARDED & set(vals):
                self._refuse_guarded()
            if FIGURES & set(vals):
                self._check_may_edit()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(request.state != "draft" for request in self):
            raise UserError(
                self.env._("Only drafts can be deleted; refuse the request instead.")
            )

    def _refuse_guarded(self):
        raise AccessError(
            self.env._(
                "The state of a correction changes with its buttons: Ask for approval,"
                " Approve, Refuse."
            )
        )

    def _check_may_edit(self):
        for request in self:
            if request.state != "draft" or request.requester_id != self.env.user:
                raise UserError(
                    self.env._(
                        "The correction of %(card)s can be changed by %(user)s while it"
                        " is a draft only.",
                        card=request.card_id.display_name,
                        user=request.requester_id.name,
                    )
                )

    # -- steps ----------------------------------------------------------------
    def action_submit(self):
        """Ask for approval; managers other than the one who asks are told."""
        self._check_officer()
        self._check_may_edit()
        self._update_state("to_approve", ("draft",))
        for request in self:
            request._notify_approvers()

    def action_approve(self):
        """Post corrections that somebody else asked for, each once.

        :raise AccessError: the user is no manager, or asked for it
        """
        self._check_may_decide()
        for request in self:
            request._update_state("done", ("to_approve",), **self._decision())
            card_sudo = request.sudo().card_id
            card_sudo._adjust_points(
                request.points,
                request.reason,
                key=f"adjust:{request.id}",
                expiration_date=request.expiration_date,
                document=request,
            )
            request.activity_feedback(["mail.mail_activity_data_todo"])

    def action_refuse(self, reason=None):
        """Turn corrections down; nothing is posted."""
        self._check_may_decide()
        self._update_state(
            "refused", ("to_approve",), refusal_reason=reason, **self._decision()
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_back_to_draft(self):
        """Take an own request back to change it."""
        for request in self:
            if request.requester_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only %s may take the request back.", request.requester_id.name
                    )
                )
        self._update_state("draft", ("to_approve",))
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _update_state(self, state, allowed, **values):
        """The only writer of the state.

        :param allowed: states from which this step is possible
        """
        for request in self:
            if request.state not in allowed:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The correction of %(card)s is %(state)s already.",
                        card=request.card_id.display_name,
                        state=states[request.state].lower(),
                    )
                )
        self.sudo().write({"state": state, **values})

    def _decision(self):
        return {"approver_id": self.env.uid, "decision_date": fields.Datetime.now()}

    def _involved_users(self):
        """Who may not approve: who asked, who wrote it down, and the member."""
        self.ensure_one()
        request_sudo = self.sudo()
        return (
            request_sudo.requester_id
            | request_sudo.create_uid
            | request_sudo.card_id.partner_id.user_ids
        )

    def _check_officer(self):
        if not self.env.su and not self.env.user.has_group(
            "loyalty_club.group_loyalty_officer"
        ):
            raise AccessError(self.env._("Only loyalty officers correct points."))

    def _check_may_decide(self):
        if not self.env.user.has_group("loyalty_club.group_loyalty_manager"):
            raise AccessError(
                self.env._("Only loyalty managers decide about corrections.")
            )
        self.check_access("write")
        for request in self:
            if self.env.user in request._involved_users():
                raise AccessError(
                    self.env._(
                        "You asked for the correction of %s, or the card is yours:"
                        " another manager decides.",
                        request.card_id.display_name,
                    )
                )

    def _notify_approvers(self):
        managers = self.env.ref("loyalty_club.group_loyalty_manager").sudo()
        for user in managers.all_user_ids - self._involved_users():
            if not user.active or user.share or user._is_superuser():
                continue
            if self.company_id and self.company_id not in user.company_ids:
                continue
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "Correction of %s to approve",
                    self.card_id._format_points(self.points),
                ),
                user_id=user.id,
            )
