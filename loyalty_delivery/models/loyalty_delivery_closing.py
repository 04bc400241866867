from odoo import fields, models


class LoyaltyDeliveryClosing(models.Model):
    """Days without deliveries: holidays, a road closed, a courier short."""

    _name = "loyalty.delivery.closing"
    _description = "Days without deliveries"
    _order = "date_from desc"
    _check_company_auto = True

    name = fields.Char("Reason", required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    zone_ids = fields.Many2many(
        "loyalty.delivery.zone",
        string="Zones",
        check_company=True,
        help="Empty: all zones.",
    )

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "The last day does not come before the first."
    )
