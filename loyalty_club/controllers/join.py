from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .gift_card import private

PERIOD_MINUTES = 60
# A shop's guests share one address, that of its wireless network.
EACH_ADDRESS = 30
ALL_ADDRESSES = 300
TYPED = ("name", "phone", "email", "consent_sms", "consent_email", "ref")


class JoinClub(http.Controller):
    @http.route(
        "/club/join/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def join(self, token, **post):
        """The registration page of a shop, for who has its link."""
        branch_sudo = request.env["loyalty.branch"]._find_by_join_token(token)
        company_sudo = branch_sudo.company_id
        if (
            not branch_sudo.active
            or not company_sudo.loyalty_self_registration
            or not company_sudo._loyalty_club()
        ):
            raise request.not_found()
        if request.env.user._is_portal():
            return request.redirect("/my/club")
        values = {
            "page_name": "join",
            "branch": branch_sudo,
            "club": company_sudo._loyalty_club(),
            "typed": {name: post.get(name, "") for name in TYPED},
        }
        if request.httprequest.method == "POST":
            values.update(self._register(post, branch_sudo))
        return private(request.render("loyalty_club.join_page", values))

    def _register(self, post, branch_sudo):
        allowed = request.env["loyalty.rate"]._allow(
            "join",
            request.httprequest.remote_addr,
            each=EACH_ADDRESS,
            everybody=ALL_ADDRESSES,
            minutes=PERIOD_MINUTES,
        )
        if not allowed:
            return {"is_locked": True}
        try:
            with request.env.cr.savepoint():
                request.env["res.partner"]._loyalty_self_register(
                    post, branch_sudo, post.get("ref")
                )
        except UserError as error:
            return {"error": str(error)}
        return {"done": True}
