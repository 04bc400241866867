from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..engine import earning
from .limits import program_limit_message
from .loyalty_program_ledger import DocumentState
from .origin import origin


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "loyalty.facts.mixin"]

    loyalty_branch_id = fields.Many2one(
        "loyalty.branch",
        "Branch",
        index="btree_not_null",
        domain="[('company_id', '=', company_id)]",
    )
    loyalty_requested_points = fields.Json(
        copy=False, help="Points the customer chose to spend, by card."
    )
    loyalty_card_id = fields.Many2one(
        "loyalty.card", "Member card", compute="_compute_loyalty_card"
    )
    loyalty_tier_id = fields.Many2one(
        "loyalty.tier", "Tier", compute="_compute_loyalty_card"
    )
    loyalty_balance = fields.Float(
        "Points", compute="_compute_loyalty_card", digits=(16, 2)
    )
    loyalty_progress = fields.Char("Next tier", compute="_compute_loyalty_card")
    loyalty_points_earned = fields.Float(
        "Earns", compute="_compute_loyalty_points", digits=(16, 2)
    )
    loyalty_points_spendable = fields.Float(
        "Can spend", compute="_compute_loyalty_points", digits=(16, 2)
    )
    loyalty_points_spent = fields.Float(
        "Spends", compute="_compute_loyalty_points", digits=(16, 2)
    )
    loyalty_warning = fields.Char(compute="_compute_loyalty_warning")

    # -- shown on the order -------------------------------------------------------
    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_loyalty_card(self):
        for order in self:
            club = order.company_id._loyalty_club()
            card = club._card_of(order.partner_id) if club else self.env["loyalty.card"]
            order.loyalty_card_id = card.sudo(False)
            order.loyalty_tier_id = card.sudo().tier_id.sudo(False)
            order.loyalty_balance = card.sudo().points
            order.loyalty_progress = card.sudo().tier_progress_text

    @api.depends(
        "loyalty_card_id",
        "state",
        "order_line.price_total",
        "order_line.points_cost",
        "order_line.coupon_id",
    )
    def _compute_loyalty_points(self):
        for order in self:
            card = order.loyalty_card_id.sudo()
            order.loyalty_points_spent = sum(
                line.points_cost for line in order.order_line if line.coupon_id == card
            )
            order.loyalty_points_spendable = 0.0
            order.loyalty_points_earned = 0.0
            if not card:
                continue
            if order.state in ("draft", "sent"):
                order.loyalty_points_spendable = float(
                    order._loyalty_offer(card).points
                )
            order.loyalty_points_earned = float(
                order._loyalty_earning(card.program_id, card).points
            )

    @api.depends("partner_id", "company_id", "amount_total", "state")
    def _compute_loyalty_warning(self):
        for order in self:
            order.loyalty_warning = (
                order._loyalty_prepayment_message()
                if order.state in ("draft", "sent")
                else False
            )

    # -- earning --------------------------------------------------------------------
    def _loyalty_moment(self):
        """The local moment at which the order counts."""
        moment = self.date_order if self.state == "sale" else None
        return self.company_id._loyalty_club()._local_moment(self.company_id, moment)

    def _loyalty_lines(self, program):
        """Lines for the engine in the program's currency, and their products."""
        terms = program._terms()
        stored_value = program._stored_value_product_ids()
        day = fields.Date.to_date(self.date_order) or fields.Date.context_today(self)
        lines, products = [], {}
        for line in self.order_line:
            if line.display_type or line.combo_item_id:
                continue
            is_payment = line.reward_id and (
                line.reward_id.program_id.is_payment_program
                or line.coupon_id.program_id == program
            )
            if is_payment and terms.earn_on_paid_with_points:
                continue
            amount = line.price_total if terms.tax_included else line.price_subtotal
            if self.currency_id != program.currency_id:
                amount = self.currency_id._convert(
                    amount, program.currency_id, self.company_id, day, round=False
                )
            template = line.product_id.product_tmpl_id
            lines.append(
                earning.Line(
                    line.id or line._origin.id or id(line),
                    Decimal(str(round(amount, 6))),
                    Decimal(str(line.product_uom_qty)),
                    Decimal(str(template.loyalty_points)),
                    excluded=bool(
                        line.is_delivery
                        or line.product_id.id in stored_value
                        or (template and not template._loyalty_earns())
                    ),
                )
            )
            products[lines[-1].key] = line.product_id
        return lines, products

    def _loyalty_earning(self, program, card, factors=None, number=None):
        """What the order earns ``card`` in a club, as an engine's ``Earning``."""
        self.ensure_one()
        terms = program._terms()
        lines, products = self._loyalty_lines(program)
        rules = self.env["loyalty.rule"]._engine_rules(terms.rules, products)
        if factors is None:
            factors = program._factors(card, self._loyalty_moment())
        if number is None and terms.needs_purchase_number:
            number = program._purchase_number(card, self)
        return earning.earn(
            lines,
            rules,
            factors,
            purchase_number=number or 1,
            stacking=terms.stacking,
        )

    def _program_check_compute_points(self, programs):
        """Clubs stay applicable with no points: what they earn comes by sync.

        So core neither makes cards for drafts nor adds points on its own.
        """
        result = super()._program_check_compute_points(programs)
        for program, status in result.items():
            if program.is_club and "points" in status:
                status["points"] = [0]
        return result

    def _loyalty_target(self, program, card, known=None):
        """``(points, trace, amount)`` which the order should have earned.

        :param known: trace of the last posting; its factors are kept: an edit next week
            does not earn by next week's tier
        """
        known = known or {}
        factors = earning.factors_from_trace(known) if known else None
        result = self._loyalty_earning(program, card, factors, known.get("purchase"))
        trace = result.trace()
        if program._terms().needs_purchase_number:
            trace["purchase"] = known.get("purchase") or program._purchase_number(
                card, self
            )
        return result.points, trace, result.amount

    def _loyalty_sync_confirmed(self):
        """Bring what confirmed orders earned to what they should have earned."""
        orders = self.filtered(lambda order: order.state == "sale" and order.id)
        if orders:
            orders._loyalty_sync()

    def _loyalty_sync(self):
        """Post the difference between what orders should earn and what they earned.

        Harmless to repeat. Only clubs which earn on order confirmation are concerned.
        """
        for company, orders in self.grouped("company_id").items():
            for program in self.env["loyalty.program"]._clubs(company):
                if program._terms().earn_on == "order":
                    for order in orders:
                        order._loyalty_sync_program(program)

    def _loyalty_sync_program(self, program):
        terms = program._terms()
        confirmed = self.state == "sale"
        day = self._loyalty_moment().date()
        states = program._document_states("sale.order", self.ids)
        card = program._card_of(self.partner_id)
        if not card and confirmed and self._loyalty_enrolls(program):
            card = program._enroll(self.partner_id)
        nothing = (Decimal(0), None, 0.0)
        for holder in card | card.browse(card_id for _id, card_id in states):
            if holder.program_id != program:
                continue
            state = states.get((self.id, holder.id)) or DocumentState()
            wanted = nothing
            if (
                holder == card
                and confirmed
                and (state.trace or program._is_running(day))
            ):
                wanted = self._loyalty_target(program, card, state.trace)
            program._sync_document(
                self,
                holder,
                wanted,
                state,
                released=self._loyalty_is_released(terms),
                day=day,
            )
            self._loyalty_show_earned(holder, float(wanted[0]))

    def _loyalty_enrolls(self, program):
        return (
            program._terms().auto_enroll
            and program._may_enroll(self.partner_id)
            and self._loyalty_earning(program, self.env["loyalty.card"].sudo()).points
        )

    def _add_loyalty_history_lines(self):
        """Let core's history start with what the sync is going to post."""
        for entry in self.coupon_point_ids.sudo().filtered("coupon_id.is_club"):
            program = entry.coupon_id.program_id
            if program._terms().earn_on == "order" and self.state != "sale":
                entry.points = float(
                    self._loyalty_earning(program, entry.coupon_id).points
                )
        return super()._add_loyalty_history_lines()

    def _loyalty_show_earned(self, card, points):
        """Core shows these on the order and in the customer's history."""
        entry = self.coupon_point_ids.sudo().filtered(lambda p: p.coupon_id == card)
        if entry and entry.points == points:
            return
        if entry:
            entry.points = points
        history = (
            self.env["loyalty.history"]
            .sudo()
            .search(
                [
                    ("card_id", "=", card.id),
                    ("order_model", "=", self._name),
                    ("order_id", "=", self.id),
                ],
                limit=1,
            )
        )
        if history and history.issued != points:
            history.issued = points
        elif not history and points:
            history.create(
                {
                    "card_id": card.id,
                    "order_model": self._name,
                    "order_id": self.id,
                    "description": self.env._("Order %s", self.display_name),
                    "issued": points,
                    "used": 0,
                }
            )

    def _loyalty_refunds(self):
        """Posted credit notes of this order, the oldest first."""
        return self.sudo().invoice_ids._loyalty_posted_refunds()

    def _loyalty_base(self, program):
        """The order's weight, of which a refund is a part."""
        lines, products = self._loyalty_lines(program)
        rules = self.env["loyalty.rule"]._engine_rules(program._terms().rules, products)
        return earning.earn_base(lines, rules)

    def _loyalty_is_released(self, terms):
        """Whether the order's points may be spent already."""
        if terms.release_policy == "immediate":
            return True
        if terms.release_policy == "delivered":
            return self._loyalty_is_delivered()
        if terms.release_policy == "paid":
            return self._loyalty_is_paid()
        return None  # by the day

    def _loyalty_is_delivered(self):
        pickings = self.sudo().picking_ids.filtered(
            lambda p: p.state != "cancel" and p.picking_type_code == "outgoing"
        )
        goods = self.order_line.filtered(
            lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0
        )
        if not pickings and goods:
            return False
        return all(picking.state == "done" for picking in pickings)

    def _loyalty_is_paid(self):
        invoices = self.sudo().invoice_ids.filtered(
            lambda m: m.state == "posted" and m.move_type == "out_invoice"
        )
        return bool(invoices) and all(
            invoice.payment_state in ("paid", "in_payment", "reversed")
            for invoice in invoices
        )

    # -- confirm, cancel ---------------------------------------------------------------
    def _loyalty_cards(self):
        return (
            self.applied_coupon_ids
            | self.coupon_point_ids.coupon_id
            | self.order_line.coupon_id
        )

    def action_confirm(self):
        """Confirm orders that share a card one by one, under a lock on their cards."""
        cards = self._loyalty_cards().filtered("is_ledger")
        if len(self) > 1 and (cards or self._loyalty_earns_on_order()):
            for order in self:
                order.action_confirm()
            return True
        cards._lock_points()
        for order in self:
            order._loyalty_check_spending(cards)
        with origin("sale.order", self.id if len(self) == 1 else None):
            result = super().action_confirm()
        self._loyalty_sync_confirmed()
        return result

    def _loyalty_earns_on_order(self):
        programs = self.env["loyalty.program"]
        return any(
            program._terms().earn_on == "order"
            for company in self.company_id
            for program in programs._clubs(company)
        )

    def _loyalty_check_spending(self, cards):
        """Check costs against balances and caps under the lock, with the numbers."""
        costs = defaultdict(float)
        for line in self.order_line:
            if line.coupon_id in cards:
                costs[line.coupon_id] += line.points_cost
        for card, cost in costs.items():
            card_sudo = card.sudo()
            if cost:
                card_sudo._check_spendable(cost)
            if card_sudo.is_club and cost:
                offer = self._loyalty_offer(card_sudo, total=True)
                if float_compare(float(offer.points), cost, precision_digits=2) < 0:
                    raise UserError(
                        program_limit_message(self.env, card_sudo, offer, cost)
                    )

    def _get_point_changes(self):
        """What orders take from cards; what clubs earn comes by sync.

        The keys are superuser records: the salesperson confirms the order, the server
        moves the points.
        """
        changes = super()._get_point_changes()
        club_earnings = defaultdict(float)
        for entry in self.coupon_point_ids.sudo():
            if entry.coupon_id.is_club:
                club_earnings[entry.coupon_id] += entry.points
        result = {}
        for coupon, change in changes.items():
            change -= club_earnings.get(coupon, 0.0)
            if not coupon.is_club or change:
                result[coupon.sudo()] = change
        return result

    def _action_cancel(self):
        if len(self) > 1 and self._loyalty_cards().filtered("is_ledger"):
            for order in self:
                order._action_cancel()
            return True
        confirmed = self.filtered(lambda order: order.state == "sale")
        self._loyalty_cards().filtered("is_ledger")._lock_points()
        with origin("sale.order", self.id if len(self) == 1 else None, kind="cancel"):
            result = super()._action_cancel()
        confirmed._loyalty_sync()
        return result

    def copy(self, default=None):
        with origin():
            return super().copy(default)

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        if self.loyalty_branch_id:
            values["loyalty_branch_id"] = self.loyalty_branch_id.id
        return values
