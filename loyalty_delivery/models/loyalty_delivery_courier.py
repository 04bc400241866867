from odoo import api, fields, models

from .constants import PROFILES


class LoyaltyDeliveryCourier(models.Model):
    """Who drives: staff or freelance, with a means of transport and its limits."""

    _name = "loyalty.delivery.courier"
    _description = "Courier"
    _inherit = ["mail.thread"]
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(related="partner_id.name", store=True, readonly=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, ondelete="restrict", index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Account",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        index=True,
        help="Opens the courier's page. Without one, each trip has a link with a PIN.",
    )
    kind = fields.Selection(
        [("staff", "Staff"), ("freelance", "Freelance")],
        required=True,
        default="staff",
        tracking=True,
        help="Freelancers get a vendor bill, staff a pay sheet.",
    )
    profile = fields.Selection(
        PROFILES, "Means of transport", required=True, default="car"
    )
    vehicle_name = fields.Char("Vehicle", help="Number plate, for lists and waybills.")
    capacity_kg = fields.Float("Most kg", help="0: no limit.")
    capacity_m3 = fields.Float("Most m³", help="0: no limit.")
    capacity_parcels = fields.Integer("Most parcels", help="0: no limit.")
    max_stops = fields.Integer("Most stops a trip", help="0: no limit.")
    max_km = fields.Float("Most km a trip", help="0: no limit.")
    hour_from = fields.Float("Works from", default=9.0)
    hour_to = fields.Float("Works to", default=18.0)
    depot_id = fields.Many2one("loyalty.delivery.depot", check_company=True)
    ends_at = fields.Selection(
        [("depot", "At the depot"), ("home", "At home"), ("open", "At the last stop")],
        "Day ends",
        required=True,
        default="depot",
    )
    home_latitude = fields.Float(digits=(10, 7))
    home_longitude = fields.Float(digits=(10, 7))
    zone_ids = fields.Many2many(
        "loyalty.delivery.zone",
        "loyalty_delivery_courier_zone_rel",
        "courier_id",
        "zone_id",
        "Zones",
        help="Empty: all zones.",
        check_company=True,
    )
    cost_km = fields.Monetary(
        "Cost of a km", help="Fuel and wear: for planning and for the profit of a trip."
    )
    cost_hour = fields.Monetary("Cost of an hour", help="For planning.")
    cash_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'cash'), ('company_id', '=', company_id)]",
        help="What customers pay this courier is booked here until it is handed in.",
    )
    cash_limit = fields.Monetary(
        help="The dispatcher is told when the courier carries more. 0: no limit."
    )

    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)",
        "This contact is a courier of the company already.",
    )
    _user_uniq = models.UniqueIndex(
        "(user_id, company_id) WHERE user_id IS NOT NULL AND active",
        "This account belongs to another courier of the company.",
    )

    @api.depends("partner_id")
    def _compute_user_id(self):
        for courier in self:
            courier.user_id = courier.partner_id.user_ids[:1]
