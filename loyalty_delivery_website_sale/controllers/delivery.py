from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.loyalty_delivery.controllers.slot_portal import parse_key
from odoo.addons.website_sale.controllers.delivery import Delivery


class DeliveryTime(Delivery):
    """Delivery times of the cart; nothing here takes the number of an order."""

    @route("/shop/delivery_times", type="jsonrpc", auth="public", website=True)
    def shop_delivery_times(self):
        """The free times of the cart as HTML, empty where there are none."""
        order_sudo = request.cart
        if not order_sudo or not order_sudo.is_own_courier:
            return ""
        zone = order_sudo._delivery_zone()
        quote = order_sudo._delivery_quote()
        values = {
            "order": order_sudo,
            "message": quote.warning,
            "offers": [
                (offer, zone._offer_text(offer))
                for offer in order_sudo._delivery_offers()
            ],
        }
        template = "loyalty_delivery_website_sale.delivery_times"
        return request.env["ir.ui.view"]._render_template(template, values)

    @route("/shop/set_delivery_time", type="jsonrpc", auth="public", website=True)
    def shop_set_delivery_time(self, key, **kwargs):
        """Take a place for the cart.

        :param str key: an offer's name, as rendered
        :return: the amounts of the cart, or ``{"error": what to do}``
        """
        order_sudo = request.cart
        choice = parse_key(key)
        if not order_sudo or not choice:
            return {"error": request.env._("Choose one of the times of the list.")}
        try:
            with request.env.cr.savepoint():
                order_sudo._delivery_choose(*choice)
        except UserError as error:
            return {"error": str(error)}
        return self._order_summary_values(order_sudo, **kwargs)
