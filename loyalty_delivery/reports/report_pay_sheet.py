from odoo import api, models


class ReportPaySheet(models.AbstractModel):
    _name = "report.loyalty_delivery.pay_sheet"
    _inherit = "loyalty.delivery.paper"
    _description = "Pay sheet"

    @api.model
    def _get_report_values(self, docids, data=None):
        lines = self.env["loyalty.delivery.pay.line"].browse(docids)
        names = dict(lines._fields["basis"]._description_selection(self.env))
        return self._values(lines, basis_names=names, couriers=lines.courier_id)
