from odoo import fields, models


class LoyaltyDeliverySettings(models.TransientModel):
    """Tracking, alerts and apologies, in the settings of deliveries."""

    _inherit = "loyalty.delivery.settings"

    delivery_late_minutes = fields.Integer(
        "Late after",
        help="Minutes past the window before a delivery counts as late.",
    )
    delivery_change_minutes = fields.Integer(
        "Tell changes from",
        help="Minutes: smaller changes of the time are not told to the customer, unless"
        " the window that was promised is left.",
    )
    delivery_idle_minutes = fields.Integer(
        "Idle after",
        help="Minutes without a sign of a courier on the road, after the time at which"
        " the next one was due. 0: never.",
    )
    delivery_told_minutes = fields.Integer(
        "Width of the time told",
        help="Minutes: customers are told 14:00–15:00, not 14:23.",
    )
    delivery_track_days = fields.Integer(
        "Tracking ends after",
        help="Days after the delivery at which its page is closed.",
    )
    delivery_show_photo = fields.Boolean(
        "Show the courier's photo",
        help="On the page of the delivery.",
    )
    delivery_tip_points_max = fields.Integer(
        "Most points as a tip",
        help="Whoever has the link may thank the courier with points of the customer's"
        " card, once for each delivery. 0: no tips in points.",
    )
    delivery_tip_url = fields.Char(
        "Link to pay tips",
        help="Opened by customers who promise a tip in money; {amount} is replaced.",
    )

    delivery_apology_minutes = fields.Integer(
        "Apologise from",
        help="Minutes late at which the customer is given points. 0: never.",
    )
    delivery_apology_points = fields.Integer("Points of an apology")
    delivery_apology_hours = fields.Float(
        "Hours to say no",
        help="A dispatcher may say no, or give the points at once; nobody's word after"
        " these hours is a yes.",
    )
    delivery_apology_partner_cap = fields.Integer("Most points a customer a month")
    delivery_apology_company_cap = fields.Integer("Most points a month")
