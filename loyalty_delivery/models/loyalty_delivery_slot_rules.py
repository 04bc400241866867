"""Until when, by whom and at what price a slot may be chosen."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..engine import slots


class LoyaltyDeliverySlot(models.Model):
    _inherit = "loyalty.delivery.slot"

    currency_id = fields.Many2one(related="zone_id.currency_id")
    capacity = fields.Integer(
        "Places", help="Deliveries that fit in on one day. 0: they are not counted."
    )
    cutoff_kind = fields.Selection(
        [("before", "Minutes before it begins"), ("day", "Hour of a day before")],
        "May be chosen until",
        required=True,
        default="before",
    )
    cutoff_minutes = fields.Integer(default=120)
    cutoff_days = fields.Integer("Days before", default=1)
    cutoff_hour = fields.Float("Hour", default=20.0)
    reserved = fields.Integer(
        "Kept for the best",
        help="So many of the places are kept for the best tiers until the time below.",
    )
    reserved_minutes = fields.Integer(
        "Kept until (minutes before)",
        default=240,
        help="After it all customers may take what is left.",
    )
    tier_ids = fields.Many2many(
        "loyalty.tier",
        string="Best tiers",
        help="Empty: the tiers with a high priority.",
        check_company=True,
    )
    fee = fields.Monetary(
        help="Added to the price of the zone; where delivery is free, so is this."
    )
    flex_points = fields.Integer(
        "Points",
        help="For customers who choose this slot, such as a wide one. Given when the"
        " order is delivered.",
    )

    _hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "A slot begins before it ends, between 0 and 24 o'clock.",
    )
    _numbers = models.Constraint(
        "CHECK (capacity >= 0 AND reserved >= 0 AND cutoff_minutes >= 0"
        " AND cutoff_days >= 0 AND cutoff_hour BETWEEN 0 AND 24"
        " AND reserved_minutes >= 0 AND fee >= 0 AND flex_points >= 0)",
        "Places, times, fees and points of a slot are not negative.",
    )

    @api.constrains("weekday", "date")
    def _check_day(self):
        for slot in self:
            if bool(slot.weekday) == bool(slot.date):
                raise ValidationError(
                    self.env._(
                        "A slot is either on a weekday or on one date. Fill in one of"
                        " them at %s.",
                        slot.display_name,
                    )
                )

    @api.constrains("capacity", "reserved")
    def _check_reserved(self):
        for slot in self:
            if slot.capacity and slot.reserved > slot.capacity:
                raise ValidationError(
                    self.env._(
                        "%(slot)s has %(capacity)s places and keeps %(reserved)s for"
                        " the best tiers. Keep fewer.",
                        slot=slot.display_name,
                        capacity=slot.capacity,
                        reserved=slot.reserved,
                    )
                )

    @api.depends("zone_id.name", "weekday", "date", "hour_from", "hour_to")
    def _compute_display_name(self):
        days = dict(self._fields["weekday"]._description_selection(self.env))
        for slot in self:
            day = days.get(slot.weekday) or format_date(self.env, slot.date) or ""
            slot.display_name = f"{slot.zone_id.name} {day} {slot._hours_text()}"

    def _hours_text(self):
        """“14:00–16:00”, as it is read in the zone."""
        self.ensure_one()

        def clock(hour):
            minutes = round(hour * 60)
            return f"{minutes // 60}:{minutes % 60:02}"

        return f"{clock(self.hour_from)}–{clock(self.hour_to)}"

    def _rules(self):
        self.ensure_one()
        by_day = self.cutoff_kind == "day"
        return slots.Rules(
            hour_from=self.hour_from,
            hour_to=self.hour_to,
            capacity=self.capacity,
            cutoff_minutes=self.cutoff_minutes,
            cutoff_days=self.cutoff_days if by_day else None,
            cutoff_hour=self.cutoff_hour,
            reserved=self.reserved,
            reserved_minutes=self.reserved_minutes,
        )

    def _is_best(self, tier):
        """Whether places are kept for members of a tier, which may be empty."""
        self.ensure_one()
        return bool(tier) and (
            tier in self.tier_ids if self.tier_ids else tier.priority == "1"
        )

    def _is_on(self, day):
        """Whether the slot takes place on a day, closed days apart."""
        self.ensure_one()
        return self.date == day if self.date else self.weekday == str(day.weekday())
