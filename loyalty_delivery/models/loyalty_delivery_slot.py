from odoo import fields, models


class LoyaltyDeliverySlot(models.Model):
    """A time in which a zone is visited, each week or on one day."""

    _name = "loyalty.delivery.slot"
    _description = "Delivery slot"
    _order = "zone_id, weekday, date, hour_from"
    _check_company_auto = True

    zone_id = fields.Many2one(
        "loyalty.delivery.zone",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        related="zone_id.company_id", store=True, precompute=True, index=True
    )
    active = fields.Boolean(default=True)
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ]
    )
    date = fields.Date(help="One day only, instead of a weekday.")
    hour_from = fields.Float("From", required=True)
    hour_to = fields.Float("To", required=True)
