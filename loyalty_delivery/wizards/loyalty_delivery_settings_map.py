from odoo import fields, models


class LoyaltyDeliverySettings(models.TransientModel):
    """Where the pictures under the maps come from."""

    _inherit = "loyalty.delivery.settings"

    delivery_tile_url = fields.Char(
        "Map pictures from",
        help="Dispatchers' browsers fetch them there; {z}, {x} and {y} stand for the"
        " place. Empty: maps without pictures, with routes, stops and zones.",
    )
    delivery_tile_attribution = fields.Char(
        "Map made by", help="Stands on every map, as its makers ask."
    )
