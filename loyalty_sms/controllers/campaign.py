from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CampaignReport(http.Controller):
    @http.route(
        "/loyalty_sms/campaign/<int:campaign_id>/report.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def report(self, campaign_id):
        """A campaign's report as an Excel file, for whoever may read the campaign."""
        campaign = request.env["loyalty.sms.campaign"].browse(campaign_id)
        if not campaign.has_access("read") or not campaign.exists():
            raise request.not_found()
        data = request.env["loyalty.campaign.book"]._book(campaign)
        return request.make_response(
            data,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", str(len(data))),
                ("Content-Disposition", content_disposition(f"{campaign.name}.xlsx")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
