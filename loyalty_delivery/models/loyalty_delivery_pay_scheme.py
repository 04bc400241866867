from decimal import Decimal

from odoo import fields, models

from ..engine import pay


class LoyaltyDeliveryPayScheme(models.Model):
    """How couriers are paid: rates that stand side by side."""

    _name = "loyalty.delivery.pay.scheme"
    _description = "Pay scheme of couriers"
    _order = "name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    rate_ids = fields.One2many(
        "loyalty.delivery.pay.rate", "scheme_id", "Rates", copy=True
    )
    assignment_ids = fields.One2many(
        "loyalty.delivery.pay.assignment", "scheme_id", "Couriers"
    )

    def _rules(self):
        """The rates as the engine wants them."""
        return [
            pay.Rule(
                basis=rate.basis,
                rate=Decimal(str(rate.rate)),
                zones=frozenset(rate.zone_ids.ids),
                tiers=frozenset(rate.tier_ids.ids),
                from_kg=rate.from_kg,
                to_kg=rate.to_kg,
                key=rate.id,
            )
            for rate in self.rate_ids
        ]
