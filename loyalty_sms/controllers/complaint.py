from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private
from odoo.addons.portal.controllers.portal import CustomerPortal

PERIOD_MINUTES = 60
EACH_USER = 20
ALL_USERS = 1000


class ComplaintPortal(CustomerPortal):
    """The complaints of the signed-in customer; record rules keep out others'."""

    def _complaint_values(self, page, **values):
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "complaints",
            "complaint_page": page,
            **values,
        }

    def _complaint_render(self, template, values):
        return private(request.render(f"loyalty_sms.{template}", values))

    def _my_complaint(self, complaint_id):
        """The complaint, if it is the user's own: others' do not exist for them."""
        domain = [
            ("id", "=", complaint_id),
            ("partner_id", "=", request.env.user.partner_id.id),
        ]
        complaint = request.env["loyalty.complaint"].search(domain)
        if not complaint:
            raise request.not_found()
        return complaint

    def _may_write(self):
        return request.env["loyalty.rate"]._allow(
            "complaint",
            f"user {request.env.uid}",
            each=EACH_USER,
            everybody=ALL_USERS,
            minutes=PERIOD_MINUTES,
        )

    def _write_or_say_why(self, work):
        """Do ``work`` for a customer, or return what went wrong in words."""
        if not self._may_write():
            return request.env._(
                "You wrote very often. Try again in an hour, or tell us in the shop."
            )
        try:
            with request.env.cr.savepoint():
                work()
        except UserError as error:
            return str(error)
        return None

    @http.route("/my/complaints", type="http", auth="user", website=True)
    def my_complaints(self, **_kwargs):
        """What the customer complained about, and how it stands."""
        complaints = request.env["loyalty.complaint"].search(
            [("partner_id", "=", request.env.user.partner_id.id)], order="id desc"
        )
        values = self._complaint_values("list", complaints=complaints)
        return self._complaint_render("portal_complaints", values)

    @http.route(
        "/my/complaints/new",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
    )
    def my_complaint_new(self, name="", description="", **_kwargs):
        """Tell the shop that something went wrong."""
        values = self._complaint_values(
            "new", typed={"name": name, "description": description}, error=None
        )
        if request.httprequest.method == "POST":
            opened = []
            values["error"] = self._write_or_say_why(
                lambda: opened.append(
                    request.env["loyalty.complaint"]._open_by_customer(
                        request.env.user.partner_id, name, description
                    )
                )
            )
            if opened:
                return request.redirect(f"/my/complaints/{opened[0].id}", code=303)
        return self._complaint_render("portal_complaint_new", values)

    @http.route(
        "/my/complaints/<int:complaint_id>",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
    )
    def my_complaint(self, complaint_id, text="", **_kwargs):
        """One complaint with what both sides wrote; the customer may add to it."""
        complaint = self._my_complaint(complaint_id)
        error = None
        if request.httprequest.method == "POST" and text.strip():
            error = self._write_or_say_why(lambda: complaint._customer_says(text))
            if not error:
                return request.redirect(f"/my/complaints/{complaint_id}", code=303)
        values = self._complaint_values(
            "one",
            complaint=complaint.sudo(),
            messages=complaint._shown_messages(),
            error=error,
            typed=text,
        )
        return self._complaint_render("portal_complaint", values)
