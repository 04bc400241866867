"""Rules by which members are classified as VIP or problem customers."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_amount

# What a member without any such document has.
NOTHING = 0.0


class LoyaltyClassRule(models.Model):
    """One condition; the first that holds, by sequence, decides a member's class."""

    _name = "loyalty.class.rule"
    _description = "Customer class rule"
    _order = "company_id, sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="Salespeople read it in the reason: 'Debtors', 'Best customers'.",
    )
    sequence = fields.Integer(
        default=10, help="The first rule that holds decides; put problems first."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    loyalty_class = fields.Selection(
        [("vip", "VIP"), ("problem", "Problem")],
        "Class",
        required=True,
        default="problem",
        help="Problem customers order against prepayment only.",
    )
    criterion = fields.Selection(
        [
            ("overdue_amount", "Overdue amount"),
            ("overdue_days", "Days overdue"),
            ("return_share", "Share of returns (%)"),
            ("spend", "Amount bought"),
            ("purchases", "Number of purchases"),
            ("recency_days", "Days since the last purchase"),
        ],
        required=True,
        default="overdue_amount",
    )
    comparison = fields.Selection(
        [("at_least", "At least"), ("at_most", "At most")],
        required=True,
        default="at_least",
    )
    threshold = fields.Float(
        digits=(16, 2),
        required=True,
        help="Amounts are in the company's currency.",
    )
    months = fields.Integer("In the last months", default=12)
    uses_months = fields.Boolean(compute="_compute_uses_months")

    _months_positive = models.Constraint(
        "CHECK(months > 0)", "Look back for one month at least."
    )
    _threshold_positive = models.Constraint(
        "CHECK(threshold >= 0)", "The threshold of a class cannot be negative."
    )

    @api.depends("criterion")
    def _compute_uses_months(self):
        for rule in self:
            rule.uses_months = rule.criterion in ("return_share", "spend", "purchases")

    # -- figures ----------------------------------------------------------------
    def _figure_methods(self):
        """``{criterion: name of the method}``; addons add theirs.

        Each method returns ``{customer id: figure}`` for the members of the rule's
        company in a bounded number of queries, customers without a figure being absent.
        """
        return {
            "overdue_amount": "_figures_overdue_amount",
            "overdue_days": "_figures_overdue_days",
            "return_share": "_figures_return_share",
            "spend": "_figures_spend",
            "purchases": "_figures_purchases",
            "recency_days": "_figures_recency_days",
        }

    def _matches(self, member_ids):
        """``{customer id: figure}`` of the members for whom the rule holds."""
        self.ensure_one()
        figures = getattr(self, self._figure_methods()[self.criterion])()
        if self.criterion == "recency_days" or self.comparison == "at_least":
            candidates = figures.items()
        else:
            candidates = ((key, figures.get(key, NOTHING)) for key in member_ids)
        return {key: value for key, value in candidates if self._holds(value)}

    def _holds(self, figure):
        figure, threshold = round(figure, 2), round(self.threshold, 2)
        if self.comparison == "at_least":
            return figure >= threshold
        return figure <= threshold

    def _today(self):
        club = self.company_id._loyalty_club()
        return club._today(self.company_id)

    def _sum_invoices(self, figure, condition=None, since=None):
        """``{customer id: figure}`` over the posted sale documents of members."""
        self.env["account.move"].flush_model()
        if since:
            condition = SQL("move.invoice_date >= %s", since)
        rows = self.env.execute_query(
            SQL(
                """SELECT move.commercial_partner_id, %(figure)s
                     FROM account_move move
                    WHERE move.state = 'posted' AND move.company_id = %(company)s
                      AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
                      AND %(condition)s
                      AND move.commercial_partner_id IN %(members)s
                 GROUP BY 1""",
                figure=figure,
                company=self.company_id.id,
                condition=condition,
                members=self._members(self.company_id),
            )
        )
        return {key: float(value) for key, value in rows if value is not None}

    @api.model
    def _members(self, company):
        """The companies or persons behind the member cards, as a subquery."""
        self.env["loyalty.card"].flush_model()
        return SQL(
            """(SELECT partner.commercial_partner_id
                  FROM loyalty_card card
                  JOIN res_partner partner ON partner.id = card.partner_id
                 WHERE card.is_club AND card.active
                   AND (card.company_id IS NULL OR card.company_id IN %s))""",
            (*company.parent_ids.ids, company.id),
        )

    def _since(self):
        return self._today() - relativedelta(months=self.months)

    def _overdue(self):
        return SQL(
            """move.payment_state IN ('not_paid', 'partial')
               AND move.move_type <> 'out_refund' AND move.invoice_date_due < %s""",
            self._today(),
        )

    def _figures_overdue_amount(self):
        return self._sum_invoices(
            SQL("SUM(move.amount_residual_signed)"), self._overdue()
        )

    def _figures_overdue_days(self):
        return self._sum_invoices(
            SQL("%s - MIN(move.invoice_date_due)", self._today()), self._overdue()
        )

    def _figures_return_share(self):
        share = SQL(
            """-100 * COALESCE(SUM(move.amount_total_signed)
                      FILTER (WHERE move.move_type = 'out_refund'), 0)
             / NULLIF(SUM(move.amount_total_signed)
                      FILTER (WHERE move.move_type <> 'out_refund'), 0)"""
        )
        return self._sum_invoices(share, since=self._since())

    def _figures_spend(self):
        return self._sum_invoices(
            SQL("SUM(move.amount_total_signed)"), since=self._since()
        )

    def _figures_purchases(self):
        return self._sum_invoices(
            SQL("COUNT(*) FILTER (WHERE move.move_type <> 'out_refund')"),
            since=self._since(),
        )

    def _figures_recency_days(self):
        return self._sum_invoices(
            SQL("%s - MAX(move.invoice_date)", self._today()),
            SQL("move.move_type <> 'out_refund'"),
        )

    # -- words ------------------------------------------------------------------
    def _reason(self, figure):
        """Why a member is in the class, with the numbers."""
        self.ensure_one()
        names = dict(self._fields["criterion"]._description_selection(self.env))
        limits = dict(self._fields["comparison"]._description_selection(self.env))
        facts = {
            "rule": self.name,
            "criterion": names[self.criterion].lower(),
            "figure": self._format(figure),
            "limit": limits[self.comparison].lower(),
            "threshold": self._format(self.threshold),
        }
        if self.uses_months:
            return self.env._(
                "%(rule)s: %(criterion)s in %(months)s months %(figure)s, %(limit)s"
                " %(threshold)s",
                months=self.months,
                **facts,
            )
        return self.env._(
            "%(rule)s: %(criterion)s %(figure)s, %(limit)s %(threshold)s", **facts
        )

    def _format(self, figure):
        if self.criterion in ("overdue_amount", "spend"):
            return format_amount(self.env, figure, self.currency_id)
        return f"{round(figure, 1):g}"

    # -- applying ---------------------------------------------------------------
    @api.model
    def _cron_classify(self, batch_size=500):
        """Classify the members of each company."""
        rules = self.search([("active", "=", True)]).grouped("company_id")
        for company in self.env["res.company"].search([("active", "=", True)]):
            own = rules.get(company, self.browse()).with_company(company)
            own._classify(company, batch_size)

    def action_apply(self):
        """Classify the members of the company of these rules now."""
        self.check_access("write")
        for company in self.company_id:
            rules = self.sudo().search([("company_id", "=", company.id)])
            rules.with_company(company)._classify(company)

    def _classify(self, company, batch_size=None):
        """Give each member the class of the first rule that holds.

        :param batch_size: members written between two commits; None writes all at once
        """
        partners = self.env["res.partner"].with_company(company).sudo()
        partners.flush_model()
        member_ids = [row[0] for row in self.env.execute_query(self._members(company))]
        decided = self._decide(set(member_ids), company.partner_id.lang)
        changing = partners._loyalty_classes_to_change(decided)
        commit = self.env["ir.cron"]._commit_progress
        size = batch_size or len(changing) or 1
        ids = sorted(changing)
        if batch_size:
            commit(remaining=len(ids))
        for start in range(0, len(ids), size):
            portion = ids[start : start + size]
            for partner in partners.browse(portion):
                partner._loyalty_apply_class(*changing[partner.id])
            if batch_size and not commit(len(portion)):
                break

    def _decide(self, member_ids, lang):
        """``{customer id: (class, reason)}``, members without a rule being absent."""
        decided = {}
        for rule in self.sorted("sequence").with_context(lang=lang):
            for key, figure in rule._matches(member_ids - set(decided)).items():
                if key not in decided:
                    decided[key] = (rule.loyalty_class, rule._reason(figure))
        return decided
