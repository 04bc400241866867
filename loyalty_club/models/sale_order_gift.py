"""Gift cards on orders: printed ones are sold, all of them pay."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare


class SaleOrder(models.Model):
    _inherit = "sale.order"

    loyalty_gift_count = fields.Integer(
        "Gift cards", compute="_compute_loyalty_gift_count"
    )

    @api.depends("order_line.loyalty_gift_card_id")
    def _compute_loyalty_gift_count(self):
        for order in self:
            order.loyalty_gift_count = len(order.order_line.loyalty_gift_card_id)

    # -- selling ------------------------------------------------------------------
    def _loyalty_sell_gift_card(self, card):
        """Add a line that sells the printed gift card ``card``.

        The card gets its balance when the order is confirmed.

        :return: the new order line
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._("Gift cards are added to quotations; this one is confirmed.")
            )
        card_sudo = card.sudo()
        card_sudo._check_sellable()
        if card_sudo in self.order_line.loyalty_gift_card_id:
            raise UserError(
                self.env._("Gift card %s is on this order.", card_sudo.masked_code)
            )
        program = card_sudo.program_id
        product = program.trigger_product_ids[:1]
        if not product or program not in program.search(self._get_program_domain()):
            raise UserError(
                self.env._(
                    "Program %s sells nothing on this order: check its gift card"
                    " product, dates, company and price lists.",
                    program.name,
                )
            )
        price = program.currency_id._convert(
            card_sudo.face_value,
            self.currency_id,
            self.company_id,
            fields.Date.to_date(self.date_order) or fields.Date.context_today(self),
        )
        line = self.env["sale.order.line"].create(
            {
                "order_id": self.id,
                "product_id": product.id,
                "name": self.env._("Gift card %s", card_sudo.masked_code),
                "product_uom_qty": 1,
                "price_unit": price,
                # A voucher for several purposes is taxed when it is used.
                "tax_ids": [Command.clear()],
                "loyalty_gift_card_id": card_sudo.id,
            }
        )
        self._update_programs_and_rewards()
        return line

    def _update_programs_and_rewards(self):
        result = super()._update_programs_and_rewards()
        if self.state in ("draft", "sent"):
            self._loyalty_assign_gift_cards()
        return result

    def _loyalty_assign_gift_cards(self):
        """What the order gives goes to the printed cards on its lines.

        Core gives every gift card sold a new card; where a line names a printed one,
        that takes the place of the new one.
        """
        wanted = self.order_line.loyalty_gift_card_id.sudo()
        entries = self.coupon_point_ids.sudo()
        stale = entries.filtered(
            lambda e: e.coupon_id.gift_batch_id and e.coupon_id not in wanted
        )
        missing = wanted - entries.coupon_id
        if not missing and not stale:
            return
        free = stale | entries.filtered(
            lambda e: e.coupon_id.order_id == self
            and e.coupon_id.program_type == "gift_card"
            and not e.coupon_id.gift_batch_id
        )
        for card in missing:
            entry = free.filtered(lambda e, c=card: self._loyalty_entry_fits(e, c))[:1]
            if not entry:
                continue
            spare = entry.coupon_id.filtered(lambda c: not c.gift_batch_id)
            entry.coupon_id = card
            spare.unlink()
            free -= entry
            stale -= entry
        for entry in stale:
            values = {"program_id": entry.coupon_id.program_id.id, "order_id": self.id}
            cards = entry.coupon_id.with_context(loyalty_no_mail=True)
            entry.coupon_id = cards.create({**values, "points": 0.0})

    @staticmethod
    def _loyalty_entry_fits(entry, card):
        return (
            entry.coupon_id.program_id == card.program_id
            and float_compare(entry.points, card.face_value, precision_digits=2) == 0
        )

    def action_confirm(self):
        """Printed gift cards are checked before the order gives them a balance."""
        for order in self:
            order._loyalty_check_gift_cards()
        return super().action_confirm()

    def _loyalty_check_gift_cards(self):
        cards = self.order_line.loyalty_gift_card_id.sudo()
        if not cards:
            return
        cards._lock_points()
        self._update_programs_and_rewards()
        given = {
            entry.coupon_id: entry.points for entry in self.coupon_point_ids.sudo()
        }
        for line in self.order_line.filtered("loyalty_gift_card_id"):
            card = line.loyalty_gift_card_id.sudo()
            price = self._loyalty_in_program(card.program_id, line.price_total)
            card._check_sellable(price)
            if card not in given:
                raise UserError(
                    self.env._(
                        "Gift card %(card)s cannot be sold by this line: its quantity"
                        " is one and its price is %(value)s.",
                        card=card.masked_code,
                        value=card.currency_id.format(card.face_value),
                    )
                )

    # -- paying -------------------------------------------------------------------
    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """A gift card pays at most the part that the customer chose."""
        points = super()._get_real_points_for_coupon(coupon, post_confirm)
        requested = (self.loyalty_requested_points or {}).get(str(coupon.id))
        if requested is None or coupon.is_club or self.state not in ("draft", "sent"):
            return points
        used = sum(
            line.points_cost for line in self.order_line if line.coupon_id == coupon
        )
        return min(points, coupon.currency_id.round(requested - used))

    def _try_apply_code(self, code):
        """Gift cards say why they cannot pay."""
        card = self.env["loyalty.card"]._find_by_code(code)[0]
        if card.gift_state == "unsold":
            return {
                "error": self.env._("Gift card %s was not sold yet.", card.masked_code)
            }
        if card.gift_state and (message := card._gift_message()):
            return {"error": message}
        return super()._try_apply_code(code)

    def _loyalty_gift_due(self, card):
        """What a gift card may pay on the order, in the program's currency."""
        paid = sum(
            line.points_cost for line in self.order_line if line.coupon_id == card
        )
        stored_value = card.program_id._stored_value_product_ids()
        kept = sum(
            line.price_total
            for line in self.order_line
            if line.product_id.id in stored_value and not line.reward_id
        )
        due = self._loyalty_in_program(card.program_id, self.amount_total - kept)
        return max(card.currency_id.round(due + paid), 0.0)

    def _loyalty_pay_with_gift_card(self, card, amount=None):
        """Pay a quotation with a gift card: all it can, or ``amount`` of it.

        :param amount: in all on this order; zero takes the card off again
        :return: what the card pays
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._("Gift cards pay quotations; this order is confirmed.")
            )
        card_sudo = card.sudo()
        reward = card_sudo.program_id.reward_ids[:1]
        self.order_line.filtered(lambda line: line.coupon_id == card_sudo).unlink()
        requested = dict(self.loyalty_requested_points or {})
        requested.pop(str(card_sudo.id), None)
        if amount is not None:
            card_sudo._check_gift_payment(amount, self._loyalty_gift_due(card_sudo))
            requested[str(card_sudo.id)] = amount
        self.loyalty_requested_points = requested or False
        if amount == 0:
            self.applied_coupon_ids -= card_sudo
            self._update_programs_and_rewards()
            return 0.0
        if card_sudo not in self.applied_coupon_ids:
            result = self._try_apply_code(card_sudo.code)
            if result.get("error"):
                raise UserError(result["error"])
        result = self._apply_program_reward(reward, card_sudo.sudo(False))
        if result.get("error"):
            raise UserError(result["error"])
        self._update_programs_and_rewards()
        return sum(
            line.points_cost for line in self.order_line if line.coupon_id == card_sudo
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    loyalty_gift_card_id = fields.Many2one(
        "loyalty.card",
        "Printed gift card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The card that gets its balance when the order is confirmed.",
    )
