from odoo import fields, models

BASES = [
    ("stop", "A delivery"),
    ("failed", "A failed attempt"),
    ("percent_order", "Percent of the order"),
    ("percent_fee", "Percent of the delivery price"),
    ("km", "A km"),
    ("hour", "An hour"),
    ("minimum", "At least a day"),
]


class LoyaltyDeliveryPayRate(models.Model):
    _name = "loyalty.delivery.pay.rate"
    _description = "Rate of a pay scheme"
    _order = "sequence, id"

    scheme_id = fields.Many2one(
        "loyalty.delivery.pay.scheme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scheme_id.company_id", store=True)
    sequence = fields.Integer(
        default=10, help="Of two rates that fit a delivery the first one counts."
    )
    basis = fields.Selection(BASES, "For", required=True, default="stop")
    rate = fields.Float(
        required=True, digits=(16, 2), help="Money, or percent of the basis."
    )
    zone_ids = fields.Many2many(
        "loyalty.delivery.zone", string="Zones", help="Empty: all."
    )
    tier_ids = fields.Many2many("loyalty.tier", string="Tiers", help="Empty: all.")
    from_kg = fields.Float("From kg")
    to_kg = fields.Float("Below kg", help="0: no limit.")

    _rate = models.Constraint("CHECK (rate >= 0)", "A rate is not negative.")
