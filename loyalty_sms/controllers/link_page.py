"""What the pages behind links in messages share: limits, languages, no traces."""

from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private

PERIOD_MINUTES = 15
ALL_ADDRESSES = 5000


class LinkPage:
    """Mixed into controllers of pages whose link is the proof of who opens them."""

    def _allow_page(self, scope, each, is_known):
        """Whether the address may ask; strangers together have a limit of their own."""
        return request.env["loyalty.rate"]._allow(
            scope,
            request.httprequest.remote_addr,
            each=each,
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
