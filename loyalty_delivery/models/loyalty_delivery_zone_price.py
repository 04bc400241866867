"""What a delivery to a zone costs."""

from decimal import Decimal

from odoo import fields, models

from ..engine import pricing


def _decimal(value):
    return Decimal(str(value or 0))


class LoyaltyDeliveryZone(models.Model):
    _inherit = "loyalty.delivery.zone"

    base_fee = fields.Monetary(help="What each delivery costs.")
    km_fee = fields.Monetary(
        "Fee per km",
        help="By the road from the depot, for each kilometre that is begun over those"
        " included. Needs the address's position.",
    )
    km_included = fields.Float("Km included")
    kg_fee = fields.Monetary(
        "Fee per kg", help="For each kilogram that is begun over those included."
    )
    kg_included = fields.Float("Kg included")
    is_free_from = fields.Boolean(
        "Free from an amount", help="Delivery is free for orders from this amount."
    )
    free_from = fields.Monetary()
    minimum_order = fields.Monetary(
        help="Smaller orders are not delivered here. 0: all."
    )
    tier_price_ids = fields.One2many(
        "loyalty.delivery.zone.tier", "zone_id", "Prices of tiers"
    )

    _fees = models.Constraint(
        "CHECK (base_fee >= 0 AND km_fee >= 0 AND km_included >= 0 AND kg_fee >= 0"
        " AND kg_included >= 0 AND free_from >= 0 AND minimum_order >= 0)",
        "Fees and amounts of a zone are not negative.",
    )

    def _tariff(self):
        self.ensure_one()
        return pricing.Tariff(
            base=_decimal(self.base_fee),
            km_fee=_decimal(self.km_fee),
            km_included=_decimal(self.km_included),
            kg_fee=_decimal(self.kg_fee),
            kg_included=_decimal(self.kg_included),
            free_from=_decimal(self.free_from) if self.is_free_from else None,
        )

    def _tier_terms(self, tier):
        """What a tier changes: the zone's line for it, and free delivery everywhere.

        The second is the tier's own promise, whatever the zone; it is also applied by
        the order's ``rate_shipment``, which leaves a price of 0 alone.
        """
        self.ensure_one()
        terms = []
        for line in self.tier_price_ids:
            if line.tier_id == tier:
                terms.append(
                    pricing.TierTerms(
                        base=_decimal(line.fee) if line.has_own_fee else None,
                        discount=_decimal(line.discount),
                        free_from=_decimal(line.free_from) if line.is_free else None,
                    )
                )
        if tier.free_delivery:
            program_currency = tier.program_id.currency_id
            limit = tier.free_delivery_from
            if limit and program_currency and program_currency != self.currency_id:
                limit = program_currency._convert(
                    limit, self.currency_id, self.company_id, fields.Date.today()
                )
            terms.append(pricing.TierTerms(free_from=_decimal(limit)))
        return tuple(terms)

    def _price(self, order_amount, weight, metres, tier, extra=0.0):
        """What a delivery costs, in the currency of the zone's company.

        :param order_amount: the order without delivery
        :param weight: kilograms
        :param metres: by road from the depot
        :param tier: the member's ``loyalty.tier``, may be empty
        :param extra: the fee of the slot; free delivery frees it too
        :return: ``(price, price without the tier)``
        """
        self.ensure_one()
        zone_sudo = self.sudo()
        price, full = pricing.price(
            zone_sudo._tariff(),
            _decimal(order_amount),
            _decimal(round(weight or 0.0, 3)),
            round(metres or 0),
            zone_sudo._tier_terms(tier.sudo()),
            _decimal(extra),
        )
        currency = zone_sudo.currency_id
        return currency.round(float(price)), currency.round(float(full))

    def _road_metres(self, lat, lon):
        """Metres by road from the depot, 0 where one of the places is not known."""
        self.ensure_one()
        depot = self.depot_id
        if not (depot.latitude or depot.longitude) or not (lat or lon):
            return 0
        places = [(depot.latitude, depot.longitude), (lat, lon)]
        matrix = self.env["loyalty.delivery.matrix"]._matrix(
            places, "car", self.company_id
        )
        return int(matrix.metres[0][1])
