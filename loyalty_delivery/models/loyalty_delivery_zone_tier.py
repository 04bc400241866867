from odoo import fields, models


class LoyaltyDeliveryZoneTier(models.Model):
    """What members of a tier pay in a zone, where it differs from the others."""

    _name = "loyalty.delivery.zone.tier"
    _description = "Delivery price of a tier"
    _order = "zone_id, tier_id"
    _check_company_auto = True

    zone_id = fields.Many2one(
        "loyalty.delivery.zone", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="zone_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="zone_id.currency_id")
    tier_id = fields.Many2one(
        "loyalty.tier", required=True, ondelete="cascade", check_company=True
    )
    is_free = fields.Boolean(
        "Free delivery", help="From the amount beside it; always when that is 0."
    )
    free_from = fields.Monetary("Free from", help="Amount of the order.")
    discount = fields.Float(
        "Discount %", help="Off the whole price of the delivery, distance included."
    )
    has_own_fee = fields.Boolean(
        "Own base fee", help="The fee beside it takes the place of the zone's base fee."
    )
    fee = fields.Monetary()

    _tier_uniq = models.Constraint(
        "UNIQUE(zone_id, tier_id)", "A zone has one line for each tier."
    )
    _amounts = models.Constraint(
        "CHECK (free_from >= 0 AND fee >= 0 AND discount BETWEEN 0 AND 100)",
        "Amounts are not negative, and a discount goes from 0 to 100 percent.",
    )
