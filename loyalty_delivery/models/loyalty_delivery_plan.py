from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

EFFORT_S = {"draft": 5, "good": 30, "best": 120}
ACTIVE = ("queued", "running")


class LoyaltyDeliveryPlan(models.Model):
    """Routes proposed for a day: computed apart, looked at, then applied or not."""

    _name = "loyalty.delivery.plan"
    _description = "Delivery plan"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users", "Planned by", readonly=True, default=lambda self: self.env.user
    )
    date = fields.Date(required=True, index=True, default=fields.Date.context_today)
    depot_ids = fields.Many2many(
        "loyalty.delivery.depot", string="Depots", help="Empty: all depots."
    )
    courier_ids = fields.Many2many(
        "loyalty.delivery.courier",
        string="Couriers",
        help="Empty: all who work on this day.",
    )
    stop_ids = fields.Many2many(
        "loyalty.delivery.stop", string="Deliveries", help="Empty: all of the day."
    )
    mode = fields.Selection(
        [
            ("day", "New day"),
            ("rest", "The rest of a started day"),
            ("unplanned", "Only what has no courier"),
        ],
        required=True,
        default="day",
        help="New day: all but what is on the road. The rest: also what couriers on"
        " the road have not visited yet. Only what has no courier: the others keep"
        " theirs.",
    )
    effort = fields.Selection(
        [
            ("draft", "Draft, 5 seconds"),
            ("good", "Good, 30 seconds"),
            ("best", "Best, 2 minutes"),
        ],
        required=True,
        default="draft",
    )
    engine = fields.Selection(
        [("auto", "Automatic"), ("pyvrp", "PyVRP"), ("sisr", "Built-in")],
        required=True,
        default="auto",
        help="Automatic: PyVRP where it is installed and can do it, else the built-in.",
    )
    seed = fields.Integer(help="The same seed gives the same routes.")
    max_iterations = fields.Integer(
        help="Stops after so many tries instead of by the clock; 0: by the clock."
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("queued", "Waiting"),
            ("running", "Planning"),
            ("done", "Ready"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
            ("applied", "Applied"),
            ("undone", "Undone"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )

    # How it goes.
    percent = fields.Integer(readonly=True, copy=False)
    best_cost = fields.Integer(readonly=True, copy=False)
    iterations = fields.Integer(readonly=True, copy=False)
    heartbeat = fields.Datetime("Last heard of", readonly=True, copy=False)
    attempts = fields.Integer(readonly=True, copy=False)
    used_s = fields.Float("Seconds computed", readonly=True, copy=False)
    warm_start = fields.Json(readonly=True, copy=False)
    error = fields.Text("Why it failed", readonly=True, copy=False)
    queued_at = fields.Datetime("Asked for", readonly=True, copy=False)
    finished_at = fields.Datetime("Ready at", readonly=True, copy=False)

    # What came out.
    inputs = fields.Json(readonly=True, copy=False)
    input_hash = fields.Char(readonly=True, copy=False)
    routes = fields.Json(readonly=True, copy=False)
    unplanned = fields.Json(readonly=True, copy=False)
    kpi_before = fields.Json("Before", readonly=True, copy=False)
    kpi_after = fields.Json("After", readonly=True, copy=False)
    matrix_source = fields.Char("Distances from", readonly=True, copy=False)
    estimated_share = fields.Float("Estimated distances", readonly=True, copy=False)
    engine_name = fields.Char("Computed by", readonly=True, copy=False)
    engine_version = fields.Char(readonly=True, copy=False)
    change_id = fields.Many2one("loyalty.delivery.change", readonly=True, copy=False)

    _waiting_idx = models.Index("(id) WHERE state IN ('queued', 'running')")

    @api.depends("date", "mode")
    def _compute_name(self):
        labels = dict(self._fields["mode"]._description_selection(self.env))
        for plan in self:
            plan.name = f"{plan.date or ''}: {labels.get(plan.mode, '')}"

    @api.model
    def _check_dispatcher(self):
        self.env["loyalty.delivery.trip"]._check_dispatcher()

    def write(self, vals):
        own = {"state", "routes", "unplanned", "inputs", "change_id", "warm_start"}
        if own & set(vals) and not self.env.su:
            raise AccessError(
                self.env._("A plan goes on by its buttons: Plan, Apply, Undo, Cancel.")
            )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            values.pop("state", None)
        return super().create(vals_list)

    def _set_state(self, state, allowed, **values):
        """The only writer of the state.

        :param allowed: states from which this step is possible
        """
        names = dict(self._fields["state"]._description_selection(self.env))
        for plan in self:
            if plan.state not in allowed:
                raise UserError(
                    self.env._(
                        "The plan of %(date)s is “%(now)s” and cannot become"
                        " “%(wanted)s”.",
                        date=plan.date,
                        now=names[plan.state],
                        wanted=names[state],
                    )
                )
        self.sudo().write({"state": state, **values})

    def action_queue(self):
        """Compute routes in the background; a plan that is over begins again."""
        self._check_dispatcher()
        self.check_access("write")
        self._set_state(
            "queued",
            ("draft", "done", "failed", "cancelled", "undone"),
            percent=0,
            attempts=0,
            used_s=0,
            warm_start=False,
            error=False,
            routes=False,
            unplanned=False,
            kpi_before=False,
            kpi_after=False,
            queued_at=fields.Datetime.now(),
        )
        self.env.ref("loyalty_delivery.cron_delivery_plans").sudo()._trigger()
        self._tell_board()

    def action_cancel(self):
        """Stop computing, or put a proposal aside."""
        self._check_dispatcher()
        self.check_access("write")
        self._set_state("cancelled", ("draft", *ACTIVE, "done"))
        self._tell_board()

    def action_again(self):
        """The same question with the deliveries as they are now."""
        self.ensure_one()
        again = self.copy()
        again.action_queue()
        return again._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _limit_s(self):
        """CPU seconds for the engine, or nothing when iterations count."""
        return None if self.max_iterations else EFFORT_S[self.effort]

    def _tell_board(self):
        """Tell open boards how far the plans are."""
        for plan in self:
            self.env["bus.bus"]._sendone(
                (plan.company_id, "loyalty_delivery"),
                "loyalty_delivery/plan",
                {**plan._progress(), "date": fields.Date.to_string(plan.date)},
            )

    def _progress(self):
        return {
            "id": self.id,
            "state": self.state,
            "percent": self.percent,
            "best_cost": self.best_cost,
            "iterations": self.iterations,
            "error": self.error or "",
        }
