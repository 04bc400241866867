from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from ..models.loyalty_delivery_stop_paper import PAPER_PATH


class DeliveryPaper(http.Controller):
    @http.route(
        PAPER_PATH + "<string:code>",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def scanned(self, code):
        """Where the QR of a route sheet leads: the desk's form, or the courier's page.

        It names a delivery and opens nothing: who follows it needs own rights.
        """
        user = request.env.user
        if user.has_group("loyalty_delivery.group_delivery_dispatcher"):
            stop = request.env["loyalty.delivery.stop"]._of_paper(code)
            if not stop:
                raise NotFound()
            return request.redirect(f"/odoo/delivery-journal/{stop.id}")
        if user.share:
            return request.redirect("/courier")
        raise NotFound()
