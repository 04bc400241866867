from odoo import fields, models


class LoyaltyDeliveryShift(models.Model):
    """A courier's day that is not as usual: off, or with other hours."""

    _name = "loyalty.delivery.shift"
    _description = "Courier's working day"
    _order = "date desc, courier_id"
    _check_company_auto = True

    courier_id = fields.Many2one(
        "loyalty.delivery.courier",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="courier_id.company_id", store=True, precompute=True, index=True
    )
    date = fields.Date(required=True, index=True, default=fields.Date.context_today)
    works = fields.Boolean(default=True, help="Off: no deliveries on this day.")
    hour_from = fields.Float("From", default=9.0)
    hour_to = fields.Float("To", default=18.0)
    note = fields.Char()

    _courier_date_uniq = models.Constraint(
        "UNIQUE(courier_id, date)", "The courier's hours of this day are set already."
    )
    _hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_to > hour_from)",
        "Hours go from 0 to 24, and the day ends after it begins.",
    )
