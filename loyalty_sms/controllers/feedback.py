from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private

from .link_page import LinkPage

# Customers of one mobile operator may share an address.
EACH_ADDRESS = 100


def _whole(text):
    """The number that was tapped, or nothing."""
    return int(text) if (text or "").isdecimal() and len(text) < 10 else None


def take_answer(feedback_sudo, post, source):
    """Store what was typed and tapped; what is wrong comes back in words.

    :param feedback_sudo: the request, found by something only the customer has
    """
    values = {
        "rating": _whole(post.get("rating")),
        "nps": _whole(post.get("nps")),
        "lines": {
            _whole(name[5:]): _whole(stars)
            for name, stars in post.items()
            if name.startswith("line_")
            and _whole(name[5:]) is not None
            and _whole(stars) is not None
        },
    }
    if "comment" in post:
        values["comment"] = post["comment"]
        values["may_publish"] = bool(post.get("may_publish"))
    try:
        with request.env.cr.savepoint():
            feedback_sudo._answer(values, source)
    except UserError as error:
        return str(error)
    return None


def page_values(feedback_sudo, error=None):
    """What the page of a rating shows."""
    return {
        "feedback": feedback_sudo,
        "company": feedback_sudo.company_id,
        "club": feedback_sudo.company_id._loyalty_club(),
        "is_open": feedback_sudo._is_open(),
        "error": error,
    }


class FeedbackPage(LinkPage, http.Controller):
    """Where a customer rates us: whoever has the link is the customer."""

    # The token of 128 bits is the proof; a session's would only refuse browsers that
    # keep no cookies, as those inside of messengers do.
    @http.route(
        "/f/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
        multilang=False,
        csrf=False,
    )
    def feedback(self, token, **post):
        """Stars to tap, then the other questions; sending it again is harmless."""
        feedback_sudo = request.env["loyalty.feedback"]._find_by_token(token)
        if not self._allow_page("feedback", EACH_ADDRESS, bool(feedback_sudo)):
            return self._too_many()
        if not feedback_sudo:
            raise request.not_found()
        self._speak_language_of(feedback_sudo.partner_id)
        # The same record, in the language that was just set.
        feedback_sudo = feedback_sudo.with_context(**request.env.context)
        error = None
        if request.httprequest.method == "POST":
            error = take_answer(feedback_sudo, post, "link")
            if not error:
                return request.redirect(f"/f/{token}", code=303)
        return self._render(feedback_sudo, error)

    def _render(self, feedback_sudo, error=None):
        values = page_values(feedback_sudo, error)
        return private(request.render("loyalty_sms.feedback_page", values))
