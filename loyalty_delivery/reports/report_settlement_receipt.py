from odoo import api, models


class ReportSettlement(models.AbstractModel):
    _name = "report.loyalty_delivery.settlement_receipt"
    _inherit = "loyalty.delivery.paper"
    _description = "Receipt of a settlement"

    @api.model
    def _get_report_values(self, docids, data=None):
        return self._values(self.env["loyalty.delivery.settlement"].browse(docids))
