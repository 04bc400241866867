from odoo import api, models


class ReportSlips(models.AbstractModel):
    _name = "report.loyalty_delivery.slips"
    _inherit = "loyalty.delivery.paper"
    _description = "Slips and invoices in the order of the route"

    @api.model
    def _get_report_values(self, docids, data=None):
        docids = docids or (data or {}).get("trip_ids") or []
        trips = self.env["loyalty.delivery.trip"].browse(docids)
        values = self._values(trips)
        last_first = bool((data or {}).get("last_first"))
        return {**values, "papers": trips._papers_in_order(last_first)}
