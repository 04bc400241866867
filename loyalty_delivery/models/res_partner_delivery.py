from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    delivery_note = fields.Char(
        "Door note",
        help="Entrance, floor, code, where to leave it: couriers read it at each"
        " delivery to this address.",
    )
