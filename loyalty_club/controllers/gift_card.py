from odoo import http
from odoo.http import request

from ..models.loyalty_card_gift import VISIBLE_STATES

PERIOD_MINUTES = 15
EACH_ADDRESS = 10
ALL_ADDRESSES = 300


def private(response):
    """Keep a page out of caches and search engines."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


class GiftCardBalance(http.Controller):
    @http.route(
        "/gift-card",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def gift_card_balance(self, code="", **_kwargs):
        """Show what a gift card is worth; the code comes by POST only."""
        values = {"page_name": "gift_card", "asked": False}
        if request.httprequest.method == "POST" and code.strip():
            values.update(self._look_up(code))
        response = request.render("loyalty_club.gift_card_balance", values)
        if values.get("is_locked"):
            response.status_code = 429
            response.headers["Retry-After"] = str(PERIOD_MINUTES * 60)
        return private(response)

    def _look_up(self, code):
        allowed = request.env["loyalty.rate"]._allow(
            "gift_card",
            request.httprequest.remote_addr,
            each=EACH_ADDRESS,
            everybody=ALL_ADDRESSES,
            minutes=PERIOD_MINUTES,
        )
        if not allowed:
            return {"asked": True, "is_locked": True, "minutes": PERIOD_MINUTES}
        card_sudo, _message = request.env["loyalty.card"]._find_by_code(code[:64])
        # One answer for cards unknown, not sold, blocked or replaced: nobody learns
        # which codes exist by trying.
        if card_sudo.gift_state not in VISIBLE_STATES:
            card_sudo = card_sudo.browse()
        return {"asked": True, "card": card_sudo}
