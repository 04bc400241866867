from odoo import api, models

# CLDR 46, hy: numbers as 1 234,5, dates as 31.12.2026, the week begins on Monday.
ARMENIAN = {
    "name": "Armenian / Հայերեն",
    "code": "hy_AM",
    "iso_code": "hy",
    "url_code": "hy",
    "direction": "ltr",
    "grouping": "[3,0]",
    "decimal_point": ",",
    "thousands_sep": "\N{NO-BREAK SPACE}",
    "date_format": "%d.%m.%Y",
    "time_format": "%H:%M:%S",
    "week_start": "1",
    "active": False,
}


class ResLang(models.Model):
    _inherit = "res.lang"

    @api.model
    def _loyalty_offer_armenian(self):
        """Add Armenian, which Odoo 19 lacks, to the languages one may activate.

        A database may have it already, made by hand: that one stays as it is.
        """
        languages = self.sudo().with_context(active_test=False)
        same = ["|", ("code", "=", ARMENIAN["code"]), ("url_code", "=", "hy")]
        if not languages.search_count(same, limit=1):
            languages.create(ARMENIAN)
