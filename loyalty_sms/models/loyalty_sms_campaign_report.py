"""What a campaign earned: purchases after the message, against the control group."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import uplift

COUNTED = ("planned", "control")
DIMENSIONS = ("total", "half", "tier")


class LoyaltySmsCampaign(models.Model):
    _inherit = "loyalty.sms.campaign"

    result_ids = fields.One2many(
        "loyalty.sms.campaign.result", "campaign_id", readonly=True
    )
    results_at = fields.Datetime("Results of", readonly=True, copy=False)
    revenue = fields.Monetary(readonly=True, copy=False)
    incremental = fields.Monetary("Revenue gained", readonly=True, copy=False)
    message_cost = fields.Monetary("Cost of messages", readonly=True, copy=False)
    profit = fields.Monetary(readonly=True, copy=False)
    roi = fields.Float(
        "Return (%)", readonly=True, copy=False, digits=(16, 1), aggregator=None
    )
    optout_count = fields.Integer("Withdrew consent", readonly=True, copy=False)
    verdict = fields.Char(compute="_compute_verdict")

    @api.depends("result_ids.note", "result_ids.incremental", "results_at")
    @api.depends_context("lang")
    def _compute_verdict(self):
        for campaign in self:
            total = campaign.result_ids.filtered(lambda r: r.dimension == "total")[:1]
            campaign.verdict = campaign._verdict(total) if total else False

    def _verdict(self, total):
        money = self.currency_id.format
        if total.note == "none":
            return self.env._(
                "Customers bought for %(revenue)s after the message. Without a control"
                " group nobody knows what they would have bought anyway.",
                revenue=money(total.revenue),
            )
        if total.note == "small":
            return self.env._(
                "%(gained)s more than without the message, but with %(sent)s customers"
                " and %(control)s in the control group this may be chance.",
                gained=money(total.incremental),
                sent=total.sent_count,
                control=total.control_count,
            )
        facts = {
            "gained": money(total.incremental),
            "low": money(total.low),
            "high": money(total.high),
        }
        if total.note == "unsure":
            return self.env._(
                "%(gained)s more than without the message; the truth is between %(low)s"
                " and %(high)s with 95 %% certainty, so it may be nothing.",
                **facts,
            )
        return self.env._(
            "%(gained)s more than without the message; the truth is between %(low)s and"
            " %(high)s with 95 %% certainty.",
            **facts,
        )

    # -- when -------------------------------------------------------------------
    @api.model
    def _cron_results(self):
        """Write the results of campaigns whose purchases still count."""
        commit = self.env["ir.cron"]._commit_progress
        campaigns = self.search(self._open_results_domain())
        commit(remaining=len(campaigns))
        for campaign in campaigns:
            campaign._refresh_results()
            if not commit(1):
                break

    def _open_results_domain(self):
        """Campaigns of the last quarter: returns come long after purchases."""
        since = fields.Datetime.now() - timedelta(days=92)
        return [
            ("started_at", ">=", since),
            ("state", "in", ("running", "paused", "done", "cancelled")),
        ]

    def action_refresh_results(self):
        """Write the results now."""
        self.check_access("read")
        for campaign in self:
            campaign.sudo()._refresh_results()

    def _refresh_results(self):
        """Attribute purchases to messages and write the lines of the report."""
        self.ensure_one()
        self.env.flush_all()
        self._follow_messages()
        self._set_windows()
        self._attribute()
        self._write_results()
        self._forget_cache()

    # -- who was written to, and for how long it counts -----------------------------
    def _follow_messages(self):
        """Take over what became of the messages."""
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_sms_campaign_recipient recipient
                      SET state = CASE WHEN message.state IN
                                   ('suppressed', 'cancelled', 'expired')
                                   THEN 'skipped' ELSE recipient.state END,
                          reason = CASE message.state
                                   WHEN 'suppressed' THEN message.reason
                                   WHEN 'cancelled' THEN 'cancelled'
                                   WHEN 'expired' THEN 'expired'
                                   ELSE recipient.reason END,
                          touched_at = COALESCE(
                              message.accepted_at, recipient.touched_at),
                          is_delivered = message.state IN ('delivered', 'read'),
                          cost = %(cost)s
                     FROM loyalty_message message
                    WHERE recipient.campaign_id = %(campaign)s
                      AND recipient.state = 'planned'
                      AND message.id = recipient.message_id""",
                campaign=self.id,
                cost=self._cost_sql(),
            )
        )

    def _cost_sql(self):
        """What a message cost in the company's currency: as reported, or estimated."""
        paid = SQL(
            """CASE WHEN message.accepted_at IS NULL THEN 0
                    ELSE COALESCE(NULLIF(message.cost, 0), message.estimated_cost, 0)
               END"""
        )
        rates = self._rates()
        if not rates:
            return paid
        return SQL(
            "%s * CASE message.currency_id %s ELSE 1 END",
            paid,
            SQL(" ").join(SQL("WHEN %s THEN %s", key, rate) for key, rate in rates),
        )

    def _rates(self):
        """``[(currency id, rate)]`` of foreign currencies in which messages cost."""
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT currency_id FROM loyalty_message
                    WHERE campaign_id = %s AND currency_id IS NOT NULL
                      AND currency_id <> %s""",
                self.id,
                self.company_id.currency_id.id,
            )
        )
        day = (self.started_at or fields.Datetime.now()).date()
        currencies = self.env["res.currency"].browse(row[0] for row in found)
        return [
            (
                currency.id,
                currency._get_conversion_rate(
                    currency, self.company_id.currency_id, self.company_id, day
                ),
            )
            for currency in currencies
        ]

    def _set_windows(self):
        """Purchases count until the window ends, or the next campaign writes."""
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_sms_campaign_recipient recipient
                      SET counts_until = LEAST(
                          recipient.touched_at + %(window)s,
                          (SELECT MIN(later.touched_at)
                             FROM loyalty_sms_campaign_recipient later
                            WHERE later.partner_id = recipient.partner_id
                              AND later.campaign_id <> recipient.campaign_id
                              AND later.company_id = recipient.company_id
                              AND later.state = 'planned'
                              AND later.touched_at > recipient.touched_at))
                    WHERE recipient.campaign_id = %(campaign)s
                      AND recipient.state = ANY(%(counted)s)
                      AND recipient.touched_at IS NOT NULL""",
                campaign=self.id,
                window=timedelta(days=self.window_days),
                counted=list(COUNTED),
            )
        )

    # -- what they did ----------------------------------------------------------------
    def _attribute(self):
        self.env.cr.execute(
            SQL(
                """
                WITH mine AS (
                    SELECT id, partner_id, touched_at, counts_until
                      FROM loyalty_sms_campaign_recipient
                     WHERE campaign_id = %(campaign)s AND state = ANY(%(counted)s)
                       AND counts_until IS NOT NULL),
                span AS (SELECT MIN(touched_at) AS low, MAX(counts_until) AS high
                           FROM mine),
                bought AS (
                    SELECT mine.id, SUM(fact.amount) AS revenue,
                           COUNT(*) FILTER (WHERE NOT fact.is_return) AS purchases,
                           COALESCE(SUM(given.discount), 0) AS discount
                      FROM mine CROSS JOIN span
                      JOIN %(facts)s fact ON fact.partner_id = mine.partner_id
                       AND fact.moment >= span.low AND fact.moment < span.high
                       AND fact.moment >= mine.touched_at
                       AND fact.moment < mine.counts_until
                 LEFT JOIN LATERAL %(discounts)s given ON TRUE
                  GROUP BY mine.id),
                pointed AS (
                    SELECT mine.id, SUM((move.points + COALESCE(move.pending_points, 0))
                               * COALESCE(program.point_value, 0)) AS value
                      FROM mine
                      JOIN loyalty_point_move move ON move.partner_id = mine.partner_id
                       AND move.date >= mine.touched_at
                       AND move.date < mine.counts_until
                       AND move.kind IN ('earn', 'release', 'bonus', 'reverse')
                      JOIN loyalty_program program ON program.id = move.program_id
                  GROUP BY mine.id)
                UPDATE loyalty_sms_campaign_recipient recipient
                   SET revenue = COALESCE(bought.revenue, 0),
                       purchase_count = COALESCE(bought.purchases, 0),
                       is_buyer = COALESCE(bought.purchases, 0) > 0,
                       discount = COALESCE(bought.discount, 0),
                       points_value = COALESCE(pointed.value, 0),
                       opted_out = EXISTS (
                           SELECT FROM loyalty_consent consent
                            WHERE consent.partner_id = mine.partner_id
                              AND consent.action = 'opt_out'
                              AND consent.date >= mine.touched_at
                              AND consent.date < mine.counts_until)
                  FROM mine
             LEFT JOIN bought ON bought.id = mine.id
             LEFT JOIN pointed ON pointed.id = mine.id
                 WHERE recipient.id = mine.id
                """,
                campaign=self.id,
                counted=list(COUNTED),
                facts=self.env["loyalty.sms.purchases"]._facts(
                    self.company_id, orders=self.count_orders
                ),
                discounts=self._discounts_sql(),
            )
        )

    def _discounts_sql(self):
        """What was let off in the document of ``fact``: rates, and negative lines."""
        invoices = SQL(
            """SELECT CASE WHEN line.discount > 0 AND line.discount < 100
                           THEN -line.balance * line.discount / (100 - line.discount)
                           WHEN line.price_subtotal < 0 THEN line.balance
                           ELSE 0 END AS off
                 FROM account_move_line line
                WHERE fact.source = 'account.move' AND line.move_id = fact.source_id
                  AND line.display_type = 'product'"""
        )
        parts = [invoices]
        if "pos.order" in self.env:
            parts.append(
                SQL(
                    """SELECT CASE WHEN line.discount > 0 AND line.discount < 100
                               THEN line.price_subtotal * line.discount
                                    / (100 - line.discount)
                               WHEN line.price_subtotal < 0 AND line.qty > 0
                               THEN -line.price_subtotal ELSE 0 END
                         FROM pos_order_line line
                        WHERE fact.source = 'pos.order'
                          AND line.order_id = fact.source_id"""
                )
            )
        return SQL(
            "(SELECT SUM(off) AS discount FROM (%s) line)",
            SQL(" UNION ALL ").join(parts),
        )

    # -- the lines of the report ----------------------------------------------------
    def _write_results(self):
        groups = self._groups()
        control = groups.get(("total", None, True))
        halves = [key for key in groups if key[0] == "half" and not key[2]]
        lines = []
        for (dimension, key, is_control), figures in sorted(
            groups.items(), key=self._result_order
        ):
            if is_control or (dimension == "half" and len(halves) < 2):
                continue
            other = control
            if dimension == "tier":
                other = groups.get((dimension, key, True))
            lines.append(self._result_values(dimension, key, figures, other))
        results = self.env["loyalty.sms.campaign.result"].sudo()
        results.search([("campaign_id", "=", self.id)]).unlink()
        results.create(lines)
        total = next((line for line in lines if line["dimension"] == "total"), {})
        names = ("revenue", "incremental", "profit", "roi", "optout_count")
        self.sudo().write(
            {
                "results_at": fields.Datetime.now(),
                "message_cost": total.get("cost", 0.0),
                **{name: total.get(name, 0) for name in names},
            }
        )

    def _groups(self):
        """``{(dimension, tier id or half, is control): figures}``."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT GROUPING(tier_id) AS no_tier, GROUPING(variant) AS no_half,
                          tier_id, variant, state = 'control' AS is_control,
                          COUNT(*) AS count,
                          COUNT(*) FILTER (WHERE is_delivered) AS delivered,
                          COUNT(*) FILTER (WHERE is_buyer) AS buyers,
                          COALESCE(SUM(revenue), 0)::float AS revenue,
                          COALESCE(SUM(revenue * revenue), 0)::float AS squares,
                          COALESCE(SUM(revenue) FILTER (WHERE is_delivered), 0)::float
                              AS revenue_delivered,
                          COALESCE(SUM(discount), 0)::float AS discount,
                          COALESCE(SUM(points_value), 0)::float AS points,
                          COALESCE(SUM(cost), 0)::float AS cost,
                          COUNT(*) FILTER (WHERE opted_out) AS optouts
                     FROM loyalty_sms_campaign_recipient
                    WHERE campaign_id = %s AND state = ANY(%s)
                 GROUP BY GROUPING SETS ((state = 'control'),
                          (tier_id, state = 'control'),
                          (variant, state = 'control'))""",
                self.id,
                list(COUNTED),
            )
        )
        groups = {}
        for row in rows:
            if not row["no_tier"]:
                key = ("tier", row["tier_id"])
            elif not row["no_half"]:
                key = ("half", row["variant"])
            else:
                key = ("total", None)
            groups[(*key, row["is_control"])] = row
        return groups

    def _result_order(self, group):
        """All first, then halves, then tiers from the lowest."""
        (dimension, key, _is_control), _figures = group
        tier = self.env["loyalty.tier"].browse(key if dimension == "tier" else None)
        return DIMENSIONS.index(dimension), tier.threshold, str(key)

    def _result_values(self, dimension, key, figures, control):
        control = control or {}
        gain = uplift.compare(
            uplift.Group(figures["count"], figures["revenue"], figures["squares"]),
            uplift.Group(
                control.get("count", 0),
                control.get("revenue", 0.0),
                control.get("squares", 0.0),
            ),
        )
        profit, roi = self._profit(figures, control, gain)
        tier = self.env["loyalty.tier"].browse(key if dimension == "tier" else None)
        return {
            "campaign_id": self.id,
            "dimension": dimension,
            "sequence": DIMENSIONS.index(dimension),
            "name": self._result_name(dimension, key, tier),
            "sent_count": figures["count"],
            "delivered_count": figures["delivered"],
            "buyer_count": figures["buyers"],
            "revenue": figures["revenue"],
            "revenue_delivered": figures["revenue_delivered"],
            "control_count": control.get("count", 0),
            "control_buyer_count": control.get("buyers", 0),
            "control_revenue": control.get("revenue", 0.0),
            "per_head": gain.per_head,
            "incremental": gain.total,
            "low": gain.low,
            "high": gain.high,
            "note": gain.note,
            "discount": figures["discount"],
            "points_value": figures["points"],
            "cost": figures["cost"],
            "optout_count": figures["optouts"],
            "profit": profit,
            "roi": roi,
        }

    def _profit(self, figures, control, gain):
        """Profit and its share of what was spent, in per cent.

        With a control group only what was gained counts, and only the points that were
        given beyond what customers would have earned anyway.
        """
        revenue, points = figures["revenue"], figures["points"]
        if gain.note != "none":
            revenue = gain.total
            points -= control["points"] / control["count"] * figures["count"]
        spent = figures["cost"] + max(points, 0.0)
        profit = revenue * self.margin_percent / 100 - spent
        return round(profit, 2), round(100 * profit / spent, 1) if spent else 0.0

    def _result_name(self, dimension, key, tier):
        if dimension == "total":
            return self.env._("All")
        if dimension == "tier":
            return tier.name or self.env._("Without a tier")
        return key
