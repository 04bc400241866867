from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

CHANGEABLE = timedelta(days=1)
LONGEST = 1000


class LoyaltyDeliveryStop(models.Model):
    """What the customer tells on the page; whoever has the link is the customer."""

    _inherit = "loyalty.delivery.stop"

    def _may_rate(self):
        """Once it was delivered, and for a day after the first rating."""
        if self.state not in ("delivered", "partial"):
            return False
        return not self.rated_at or self.rated_at + CHANGEABLE > fields.Datetime.now()

    def _rate(self, rating, comment=None):
        """Store the stars, and the words if there are any.

        :raise UserError: it is not the time for it, or no number of stars
        """
        self.ensure_one()
        if rating not in range(1, 6):
            raise UserError(self.env._("Choose one to five stars."))
        if not self._may_rate():
            raise UserError(
                self.env._("This delivery cannot be rated now. Thank you all the same.")
            )
        values = {"rating": rating, "rated_at": self.rated_at or fields.Datetime.now()}
        if comment is not None:
            values["rating_comment"] = self._plain(comment)
        self.write(values)

    @staticmethod
    def _plain(text):
        """Words as they can be stored: no more than a page, nothing unprintable."""
        text = (text or "").replace("\0", "").encode("utf-8", "ignore").decode()
        return text.strip()[:LONGEST]

    def _may_leave_note(self):
        return self.state in ("draft", "ready", "planned")

    def _leave_note(self, text):
        """What the courier reads at the door, until the courier has left."""
        self.ensure_one()
        if not self._may_leave_note():
            raise UserError(
                self.env._("Your courier is on the way. Call us, and we pass it on.")
            )
        self.door_note = self._plain(text)[:200]

    # -- tips ------------------------------
    def _may_tip(self):
        return bool(
            self.state in ("delivered", "partial")
            and not self.tip_amount
            and not self.tip_points
        )

    def _promise_tip(self, amount):
        """A tip in money: a promise, paid by the link of the company or by hand."""
        self.ensure_one()
        most = self.amount_total or 0
        if not self._may_tip() or not amount > 0:
            raise UserError(self.env._("Enter how much the tip is."))
        if most and amount > most:
            raise UserError(
                self.env._(
                    "A tip is at most what was delivered, %s.",
                    self.currency_id.format(most),
                )
            )
        self.tip_amount = self.currency_id.round(amount)

    def _tip_cards(self):
        """The customer's card and the courier's, of the company's club, if both have
        one and tips in points are on."""
        self.ensure_one()
        cards = self.env["loyalty.card"].sudo()
        club = self.company_id._loyalty_club()
        if not club or not self.company_id.delivery_tip_points_max:
            return cards, cards
        own = club._card_of(self.partner_id) if self.partner_id else cards
        theirs = club._card_of(self.courier_id.partner_id) if self.courier_id else cards
        if not own or not theirs or own == theirs or not club.transfer_allowed:
            return cards, cards
        return own, theirs

    def _tip_points(self, points):
        """Points from the customer's card to the courier's, once for a delivery.

        :raise UserError: more than is there or is allowed
        """
        self.ensure_one()
        own, theirs = self._tip_cards()
        most = self.company_id.delivery_tip_points_max
        if not self._may_tip() or not own:
            raise UserError(self.env._("Points cannot be given for this delivery."))
        if not 0 < points <= most:
            raise UserError(self.env._("A tip has at most %s points.", most))
        own._transfer_points(
            theirs,
            points,
            self.env._("Tip for delivery %s", self.display_name),
            key=f"delivery_tip:{self.id}",
        )
        self.tip_points = points

    def _tip_link(self):
        """Where a promised tip is paid, by the setting of the company."""
        self.ensure_one()
        url = self.company_id.delivery_tip_url
        return url and url.replace("{amount}", f"{self.tip_amount:g}")

    # -- another time ------------------------------
    def _slot_offers(self):
        """``[(value, words)]`` of other times the customer may choose."""
        order = self._order_to_move()
        if not order:
            return []
        offers = order._delivery_offers()
        return [
            (f"{offer.slot_id}_{offer.day}", self._offer_words(offer))
            for offer in offers
            if offer.start != self.window_start
        ]

    def _offer_words(self, offer):
        day = format_date(self.env, offer.day, date_format="EEEE, d MMMM")
        return f"{day}, {offer.hours}"

    def _order_to_move(self):
        """The one order whose time is the time of this delivery, if it may change."""
        order = self.sale_ids
        if len(order) != 1 or not self._may_leave_note():
            return order.browse()
        return order if order._delivery_may_change_slot() else order.browse()

    def _choose_slot(self, value):
        """Take another time, while the courier has not left.

        :raise UserError: the time was not offered, or is taken meanwhile
        """
        self.ensure_one()
        order = self._order_to_move()
        slot_id, _, day = (value or "").partition("_")
        offered = {key for key, _words in self._slot_offers()}
        if not order or value not in offered:
            raise UserError(
                self.env._("This time is taken meanwhile. Choose another, or call us.")
            )
        order._delivery_choose(int(slot_id), fields.Date.to_date(day))
