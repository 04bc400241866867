"""What a program would have given for the purchases of the past."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine import earning, replay

MEMBERS_IN_A_BATCH = 500


class LoyaltySimulation(models.Model):
    """A draft program over real purchases: nothing changes until somebody says so."""

    _name = "loyalty.simulation"
    _description = "Loyalty simulation"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    state = fields.Selection(
        [
            ("draft", "New"),
            ("running", "Computing"),
            ("done", "Computed"),
            ("crediting", "Going live"),
            ("live", "Live"),
            ("undone", "Undone"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    program_id = fields.Many2one(
        "loyalty.program",
        required=True,
        check_company=True,
        domain=[("is_club", "=", True)],
        context={"active_test": False},
        default=lambda self: self.env.company._loyalty_club(),
        help="The terms to try: rules, multipliers, tiers, expiry. It may be a copy of"
        " your club that you changed and archived.",
    )
    purchases_program_id = fields.Many2one(
        "loyalty.program",
        "Purchases of",
        check_company=True,
        domain=[("is_club", "=", True)],
        context={"active_test": False},
        help="The club for which past purchases were imported. Empty: the program that"
        " is tried.",
    )
    source = fields.Selection(
        [
            ("purchases", "Past purchases"),
            ("invoices", "Posted invoices"),
            ("both", "Both"),
        ],
        "Played over",
        required=True,
        default="purchases",
    )
    date_from = fields.Date("From", help="Empty: from the first purchase on.")
    date_to = fields.Date(
        "Until", required=True, default=lambda self: fields.Date.context_today(self)
    )
    redemption_percent = fields.Float(
        "Points that will be spent %",
        default=80.0,
        help="Not all points are ever spent. Their cost is what they are worth, times"
        " this part.",
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    month_ids = fields.One2many("loyalty.simulation.month", "simulation_id", "Months")
    tier_line_ids = fields.One2many(
        "loyalty.simulation.tier", "simulation_id", "Tiers by month"
    )
    member_ids = fields.One2many(
        "loyalty.simulation.member", "simulation_id", "Member by member", readonly=True
    )
    compare_id = fields.Many2one(
        "loyalty.simulation",
        "Compare with",
        domain="[('state', 'not in', ('draft', 'running')), ('id', '!=', id),"
        " ('currency_id', '=', currency_id)]",
        copy=False,
        ondelete="set null",
    )
    left_out = fields.Text("Left out", readonly=True, copy=False)
    progress = fields.Float(readonly=True, copy=False)
    purchase_count = fields.Integer("Purchases", readonly=True, copy=False)
    member_count = fields.Integer("Members", readonly=True, copy=False)
    turnover = fields.Monetary(readonly=True, copy=False)
    points_issued = fields.Float(
        "Points issued", digits=(16, 2), readonly=True, copy=False
    )
    points_expired = fields.Float(
        "Points expired", digits=(16, 2), readonly=True, copy=False
    )
    points_left = fields.Float(
        "Points left at the end", digits=(16, 2), readonly=True, copy=False
    )
    cost = fields.Monetary(
        "Expected cost",
        readonly=True,
        copy=False,
        help="Points issued, times their worth, times the part that will be spent.",
    )
    cost_percent = fields.Float(
        "Cost of the turnover %", compute="_compute_comparison", digits=(16, 2)
    )
    cost_difference = fields.Monetary("Cost compared", compute="_compute_comparison")
    issued_difference = fields.Float(
        "Points compared", compute="_compute_comparison", digits=(16, 2)
    )
    percent_difference = fields.Float(
        "Cost of the turnover compared", compute="_compute_comparison", digits=(16, 2)
    )

    _one_live_uniq = models.UniqueIndex(
        "(program_id) WHERE state IN ('crediting', 'live')",
        "Another simulation of this program went live already.",
    )
    _redemption_range = models.Constraint(
        "CHECK(redemption_percent BETWEEN 0 AND 100)",
        "The part of points that will be spent is 0 to 100 percent.",
    )

    @api.depends("cost", "turnover", "points_issued", "compare_id")
    def _compute_comparison(self):
        for simulation in self:
            other = simulation.compare_id
            percent = simulation._percent_of_turnover()
            simulation.cost_percent = percent
            simulation.cost_difference = simulation.cost - other.cost if other else 0
            simulation.issued_difference = (
                simulation.points_issued - other.points_issued if other else 0
            )
            simulation.percent_difference = (
                percent - other._percent_of_turnover() if other else 0
            )

    def _percent_of_turnover(self):
        self.ensure_one()
        return 100 * self.cost / self.turnover if self.turnover else 0.0

    # -- actions ----------------------------------------------------------------
    def action_run(self):
        """Compute in the background; what was computed before is replaced."""
        for simulation in self:
            simulation._check_manager()
            simulation._set_state("running", ("draft", "done"))
            simulation.progress = 0
        self._trigger_worker()

    def action_cancel_run(self):
        """Stop computing."""
        for simulation in self:
            simulation._check_manager()
            simulation._set_state("draft", ("running",))

    def action_view_months(self):
        """The months as graph, pivot and list."""
        return self._figures("loyalty_club.loyalty_simulation_month_action", self)

    def action_view_tiers(self):
        """How many members would have been in each tier, by month."""
        return self._figures("loyalty_club.loyalty_simulation_tier_action", self)

    def action_compare(self):
        """Both simulations in one graph."""
        self.ensure_one()
        return self._figures(
            "loyalty_club.loyalty_simulation_month_action", self | self.compare_id
        )

    def action_view_members(self):
        """What each member would have."""
        return self._figures("loyalty_club.loyalty_simulation_member_action", self)

    def _figures(self, xmlid, simulations):
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        return {
            **action,
            "domain": [("simulation_id", "in", simulations.ids)],
            "context": {},
            "display_name": ", ".join(simulations.mapped("name")),
        }

    def _set_state(self, state, sources):
        """The one way from state to state.

        :raise UserError: the simulation is in another state than ``sources``
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        for simulation in self:
            if simulation.state not in sources:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s, so this cannot be done now.",
                        name=simulation.name,
                        state=states[simulation.state].lower(),
                    )
                )
        self.state = state

    def _check_manager(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "loyalty_club.group_loyalty_manager"
        ):
            raise AccessError(self.env._("Only loyalty managers run simulations."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_live(self):
        if self.filtered(lambda simulation: simulation.state in ("crediting", "live")):
            raise UserError(
                self.env._(
                    "A simulation that went live accounts for points of members and"
                    " stays. Undo it first."
                )
            )

    @api.model
    def _trigger_worker(self):
        self.env.ref("loyalty_club.cron_simulation").sudo()._trigger()

    # -- computing ----------------------------------------------------------------
    @api.model
    def _cron_simulate(self):
        """Compute what waits, and credit what goes live, in committed batches."""
        for simulation in self.search([("state", "=", "running")]):
            simulation._compute_months(self.env["ir.cron"]._commit_progress)
            self.env["ir.cron"]._commit_progress(1)
        for simulation in self.search([("state", "=", "crediting")]):
            if not simulation._credit_batches():
                self._trigger_worker()
                return

    def _compute_months(self, commit=None):
        """Replay the purchases; each month is stored, and shown, as it closes.

        :param commit: called after each month, with a number of records
        """
        self.ensure_one()
        self.month_ids.unlink()
        self.tier_line_ids.unlink()
        self.member_ids.unlink()
        purchases = self._purchases()
        game = replay.Replay(self._club(), self._birthdays(purchases))
        months, done = [], 0
        for month in game.run(purchases, self.date_to):
            months.append(month)
            done += month.purchases
            self._store_month(month)
            self.progress = 100.0 * done / len(purchases)
            if commit:
                self.env.flush_all()
                commit(0)
                self.env.invalidate_all()
                if self.state != "running":
                    return
        self._store_members(game)
        self._store_totals(months)
        self._set_state("done", ("running",))

    def _club(self):
        """The program's terms as the engine replays them."""
        program = self.program_id
        terms = program._terms()
        rules = [rule for rule in terms.rules if rule.all_products]
        rules = [rule for rule in rules if rule.mode != "product"]
        self.left_out = self._left_out(len(terms.rules) - len(rules), terms)
        return replay.Club(
            rules=tuple(
                earning.Rule(
                    rule.rule_id,
                    rule.mode,
                    rule.points,
                    rule.per_amount,
                    None,
                    rule.minimum_amount,
                    rule.minimum_quantity,
                    rule.purchases,
                    rule.purchase_n,
                )
                for rule in rules
            ),
            levels=program._levels(),
            factors=dict(terms.tier_factors),
            multipliers=terms.multipliers,
            stacking=terms.stacking,
            metric=program.tier_metric,
            window=program.tier_window,
            window_months=program.tier_months,
            policy=program.downgrade_policy,
            grace_days=program.grace_days,
            expiry_mode=program.expiry_mode,
            expiry_days=program.expiry_days,
            expiry_months=program.expiry_months,
            release_days=program.release_days if terms.release_policy == "days" else 0,
        )

    def _left_out(self, rule_count, terms):
        """What the figures do not show, for the reader."""
        notes = []
        if rule_count:
            notes.append(
                self.env._(
                    "%s rules that look at products: past purchases name none.",
                    rule_count,
                )
            )
        if any(
            (known.hour_from, known.hour_to) != (0, 24) for known in terms.multipliers
        ):
            notes.append(
                self.env._(
                    "Hours of multipliers: every purchase counts as made at noon."
                )
            )
        return "\n".join(notes) or False

    def _purchases(self):
        """All purchases in the order of their days, as the engine knows them."""
        rows = []
        if self.source in ("purchases", "both"):
            rows += self._past_purchases()
        if self.source in ("invoices", "both"):
            rows += self._posted_invoices()
        rows.sort(key=lambda purchase: purchase.day)
        return rows

    def _past_purchases(self):
        self.env["loyalty.purchase"].flush_model()
        program = self.purchases_program_id or self.program_id
        rows = self.env.execute_query(
            SQL(
                """SELECT %s, purchase.date, purchase.amount, purchase.quantity,
                          purchase.margin
                     FROM loyalty_purchase purchase
                     JOIN res_partner partner ON partner.id = purchase.partner_id
                    WHERE purchase.program_id = %s AND purchase.state = 'done'
                      AND purchase.company_id IN %s
                      AND purchase.date BETWEEN %s AND %s
                 ORDER BY purchase.date, purchase.id""",
                self._holder_sql(SQL("partner")),
                program.id,
                tuple(self.program_id._club_companies().ids),
                self.date_from or "0001-01-01",
                self.date_to,
            )
        )
        return [
            replay.Purchase(
                partner_id,
                day,
                self._decimal(amount),
                self._decimal(1 if quantity is None else quantity),
                self._decimal(margin),
            )
            for partner_id, day, amount, quantity, margin in rows
        ]

    def _posted_invoices(self):
        """Invoices less credit notes; each in the currency of the program."""
        self.env["account.move"].flush_model()
        taxed = self.program_id.earn_base == "tax_included"
        companies = self.program_id._club_companies()
        rows = self.env.execute_query(
            SQL(
                """SELECT %s, move.invoice_date, move.company_id, %s,
                          (SELECT SUM(line.quantity) FROM account_move_line line
                            WHERE line.move_id = move.id
                              AND line.display_type = 'product')
                     FROM account_move move
                     JOIN res_partner partner ON partner.id = move.partner_id
                    WHERE move.state = 'posted' AND move.company_id IN %s
                      AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                      AND move.invoice_date BETWEEN %s AND %s
                 ORDER BY move.invoice_date, move.id""",
                self._holder_sql(SQL("partner")),
                SQL("move.amount_total_signed")
                if taxed
                else SQL("move.amount_untaxed_signed"),
                tuple(companies.ids),
                self.date_from or "0001-01-01",
                self.date_to,
            )
        )
        currency = self.program_id.currency_id
        purchases = []
        for partner_id, day, company_id, amount, quantity in rows:
            company = companies.browse(company_id)
            value = company.currency_id._convert(
                float(amount or 0), currency, company, day
            )
            purchases.append(
                replay.Purchase(
                    partner_id, day, self._decimal(value), self._decimal(quantity or 1)
                )
            )
        return purchases

    def _holder_sql(self, partner):
        if self.program_id.holder_policy == "commercial":
            return SQL("COALESCE(%s.commercial_partner_id, %s.id)", partner, partner)
        return SQL("%s.id", partner)

    @staticmethod
    def _decimal(value):
        return Decimal(str(round(float(value or 0), 2)))

    def _birthdays(self, purchases):
        if all(
            known.birthday_days is None
            for known in self.program_id._terms().multipliers
        ):
            return {}
        ids = {purchase.member for purchase in purchases}
        partners = self.env["res.partner"].sudo().browse(ids)
        return {partner.id: partner.birthday or None for partner in partners}

    # -- storing -----------------------------------------------------------------
    def _store_month(self, month):
        worth = Decimal(str(self.program_id.point_value or 0))
        share = Decimal(str(self.redemption_percent)) / 100
        self.env["loyalty.simulation.month"].create(
            {
                "simulation_id": self.id,
                "month": month.first_day,
                "purchase_count": month.purchases,
                "amount": float(month.amount),
                "buyer_count": month.buyers,
                "member_count": month.members,
                "points_issued": float(month.issued - month.taken_back),
                "points_expired": float(month.expired),
                "points_spendable": float(month.spendable),
                "points_pending": float(month.pending),
                "cost": float((month.issued - month.taken_back) * worth * share),
            }
        )
        self.env["loyalty.simulation.tier"].create(
            [
                {
                    "simulation_id": self.id,
                    "month": month.first_day,
                    "tier_id": tier_id,
                    "member_count": count,
                }
                for tier_id, count in month.tiers.items()
            ]
        )

    def _store_members(self, game):
        self.env["loyalty.simulation.member"].create(
            [
                {
                    "simulation_id": self.id,
                    "partner_id": member.key,
                    "tier_id": member.tier,
                    "purchase_count": member.purchases,
                    "amount": float(member.amount),
                    "points_issued": float(member.issued),
                    "points_left": float(sum(lot[0] for lot in member.open_lots())),
                    "lots": [
                        [str(points), expires and expires.isoformat()]
                        for points, expires in member.open_lots()
                    ],
                }
                for member in game.members.values()
            ]
        )

    def _store_totals(self, months):
        lines = self.month_ids
        self.write(
            {
                "progress": 100,
                "purchase_count": sum(lines.mapped("purchase_count")),
                "member_count": months[-1].members if months else 0,
                "turnover": sum(lines.mapped("amount")),
                "points_issued": sum(lines.mapped("points_issued")),
                "points_expired": sum(lines.mapped("points_expired")),
                "points_left": float(months[-1].spendable + months[-1].pending)
                if months
                else 0,
                "cost": sum(lines.mapped("cost")),
            }
        )
