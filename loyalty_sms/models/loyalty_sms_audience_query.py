"""An audience as one SQL query, whatever it asks."""

from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

# Where the address of a channel is kept on the customer.
ADDRESSES = {"email": "email_normalized"}


class LoyaltySmsAudience(models.Model):
    _inherit = "loyalty.sms.audience"

    def _query(self):
        """Ids of the customers, as a subquery: combined in SQL, never in Python.

        Customers whom the user may not read are not in it.
        """
        self.ensure_one()
        conditions = [condition for condition in self._conditions() if condition]
        self._flush_conditions()
        return SQL(
            "(SELECT p.id FROM res_partner p WHERE %s)",
            SQL(" AND ").join(conditions),
        )

    def _conditions(self):
        """Conditions on the customer ``p``, None where nothing is asked; extensible."""
        return [
            self._condition_readable(),
            self._condition_member(),
            self._condition_tiers(),
            self._condition_branches(),
            self._condition_class(),
            self._condition_languages(),
            self._condition_interests(),
            self._condition_birthday(),
            self._condition_purchases(),
            self._condition_last_purchase(),
            self._condition_products(),
            self._condition_rfm(),
            self._condition_excluded(),
        ]

    def _flush_conditions(self):
        for model in ("res.partner", "loyalty.card", "loyalty.attribute.value"):
            self.env[model].flush_model()

    def _today(self):
        """The day on the company's wall clock."""
        return self.env["loyalty.program"]._today(self.company_id)

    # -- who they are -------------------------------------------------------------
    def _condition_readable(self):
        domain = self._partner_domain() & Domain(
            "company_id", "in", [False, self.company_id.id]
        )
        query = self.env["res.partner"].with_company(self.company_id)._search(domain)
        return SQL("p.id IN %s", query.subselect())

    def _condition_member(self):
        if not (self.members_only or self.points_min or self.points_max):
            return None
        club = self.company_id._loyalty_club()
        conditions = [
            SQL("card.program_id = %s", club.id or 0),
            SQL("card.is_club AND card.active AND card.partner_id = p.id"),
            SQL("COALESCE(card.state, 'active') <> 'closed'"),
        ]
        if self.points_min:
            conditions.append(SQL("card.points >= %s", self.points_min))
        if self.points_max:
            conditions.append(SQL("card.points <= %s", self.points_max))
        return SQL(
            "EXISTS (SELECT FROM loyalty_card card WHERE %s)",
            SQL(" AND ").join(conditions),
        )

    def _of_company(self, name):
        """The value of a field that each company has for itself."""
        return SQL("p.%s ->> %s", SQL.identifier(name), str(self.company_id.id or 0))

    def _condition_tiers(self):
        if not self.tier_ids:
            return None
        return SQL(
            "(%s)::int = ANY(%s)",
            self._of_company("loyalty_tier_id"),
            self.tier_ids.ids,
        )

    def _condition_branches(self):
        if not self.branch_ids:
            return None
        return SQL("p.loyalty_branch_id = ANY(%s)", self.branch_ids.ids)

    def _condition_class(self):
        if not self.loyalty_class:
            return None
        value = SQL("COALESCE(%s, 'normal')", self._of_company("loyalty_class"))
        if self.loyalty_class == "good":
            return SQL("%s <> 'problem'", value)
        return SQL("%s = %s", value, self.loyalty_class)

    def _condition_languages(self):
        if not self.lang_ids:
            return None
        return SQL("p.lang = ANY(%s)", self.lang_ids.mapped("code"))

    def _condition_interests(self):
        if not self.attribute_ids:
            return None
        field = self.env["res.partner"]._fields["loyalty_attribute_ids"]
        return SQL(
            """EXISTS (SELECT FROM %s liked
                        WHERE liked.%s = p.id AND liked.%s = ANY(%s))""",
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            SQL.identifier(field.column2),
            self.attribute_ids.ids,
        )

    def _condition_birthday(self):
        if not self.birthday_month:
            return None
        month = {"this": self._today().month, "next": self._today().month % 12 + 1}.get(
            self.birthday_month, self.birthday_month
        )
        return SQL("EXTRACT(MONTH FROM p.birthday) = %s", int(month))

    # -- what they bought -----------------------------------------------------------
    def _period(self):
        if self.period_days:
            return self._today() - timedelta(days=self.period_days), None
        return self.period_from, self.period_to

    def _facts_within(self, start, end):
        """Purchases between two days, on the company's wall clock."""
        purchases = self.env["loyalty.sms.purchases"]
        day = SQL(
            "((fact.moment AT TIME ZONE 'UTC') AT TIME ZONE %s)::date",
            purchases._zone(self.company_id),
        )
        return SQL(
            "%s fact WHERE fact.partner_id IS NOT NULL AND %s",
            purchases._facts(self.company_id),
            purchases._within(day, start, end),
        )

    def _condition_purchases(self):
        amount = SQL("SUM(fact.amount)")
        times = SQL("COUNT(*) FILTER (WHERE NOT fact.is_return)")
        lower = [
            SQL("%s >= %s", figure, value)
            for figure, value in (
                (amount, self.spent_min),
                (times, self.purchases_min),
            )
            if value
        ]
        upper = [
            SQL("%s <= %s", figure, value)
            for figure, value in (
                (amount, self.spent_max),
                (times, self.purchases_max),
            )
            if value
        ]
        if not lower and not upper:
            return None
        # Who never bought is within any upper bound and no lower one, and is in no
        # group: only with upper bounds, all are meant who do not exceed them.
        return SQL(
            """p.id %s (SELECT fact.partner_id FROM %s GROUP BY 1 HAVING %s (%s))""",
            SQL("IN") if lower else SQL("NOT IN"),
            self._facts_within(*self._period()),
            SQL("") if lower else SQL("NOT"),
            SQL(" AND ").join(lower + upper),
        )

    def _condition_last_purchase(self):
        last = SQL(
            "MAX(((fact.moment AT TIME ZONE 'UTC') AT TIME ZONE %s)::date)",
            self.env["loyalty.sms.purchases"]._zone(self.company_id),
        )
        today, having = self._today(), []
        if self.idle_days_min:
            day = today - timedelta(days=self.idle_days_min)
            having.append(SQL("%s <= %s", last, day))
        if self.idle_days_max:
            day = today - timedelta(days=self.idle_days_max)
            having.append(SQL("%s >= %s", last, day))
        if self.last_from:
            having.append(SQL("%s >= %s", last, self.last_from))
        if self.last_to:
            having.append(SQL("%s <= %s", last, self.last_to))
        if not having:
            return None
        return SQL(
            """p.id IN (SELECT fact.partner_id FROM %s AND NOT fact.is_return
                      GROUP BY 1 HAVING %s)""",
            self._facts_within(None, None),
            SQL(" AND ").join(having),
        )

    def _condition_products(self):
        if not self.bought or not (self.product_ids or self.categ_ids):
            return None
        buyers = self.env["loyalty.sms.purchases"]._buyers(
            self.company_id, self.product_ids.ids, self.categ_ids.ids, *self._period()
        )
        return SQL(
            "%s (SELECT FROM %s buyer WHERE buyer.partner_id = p.id)",
            SQL("EXISTS") if self.bought == "yes" else SQL("NOT EXISTS"),
            buyers,
        )

    # -- recency, frequency, monetary value -------------------------------------------
    def _condition_rfm(self):
        if not self.use_rfm:
            return None
        return SQL(
            """p.id IN (SELECT scored.partner_id FROM %s scored
                         WHERE scored.recency BETWEEN %s AND %s
                           AND scored.frequency BETWEEN %s AND %s
                           AND scored.monetary BETWEEN %s AND %s)""",
            self._rfm_scores(),
            int(self.recency_min or 1),
            int(self.recency_max or 5),
            int(self.frequency_min or 1),
            int(self.frequency_max or 5),
            int(self.monetary_min or 1),
            int(self.monetary_max or 5),
        )

    def _rfm_scores(self):
        """Scores of everybody who bought, as ``engine.rfm.scores`` gives them.

        Columns: ``partner_id``, ``recency``, ``frequency``, ``monetary``.
        """
        start = self._today() - timedelta(days=self.rfm_days)
        day = SQL(
            "((fact.moment AT TIME ZONE 'UTC') AT TIME ZONE %s)::date",
            self.env["loyalty.sms.purchases"]._zone(self.company_id),
        )
        return SQL(
            """(SELECT partner_id,
                       (5 * COUNT(*) OVER (ORDER BY last_day) + total - 1) / total
                           AS recency,
                       (5 * COUNT(*) OVER (ORDER BY times) + total - 1) / total
                           AS frequency,
                       (5 * COUNT(*) OVER (ORDER BY amount) + total - 1) / total
                           AS monetary
                  FROM (SELECT fact.partner_id,
                               MAX(%(day)s) FILTER (WHERE NOT fact.is_return)
                                   AS last_day,
                               COUNT(*) FILTER (WHERE NOT fact.is_return) AS times,
                               SUM(fact.amount) AS amount,
                               COUNT(*) OVER () AS total
                          FROM %(facts)s
                      GROUP BY 1
                        HAVING COUNT(*) FILTER (WHERE NOT fact.is_return) > 0)
                       buyer)""",
            day=day,
            facts=self._facts_within(start, None),
        )

    # -- who is left out --------------------------------------------------------------
    def _condition_excluded(self):
        excluded = self.exclude_ids._origin
        if not excluded:
            return None
        return SQL(" AND ").join(
            SQL("p.id NOT IN %s", audience._query()) for audience in excluded
        )
