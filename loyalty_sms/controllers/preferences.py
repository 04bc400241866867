from odoo import http
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private

PERIOD_MINUTES = 15
# Customers of one mobile operator may share an address.
EACH_ADDRESS = 60
ALL_ADDRESSES = 5000


class PreferencesPage(http.Controller):
    """Messages stopped with one tap: who has the link is the customer."""

    # The signature in the link is the proof; looking changes nothing, as programs of
    # messengers look at links too.
    @http.route(
        "/u/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
        multilang=False,
        csrf=False,
    )
    def preferences(self, token, **post):
        """What the customer gets from us, and a button to end it."""
        partner_sudo, channel = request.env["res.partner"]._find_by_stop_token(token)
        if not self._allow(is_known=bool(partner_sudo)):
            return self._too_many()
        if not partner_sudo:
            raise request.not_found()
        self._speak_language_of(partner_sudo)
        partner_sudo = partner_sudo.with_context(lang=request.env.lang)
        if request.httprequest.method == "POST":
            done = partner_sudo._change_preferences(
                channel, post, request.httprequest.remote_addr
            )
            return request.redirect(f"/u/{token}?done={done}", code=303)
        values = {
            "partner": partner_sudo,
            "company": partner_sudo.env.company,
            "channel": channel,
            "rows": partner_sudo._preferences(),
            "done": post.get("done"),
            "asked": "yes" in post,
        }
        return private(request.render("loyalty_sms.preferences_page", values))

    @http.route(
        "/w/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        multilang=False,
    )
    def welcome(self, token, **_kwargs):
        """A new member's page to choose a password; later, the page to log in."""
        partner_sudo = request.env["res.partner"]._find_by_login_token(token)
        if not self._allow(is_known=bool(partner_sudo)):
            return self._too_many()
        if not partner_sudo:
            raise request.not_found()
        return request.redirect(partner_sudo._login_page())

    def _allow(self, is_known):
        return request.env["loyalty.rate"]._allow(
            "preferences",
            request.httprequest.remote_addr,
            each=EACH_ADDRESS,
            everybody=None if is_known else ALL_ADDRESSES,
            minutes=PERIOD_MINUTES,
        )

    def _too_many(self):
        response = request.render("loyalty_sms.feedback_too_many", {})
        response.status_code = 429
        response.headers["Retry-After"] = str(PERIOD_MINUTES * 60)
        return private(response)

    def _speak_language_of(self, partner_sudo):
        installed = dict(request.env["res.lang"].get_installed())
        if partner_sudo.lang in installed:
            request.update_context(lang=partner_sudo.lang)
