from odoo import api, fields, models


class LoyaltyDeliveryDepot(models.Model):
    """Where couriers load and come back to."""

    _name = "loyalty.delivery.depot"
    _description = "Delivery depot"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Deliveries that leave this warehouse start here.",
    )
    partner_id = fields.Many2one("res.partner", "Address")
    latitude = fields.Float(digits=(10, 7))
    longitude = fields.Float(digits=(10, 7))
    tz = fields.Char(
        "Time zone",
        compute="_compute_tz",
        help="Windows and the working time of couriers are meant in this zone.",
    )
    loading_minutes = fields.Integer(
        default=15, help="From arriving at the depot to leaving it with the goods."
    )

    _name_company_uniq = models.Constraint(
        "UNIQUE(name, company_id)", "Two depots of a company cannot share a name."
    )
    _place = models.Constraint(
        "CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "Latitude goes from -90 to 90, longitude from -180 to 180.",
    )

    @api.depends("partner_id.tz", "company_id.partner_id.tz")
    def _compute_tz(self):
        for depot in self:
            depot.tz = depot.partner_id.tz or depot.company_id.partner_id.tz or "UTC"
