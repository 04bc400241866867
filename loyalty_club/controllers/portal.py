from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.res_partner_register import CONSENTS
from .gift_card import private

ROWS_A_PAGE = 20


class ClubPortal(CustomerPortal):
    """The member's own pages; everything is found by the user's partner first."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            values["loyalty_club"] = request.env.company._loyalty_club()
        return values

    # -- what belongs to the user -------------------------------------------------
    def _club(self):
        return request.env.company._loyalty_club()

    def _member_card(self):
        """The card of the user, as superuser; empty for who is no member."""
        club_sudo = self._club()
        cards_sudo = request.env["loyalty.card"].sudo()
        if not club_sudo:
            return cards_sudo
        return club_sudo._card_of(request.env.user.partner_id)

    def _gift_cards(self):
        """Gift cards given to the user, or bought and not given away."""
        partner = request.env.user.partner_id
        return (
            request.env["loyalty.card"]
            .sudo()
            .search(
                [
                    ("program_id.program_type", "=", "gift_card"),
                    ("gift_state", "in", ["active", "used", "expired", "blocked"]),
                    "|",
                    ("partner_id", "=", partner.id),
                    "&",
                    ("partner_id", "=", False),
                    ("order_id.partner_id", "=", partner.id),
                ],
                order="id desc",
            )
        )

    def _club_values(self, page, **values):
        card_sudo = self._member_card()
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "club",
            "club_page": page,
            "club": self._club(),
            "card": card_sudo,
            "partner": request.env.user.partner_id,
            **values,
        }

    def _render(self, template, values):
        return private(request.render(f"loyalty_club.{template}", values))

    # -- pages ----------------------------------------------------------------------
    @http.route("/my/club", type="http", auth="user", website=True)
    def my_club(self, **_kwargs):
        """Balance, tier and card of the member, or an invitation to join."""
        if not self._club():
            raise request.not_found()
        values = self._club_values("home", gift_cards=self._gift_cards())
        card_sudo = values["card"]
        if not card_sudo:
            return self._render("portal_not_member", values)
        values.update(
            lots=card_sudo._open_lots_by_day(),
            pending_lots=card_sudo._pending_lots_shown(),
            tiers=card_sudo.program_id.tier_ids,
            can_print=self._can_print(),
            referral_url=card_sudo._referral_url(),
        )
        return self._render("portal_club", values)

    @http.route(
        "/my/club/join", type="http", auth="user", methods=["POST"], website=True
    )
    def my_club_join(self, **_kwargs):
        """Make the portal user a member, where the company lets them."""
        club_sudo = self._club()
        if not club_sudo or not request.env.company.sudo().loyalty_self_registration:
            raise request.not_found()
        club_sudo._enroll(request.env.user.partner_id)
        return request.redirect("/my/club")

    @http.route("/my/club/card", type="http", auth="user", website=True)
    def my_club_card(self, **_kwargs):
        """The card filling the screen of a phone, to be scanned."""
        values = self._club_values("card")
        if not values["card"]:
            return request.redirect("/my/club")
        return self._render("portal_club_card", values)

    def _can_print(self):
        return request.env["ir.actions.report"].get_wkhtmltopdf_state() == "ok"

    @http.route("/my/club/card.pdf", type="http", auth="user", website=True)
    def my_club_card_pdf(self, **_kwargs):
        """The card as a PDF of credit-card size."""
        card_sudo = self._member_card()
        if not card_sudo or not self._can_print():
            raise request.not_found()
        reports_sudo = request.env["ir.actions.report"].sudo()
        pdf, kind = reports_sudo._render_qweb_pdf(
            "loyalty_club.report_member_card", card_sudo.ids
        )
        name = request.env._("Member card")
        return private(
            request.make_response(
                pdf,
                headers=[
                    ("Content-Type", f"application/{kind}"),
                    ("Content-Disposition", content_disposition(f"{name}.{kind}")),
                ],
            )
        )

    @http.route(
        ["/my/club/history", "/my/club/history/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def my_club_history(self, page=1, **_kwargs):
        """The ledger of the member's card, sentence by sentence."""
        card_sudo = self._member_card()
        if not card_sudo:
            return request.redirect("/my/club")
        moves_sudo = request.env["loyalty.point.move"].sudo()
        # Both sides of a settled debt sum to nothing and say nothing to the member.
        domain = [("card_id", "=", card_sudo.id), ("kind", "!=", "settle")]
        pages = pager(
            url="/my/club/history",
            total=moves_sudo.search_count(domain),
            page=page,
            step=ROWS_A_PAGE,
        )
        moves_sudo = moves_sudo.search(
            domain, limit=ROWS_A_PAGE, offset=pages["offset"], order="id desc"
        )
        values = self._club_values("history", moves=moves_sudo, pager=pages)
        return self._render("portal_club_history", values)

    @http.route(
        "/my/club/profile",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
    )
    def my_club_profile(self, **post):
        """Phone, birthday, answers and consents of the member."""
        values = self._club_values("profile", saved=False, error=None, typed=post)
        if not values["card"]:
            return request.redirect("/my/club")
        if request.httprequest.method == "POST":
            values.update(self._save_profile(post))
        values.update(
            consents=CONSENTS,
            attributes=request.env["loyalty.attribute"]
            .sudo()
            .search([("on_portal", "=", True), ("value_ids", "!=", False)]),
            partner_sudo=request.env.user.partner_id.sudo(),
        )
        return self._render("portal_club_profile", values)

    def _save_profile(self, post):
        answers = request.httprequest.form.getlist("answers")
        values = dict(post, answers=[int(i) for i in answers if i.isdigit()])
        try:
            with request.env.cr.savepoint():
                request.env.user.partner_id._loyalty_update_profile(values)
        except (UserError, ValidationError) as error:
            return {"error": str(error)}
        return {"saved": True}
