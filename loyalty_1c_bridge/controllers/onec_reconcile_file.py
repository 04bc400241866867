from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OnecReconcileFile(http.Controller):
    @http.route("/loyalty_1c/reconcile/<int:act_id>.xlsx", type="http", auth="user")
    def xlsx(self, act_id):
        """A reconciliation statement as Excel, for whoever may read it."""
        act = request.env["onec.reconcile"].browse(act_id)
        try:
            act.check_access("read")
            data = act._xlsx()
        except (AccessError, MissingError) as error:
            raise request.not_found() from error
        name = f"{act.partner_id.display_name} {act.date_from} {act.date_to}.xlsx"
        return request.make_response(
            data,
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
