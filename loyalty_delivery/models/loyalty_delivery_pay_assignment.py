from odoo import api, fields, models


class LoyaltyDeliveryPayAssignment(models.Model):
    """From when to when a courier is paid by a scheme."""

    _name = "loyalty.delivery.pay.assignment"
    _description = "Pay scheme of a courier"
    _order = "courier_id, date_from desc, id desc"
    _check_company_auto = True

    courier_id = fields.Many2one(
        "loyalty.delivery.courier",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    scheme_id = fields.Many2one(
        "loyalty.delivery.pay.scheme",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="courier_id.company_id", store=True)
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("To", help="Empty: until another scheme begins.")

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A scheme ends after it begins."
    )
    _start_uniq = models.Constraint(
        "UNIQUE(courier_id, date_from)", "On a day a courier begins one scheme only."
    )

    @api.model
    def _scheme(self, courier, day):
        """The scheme of a courier on a day: of several the one begun last."""
        return self.search(
            [
                ("courier_id", "=", courier.id),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ],
            limit=1,
        ).scheme_id
