"""Gift cards: made in batches, worth something from their sale on."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from . import origin

# States in which a stranger with the code learns the balance.
VISIBLE_STATES = ("active", "used", "expired")


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    gift_batch_id = fields.Many2one(
        "loyalty.gift.batch",
        "Batch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    face_value = fields.Monetary("Face value", readonly=True, copy=False)
    activation_date = fields.Date(
        "Sold on", readonly=True, copy=False, index="btree_not_null"
    )
    gift_state = fields.Selection(
        [
            ("unsold", "Not sold yet"),
            ("active", "Active"),
            ("blocked", "Blocked"),
            ("used", "Used up"),
            ("expired", "Expired"),
        ],
        "Gift card",
        compute="_compute_gift_state",
        search="_search_gift_state",
    )

    # -- fields ---------------------------------------------------------------
    @api.depends(
        "program_type",
        "state",
        "points",
        "activation_date",
        "expiration_date",
        "gift_batch_id",
        "order_id",
    )
    def _compute_gift_state(self):
        for card in self:
            card.gift_state = card._what_gift_state()

    def _what_gift_state(self):
        if self.program_type != "gift_card":
            return False
        if self.state != "active":
            return "blocked"
        if self.points > 0:
            return "expired" if self._is_past_expiration() else "active"
        if not self.activation_date and (self.gift_batch_id or self.order_id):
            return "expired" if self._is_past_expiration() else "unsold"
        return "used"

    def _is_past_expiration(self):
        day = self.expiration_date
        return bool(day and day < fields.Date.context_today(self))

    @api.model
    def _search_gift_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        gift = Domain("program_id.program_type", "=", "gift_card")
        live = gift & Domain("state", "=", "active")
        past = Domain("expiration_date", "<", today)
        filled = live & Domain("points", ">", 0)
        new = (
            live
            & Domain("points", "<=", 0)
            & Domain("activation_date", "=", False)
            & (Domain("gift_batch_id", "!=", False) | Domain("order_id", "!=", False))
        )
        by_state = {
            "blocked": gift & Domain("state", "!=", "active"),
            "active": filled & ~past,
            "unsold": new & ~past,
            "expired": (filled | new) & past,
            "used": live & Domain("points", "<=", 0) & ~new,
            False: ~gift,
        }
        return Domain.OR(by_state[state] for state in value if state in by_state)

    @api.depends("gift_batch_id", "program_type", "code")
    def _compute_display_name(self):
        # The code of a gift card is money: who may see lists need not see it.
        gifts = self.filtered(lambda c: c.gift_batch_id)
        for card in gifts:
            card.display_name = f"{card.program_id.name} {card.masked_code}"
        return super(LoyaltyCard, self - gifts)._compute_display_name()

    # -- CRUD -------------------------------------------------------------------
    def unlink(self):
        """A printed card stays when the order that was to sell it drops it."""
        printed = self.filtered("gift_batch_id") if origin.current() else self[:0]
        if printed:
            entries = self.env["sale.order.coupon.points"].sudo()
            entries.search([("coupon_id", "in", printed.ids)]).filtered(
                lambda entry: entry.order_id.id == origin.current().res_id
            ).unlink()
        return super(LoyaltyCard, self - printed).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sold(self):
        if any(card.gift_batch_id and card.ledger_length for card in self):
            raise UserError(
                self.env._(
                    "A gift card that was sold cannot be deleted. Block it instead."
                )
            )

    def _check_may_write_points(self):
        printed = self.filtered("gift_batch_id")
        super(LoyaltyCard, self - printed)._check_may_write_points()
        if not printed or self.env.su or origin.current():
            return
        if not self.env.user.has_group("loyalty_club.group_loyalty_officer"):
            raise AccessError(
                self.env._(
                    "A gift card gets its balance when it is sold. Ask a loyalty"
                    " officer for a correction."
                )
            )

    # -- selling ------------------------------------------------------------------
    def _gift_message(self):
        """Why a gift card cannot be sold or used, as a sentence; maybe empty."""
        self.ensure_one()
        if self.gift_state == "blocked":
            return self._blocked_message()
        if self.gift_state == "expired":
            return self.env._(
                "Gift card %(card)s expired on %(date)s.",
                card=self.masked_code,
                date=format_date(self.env, self.expiration_date),
            )
        return ""

    def _check_sellable(self, amount=None):
        """Refuse to sell what is no blank gift card, saying what it is.

        :param amount: what the customer pays, in the program's currency
        """
        self.ensure_one()
        if self.program_type != "gift_card":
            raise UserError(
                self.env._("%s is no gift card. Scan a gift card.", self.masked_code)
            )
        if message := self._gift_message():
            raise UserError(message)
        if self.gift_state != "unsold":
            raise UserError(
                self.env._(
                    "Gift card %(card)s was sold already (%(date)s). Take another one.",
                    card=self.masked_code,
                    date=format_date(self.env, self.activation_date) or "-",
                )
            )
        if self.gift_batch_id.state == "closed":
            raise UserError(
                self.env._(
                    "Batch %s is closed: its cards are not sold any more.",
                    self.gift_batch_id.name,
                )
            )
        if amount is not None:
            self._check_face_value(amount)

    def _check_face_value(self, amount):
        currency, value = self.currency_id, self.face_value
        if value and currency.compare_amounts(amount, value):
            raise UserError(
                self.env._(
                    "Gift card %(card)s is worth %(value)s and is to be sold for"
                    " %(amount)s. Correct the price.",
                    card=self.masked_code,
                    value=currency.format(value),
                    amount=currency.format(amount),
                )
            )

    def _activate_gift_card(self, amount, res_model, res_id, **values):
        """Load a blank gift card with ``amount`` when a document has sold it.

        Repeating it for the same document is harmless.

        :param amount: in the program's currency; a printed face value must match
        :param values: more for the ledger entry (``company_id``, ``branch_id``)
        :return: the ledger rows, none when the document had sold it before
        :raise UserError: the card is sold, blocked, expired, or worth something else
        """
        self.ensure_one()
        card_sudo = self.sudo()
        card_sudo._lock_points()
        if card_sudo._sold_amount(res_model, res_id) > 0:
            return self.env["loyalty.point.move"]
        card_sudo._check_sellable(amount)
        return card_sudo._post_points(
            [
                card_sudo._entry(
                    "earn",
                    amount,
                    res_model=res_model,
                    res_id=res_id,
                    amount=amount,
                    currency_id=card_sudo.currency_id.id,
                    **values,
                )
            ]
        )

    def _sold_amount(self, res_model, res_id):
        """What a document loaded onto the card, after what it took back."""
        rows = (
            self.env["loyalty.point.move"]
            .sudo()
            ._read_group(
                [
                    ("card_id", "=", self.id),
                    ("res_model", "=", res_model),
                    ("res_id", "=", res_id),
                    ("kind", "in", ("earn", "reverse")),
                ],
                [],
                ["points:sum"],
            )
        )
        return rows[0][0] or 0.0

    def _take_back_sold(self, res_model, res_id, amount=None):
        """Undo the sale of a gift card or top-up: its document was cancelled.

        :param amount: at most so much; all that the document loaded when empty
        :return: what was taken back
        :raise UserError: a part was spent already
        """
        self.ensure_one()
        sold = self._sold_amount(res_model, res_id)
        part = round(sold if amount is None else min(sold, amount), 2)
        if part <= 0:
            return 0.0
        self._check_spendable(part)
        lots = self.env["loyalty.point.lot"].sudo()
        own = lots.search(
            [
                ("card_id", "=", self.id),
                ("res_model", "=", res_model),
                ("res_id", "=", res_id),
                ("state", "=", "open"),
            ]
        )
        self._post_points(
            [
                self._entry(
                    "reverse",
                    -part,
                    res_model=res_model,
                    res_id=res_id,
                    lot_ids=tuple(own.ids),
                )
            ]
        )
        return part

    def _on_points_posted(self, moves):
        """The first points make a gift card a sold one, the last reversal a blank."""
        res = super()._on_points_posted(moves)
        gifts = moves.card_id.filtered(lambda c: c.program_type == "gift_card")
        for card in gifts:
            if not card.activation_date and card.points > 0:
                card.write(card._prepare_activation_values())
            elif (
                card.activation_date and card.points <= 0 and card.lifetime_points <= 0
            ):
                card.write(card._prepare_blank_values())
        return res

    def _prepare_activation_values(self):
        today = fields.Date.context_today(self)
        values = {"activation_date": today}
        if not self.face_value:
            values["face_value"] = self.points
        if days := self.gift_batch_id.validity_days:
            last = fields.Date.add(today, days=days)
            values["expiration_date"] = min(
                filter(None, [last, self.gift_batch_id.expiration_date])
            )
        return values

    def _prepare_blank_values(self):
        values = {"activation_date": False}
        if self.gift_batch_id:
            values["expiration_date"] = self.gift_batch_id.expiration_date
        return values

    # -- paying -------------------------------------------------------------------
    def _check_redeemable(self):
        """Refuse to pay with what is no usable gift card, saying what it is."""
        self.ensure_one()
        if self.program_type != "gift_card":
            raise UserError(
                self.env._("%s is no gift card. Scan a gift card.", self.masked_code)
            )
        if message := self._gift_message():
            raise UserError(message)
        if self.gift_state == "unsold":
            raise UserError(
                self.env._("Gift card %s was not sold yet.", self.masked_code)
            )
        if self.gift_state == "used":
            raise UserError(self.env._("Gift card %s is used up.", self.masked_code))

    def _check_gift_payment(self, amount, due):
        """Refuse an amount that the card or the bill cannot bear."""
        if amount > 0:
            self._check_redeemable()
            self._check_spendable(amount)
        if amount < 0 or self.currency_id.compare_amounts(amount, due) > 0:
            raise UserError(
                self.env._(
                    "%(due)s is to be paid and the gift card was to pay %(amount)s."
                    " Enter an amount from zero to %(due)s.",
                    due=self.currency_id.format(due),
                    amount=self.currency_id.format(amount),
                )
            )

    # -- printing -----------------------------------------------------------------
    def action_print_gift_cards(self):
        """A sheet with these gift cards."""
        self.env["loyalty.gift.batch"]._check_printer()
        report = self.env.ref("loyalty_club.report_gift_sheet_action")
        return report.report_action(self, config=False)

    def action_print_member_cards(self):
        """Member cards of credit-card size, one a page."""
        self.env["loyalty.gift.batch"]._check_printer()
        report = self.env.ref("loyalty_club.report_member_card_action")
        return report.report_action(self, config=False)
