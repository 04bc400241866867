from odoo import http
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private

PERIOD_MINUTES = 15
EACH_ADDRESS = 100
ALL_ADDRESSES = 5000


class SurveyLink(http.Controller):
    """Short links to surveys: a message of one segment has little room."""

    @http.route(
        "/q/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        multilang=False,
    )
    def survey_link(self, token):
        """Go on to the survey that belongs to the token."""
        allowed = request.env["loyalty.rate"]._allow(
            "survey",
            request.httprequest.remote_addr,
            each=EACH_ADDRESS,
            everybody=ALL_ADDRESSES,
            minutes=PERIOD_MINUTES,
        )
        answers_sudo = request.env["survey.user_input"].sudo()
        answer_sudo = allowed and answers_sudo.search(
            [("access_token", "=", token)], limit=1
        )
        if not answer_sudo:
            raise request.not_found()
        return private(request.redirect(answer_sudo.get_start_url()))
