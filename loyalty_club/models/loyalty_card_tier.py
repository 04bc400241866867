"""Tiers of members: what they reached, what they keep, what is missing."""

from collections import defaultdict
from decimal import Decimal

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date

from ..engine import tiers
from .loyalty_card_ledger import EARNING_KINDS

SALE_MOVES = ("out_invoice", "out_refund", "out_receipt")


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    tier_id = fields.Many2one(
        "loyalty.tier",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('program_id', '=', program_id)]",
    )
    tier_since = fields.Date(readonly=True, copy=False)
    tier_metric_value = fields.Float(
        "Figure for the tier", digits=(16, 2), readonly=True, copy=False
    )
    tier_grace_until = fields.Date(
        "Grace until",
        readonly=True,
        copy=False,
        help="The member fell short of the tier and loses it after this day.",
    )
    tier_locked = fields.Boolean("Tier set by hand", readonly=True, copy=False)
    tier_locked_until = fields.Date("Set until", readonly=True, copy=False)
    tier_lock_reason = fields.Char("Reason", readonly=True, copy=False)
    tier_dirty = fields.Boolean(
        default=True, copy=False, help="The tier is due for a look."
    )
    tier_change_ids = fields.One2many("loyalty.tier.change", "card_id", readonly=True)
    tier_progress_text = fields.Char(compute="_compute_tier_progress")
    tier_progress_percent = fields.Float(compute="_compute_tier_progress")

    _tier_dirty_idx = models.Index("(program_id, id) WHERE tier_dirty IS TRUE")
    _tier_grace_idx = models.Index(
        "(tier_grace_until) WHERE tier_grace_until IS NOT NULL"
    )

    @api.depends("tier_id", "tier_metric_value", "program_id")
    @api.depends_context("lang")
    def _compute_tier_progress(self):
        for card in self:
            card.tier_progress_text, card.tier_progress_percent = "", 0.0
            program = card.program_id
            if not program.is_club or not program.tier_ids:
                continue
            progress = tiers.progress(
                program._levels(),
                card.tier_id.id or None,
                Decimal(str(card.tier_metric_value)),
            )
            if not progress:
                card.tier_progress_percent = 100.0
                card.tier_progress_text = self.env._("The highest tier is reached")
                continue
            card.tier_progress_percent = float(progress.share) * 100
            tier = self.env["loyalty.tier"].browse(progress.next_key)
            card.tier_progress_text = card._progress_sentence(
                tier, float(progress.missing)
            )

    def _progress_sentence(self, tier, missing):
        deadline = self._tier_window(self.program_id._today())[1]
        if deadline:
            return self.env._(
                "%(missing)s to %(tier)s until %(date)s",
                missing=tier._format_metric(missing),
                tier=tier.name,
                date=format_date(self.env, deadline, date_format="d MMMM"),
            )
        return self.env._(
            "%(missing)s to %(tier)s",
            missing=tier._format_metric(missing),
            tier=tier.name,
        )

    def _tier_window(self, today):
        """``(first day, last day)`` that count for the tier; either may be None."""
        program = self.program_id
        return tiers.window(
            program.tier_window,
            today,
            months=program.tier_months,
            anniversary=self.create_date.date() if self.create_date else today,
        )

    # -- figures ----------------------------------------------------------------
    def _tier_metrics(self, today=None):
        """The figure by which tiers are given, for many cards in a few queries.

        :return: ``{card id: float}`` in the program's currency, points or purchases
        """
        figures = {}
        for program, cards in self.grouped("program_id").items():
            day = today or program._today()
            by_window = defaultdict(list)
            for card in cards:
                by_window[card._tier_window(day)].append(card.id)
            for window, ids in by_window.items():
                compute = getattr(self.browse(ids), f"_metric_{program.tier_metric}")
                figures.update(compute(program, *window))
        return figures

    def _metric_spend(self, program, start, end):
        included = program.earn_base == "tax_included"
        paid = SQL("move.amount_total_signed - move.amount_residual_signed")
        if not included:
            paid = SQL(
                "(%s) * move.amount_untaxed_signed"
                " / NULLIF(move.amount_total_signed, 0)",
                paid,
            )
        return self._sum_moves(program, paid, SQL(""), start, end, SQL("SUM(amount)"))

    def _metric_orders(self, program, start, end):
        one = SQL(
            "CASE WHEN move.move_type <> 'out_refund'"
            " AND move.payment_state IN ('paid', 'in_payment') THEN 1 ELSE 0 END"
        )
        return self._sum_moves(
            program, one, SQL(""), start, end, SQL("COUNT(*)"), convert=False
        )

    def _metric_margin(self, program, start, end):
        joins = SQL(
            """JOIN account_move_line line ON line.move_id = move.id
                    AND line.display_type = 'product'
                LEFT JOIN product_product product ON product.id = line.product_id"""
        )
        sign = SQL("CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END")
        margin = SQL(
            """CASE WHEN move.payment_state IN ('paid', 'in_payment', 'reversed')
                THEN -line.balance - %s * line.quantity * COALESCE(
                    (product.standard_price ->> move.company_id::text)::numeric, 0)
                ELSE 0 END""",
            sign,
        )
        return self._sum_moves(program, margin, joins, start, end, SQL("SUM(margin)"))

    def _metric_points(self, program, start, end):
        domain = [
            ("card_id", "in", self._with_merged().ids),
            ("kind", "in", (*EARNING_KINDS, "bonus")),
        ]
        if start:
            domain.append(("date", ">=", start))
        totals = defaultdict(float)
        rows = self.env["loyalty.point.move"].sudo()
        for card, points in rows._read_group(domain, ["card_id"], ["points:sum"]):
            totals[card._survivor().id] += points
        return totals

    def _sum_moves(
        self, program, expression, joins, start, end, purchases, convert=True
    ):
        holder = SQL.identifier(
            "commercial_partner_id"
            if program.holder_policy == "commercial"
            else "partner_id"
        )
        partners = tuple(self.partner_id.ids)
        if not partners:
            return {}
        companies = program._club_companies()
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model(["balance", "quantity", "product_id"])
        self.env["product.product"].flush_model(["standard_price"])
        rows = self.env.execute_query(
            SQL(
                """SELECT move.%(holder)s, move.company_id, SUM(%(expression)s)
                     FROM account_move move %(joins)s
                    WHERE move.state = 'posted' AND move.move_type IN %(types)s
                      AND move.%(holder)s IN %(partners)s
                      AND move.company_id IN %(companies)s %(when)s
                 GROUP BY 1, 2""",
                holder=holder,
                expression=expression,
                joins=joins,
                types=SALE_MOVES,
                partners=partners,
                companies=tuple(companies.ids),
                when=self._between(SQL("move.invoice_date"), start, end),
            )
        )
        totals = defaultdict(float)
        today = program._today()
        for partner_id, company_id, amount in rows:
            company = companies.browse(company_id)
            value = float(amount or 0)
            if convert and company.currency_id != program.currency_id:
                value = company.currency_id._convert(
                    value, program.currency_id, company, today
                )
            totals[partner_id] += value
        self._subtract_stored_value(program, totals, holder, start, end, convert)
        for partner_id, amount in self._past_purchases(
            program, purchases, partners, start, end
        ):
            totals[partner_id] += float(amount or 0)
        return {card.id: totals.get(card.partner_id.id, 0.0) for card in self}

    def _subtract_stored_value(self, program, totals, holder, start, end, convert):
        """What bought a gift card or filled a wallet is not a purchase yet."""
        products = program._stored_value_product_ids()
        if not products or not convert or program.tier_metric != "spend":
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT move.%(holder)s, -SUM(line.balance)
                     FROM account_move_line line
                     JOIN account_move move ON move.id = line.move_id
                    WHERE line.product_id IN %(products)s
                      AND move.state = 'posted' AND move.move_type IN %(types)s
                      AND move.payment_state IN ('paid', 'in_payment')
                      AND move.%(holder)s IN %(partners)s %(when)s
                 GROUP BY 1""",
                holder=holder,
                products=tuple(products),
                types=SALE_MOVES,
                partners=tuple(self.partner_id.ids),
                when=self._between(SQL("move.invoice_date"), start, end),
            )
        )
        for partner_id, amount in rows:
            totals[partner_id] -= float(amount or 0)

    def _past_purchases(self, program, aggregate, partners, start, end):
        self.env["loyalty.purchase"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, %s FROM loyalty_purchase
                    WHERE program_id = %s AND state = 'done' AND partner_id IN %s %s
                 GROUP BY 1""",
                aggregate,
                program.id,
                partners,
                self._between(SQL("date"), start, end),
            )
        )

    @staticmethod
    def _between(column, start, end):
        condition = SQL("")
        if start:
            condition = SQL("%s AND %s >= %s", condition, column, start)
        if end:
            condition = SQL("%s AND %s <= %s", condition, column, end)
        return condition

    # -- decisions ----------------------------------------------------------------
    def _update_tiers(self, today=None):
        """Upgrade at once; downgrade after the grace period, as the program says."""
        clubs = self.filtered(lambda c: c.is_club and c.partner_id)
        figures = clubs._tier_metrics(today)
        changes, kept = [], []
        for program, cards in clubs.grouped("program_id").items():
            levels = program._levels()
            day = today or program._today()
            for card in cards:
                figure = round(figures.get(card.id, 0.0), 2)
                changes += card._decide_tier(levels, figure, day, kept)
        self._write_kept_tiers(kept)
        self.env["loyalty.tier.change"].sudo().create(changes)
        if changes:
            self._sync_partner_tiers()
        return changes

    def _give_first_tier(self):
        """Give cards of customers who never bought what no purchase at all earns."""
        changes = []
        for program, cards in self.grouped("program_id").items():
            tier = program._first_tier()
            cards.write(
                {
                    "tier_id": tier.id,
                    "tier_since": program._today(),
                    "tier_dirty": False,
                }
            )
            if tier:
                old = tier.browse()
                changes += [
                    card._tier_change(old, tier, "upgrade", 0) for card in cards
                ]
        self.env["loyalty.tier.change"].sudo().create(changes)
        self._sync_partner_tiers()

    def _decide_tier(self, levels, figure, today, kept):
        """Decide one card and write a change.

        :param kept: gets ``(card id, figure, grace)`` where only these are news
        :return: values of the change for the history, none where the tier stays
        """
        decision = tiers.decide(
            levels,
            self.tier_id.id or None,
            Decimal(str(figure)),
            policy=self.program_id.downgrade_policy,
            today=today,
            grace_days=self.program_id.grace_days,
            grace_until=self.tier_grace_until or None,
            locked_until=self.tier_locked_until or None,
            locked=self.tier_locked,
        )
        values = {
            "tier_metric_value": figure,
            "tier_grace_until": decision.grace_until or False,
            "tier_dirty": False,
        }
        if (
            self.tier_locked
            and self.tier_locked_until
            and self.tier_locked_until < today
        ):
            values.update(
                tier_locked=False, tier_locked_until=False, tier_lock_reason=False
            )
        if decision.key == (self.tier_id.id or None):
            news = {name for name, value in values.items() if self[name] != value}
            if "tier_locked" in news:
                self.sudo().write(values)
            elif news:
                kept.append((self.id, figure, decision.grace_until))
            return []
        old = self.tier_id
        new = old.browse(decision.key or [])
        self.sudo().write({**values, "tier_id": new.id, "tier_since": today})
        up = new.threshold > old.threshold if old and new else bool(new)
        return [self._tier_change(old, new, "upgrade" if up else "downgrade", figure)]

    def _write_kept_tiers(self, kept):
        """Write figures and grace of cards that keep their tier, in one statement.

        Every night thousands of figures move and hardly a tier does. Nothing follows
        these columns: no tracking, no computed field that is stored.
        """
        if not kept:
            return
        names = ["tier_metric_value", "tier_grace_until", "tier_dirty"]
        self.flush_model(names)
        rows = SQL(", ").join(
            SQL("(%s, %s::numeric, %s::date)", card_id, figure, grace)
            for card_id, figure, grace in kept
        )
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_card card
                      SET tier_metric_value = kept.figure,
                          tier_grace_until = kept.grace, tier_dirty = FALSE
                     FROM (VALUES %s) AS kept (card_id, figure, grace)
                    WHERE card.id = kept.card_id""",
                rows,
            )
        )
        shown = ["tier_progress_text", "tier_progress_percent"]
        self.browse([row[0] for row in kept]).invalidate_recordset(
            [*names, *shown], flush=False
        )

    def _tier_change(self, old, new, cause, figure, reason=None):
        return {
            "card_id": self.id,
            "from_tier_id": old.id,
            "to_tier_id": new.id,
            "metric_value": figure,
            "cause": cause,
            "reason": reason,
            "user_id": self.env.uid,
        }

    def _sync_partner_tiers(self):
        """Keep the tier on the customer, from where price lists read it."""
        members = self.filtered(lambda c: c.is_club and c.partner_id)
        for program, cards in members.grouped("program_id").items():
            for company in program._club_companies():
                if company._loyalty_club() != program:
                    continue
                for tier, some in cards.grouped("tier_id").items():
                    partners = some.partner_id.with_company(company).sudo()
                    partners.filtered(lambda p, t=tier: p.loyalty_tier_id != t).write(
                        {"loyalty_tier_id": tier.id}
                    )

    def _set_tier(self, tier, reason, until=None):
        """Give a tier by hand; it stays until the day, or until it is set free.

        :raise AccessError: the user is no loyalty manager
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group(
            "loyalty_club.group_loyalty_manager"
        ):
            raise AccessError(self.env._("Only loyalty managers set tiers by hand."))
        old = self.tier_id
        self.sudo().write(
            {
                "tier_id": tier.id,
                "tier_since": self.program_id._today(),
                "tier_locked": True,
                "tier_locked_until": until,
                "tier_lock_reason": reason,
                "tier_grace_until": False,
            }
        )
        self.env["loyalty.tier.change"].sudo().create(
            self._tier_change(old, tier, "manual", self.tier_metric_value, reason)
        )
        self._sync_partner_tiers()

    def action_release_tier(self):
        """End a tier given by hand: figures decide again."""
        if not self.env.user.has_group("loyalty_club.group_loyalty_manager"):
            raise AccessError(self.env._("Only loyalty managers set tiers by hand."))
        self.sudo().write(
            {
                "tier_locked": False,
                "tier_locked_until": False,
                "tier_lock_reason": False,
            }
        )
        self._update_tiers()

    @api.model
    def _cron_update_tiers(self, batch_size=2000):
        """Look at the members whose figures or dates may have changed."""
        today = fields.Date.context_today(self)
        self._mark_window_members()
        domain = [
            ("is_club", "=", True),
            ("partner_id", "!=", False),
            "|",
            "|",
            ("tier_dirty", "=", True),
            ("tier_grace_until", "<", today),
            ("tier_locked_until", "<", today),
        ]
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=self.search_count(domain))
        last_id, failures = 0, 0
        while left and failures < 5:
            batch = self.search(
                [*domain, ("id", ">", last_id)], limit=batch_size, order="id"
            )
            if not batch:
                break
            try:
                batch._update_tiers()
                batch.filtered("tier_dirty").write({"tier_dirty": False})
                self.env.flush_all()
                last_id, failures = batch[-1].id, 0
                left = commit(len(batch))
            except SerializationFailure:
                self.env.cr.rollback()
                failures += 1
            self.env.invalidate_all()

    @api.model
    def _mark_window_members(self):
        """Members with a tier to lose are looked at daily: time alone moves windows."""
        self.flush_model(["tier_dirty", "tier_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_card card SET tier_dirty = TRUE
                     FROM loyalty_program program, loyalty_tier tier
                    WHERE program.id = card.program_id AND tier.id = card.tier_id
                      AND program.is_club AND program.tier_window <> 'lifetime'
                      AND program.downgrade_policy <> 'never' AND tier.threshold > 0
                      AND card.active AND NOT COALESCE(card.tier_dirty, FALSE)"""
            )
        )
        self.invalidate_model(["tier_dirty"])
