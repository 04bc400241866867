from odoo.exceptions import AccessError
from odoo.http import Controller, content_disposition, request, route
from odoo.tools import osutil

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class LoyaltyImport(Controller):
    @route(
        [
            "/loyalty/import/<int:import_id>/<any(template, problems):what>",
        ],
        type="http",
        auth="user",
        readonly=True,
    )
    def download(self, import_id, what):
        """The template of an import, or its rows that have problems, as Excel."""
        load = request.env["loyalty.import"].browse(import_id).exists()
        try:
            load.check_access("read")
        except AccessError:
            return request.not_found()
        if not load:
            return request.not_found()
        content = load._template() if what == "template" else load._problem_rows()
        titles = {
            "template": request.env._("Template"),
            "problems": request.env._("Problems"),
        }
        filename = osutil.clean_filename(f"{titles[what]} - {load.name}.xlsx")
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(filename)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
