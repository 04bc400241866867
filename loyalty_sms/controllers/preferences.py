from odoo import http
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private

from .link_page import LinkPage

# Customers of one mobile operator may share an address.
EACH_ADDRESS = 60


class PreferencesPage(LinkPage, http.Controller):
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
        if not self._allow_page("preferences", EACH_ADDRESS, bool(partner_sudo)):
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
        if not self._allow_page("preferences", EACH_ADDRESS, bool(partner_sudo)):
            return self._too_many()
        if not partner_sudo:
            raise request.not_found()
        return request.redirect(partner_sudo._login_page())
