from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    delivery_hour_from = fields.Float(
        "Deliveries from",
        default=9.0,
        help="Deliveries without an agreed time are planned between these hours, in"
        " the time zone of the depot.",
    )
    delivery_hour_to = fields.Float("Deliveries to", default=18.0)
    delivery_window_minutes = fields.Integer(
        "Window (minutes)",
        default=120,
        help="An order with a delivery date and time, without a slot, comes within this"
        " time after it.",
    )

    delivery_hold_minutes = fields.Integer(
        "Slot held (minutes)",
        default=30,
        help="A place in a slot is kept so long for a quotation or a cart. Confirmed"
        " orders keep it.",
    )

    _delivery_hours = models.Constraint(
        "CHECK (delivery_hour_from >= 0 AND delivery_hour_to <= 24"
        " AND delivery_hour_from < delivery_hour_to AND delivery_window_minutes > 0"
        " AND delivery_hold_minutes > 0)",
        "Deliveries begin before they end, between 0 and 24 o'clock.",
    )
