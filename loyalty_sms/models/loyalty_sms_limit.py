from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine import windows
from .constants import MESSAGE_CLASSES


class LoyaltySmsLimit(models.Model):
    """At which hours and how often customers are written to."""

    _name = "loyalty.sms.limit"
    _description = "Quiet hours and limits of messages"
    _order = "message_class, cap_group nulls first, id"
    _rec_name = "message_class"

    company_id = fields.Many2one(
        "res.company", help="Empty for all companies that have no line of their own."
    )
    message_class = fields.Selection(MESSAGE_CLASSES, "Class", required=True)
    cap_group = fields.Char(
        "Group",
        help="Rules with this word count together. Empty counts all of the class.",
    )
    is_limited_to_hours = fields.Boolean(
        "Only at these hours", help="Off: messages of the class leave at any time."
    )
    hour_from = fields.Float("From", default=10)
    hour_to = fields.Float("To", default=20)
    on_holidays = fields.Boolean(
        "On holidays too", help="Whether holidays are days like any other."
    )
    per_day = fields.Integer("A day", help="0 for no limit.")
    per_week = fields.Integer("A week", help="0 for no limit.")
    per_month = fields.Integer("In 30 days", help="0 for no limit.")
    gap_hours = fields.Float(
        "Hours between", help="A message waits until the last one is this old."
    )

    _key = models.UniqueIndex(
        "(message_class, COALESCE(cap_group, ''), COALESCE(company_id, 0))",
        "There is a line for this class, group and company already. Change that one.",
    )

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for limit in self:
            if not (0 <= limit.hour_from < 24 and 0 < limit.hour_to <= 24):
                raise ValidationError(
                    self.env._(
                        "Hours go from 0:00 to 24:00. Correct %s.", limit._class_name()
                    )
                )
            if limit.hour_from == limit.hour_to:
                raise ValidationError(
                    self.env._(
                        "%s would never be sent: the hours begin when they end.",
                        limit._class_name(),
                    )
                )

    @api.constrains("per_day", "per_week", "per_month", "gap_hours")
    def _check_numbers(self):
        for limit in self:
            if min(limit.per_day, limit.per_week, limit.per_month, limit.gap_hours) < 0:
                raise ValidationError(
                    self.env._(
                        "Limits of %s are 0, for none, or more.", limit._class_name()
                    )
                )

    def _class_name(self):
        """The class in words."""
        self.ensure_one()
        labels = dict(self._fields["message_class"]._description_selection(self.env))
        return labels[self.message_class]

    @api.depends("message_class", "cap_group")
    def _compute_display_name(self):
        for limit in self:
            parts = [limit.message_class and limit._class_name(), limit.cap_group]
            limit.display_name = " · ".join(filter(None, parts))

    @api.model
    def _for(self, company, message_class, cap_group=None):
        """Limits of a class and, where there is one, of a group of rules.

        :return: recordset, the line of the class first; lines of the company win
        """
        groups = [False, cap_group] if cap_group else [False]
        found = self.sudo().search(
            Domain("message_class", "=", message_class)
            & Domain("cap_group", "in", groups)
            & Domain("company_id", "in", [company.id, False])
        )
        chosen = self.sudo()
        for group in groups:
            same = found.filtered(
                lambda limit, g=group: (limit.cap_group or False) == g
            )
            chosen |= (same.filtered("company_id") or same)[:1]
        return chosen

    def _window(self, company):
        """The hours of the class as the engine takes them, or ``None`` for any time."""
        limit = self.filtered(lambda line: not line.cap_group)[:1]
        if not limit.is_limited_to_hours:
            return None
        holidays = self.env["loyalty.sms.holiday"]._dates(company)
        return windows.Window(
            windows.hours(limit.hour_from),
            windows.hours(limit.hour_to),
            frozenset() if limit.on_holidays else holidays,
        )
