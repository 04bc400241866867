from odoo import fields, models


class LoyaltyDeliverySettings(models.TransientModel):
    """Hours and slots, in the settings of deliveries."""

    _inherit = "loyalty.delivery.settings"

    delivery_hour_from = fields.Float(
        "Deliveries from",
        required=True,
        help="Deliveries without an agreed time are planned between these hours, in"
        " the time zone of the depot.",
    )
    delivery_hour_to = fields.Float("Deliveries to", required=True)
    delivery_window_minutes = fields.Integer(
        "Window (minutes)",
        required=True,
        help="An order with a delivery date and time, without a slot, comes within this"
        " time after it.",
    )
    delivery_hold_minutes = fields.Integer(
        "Slot held (minutes)",
        required=True,
        help="A place in a slot is kept so long for a quotation or a cart. Confirmed"
        " orders keep it.",
    )
