from odoo import api, models


class ReportWaybill(models.AbstractModel):
    _name = "report.loyalty_delivery.waybill"
    _inherit = "loyalty.delivery.paper"
    _description = "Waybill"

    @api.model
    def _get_report_values(self, docids, data=None):
        trips = self.env["loyalty.delivery.trip"].browse(docids)
        return self._values(trips)
