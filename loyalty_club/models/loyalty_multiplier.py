from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import multipliers

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class LoyaltyMultiplier(models.Model):
    """When points are multiplied, or a bonus is added to what a purchase earns."""

    _name = "loyalty.multiplier"
    _description = "Loyalty multiplier"
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="Read by customers in the explanation of their points: 'Tuesday',"
        " 'Harvest festival'.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    program_id = fields.Many2one(
        "loyalty.program",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("is_club", "=", True)],
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    factor = fields.Float("Points ×", default=2.0, digits=(6, 3), required=True)
    bonus = fields.Float(
        "Extra points", digits=(16, 2), help="Added once to each purchase."
    )
    tier_ids = fields.Many2many(
        "loyalty.tier", string="Tiers", help="Empty: all members."
    )
    class_filter = fields.Selection(
        [("all", "All classes"), ("vip", "VIP customers only")],
        "Classes",
        default="all",
        required=True,
    )
    monday = fields.Boolean("Mon", default=True)
    tuesday = fields.Boolean("Tue", default=True)
    wednesday = fields.Boolean("Wed", default=True)
    thursday = fields.Boolean("Thu", default=True)
    friday = fields.Boolean("Fri", default=True)
    saturday = fields.Boolean("Sat", default=True)
    sunday = fields.Boolean("Sun", default=True)
    hour_from = fields.Float("From hour", default=0.0)
    hour_to = fields.Float(
        "To hour", default=24.0, help="Earlier than the start: past midnight."
    )
    date_from = fields.Date("Campaign start")
    date_to = fields.Date("Campaign end")
    on_birthday = fields.Boolean("Around the birthday")
    birthday_days = fields.Integer(
        "Days around the birthday", default=3, help="Zero: on the birthday only."
    )

    _factor_positive = models.Constraint(
        "CHECK(factor >= 0 AND bonus >= 0)",
        "A multiplier and its extra points cannot be negative.",
    )

    @api.constrains("hour_from", "hour_to", "date_from", "date_to", "birthday_days")
    def _check_when(self):
        for multiplier in self:
            if not (0 <= multiplier.hour_from <= 24 and 0 <= multiplier.hour_to <= 24):
                raise ValidationError(
                    self.env._("Hours of %s are between 0:00 and 24:00.", self.name)
                )
            start, end = multiplier.date_from, multiplier.date_to
            if start and end and start > end:
                raise ValidationError(
                    self.env._("The campaign %s ends before it starts.", self.name)
                )
            if not 0 <= multiplier.birthday_days <= 180:
                raise ValidationError(
                    self.env._("Choose 0 to 180 days around the birthday.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        multipliers = super().create(vals_list)
        self.env.registry.clear_cache()
        return multipliers

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    def _terms(self):
        """This multiplier as the engine knows it."""
        self.ensure_one()
        return multipliers.Multiplier(
            key=self.id,
            label=self.name,
            value=Decimal(str(self.factor)),
            bonus=Decimal(str(self.bonus)),
            weekdays=frozenset(n for n, day in enumerate(WEEKDAYS) if self[day]),
            date_from=self.date_from or None,
            date_to=self.date_to or None,
            hour_from=self.hour_from,
            hour_to=self.hour_to,
            tier_keys=frozenset(self.tier_ids.ids) or None,
            birthday_days=self.birthday_days if self.on_birthday else None,
        )
