from odoo import fields, models


class LoyaltyDeliveryZone(models.Model):
    """A part of the map with its price, its slots and its couriers."""

    _name = "loyalty.delivery.zone"
    _description = "Delivery zone"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for lists and labels.")
    sequence = fields.Integer(
        default=10, help="Where two zones hold an address, the first one counts."
    )
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    depot_id = fields.Many2one("loyalty.delivery.depot", check_company=True)
    polygon = fields.Json(
        help="The border as a list of [latitude, longitude], closed by itself."
    )
    service_s = fields.Integer(
        "Seconds at the door", default=300, help="Parking, stairs, payment."
    )
    speed_kmh = fields.Float(
        "Speed of a car", help="0: the company's. Used where no road engine answers."
    )
    road_factor = fields.Float(
        help="Roads against the straight line. 0: the company's.",
    )
