"""Orders paid with points: offers, caps, rewards, codes."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round

from .limits import program_limit_message
from .loyalty_card import NOT_SPENDABLE
from .origin import origin


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _loyalty_offer(self, card, total=False):
        """What ``card`` may still spend on the order, with the limits that decide.

        :param total: count from zero, as if the order had no points on it yet, and
            whatever the customer wished
        :return: ``engine.caps.Offer``
        """
        self.ensure_one()
        program = card.program_id
        already, requested = 0.0, None
        if not total:
            already = sum(
                line.points_cost for line in self.order_line if line.coupon_id == card
            )
            requested = (self.loyalty_requested_points or {}).get(str(card.id))
        lines = [
            line
            for line in self.order_line
            if line.product_id and not line.display_type and not line.reward_id
        ]
        return program._offer(
            card,
            document_amount=self._loyalty_in_program(
                program, sum(line.price_total for line in lines)
            ),
            spendable_amount=self._loyalty_in_program(
                program,
                sum(
                    line.price_total
                    for line in lines
                    if line.product_id.product_tmpl_id._loyalty_spendable()
                    and line.product_id.id not in program._stored_value_product_ids()
                ),
            ),
            subtotal=self._loyalty_in_program(
                program, sum(line.price_subtotal for line in lines)
            ),
            cost=sum(
                line.product_id.with_company(self.company_id).sudo().standard_price
                * line.product_uom_qty
                for line in lines
            )
            if program.cap_min_margin
            else 0.0,
            requested=requested,
            already=already,
        )

    def _loyalty_in_program(self, program, amount):
        if self.currency_id == program.currency_id:
            return amount
        return self.currency_id._convert(
            amount,
            program.currency_id,
            self.company_id,
            fields.Date.to_date(self.date_order) or fields.Date.context_today(self),
        )

    def _loyalty_amount_for_delivery(self, program):
        """The order without delivery, in the program's currency."""
        return self._loyalty_in_program(
            program, self._compute_amount_total_without_delivery()
        )

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """Caps, blocked and expired cards; points are never rounded with a currency."""
        if not coupon.is_ledger:
            return super()._get_real_points_for_coupon(coupon, post_confirm)
        card = coupon.sudo()
        used = sum(
            line.points_cost for line in self.order_line if line.coupon_id == coupon
        )
        if card.state in NOT_SPENDABLE or self._loyalty_is_expired(card):
            return -used if self.state not in ("sale", "done") else 0.0
        if not card.is_club:
            return super()._get_real_points_for_coupon(coupon, post_confirm)
        if self.state in ("sale", "done"):
            return float_round(card.points, precision_digits=2, rounding_method="DOWN")
        # Points that this order will earn cannot pay for it.
        left = float_round(
            card.points - used, precision_digits=2, rounding_method="DOWN"
        )
        return min(left, float(self._loyalty_offer(card).points))

    def _loyalty_is_expired(self, card):
        return bool(
            card.expiration_date
            and card.expiration_date < self._get_confirmed_tx_create_date()
        )

    def _get_claimable_rewards(self, forced_coupons=None):
        result = super()._get_claimable_rewards(forced_coupons)
        for coupon in list(result):
            card = coupon.sudo()
            if card.is_ledger and (
                card.state in NOT_SPENDABLE or self._loyalty_is_expired(card)
            ):
                del result[coupon]
        return result

    def _try_apply_code(self, code):
        card, message = self.env["loyalty.card"]._find_by_code(code)
        if message:
            return {"error": message}
        if card and card.state in NOT_SPENDABLE:
            return {"error": card._blocked_message()}
        return super()._try_apply_code(card.code if card else code)

    def action_loyalty_spend(self, points=None):
        """Pay with ``points`` of the customer's card, or with as many as allowed.

        :param points: points to spend in all on this order; zero takes them off again
        :raise UserError: the customer cannot spend so many, with the limit that decides
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._("Points are spent on quotations; this order is confirmed.")
            )
        card = self.loyalty_card_id.sudo()
        reward = card.program_id._point_reward()
        if not card or not reward:
            raise UserError(
                self.env._("%s is no member of the club.", self.partner_id.display_name)
            )
        with origin("sale.order", self.id):
            self.order_line.filtered(lambda line: line.reward_id == reward).unlink()
            self.loyalty_requested_points = False
            offer = self._loyalty_offer(card)
            if points is not None and points > float(offer.points):
                raise UserError(program_limit_message(self.env, card, offer, points))
            if points == 0 or not offer.points:
                return 0.0
            if points is not None:
                self.loyalty_requested_points = {str(card.id): points}
            self.applied_coupon_ids |= card
            self._update_programs_and_rewards()
            result = self._apply_program_reward(reward, card)
            if result.get("error"):
                raise UserError(result["error"])
        return sum(
            line.points_cost for line in self.order_line if line.coupon_id == card
        )

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with origin("sale.order", self.id):
            return super()._apply_program_reward(reward, coupon, **kwargs)

    def _update_programs_and_rewards(self):
        with origin("sale.order", self.id):
            self._loyalty_apply_company_card()
            result = super()._update_programs_and_rewards()
        self._loyalty_sync_confirmed()
        return result

    def _loyalty_apply_company_card(self):
        """A contact may use the card of its company, which core does not find."""
        for program in self.env["loyalty.program"]._clubs(self.company_id):
            card = program._card_of(self.partner_id)
            if card.points > 0 and card not in self.applied_coupon_ids:
                self.applied_coupon_ids += card.sudo(False)

    def _add_points_for_coupon(self, coupon_points):
        """Club points of a confirmed order come by sync, not by core's addition."""
        clubs = {card: pts for card, pts in coupon_points.items() if card.is_club}
        if self.state != "sale" or not clubs:
            return super()._add_points_for_coupon(coupon_points)
        known = self.coupon_point_ids.sudo()
        for card, points in clubs.items():
            coupon_points.pop(card)
            entry = known.filtered(lambda p, card=card: p.coupon_id == card)
            if entry:
                entry.points = points
            else:
                known.create(
                    {"order_id": self.id, "coupon_id": card.id, "points": points}
                )
        return super()._add_points_for_coupon(coupon_points)
