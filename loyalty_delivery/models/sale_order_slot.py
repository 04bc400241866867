"""The slot that a customer chose: held on a quotation, kept on an order."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine import slots

OFFER_DAYS = 14


class SaleOrder(models.Model):
    _inherit = "sale.order"

    delivery_slot_id = fields.Many2one(
        "loyalty.delivery.slot",
        "Delivery slot",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    delivery_slot_date = fields.Date("Delivery day", readonly=True, copy=False)
    delivery_slot_until = fields.Datetime(
        "Place held until",
        readonly=True,
        copy=False,
        help="A quotation keeps its place so long; a confirmed order keeps it.",
    )
    delivery_slot_best = fields.Boolean(
        "Of the places kept for the best tiers", readonly=True, copy=False
    )
    delivery_slot_points = fields.Integer(
        "Points for the slot", readonly=True, copy=False
    )
    delivery_slot_text = fields.Char(
        "Delivery slot chosen", compute="_compute_delivery_slot_text", compute_sudo=True
    )
    is_own_courier = fields.Boolean(compute="_compute_is_own_courier")

    @api.depends("carrier_id.delivery_type")
    def _compute_is_own_courier(self):
        for order in self:
            carrier_sudo = order.carrier_id.sudo()
            order.is_own_courier = carrier_sudo.delivery_type == "own_courier"

    @api.depends("delivery_slot_id", "delivery_slot_date")
    @api.depends_context("lang")
    def _compute_delivery_slot_text(self):
        for order in self:
            slot, day = order.delivery_slot_id, order.delivery_slot_date
            order.delivery_slot_text = slot and (
                f"{format_date(self.env, day, date_format='EEE, d MMM')}"
                f" {slot._hours_text()}"
            )

    def _delivery_extra_fee(self):
        """The fee of the slot, in the company's currency."""
        return self.sudo().delivery_slot_id.fee

    def _delivery_slot_choice(self):
        slot_sudo = self.sudo().delivery_slot_id
        tz = slot_sudo.zone_id._tz() if slot_sudo else "UTC"
        today = slots.local_day(fields.Datetime.now(), tz)
        if slot_sudo and self.delivery_slot_date >= today:
            return slot_sudo, self.delivery_slot_date
        return super()._delivery_slot_choice()

    # -- offers -----------------------------------------------------------------------
    def _delivery_offers(self, days=OFFER_DAYS):
        """What this order may choose now; see ``loyalty.delivery.zone._slots``."""
        self.ensure_one()
        zone = self._delivery_zone() if self.is_own_courier else None
        if not zone:
            return []
        today = slots.local_day(fields.Datetime.now(), zone._tz())
        offers = zone._slots(
            today, days, self.loyalty_tier_id, self._delivery_place(), self
        )
        if self.state != "sale":
            return offers
        # The price of a confirmed order stays as it is.
        paid = self._delivery_extra_fee()
        return [offer for offer in offers if offer.fee <= paid]

    def _delivery_may_change_slot(self):
        """Whether a slot may be chosen, or another one than before."""
        self.ensure_one()
        if not self.is_own_courier or self.state not in ("draft", "sent", "sale"):
            return False
        if self.state != "sale":
            return True
        stops_sudo = self.sudo().delivery_stop_ids.filtered(
            lambda stop: stop.state != "cancelled"
        )
        if any(stop.state not in ("draft", "ready", "planned") for stop in stops_sudo):
            return False
        return not self.delivery_slot_id or fields.Datetime.now() <= (
            self._delivery_slot_cutoff()
        )

    def _delivery_slot_cutoff(self):
        slot_sudo = self.sudo().delivery_slot_id
        return slots.cutoff(
            slot_sudo._rules(), self.delivery_slot_date, slot_sudo.zone_id._tz()
        )

    def action_delivery_choose(self):
        """Offer the free delivery times to whoever sells."""
        self.ensure_one()
        self.check_access("write")
        return self.env["loyalty.delivery.slot.choose"]._open(self)

    # -- choosing ---------------------------------------------------------------------
    def _delivery_choose(self, slot_id, day):
        """Take a place for this order, giving back the one it had.

        :param slot_id: as offered
        :param day: as offered
        :raise UserError: it is not offered (any more); the order keeps what it had
        """
        self.ensure_one()
        if not self._delivery_may_change_slot():
            raise UserError(
                self.env._(
                    "The delivery time of order %s cannot be changed any more. Call us"
                    " if it does not suit you.",
                    self.name,
                )
            )
        slot_sudo = self.env["loyalty.delivery.slot"].sudo().browse(slot_id).exists()
        offer = next(
            (
                offer
                for offer in (self._delivery_offers(OFFER_DAYS) if slot_sudo else [])
                if (offer.slot_id, offer.day) == (slot_id, day)
            ),
            None,
        )
        if not offer:
            raise UserError(
                self.env._(
                    "This delivery time is not free any more. Choose another one."
                )
            )
        # Whoever looked at the last place at the same time starts again after this.
        self.env["loyalty.delivery.slot.day"].sudo()._lock(slot_sudo, day)
        company_sudo = self.company_id.sudo()
        hold = timedelta(minutes=company_sudo.delivery_hold_minutes)
        self.sudo().write(
            {
                "delivery_slot_id": slot_id,
                "delivery_slot_date": day,
                "delivery_slot_until": fields.Datetime.now() + hold,
                "delivery_slot_best": offer.best,
                "delivery_slot_points": offer.points,
                "commitment_date": offer.start,
            }
        )
        self._delivery_rate_again()
        self.sudo().delivery_stop_ids._take_slot(self.sudo())

    def _delivery_clear_slot(self):
        """Give the place back."""
        self.sudo().write(
            {
                "delivery_slot_id": False,
                "delivery_slot_date": False,
                "delivery_slot_until": False,
                "delivery_slot_best": False,
                "delivery_slot_points": 0,
            }
        )

    def _delivery_rate_again(self):
        """Put the slot's fee into the price of a quotation's delivery."""
        if self.state not in ("draft", "sent"):
            return
        order_sudo = self.sudo()
        if not order_sudo.order_line.filtered("is_delivery"):
            return
        rate = order_sudo.carrier_id.rate_shipment(order_sudo)
        if rate["success"]:
            order_sudo.set_delivery_line(order_sudo.carrier_id, rate["price"])

    def _delivery_hold(self, minutes):
        """Check the place before the customer pays, and hold it while that lasts.

        :raise UserError: the place was lost meanwhile; nothing is held
        """
        for order in self.filtered("delivery_slot_id"):
            if order.state == "sale":
                continue
            order._delivery_check_place()
            order.sudo().delivery_slot_until = fields.Datetime.now() + timedelta(
                minutes=minutes
            )

    def _delivery_check_place(self):
        self.ensure_one()
        slot_sudo, day = self.sudo().delivery_slot_id, self.delivery_slot_date
        held_until = self.delivery_slot_until
        if held_until and fields.Datetime.now() < held_until:
            return
        self.env["loyalty.delivery.slot.day"].sudo()._lock(slot_sudo, day)
        if not any(
            (offer.slot_id, offer.day) == (slot_sudo.id, day)
            for offer in self._delivery_offers()
        ):
            raise UserError(
                self.env._(
                    "The delivery time %(slot)s of %(order)s was not kept and is not"
                    " free any more. Choose another one.",
                    slot=self.delivery_slot_text,
                    order=self.name,
                )
            )

    def _action_confirm(self):
        for order in self.filtered("delivery_slot_id"):
            paying = order.sudo().transaction_ids.filtered(
                lambda tx: tx.state in ("pending", "authorized", "done")
            )
            if not order.is_own_courier:
                order._delivery_clear_slot()
            elif not paying:
                order._delivery_check_place()
            # Who paid keeps the order; the day may hold one delivery too many.
        return super()._action_confirm()

    def _action_cancel(self):
        result = super()._action_cancel()
        self.filtered("delivery_slot_id")._delivery_clear_slot()
        return result

    def write(self, vals):
        """Another address or delivery method makes the choice void."""
        result = super().write(vals)
        # A delivery line that is made anew takes the method away for a moment.
        if vals.get("partner_shipping_id") or vals.get("carrier_id"):
            for order in self.filtered("delivery_slot_id"):
                zone_sudo = order.sudo().delivery_slot_id.zone_id
                if not order.is_own_courier or order._delivery_zone() != zone_sudo:
                    order._delivery_clear_slot()
        return result
