from odoo import api, fields, models
from odoo.exceptions import ValidationError

ADMIN = "base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    delivery_late_minutes = fields.Integer(
        "Late after",
        default=5,
        help="Minutes past the window before a delivery counts as late.",
        groups=ADMIN,
    )
    delivery_change_minutes = fields.Integer(
        "Tell changes from",
        default=15,
        help="Minutes: smaller changes of the time are not told to the customer, unless"
        " the window that was promised is left.",
        groups=ADMIN,
    )
    delivery_idle_minutes = fields.Integer(
        "Idle after",
        default=20,
        help="Minutes without a sign of a courier on the road, after the time at which"
        " the next one was due. 0: never.",
        groups=ADMIN,
    )
    delivery_told_minutes = fields.Integer(
        "Width of the time told",
        default=60,
        help="Minutes: customers are told 14:00–15:00, not 14:23.",
        groups=ADMIN,
    )
    delivery_track_days = fields.Integer(
        "Tracking ends after",
        default=7,
        help="Days after the delivery at which its page is closed.",
        groups=ADMIN,
    )
    delivery_show_photo = fields.Boolean(
        "Show the courier's photo",
        help="On the page of the delivery.",
        groups=ADMIN,
    )
    delivery_tip_points_max = fields.Integer(
        "Most points as a tip",
        default=500,
        help="Whoever has the link may thank the courier with points of the customer's"
        " card, once for each delivery. 0: no tips in points.",
        groups=ADMIN,
    )
    delivery_tip_url = fields.Char(
        "Link to pay tips",
        help="Opened by customers who promise a tip in money; {amount} is replaced.",
        groups=ADMIN,
    )

    delivery_apology_minutes = fields.Integer(
        "Apologise from",
        default=0,
        help="Minutes late at which the customer is given points. 0: never.",
        groups=ADMIN,
    )
    delivery_apology_points = fields.Integer(
        "Points of an apology", default=100, groups=ADMIN
    )
    delivery_apology_hours = fields.Float(
        "Hours to say no",
        default=4,
        help="A dispatcher may say no, or give the points at once; nobody's word after"
        " these hours is a yes.",
        groups=ADMIN,
    )
    delivery_apology_partner_cap = fields.Integer(
        "Most points a customer a month", default=300, groups=ADMIN
    )
    delivery_apology_company_cap = fields.Integer(
        "Most points a month", default=20000, groups=ADMIN
    )

    _delivery_apology = models.Constraint(
        "CHECK (delivery_apology_minutes >= 0 AND delivery_apology_points >= 0"
        " AND delivery_apology_hours >= 0 AND delivery_apology_partner_cap >= 0"
        " AND delivery_apology_company_cap >= 0)",
        "Minutes, hours and points of apologies are not negative.",
    )
    _delivery_track = models.Constraint(
        "CHECK (delivery_late_minutes >= 0 AND delivery_change_minutes >= 0"
        " AND delivery_idle_minutes >= 0 AND delivery_told_minutes >= 10"
        " AND delivery_track_days >= 0 AND delivery_tip_points_max >= 0)",
        "Minutes and days are not negative, and a window has ten minutes at least.",
    )

    @api.constrains("delivery_tip_url")
    def _check_delivery_tip_url(self):
        for company in self.filtered("delivery_tip_url"):
            if not company.delivery_tip_url.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "“%s” is no address to pay tips at: it begins with https://.",
                        company.delivery_tip_url,
                    )
                )
