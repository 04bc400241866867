"""Invoices paid with points or gift cards, and credit notes which return them."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .account_move import EARNING_TYPES
from .limits import program_limit_message


class AccountMove(models.Model):
    _inherit = "account.move"

    # -- spending ---------------------------------------------------------------------
    def _loyalty_sync_spending(self):
        """Points and gift cards that pay an invoice directly move when it is posted."""
        for move in self:
            costs = move._loyalty_direct_costs()
            cards = self.env["loyalty.card"].sudo().browse(costs)
            if not cards and not move.invoice_line_ids.loyalty_card_id:
                # Only documents that ever spent anything are worth a query.
                continue
            cards._lock_points()
            for card in cards | move.invoice_line_ids.loyalty_card_id.sudo():
                if move.move_type == "out_refund":
                    move._loyalty_sync_returned(card)
                else:
                    move._loyalty_sync_spent(card, costs.get(card.id, 0.0))

    def _loyalty_direct_costs(self):
        """``{card id: points}`` that lines of this invoice cost, orders left out."""
        costs = {}
        if self.state != "posted" or self.move_type == "out_refund":
            return costs
        for line in self.invoice_line_ids.filtered("loyalty_card_id"):
            if not line.sale_line_ids:
                card = line.loyalty_card_id.sudo()
                costs[card.id] = costs.get(card.id, 0.0) + line._loyalty_cost(card)
        return costs

    def _loyalty_spent_rows(self, card, documents):
        rows = self.env["loyalty.point.move"].sudo()
        for model, records in documents:
            rows |= rows.search(
                [
                    ("card_id", "=", card.id),
                    ("res_model", "=", model),
                    ("res_id", "in", records.ids),
                    ("kind", "in", ("spend", "refund")),
                ]
            )
        return rows

    def _loyalty_sync_spent(self, card, wanted):
        rows = self._loyalty_spent_rows(card, [(self._name, self)])
        diff = round(wanted + sum(rows.mapped("points")), 2)
        if diff > 0:
            card._check_spendable(diff)
            self._loyalty_check_caps(card, wanted)
            card._post_points(
                [
                    card._entry(
                        "spend",
                        -diff,
                        res_model=self._name,
                        res_id=self.id,
                        company_id=self.company_id.id,
                        branch_id=self.loyalty_branch_id.id,
                    )
                ]
            )
        elif diff < 0:
            card._give_back(self._name, self.id, -diff)

    def _loyalty_check_caps(self, card, wanted):
        if not card.is_club:
            return
        offer = self._loyalty_offer(card)
        if float_compare(float(offer.points), wanted, precision_digits=2) < 0:
            raise UserError(program_limit_message(self.env, card, offer, wanted))

    def _loyalty_offer(self, card):
        """What ``card`` may spend on the invoice in all, and the limits."""
        program = card.program_id
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line.loyalty_card_id
        )
        stored_value = program._stored_value_product_ids()
        spendable = lines.filtered(
            lambda line: line.product_id.id not in stored_value
            and (
                not line.product_id
                or line.product_id.product_tmpl_id._loyalty_spendable()
            )
        )
        cost = 0.0
        if program.cap_min_margin:
            cost = sum(
                line.product_id.with_company(self.company_id).sudo().standard_price
                * line.quantity
                for line in lines
            )
        return program._offer(
            card,
            document_amount=self._loyalty_in_program(
                program, sum(lines.mapped("price_total"))
            ),
            spendable_amount=self._loyalty_in_program(
                program, sum(spendable.mapped("price_total"))
            ),
            subtotal=self._loyalty_in_program(
                program, sum(lines.mapped("price_subtotal"))
            ),
            cost=cost,
        )

    def _loyalty_in_program(self, program, amount):
        if self.currency_id == program.currency_id:
            return amount
        return self.currency_id._convert(
            amount, program.currency_id, self.company_id, self._loyalty_day()
        )

    def _loyalty_sync_returned(self, card):
        """A credit note returns the points that paid for what it credits."""
        own = self._loyalty_spent_rows(card, [(self._name, self)])
        returned = sum(own.mapped("points"))
        wanted = self._loyalty_points_to_return(card) if self.state == "posted" else 0.0
        diff = round(wanted - returned, 2)
        source = self.reversed_entry_id
        orders = (self | source).sudo().line_ids.sale_line_ids.order_id
        spent = self._loyalty_spent_rows(
            card, [(self._name, source), ("sale.order", orders)]
        ).filtered(lambda row: row.kind == "spend")
        if diff > 0:
            diff = min(diff, float(sum(card._refundable(spent).values())))
        if diff and spent:
            card._post_points(
                [
                    card._entry(
                        "refund",
                        diff,
                        res_model=self._name,
                        res_id=self.id,
                        company_id=self.company_id.id,
                        reversal_of_ids=tuple(spent.ids),
                        allow_debt=True,
                    )
                ]
            )

    def _loyalty_payment_lines(self, card):
        return self.invoice_line_ids.filtered(lambda line: line.loyalty_card_id == card)

    def _loyalty_points_to_return(self, card):
        lines = self.invoice_line_ids.filtered(
            lambda line: line.loyalty_card_id == card
        )
        return sum(abs(line._loyalty_cost(card)) for line in lines)

    def action_loyalty_spend(self, points=None):
        """Pay a draft invoice with ``points`` of the customer's card, or all allowed.

        :param points: points in all on this invoice; zero takes them off again
        :return: the points that the invoice will cost when it is posted
        """
        self.ensure_one()
        self.check_access("write")
        card = self.loyalty_card_id.sudo()
        if self.state != "draft" or self.move_type not in EARNING_TYPES:
            raise UserError(self.env._("Points are spent on draft customer invoices."))
        if not card:
            raise UserError(
                self.env._("%s is no member of the club.", self.partner_id.display_name)
            )
        self.invoice_line_ids.filtered(
            lambda line: line.loyalty_card_id == card
        ).unlink()
        offer = self._loyalty_offer(card)
        if points is not None and points > float(offer.points):
            raise UserError(program_limit_message(self.env, card, offer, points))
        points = float(offer.points) if points is None else points
        if not points:
            return 0.0
        self._loyalty_add_payment_lines(card, points)
        return points

    def _loyalty_add_payment_lines(self, card, points):
        """Discount lines worth ``points``, one for each set of taxes on the invoice."""
        own = self._loyalty_pay_amount(card, self._loyalty_worth(card, points))
        for line in own[1:]:
            line.loyalty_points_cost = line._loyalty_cost(card)
        own[:1].loyalty_points_cost = points - sum(
            own[1:].mapped("loyalty_points_cost")
        )

    def _loyalty_pay_amount(self, card, amount):
        """Take ``amount`` off the total by lines of a card; works on a draft in memory.

        :return: the lines; coins lost to rounding of taxes are on the first
        """
        target = self._loyalty_total() - amount
        self.invoice_line_ids = self._loyalty_payment_commands(card, amount)
        own = self._loyalty_payment_lines(card)
        off = self.currency_id.round(self._loyalty_total() - target)
        if own and not self.currency_id.is_zero(off):
            own[0].price_unit -= off
        return own

    def _loyalty_total(self):
        """The total, also of a draft in memory, whose stored figures are not there."""
        if isinstance(self.id, int):
            return self.amount_total
        return self.tax_totals["total_amount_currency"]

    def _loyalty_worth(self, card, points):
        """Money of this document that ``points`` of the card pay."""
        program = card.program_id
        value = points * (program.point_value if card.is_club else 1.0)
        return program.currency_id._convert(
            value, self.currency_id, self.company_id, self._loyalty_day()
        )

    def _loyalty_payment_commands(self, card, amount):
        """Commands that create the lines by which a card pays ``amount``."""
        program = card.program_id
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and line.price_total > 0
        )
        total = sum(lines.mapped("price_total"))
        reward = program._point_reward() or program.reward_ids[:1]
        commands = []
        if not card.is_club:
            commands.append(
                self._loyalty_payment_line(card, reward, -amount, lines[:0])
            )
        else:
            for some in lines.grouped("tax_ids").values():
                net = sum(
                    line.price_unit * line.quantity * (1 - line.discount / 100)
                    for line in some
                )
                commands.append(
                    self._loyalty_payment_line(
                        card, reward, -net * amount / total, some[:1]
                    )
                )
        return commands

    def _loyalty_payment_line(self, card, reward, price, line):
        return fields.Command.create(
            {
                "product_id": reward.discount_line_product_id.id,
                "name": reward.description or self.env._("Paid with points"),
                "quantity": 1,
                "price_unit": price,
                "tax_ids": [fields.Command.set(line.tax_ids.ids)],
                "loyalty_card_id": card.id,
            }
        )
