"""What the company's own delivery of an order costs."""

from dataclasses import dataclass

from odoo import fields, models
from odoo.tools import format_amount

from ..engine.roads import address as spelling
from .constants import GEO_GOOD


@dataclass(frozen=True, slots=True)
class Quote:
    """A price in the order's currency, or why there is none.

    ``warning`` is for whoever sells as much as for the customer.
    """

    price: float = 0.0
    full: float = 0.0
    error: str = ""
    warning: str = ""


class SaleOrder(models.Model):
    _inherit = "sale.order"

    delivery_perk_amount = fields.Monetary(
        "Delivery given by the tier",
        readonly=True,
        copy=False,
        help="What the customer would have paid more without the tier.",
    )

    def _delivery_place(self):
        """Latitude and longitude of the delivery address, zeros if not known."""
        self.ensure_one()
        address = self.partner_shipping_id
        if address.partner_latitude or address.partner_longitude:
            return address.partner_latitude, address.partner_longitude
        text = self.env["loyalty.delivery.stop"]._address_text(address)
        known_sudo = self.env["loyalty.delivery.geo.address"]._known(
            self.company_id, {text: spelling.key(text)}
        )
        if known_sudo.quality not in GEO_GOOD:
            return 0.0, 0.0
        return known_sudo.latitude, known_sudo.longitude

    def _delivery_zone(self):
        """The zone of the delivery address in the rights of the user, may be empty."""
        self.ensure_one()
        address = self.partner_shipping_id
        return self.env["loyalty.delivery.zone"]._find(
            *self._delivery_place(), address.zip, address.city, self.company_id
        )

    def _delivery_quote(self):
        """The price of the company's own delivery; see :class:`Quote`."""
        self.ensure_one()
        zone = self._delivery_zone().sudo()
        if not zone:
            return Quote(error=self._delivery_no_zone())
        day = self.date_order or fields.Datetime.now()
        amount = self.currency_id._convert(
            self._compute_amount_total_without_delivery(),
            zone.currency_id,
            self.company_id,
            day,
        )
        if zone.currency_id.compare_amounts(amount, zone.minimum_order) < 0:
            return Quote(
                error=self.env._(
                    "Orders to %(zone)s are delivered from %(minimum)s, this one is"
                    " %(amount)s. Add goods for %(missing)s, or collect the order"
                    " yourself.",
                    zone=zone.name,
                    minimum=format_amount(
                        self.env, zone.minimum_order, zone.currency_id
                    ),
                    amount=format_amount(self.env, amount, zone.currency_id),
                    missing=format_amount(
                        self.env, zone.minimum_order - amount, zone.currency_id
                    ),
                )
            )
        place = self._delivery_place()
        metres = zone._road_metres(*place) if zone.km_fee else 0
        weight = self.env.context.get("order_weight") or self.shipping_weight
        tier = self.loyalty_tier_id
        price, full = zone._price(
            amount, weight, metres, tier, self._delivery_extra_fee()
        )

        def own(value):
            return zone.currency_id._convert(
                value, self.currency_id, self.company_id, day
            )

        return Quote(
            price=own(price),
            full=own(full),
            warning=self._delivery_warning(zone, tier.sudo(), price, full, place),
        )

    def _delivery_no_zone(self):
        address = self.partner_shipping_id
        if not address.zip and not address.city and not any(self._delivery_place()):
            return self.env._(
                "Fill in the city and the postal code of the delivery address: they"
                " tell its delivery zone."
            )
        return self.env._(
            "We do not deliver to %(address)s: it is outside our delivery zones. Check"
            " the address, or choose another delivery method.",
            address=", ".join(
                part for part in (address.street, address.zip, address.city) if part
            )
            or address.display_name,
        )

    def _delivery_warning(self, zone, tier, price, full, place):
        if price < full and not price:
            return self.env._("Delivery is free for %(tier)s members.", tier=tier.name)
        if price < full:
            return self.env._(
                "%(tier)s members save %(saved)s on this delivery.",
                tier=tier.name,
                saved=format_amount(self.env, full - price, zone.currency_id),
            )
        if zone.km_fee and not any(place):
            return self.env._(
                "The address is not on the map yet: its distance is not in the price."
            )
        return ""

    def set_delivery_line(self, carrier, amount):
        result = super().set_delivery_line(carrier, amount)
        for order in self:
            perk = 0.0
            if carrier.delivery_type == "own_courier":
                quote = order._delivery_quote()
                if not quote.error and quote.price < quote.full:
                    perk = max(quote.full - amount, 0.0)
            order.sudo().delivery_perk_amount = perk
        return result
