from odoo import api, models


class ReportRouteSheet(models.AbstractModel):
    _name = "report.loyalty_delivery.route_sheet"
    _inherit = "loyalty.delivery.paper"
    _description = "Route sheet"

    @api.model
    def _get_report_values(self, docids, data=None):
        return self._values(self.env["loyalty.delivery.trip"].browse(docids))
