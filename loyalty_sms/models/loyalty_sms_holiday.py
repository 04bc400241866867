import datetime

from odoo import api, fields, models

from ..engine import dates


class LoyaltySmsHoliday(models.Model):
    """A day on which customers are left in peace."""

    _name = "loyalty.sms.holiday"
    _description = "Day without messages"
    _order = "date, id"

    name = fields.Char(required=True, translate=True)
    date = fields.Date(required=True)
    is_yearly = fields.Boolean("Every year", default=True)
    company_id = fields.Many2one("res.company", help="Empty for all companies.")

    @api.model
    def _dates(self, company):
        """Holidays of a company in the year around today, as the engine takes them."""
        today = fields.Date.today()
        found = self.sudo().search([("company_id", "in", [company.id, False])])
        days = set(found.filtered(lambda day: not day.is_yearly).mapped("date"))
        for day in found.filtered("is_yearly"):
            for year in range(today.year - 1, today.year + 3):
                days.add(dates.yearly(day.date, year))
        horizon = today + datetime.timedelta(days=730)
        return frozenset(day for day in days if day < horizon)
