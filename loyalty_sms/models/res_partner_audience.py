from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    loyalty_audience_id = fields.Many2one(
        "loyalty.sms.audience",
        "Audience",
        store=False,
        search="_search_loyalty_audience",
        help="Finds the customers of an audience.",
    )

    @api.model
    def _search_loyalty_audience(self, operator, value):
        if operator != "in":
            return NotImplemented
        audiences = self.env["loyalty.sms.audience"].browse(
            key for key in value if isinstance(key, int)
        )
        audiences.check_access("read")
        return Domain.OR(
            [("id", "in", audience._query())] for audience in audiences.exists()
        )
