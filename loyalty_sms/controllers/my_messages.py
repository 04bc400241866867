from odoo import http
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private
from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.loyalty_message_shown import SENT_STATES
from .feedback import page_values, take_answer

ROWS_A_PAGE = 20


class MyMessages(CustomerPortal):
    """What the shop wrote to the signed-in customer, and their ratings."""

    def _my_values(self, page, **values):
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "my_messages",
            "my_page": page,
            **values,
        }

    @http.route(
        ["/my/messages", "/my/messages/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def my_messages(self, page=1, **_kwargs):
        """Messages that were sent to the customer, in all channels; codes masked."""
        messages_sudo = request.env["loyalty.message"].sudo()
        domain = [
            ("partner_id", "=", request.env.user.partner_id.id),
            ("state", "in", SENT_STATES),
        ]
        pages = pager(
            url="/my/messages",
            total=messages_sudo.search_count(domain),
            page=page,
            step=ROWS_A_PAGE,
        )
        values = self._my_values(
            "messages",
            messages=messages_sudo.search(
                domain, limit=ROWS_A_PAGE, offset=pages["offset"]
            ),
            pager=pages,
        )
        return private(request.render("loyalty_sms.portal_messages", values))

    @http.route("/my/ratings", type="http", auth="user", website=True)
    def my_ratings(self, **_kwargs):
        """Ratings that the customer gave, or may still give."""
        ratings_sudo = request.env["loyalty.feedback"].sudo()
        domain = [
            ("partner_id", "=", request.env.user.partner_id.id),
            ("state", "!=", "expired"),
        ]
        values = self._my_values(
            "ratings", ratings=ratings_sudo.search(domain, limit=100)
        )
        return private(request.render("loyalty_sms.portal_ratings", values))

    @http.route(
        "/my/ratings/<int:feedback_id>",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
    )
    def my_rating(self, feedback_id, **post):
        """Rate, or change a rating, without the link of the message."""
        domain = [
            ("id", "=", feedback_id),
            ("partner_id", "=", request.env.user.partner_id.id),
        ]
        feedback_sudo = request.env["loyalty.feedback"].sudo().search(domain)
        if not feedback_sudo:
            raise request.not_found()
        error = None
        if request.httprequest.method == "POST":
            error = take_answer(feedback_sudo, post, "portal")
            if not error:
                return request.redirect(f"/my/ratings/{feedback_id}", code=303)
        values = self._my_values("rating", **page_values(feedback_sudo, error))
        return private(request.render("loyalty_sms.portal_rating", values))
