from pathlib import Path

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private

PERIOD_MINUTES = 15
# A page asks each half minute, and customers of one operator share an address.
STRANGERS_EACH = 60
STRANGERS_ALL = 5000
POSTS_EACH = 40
LEAFLET = Path(__file__).parents[1] / "static" / "lib" / "leaflet" / "leaflet.js"


def _whole(text, most=5):
    """The number that was typed, or 0."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= most else 0


class TrackingPage(http.Controller):
    """The customer's page of a delivery: whoever has the link is the customer."""

    @http.route(
        "/d/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
        readonly=True,
    )
    def tracking(self, token, live=None, **_kwargs):
        """The state of a delivery; ``live`` asks for the part that changes."""
        stop_sudo = self._find(token)
        if not stop_sudo:
            return self._stranger()
        if stop_sudo._track_is_over():
            return self._words("loyalty_delivery.tracking_over", stop_sudo, 410)
        return self._page(stop_sudo, token, live=bool(live))

    @http.route(
        "/d/<string:token>/<any(rate,tip,points,note,slot):what>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        save_session=False,
        readonly=False,
        csrf=False,
    )
    def told(self, token, what, **post):
        """What the customer tells; the token of 192 bits is the proof."""
        stop_sudo = self._find(token)
        if not stop_sudo:
            return self._stranger()
        if stop_sudo._track_is_over():
            return self._words("loyalty_delivery.tracking_over", stop_sudo, 410)
        if not self._allow("delivery_told", POSTS_EACH, None):
            return self._words("loyalty_delivery.tracking_too_many", stop_sudo, 429)
        try:
            with request.env.cr.savepoint():
                getattr(self, f"_take_{what}")(stop_sudo, post)
        except UserError as error:
            return self._page(stop_sudo, token, error=str(error))
        return private(request.redirect(f"/d/{token}#thanks", code=303))

    def _take_rate(self, stop_sudo, post):
        stop_sudo._rate(_whole(post.get("rating"), 1), post.get("comment"))

    def _take_tip(self, stop_sudo, post):
        stop_sudo._promise_tip(_whole(post.get("amount"), 9))

    def _take_points(self, stop_sudo, post):
        stop_sudo._tip_points(_whole(post.get("points"), 6))

    def _take_note(self, stop_sudo, post):
        stop_sudo._leave_note(post.get("note"))

    def _take_slot(self, stop_sudo, post):
        stop_sudo._choose_slot(post.get("slot"))

    # -- answers ------------------------------
    def _find(self, token):
        """The delivery, in the language of its customer."""
        stop_sudo = request.env["loyalty.delivery.stop"]._find_by_track_token(token)
        lang = stop_sudo.partner_id.lang
        if lang and request.env["res.lang"]._get_data(code=lang):
            request.update_context(lang=lang)
        return stop_sudo.with_context(**request.env.context)

    def _allow(self, scope, each, everybody):
        return request.env["loyalty.rate"]._allow(
            scope,
            request.httprequest.remote_addr,
            each=each,
            everybody=everybody,
            minutes=PERIOD_MINUTES,
        )

    def _stranger(self):
        """Nothing is told to who guesses; who guesses much waits."""
        if not self._allow("delivery_track", STRANGERS_EACH, STRANGERS_ALL):
            return self._words("loyalty_delivery.tracking_too_many", None, 429)
        return self._words("loyalty_delivery.tracking_unknown", None, 404)

    def _page(self, stop_sudo, token, live=False, error=None):
        name = "tracking_live" if live else "tracking_page"
        values = {
            **self._frame(stop_sudo.company_id),
            **stop_sudo._page_facts(),
            "token": token,
            "error": error,
            "has_map": LEAFLET.exists(),
        }
        return self._render(f"loyalty_delivery.{name}", values, 422 if error else 200)

    def _words(self, template, stop_sudo, status):
        company = stop_sudo.company_id if stop_sudo else None
        response = self._render(template, self._frame(company), status)
        if status == 429:
            response.headers["Retry-After"] = str(PERIOD_MINUTES * 60)
        return response

    def _frame(self, company_sudo):
        lang = request.env["res.lang"]._get_data(code=request.env.lang or "en_US")
        return {
            "company": company_sudo,
            "html_lang": (lang.code or "en_US").replace("_", "-"),
            "direction": lang.direction or "ltr",
        }

    def _render(self, template, values, status):
        body = request.env["ir.qweb"].sudo()._render(template, values)
        response = request.make_response(
            body,
            headers=[("Content-Type", "text/html; charset=utf-8")],
            status=status,
        )
        return private(response)
