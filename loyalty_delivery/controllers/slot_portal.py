import re
from datetime import date

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.loyalty_club.controllers.gift_card import private
from odoo.addons.sale.controllers.portal import CustomerPortal

# What fits the database's numbers of records.
KEY_OF_SLOT = re.compile(r"[0-9]{1,9}")


def parse_key(key):
    """What an offer's name on pages, ``slot:day``, says; None if it is no such name.

    >>> parse_key("7:2026-03-06")
    (7, datetime.date(2026, 3, 6))
    >>> parse_key("drop table") is None, parse_key(["7:2026-03-06"]) is None
    (True, True)
    >>> parse_key("99999999999:2026-03-06") is None
    True
    """
    slot, _colon, day = key.partition(":") if isinstance(key, str) else ("", "", "")
    if not KEY_OF_SLOT.fullmatch(slot):
        return None
    try:
        return int(slot), date.fromisoformat(day)
    except ValueError:
        return None


class DeliveryTimePortal(CustomerPortal):
    """The customer chooses the delivery time of a quotation or an order."""

    def _delivery_order(self, order_id, access_token):
        """The order as superuser, for who may read it or has its link."""
        try:
            return self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            raise request.not_found() from None

    @http.route(
        "/my/orders/<int:order_id>/delivery-time",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
        readonly=False,
    )
    def delivery_time(self, order_id, access_token=None, slot=None, **_kwargs):
        """Show the free times, or take one of them."""
        order_sudo = self._delivery_order(order_id, access_token)
        if not order_sudo.is_own_courier:
            raise request.not_found()
        error = ""
        if request.httprequest.method == "POST":
            error = self._take_delivery_time(order_sudo, slot)
            if not error:
                return request.redirect(
                    order_sudo.get_portal_url(query_string="&message=delivery_time")
                )
        zone = order_sudo._delivery_zone()
        may_change = order_sudo._delivery_may_change_slot()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "order",
            "order": order_sudo,
            "access_token": access_token,
            "error": error,
            "may_change": may_change,
            "offers": [
                (offer, zone._offer_text(offer))
                for offer in (order_sudo._delivery_offers() if may_change else [])
            ],
        }
        return private(request.render("loyalty_delivery.portal_delivery_time", values))

    def _take_delivery_time(self, order_sudo, key):
        """Why the time was not taken, empty if it was."""
        choice = parse_key(key)
        if not choice:
            return request.env._("Choose one of the times below.")
        try:
            with request.env.cr.savepoint():
                order_sudo._delivery_choose(*choice)
        except UserError as error:
            return str(error)
        return ""
