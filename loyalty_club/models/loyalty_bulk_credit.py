"""Points for many members at once, credited in the background, each card once."""

from ast import literal_eval

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, formatLang

TERMS = {
    "program_id",
    "target",
    "tier_ids",
    "branch_ids",
    "card_domain",
    "card_ids",
    "points",
    "expiration_date",
    "reason",
}


class LoyaltyBulkCredit(models.Model):
    """One campaign of gifts: who gets how many points, until when, and why."""

    _name = "loyalty.bulk.credit"
    _description = "Bulk credit"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "reason"

    program_id = fields.Many2one(
        "loyalty.program",
        "Club",
        required=True,
        index=True,
        domain=[("is_club", "=", True)],
        default=lambda self: self.env.company._loyalty_club().sudo(False),
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, index=True
    )
    reason = fields.Char(
        required=True, tracking=True, help="Members read it beside their points."
    )
    points = fields.Float("Points each", digits=(16, 2), required=True, tracking=True)
    expiration_date = fields.Date(
        "Valid until",
        tracking=True,
        help="The last day on which the gift can be used. Empty: as the program says.",
    )
    target = fields.Selection(
        [
            ("all", "All members"),
            ("tier", "Tiers"),
            ("branch", "Branches"),
            ("domain", "A filter"),
            ("cards", "Chosen cards"),
        ],
        "For",
        required=True,
        default="tier",
    )
    tier_ids = fields.Many2many(
        "loyalty.tier", string="Tiers", domain="[('program_id', '=', program_id)]"
    )
    branch_ids = fields.Many2many("loyalty.branch", string="Branches")
    card_domain = fields.Char("Filter", default="[]")
    card_ids = fields.Many2many(
        "loyalty.card", string="Cards", domain="[('program_id', '=', program_id)]"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Crediting"),
            ("done", "Credited"),
            ("cancelled", "Stopped"),
            ("undoing", "Taking back"),
            ("undone", "Taken back"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    line_ids = fields.One2many("loyalty.bulk.credit.line", "batch_id", readonly=True)
    member_count = fields.Integer("Members", compute="_compute_forecast")
    summary = fields.Char(compute="_compute_forecast")
    total_count = fields.Integer("Cards in all", compute="_compute_progress")
    credited_count = fields.Integer("Credited", compute="_compute_progress")
    stopped_count = fields.Integer("Left out", compute="_compute_progress")
    undone_count = fields.Integer("Taken back from", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")

    _points_positive = models.Constraint(
        "CHECK(points > 0)", "Each member gets more than zero points."
    )

    # -- fields -----------------------------------------------------------------
    @api.depends(
        "program_id",
        "target",
        "tier_ids",
        "branch_ids",
        "card_domain",
        "card_ids",
        "points",
        "state",
    )
    @api.depends_context("lang", "uid")
    def _compute_forecast(self):
        cards = self.env["loyalty.card"]
        for batch in self:
            if batch.state != "draft":
                batch.member_count = batch.total_count
            elif batch.program_id:
                batch.member_count = cards.search_count(batch._card_domain())
            else:
                batch.member_count = 0
            batch.summary = batch._summary()

    def _summary(self):
        total = self.member_count * self.points
        worth = total * self.program_id.point_value
        return self.env._(
            "Credit %(points)s points to %(members)s members: %(total)s points, worth"
            " %(worth)s",
            points=self._number(self.points),
            members=self._number(self.member_count),
            total=self._number(total),
            worth=format_amount(
                self.env,
                worth,
                self.program_id.currency_id or self.env.company.currency_id,
            ),
        )

    def _number(self, value):
        return formatLang(self.env, value, digits=0 if value == int(value) else 2)

    @api.depends("line_ids.state")
    def _compute_progress(self):
        counts = {}
        for batch, state, count in self.env["loyalty.bulk.credit.line"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
        ):
            counts.setdefault(batch.id, {})[state] = count
        for batch in self:
            own = counts.get(batch.id, {})
            total = sum(own.values())
            waiting = own.get("todo", 0) + own.get("undo", 0)
            batch.total_count = total
            batch.credited_count = own.get("done", 0) + own.get("undo", 0)
            batch.stopped_count = own.get("stopped", 0)
            batch.undone_count = own.get("undone", 0)
            batch.progress = 100.0 * (total - waiting) / total if total else 0.0

    @api.constrains("card_domain", "target")
    def _check_card_domain(self):
        for batch in self.filtered(lambda batch: batch.target == "domain"):
            try:
                batch._card_domain().validate(self.env["loyalty.card"])
            except (ValueError, SyntaxError) as error:
                raise ValidationError(
                    self.env._(
                        "The filter of %s cannot be read. Build it anew.", batch.reason
                    )
                ) from error

    def _card_domain(self):
        """Which cards are meant; addons with segments extend it."""
        self.ensure_one()
        domain = Domain(
            [
                ("program_id", "=", self.program_id.id),
                ("is_club", "=", True),
                ("partner_id", "!=", False),
                ("state", "!=", "closed"),
            ]
        )
        if self.target == "tier":
            return domain & Domain("tier_id", "in", self.tier_ids.ids)
        if self.target == "branch":
            return domain & Domain("branch_id", "in", self.branch_ids.ids)
        if self.target == "cards":
            return domain & Domain("id", "in", self.card_ids.ids)
        if self.target == "domain":
            return domain & Domain(literal_eval(self.card_domain or "[]"))
        return domain

    # -- CRUD -------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any("state" in vals for vals in vals_list):
            self._refuse_state()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if "state" in vals:
                self._refuse_state()
            if TERMS & set(vals) and any(batch.state != "draft" for batch in self):
                raise UserError(
                    self.env._(
                        "This bulk credit has begun and cannot be changed. Stop it, or"
                        " take it back, and make another."
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(batch.state != "draft" for batch in self):
            raise UserError(
                self.env._("Only drafts can be deleted: the ledger refers to the rest.")
            )

    def _refuse_state(self):
        raise AccessError(
            self.env._(
                "A bulk credit moves on by its buttons: Credit, Stop, Take back."
            )
        )

    # -- steps ------------------------------------------------------------------
    def action_start(self):
        """Fix the list of cards and credit them in the background."""
        self._check_manager()
        for batch in self:
            batch._check_start()
            batch._update_state("running", ("draft",))
            count = batch._freeze_cards()
            if not count:
                raise UserError(
                    self.env._("No member matches. Choose other tiers or branches.")
                )
            batch.message_post(body=batch._summary())
        self._trigger()

    def action_stop(self):
        """Leave out the cards that were not credited yet."""
        self._check_manager()
        self._update_state("cancelled", ("running",))
        self._move_lines("todo", "stopped")

    def action_undo(self):
        """Take back what is left of the points, in the background."""
        self._check_manager()
        self._update_state("undoing", ("done", "cancelled"))
        self._move_lines("done", "undo")
        self.sudo()._finish()
        self._trigger()

    def _check_manager(self):
        if not self.env.user.has_group("loyalty_club.group_loyalty_manager"):
            raise AccessError(self.env._("Only loyalty managers give bulk credit."))
        self.check_access("write")

    def _check_start(self):
        if self.expiration_date and self.expiration_date < self.program_id._today():
            raise UserError(
                self.env._("The gift would have expired. Choose a later day.")
            )

    def _update_state(self, state, allowed):
        """The only writer of the state.

        :param allowed: states from which this step is possible
        """
        for batch in self:
            if batch.state not in allowed:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The bulk credit %(reason)s is in the state %(state)s.",
                        reason=batch.reason,
                        state=states[batch.state],
                    )
                )
        self.sudo().write({"state": state})

    def _freeze_cards(self):
        """Write the list of cards down, as the manager may see them."""
        query = self.env["loyalty.card"]._search(self._card_domain())
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO loyalty_bulk_credit_line (batch_id, card_id, state)
                   SELECT %s, id, 'todo' FROM loyalty_card
                    WHERE id IN %s ORDER BY id""",
                self.id,
                query.subselect(),
            )
        )
        count = self.env.cr.rowcount
        self.env["loyalty.bulk.credit.line"].invalidate_model()
        self.invalidate_recordset()
        return count

    def _move_lines(self, before, after):
        lines = self.env["loyalty.bulk.credit.line"]
        lines.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_bulk_credit_line SET state = %s
                    WHERE batch_id IN %s AND state = %s""",
                after,
                tuple(self.ids),
                before,
            )
        )
        lines.invalidate_model()
        self.invalidate_recordset()

    def _trigger(self):
        self.env.ref("loyalty_club.cron_bulk_credit").sudo()._trigger()

    def _finish(self):
        """Close batches that have nothing left to do."""
        for batch in self:
            waiting = {"todo", "undo"} & set(batch._line_states())
            if batch.state == "running" and not waiting:
                batch._update_state("done", ("running",))
            elif batch.state == "undoing" and not waiting:
                batch._update_state("undone", ("undoing",))

    def _line_states(self):
        rows = self.env["loyalty.bulk.credit.line"]._read_group(
            [("batch_id", "=", self.id)], ["state"]
        )
        return [state for (state,) in rows]

    # -- background -------------------------------------------------------------
    @api.model
    def _cron_process(self, batch_size=500):
        """Credit and take back, in committed portions; what is left comes next time."""
        lines = self.env["loyalty.bulk.credit.line"]
        domain = [("state", "in", ("todo", "undo"))]
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=lines.search_count(domain))
        failures = 0
        while left and failures < 5:
            portion = lines.search(domain, limit=batch_size, order="id")
            if not portion:
                break
            try:
                portion._process()
                self.env.flush_all()
                left, failures = commit(len(portion)), 0
            except (SerializationFailure, ConcurrencyError):
                # A sale to one of these members wins; the portion comes again.
                self.env.cr.rollback()
                failures += 1
            self.env.invalidate_all()

    def action_view_moves(self):
        """The ledger entries of the bulk credit."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.reason,
            "res_model": "loyalty.point.move",
            "view_mode": "list,form",
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
        }
