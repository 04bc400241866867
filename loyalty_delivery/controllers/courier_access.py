"""Who asks the courier's page: an account, or a phone that opened a trip's link."""

from datetime import timedelta
from urllib.parse import urlsplit

from werkzeug.exceptions import BadRequest, Forbidden, NotFound, Unauthorized

from odoo import fields
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private

from ..models.loyalty_delivery_access import HOURS_AFTER_RETURN, ROAD_STATES

COOKIE = "courier_phone"
COOKIE_DAYS = 3
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src 'self' blob: data:; manifest-src 'self'; worker-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class CourierAccess:
    """Mixed into the controllers of the courier's page."""

    def _secret(self):
        return request.httprequest.cookies.get(COOKIE, "")[:100]

    def _accesses_sudo(self):
        return request.env["loyalty.delivery.access"].sudo()._by_device(self._secret())

    def _couriers_sudo(self):
        """The couriers that the account is, or whose trips were opened on the phone."""
        user = request.env.user
        if user._is_public():
            return self._accesses_sudo().courier_id
        return (
            request.env["loyalty.delivery.courier"]
            .sudo()
            .search([("user_id", "=", user.id)])
        )

    def _trips_sudo(self):
        """The trips of who asks, and no others: what all routes start from."""
        if request.env.user._is_public():
            trips_sudo = self._accesses_sudo().trip_id
            return trips_sudo.sorted(lambda trip: (trip.date, trip.id))
        since = fields.Datetime.now() - timedelta(hours=HOURS_AFTER_RETURN)
        return (
            request.env["loyalty.delivery.trip"]
            .sudo()
            .search(
                [
                    ("courier_id", "in", self._couriers_sudo().ids),
                    "|",
                    ("state", "in", ROAD_STATES),
                    ("returned_at", ">", since),
                ],
                order="date, planned_start, id",
            )
        )

    def _trip_sudo(self, trip_id):
        """The trip, in its company and the courier's language.

        :raise Unauthorized: nobody is known; the page asks to log in
        :raise NotFound: there is no such trip for who asks
        """
        if not isinstance(trip_id, int):
            raise BadRequest
        if not self._couriers_sudo():
            raise Unauthorized
        trip_sudo = self._trips_sudo().filtered(lambda trip: trip.id == trip_id)
        if not trip_sudo:
            raise NotFound
        self._speak(trip_sudo.courier_id)
        trip_sudo = trip_sudo.with_context(lang=request.env.lang)
        return trip_sudo.with_company(trip_sudo.company_id)

    def _speak(self, courier_sudo):
        """Answer in the courier's language, or in the browser's."""
        installed = dict(request.env["res.lang"].get_installed())
        wanted = (courier_sudo[:1].partner_id.lang, request.best_lang)
        lang = next((each for each in wanted if each in installed), request.env.lang)
        request.update_context(lang=lang)

    def _check_own_page(self):
        """Only the page itself posts here: other sites cannot send the header.

        :raise Forbidden: another site, or a form
        """
        headers = request.httprequest.headers
        origin = urlsplit(headers.get("Origin", "")).netloc
        if (
            headers.get("X-Courier-Page") != "1"
            or headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
            or (origin and origin != request.httprequest.host)
        ):
            raise Forbidden

    def _posted(self):
        """The JSON object that the page posted.

        :raise BadRequest: it is none
        """
        self._check_own_page()
        try:
            data = request.get_json_data()
        except (ValueError, RecursionError) as error:
            raise BadRequest from error
        if not isinstance(data, dict):
            raise BadRequest
        return data

    def _json(self, data, status=200):
        response = private(request.make_json_response(data, status=status))
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _remember_phone(self, response, secret):
        response.set_cookie(
            COOKIE,
            secret,
            max_age=COOKIE_DAYS * 86400,
            path="/courier",
            httponly=True,
            samesite="Strict",
            secure=request.httprequest.scheme == "https",
        )

    def _forget_phone(self, response):
        response.set_cookie(
            COOKIE, "", max_age=0, path="/courier", httponly=True, samesite="Strict"
        )
