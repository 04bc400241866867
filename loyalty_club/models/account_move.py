from decimal import Decimal

from odoo import api, fields, models

from ..engine import earning
from .loyalty_program_ledger import DocumentState

EARNING_TYPES = ("out_invoice", "out_receipt")
LOYALTY_TYPES = (*EARNING_TYPES, "out_refund")
PAID_STATES = ("paid", "in_payment", "reversed")
NOTHING = (Decimal(0), None, 0.0)


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "loyalty.facts.mixin"]

    loyalty_branch_id = fields.Many2one(
        "loyalty.branch",
        "Branch",
        index="btree_not_null",
        domain="[('company_id', '=', company_id)]",
    )
    loyalty_card_id = fields.Many2one(
        "loyalty.card", "Member card", compute="_compute_loyalty_card"
    )
    loyalty_balance = fields.Float(
        "Points", compute="_compute_loyalty_card", digits=(16, 2)
    )
    loyalty_progress = fields.Char("Next tier", compute="_compute_loyalty_card")
    loyalty_points_earned = fields.Float(
        "Points earned", compute="_compute_loyalty_points", digits=(16, 2)
    )
    loyalty_points_pending = fields.Float(
        "Points pending", compute="_compute_loyalty_points", digits=(16, 2)
    )
    loyalty_points_spent = fields.Float(
        "Points spent", compute="_compute_loyalty_points", digits=(16, 2)
    )
    loyalty_explanation = fields.Char(compute="_compute_loyalty_points")
    loyalty_till_key = fields.Char(
        readonly=True, copy=False, help="The till's number of the sale: it books once."
    )

    _loyalty_paid_idx = models.Index(
        "(commercial_partner_id, invoice_date) WHERE state = 'posted'"
        " AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    _loyalty_till_key_uniq = models.UniqueIndex(
        "(loyalty_till_key) WHERE loyalty_till_key IS NOT NULL",
        "This sale of the till was booked already.",
    )

    @api.depends("commercial_partner_id", "company_id", "move_type")
    @api.depends_context("lang")
    def _compute_loyalty_card(self):
        for move in self:
            club = (
                move.company_id._loyalty_club()
                if move.move_type in LOYALTY_TYPES
                else self.env["loyalty.program"]
            )
            card = club._card_of(move.partner_id) if club else self.env["loyalty.card"]
            move.loyalty_card_id = card.sudo(False)
            move.loyalty_balance = card.sudo().points
            move.loyalty_progress = card.sudo().tier_progress_text

    @api.depends("state", "payment_state", "invoice_line_ids")
    @api.depends_context("lang")
    def _compute_loyalty_points(self):
        rows = self.env["loyalty.point.move"].sudo()
        if self.ids:
            rows = rows.search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("card_id.is_club", "=", True),
                ],
                order="id",
            )
        by_move = rows.grouped("res_id")
        for move in self:
            own = by_move.get(move._origin.id, rows.browse())
            earning_rows = own.filtered(
                lambda r: r.kind in ("earn", "release", "reverse")
            )
            move.loyalty_points_earned = sum(
                r.points + r.pending_points for r in earning_rows
            )
            move.loyalty_points_pending = sum(r.pending_points for r in earning_rows)
            move.loyalty_points_spent = -sum(
                r.points for r in own if r.kind in ("spend", "refund")
            )
            traced = earning_rows.filtered("trace")[-1:]
            move.loyalty_explanation = traced.explanation or ""

    def _loyalty_pending(self):
        return self.loyalty_points_pending

    def _loyalty_spent(self):
        # What was spent on an order moved with the order, and is told here as well.
        if self.loyalty_points_spent or self.move_type not in EARNING_TYPES:
            return self.loyalty_points_spent
        lines = self.invoice_line_ids
        own = lines.filtered(lambda line: line.loyalty_card_id == self.loyalty_card_id)
        return sum(own.mapped("loyalty_points_cost"))

    # -- the ERP's own events -----------------------------------------------------
    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._loyalty_sync()
        return posted

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._loyalty_sync()
        self._loyalty_on_paid()
        return result

    def button_draft(self):
        result = super().button_draft()
        self._loyalty_sync()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._loyalty_sync()
        return result

    def _loyalty_on_paid(self):
        """A payment may release points of orders, and lifts tiers at once."""
        programs = self.env["loyalty.program"]
        for company, moves in self.grouped("company_id").items():
            clubs = programs._clubs(company)
            if not clubs:
                continue
            if any(program._terms().earn_on == "order" for program in clubs):
                moves.line_ids.sale_line_ids.order_id._loyalty_sync_confirmed()
            for program in clubs:
                cards = program._cards_of(moves.partner_id)
                for card in cards.values():
                    if program._terms().hold_if_overdue:
                        card._sync_held_documents()
                    card._update_tiers()

    # -- earning ------------------------------------------------------------------
    def _loyalty_sync(self):
        """Post the difference between what invoices should earn and what they earned.

        Harmless to repeat; called after each event that may change the answer. Invoices
        of the Point of Sale are left out, since their orders earned already.
        """
        moves = self.filtered(
            lambda m: m.move_type in LOYALTY_TYPES and not m._loyalty_is_pos()
        )
        for company, some in moves.grouped("company_id").items():
            programs = self.env["loyalty.program"]._clubs(company)
            some._loyalty_sync_sold_cards()
            if programs or some._loyalty_has_stored_value():
                some._loyalty_sync_spending()
            for program in programs:
                some._loyalty_sync_program(program)

    def _loyalty_is_pos(self):
        return "pos_order_ids" in self._fields and bool(self.sudo().pos_order_ids)

    def _loyalty_has_stored_value(self):
        return bool(self.invoice_line_ids.loyalty_card_id)

    def _loyalty_sync_program(self, program):
        terms = program._terms()
        refunds = self.filtered(lambda m: m.move_type == "out_refund")
        if terms.earn_on != "order":
            invoices = self - refunds
            states = program._document_states(self._name, invoices.ids)
            cards = program._cards_of(invoices.partner_id)
            for invoice in invoices:
                changed = invoice._loyalty_sync_invoice(program, cards, states)
                if changed and any(key[0] == invoice.id for key in states):
                    refunds |= invoice.reversal_move_ids
        for refund in refunds:
            refund._loyalty_sync_refund(program)

    def _loyalty_sync_invoice(self, program, cards, states):
        card = cards.get(self.partner_id)
        posted = self.state == "posted"
        day = self._loyalty_day()
        counts = posted and (
            program._terms().earn_on == "posted" or self._loyalty_is_paid()
        )
        if not card and counts and self._loyalty_enrolls(program):
            card = cards[self.partner_id] = program._enroll(self.partner_id)
        known = [card_id for move_id, card_id in states if move_id == self.id]
        changed = False
        for holder in (
            (card or self.env["loyalty.card"])
            .sudo()
            .browse(dict.fromkeys([*([card.id] if card else []), *known]))
        ):
            if holder.program_id != program:
                continue
            state = states.get((self.id, holder.id)) or DocumentState()
            wanted = NOTHING
            if holder == card and counts and (state.trace or program._is_running(day)):
                wanted = self._loyalty_target(program, card, state.trace)
            if not wanted[0] and not state.total:
                continue
            changed |= program._sync_document(
                self,
                holder,
                wanted,
                state,
                released=self._loyalty_is_released(program._terms()),
                day=day,
            )
        return changed

    def _loyalty_enrolls(self, program):
        return (
            program._terms().auto_enroll
            and program._may_enroll(self.partner_id)
            and self._loyalty_earning(program, self.env["loyalty.card"].sudo()).points
        )

    def _loyalty_day(self):
        return self.invoice_date or self.date or fields.Date.context_today(self)

    def _loyalty_moment(self, program):
        """Wall clock of the invoice: its own day, the hour of posting."""
        moment = program._local_moment(self.company_id)
        day = self._loyalty_day()
        return moment.replace(year=day.year, month=day.month, day=day.day)

    def _loyalty_is_paid(self):
        return self.payment_state in PAID_STATES

    def _loyalty_is_released(self, terms):
        if terms.release_policy == "immediate":
            return True
        if terms.release_policy == "paid":
            return self._loyalty_is_paid()
        if terms.release_policy == "delivered":
            orders = self.sudo().line_ids.sale_line_ids.order_id
            return all(order._loyalty_is_delivered() for order in orders)
        return None  # by the day

    def _loyalty_lines(self, program):
        """Lines for the engine in the program's currency, and their products."""
        terms = program._terms()
        stored_value = program._stored_value_product_ids()
        lines, products = [], {}
        for line in self.invoice_line_ids:
            if line.display_type != "product":
                continue
            if line.loyalty_card_id.sudo().is_ledger and terms.earn_on_paid_with_points:
                continue
            amount = line.price_total if terms.tax_included else line.price_subtotal
            if self.currency_id != program.currency_id:
                amount = self.currency_id._convert(
                    amount,
                    program.currency_id,
                    self.company_id,
                    self._loyalty_day(),
                    round=False,
                )
            template = line.product_id.product_tmpl_id
            lines.append(
                earning.Line(
                    line.id,
                    Decimal(str(round(amount, 6))),
                    Decimal(str(line.quantity)),
                    Decimal(str(template.loyalty_points)),
                    excluded=bool(
                        line.product_id.id in stored_value
                        or (template and not template._loyalty_earns())
                        or line.sale_line_ids.filtered("is_delivery")
                    ),
                )
            )
            products[line.id] = line.product_id
        return lines, products

    def _loyalty_rules(self, program, products):
        return self.env["loyalty.rule"]._engine_rules(program._terms().rules, products)

    def _loyalty_earning(self, program, card, factors=None, number=None):
        """What the invoice earns ``card`` in a club, as an engine's ``Earning``."""
        self.ensure_one()
        terms = program._terms()
        lines, products = self._loyalty_lines(program)
        if factors is None:
            factors = program._factors(card, self._loyalty_moment(program))
        if number is None and terms.needs_purchase_number:
            number = program._purchase_number(card, self)
        return earning.earn(
            lines,
            self._loyalty_rules(program, products),
            factors,
            purchase_number=number or 1,
            stacking=terms.stacking,
        )

    def _loyalty_target(self, program, card, known=None):
        """``(points, trace, amount)`` which the invoice should have earned.

        :param known: trace of the last posting. Where the lines are the same the answer
            is too, whatever became of the rules; the factors are kept in any case.
        """
        known = known or {}
        fingerprint = self._loyalty_fingerprint()
        if known.get("lines") == fingerprint:
            return Decimal(known["points"]), known, Decimal(known["amount"])
        factors = earning.factors_from_trace(known) if known else None
        number = known.get("purchase")
        if number is None and program._terms().needs_purchase_number:
            number = program._purchase_number(card, self)
        result = self._loyalty_earning(program, card, factors, number)
        trace = {**result.trace(), "lines": fingerprint}
        if number is not None:
            trace["purchase"] = number
        return result.points, trace, result.amount

    def _loyalty_fingerprint(self):
        return [
            [line.product_id.id or 0, line.quantity, round(line.price_total, 2)]
            for line in self.invoice_line_ids
            if line.display_type == "product"
        ]

    # -- refunds --------------------------------------------------------------------
    def _loyalty_sync_refund(self, program):
        """Take back what the refunded document earned, by its own rate and tier."""
        source = self._loyalty_refunded_source(program)
        if not source:
            self._loyalty_sync_refund_alone(program)
            return
        refunds = source._loyalty_refunds()
        states = program._document_states(source._name, source.ids)
        taken = program._document_states(self._name, (refunds | self).ids)
        cards = {card_id for _id, card_id in (*states, *taken)}
        for card in self.env["loyalty.card"].sudo().browse(cards):
            if card.program_id != program:
                continue
            state = states.get((source.id, card.id)) or DocumentState()
            shares = refunds._loyalty_shares(program, source, max(state.total, 0.0))
            for refund in refunds | self:
                program._sync_refund(
                    refund,
                    source,
                    card,
                    -shares.get(refund.id, Decimal(0)),
                    taken.get((refund.id, card.id)) or DocumentState(),
                    state,
                )

    def _loyalty_refunded_source(self, program):
        """The order or invoice whose points this credit note takes back."""
        if program._terms().earn_on == "order":
            orders = self.sudo().line_ids.sale_line_ids.order_id
            orders |= self.reversed_entry_id.sudo().line_ids.sale_line_ids.order_id
            return orders[:1]
        if self.reversed_entry_id:
            return self.reversed_entry_id
        invoices = self.sudo().line_ids.sale_line_ids.invoice_lines.move_id
        return invoices.filtered(lambda m: m.move_type in EARNING_TYPES)[:1]

    def _loyalty_refunds(self):
        """Posted credit notes of this invoice, the oldest first."""
        moves = self.reversal_move_ids
        moves |= self.sudo().line_ids.sale_line_ids.invoice_lines.move_id.filtered(
            lambda m: m.move_type == "out_refund" and not m.reversed_entry_id
        )
        return moves._loyalty_posted_refunds()

    def _loyalty_posted_refunds(self):
        return self.filtered(
            lambda m: m.state == "posted" and m.move_type == "out_refund"
        ).sorted(lambda m: (m._loyalty_day(), m.id))

    def _loyalty_base(self, program):
        lines, products = self._loyalty_lines(program)
        return earning.earn_base(lines, self._loyalty_rules(program, products))

    def _loyalty_shares(self, program, source, points):
        """``{refund id: points it takes back}`` of what the source earned."""
        bases = [max(refund._loyalty_base(program), Decimal(0)) for refund in self]
        shares = earning.take_back(
            Decimal(str(points)), source._loyalty_base(program), bases
        )
        return dict(zip(self.ids, shares, strict=True))

    def _loyalty_sync_refund_alone(self, program):
        """A credit note of nothing we know takes what such a sale would earn today."""
        states = program._document_states(self._name, self.ids)
        card = program._card_of(self.partner_id)
        if not card:
            return
        state = states.get((self.id, card.id)) or DocumentState()
        wanted = Decimal(0)
        if self.state == "posted":
            wanted = self._loyalty_earning(program, card).points
        program._sync_refund(self, self, card, -wanted, state, DocumentState())
