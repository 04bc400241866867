from odoo import api, fields, models


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    delivery_type = fields.Selection(
        selection_add=[("own_courier", "Own couriers")],
        ondelete={
            "own_courier": lambda carriers: carriers.write(
                {"delivery_type": "fixed", "fixed_price": 0}
            )
        },
    )

    @api.onchange("delivery_type")
    def _onchange_own_courier(self):
        if self.delivery_type == "own_courier":
            self.integration_level = "rate"
            self.allow_cash_on_delivery = True

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            if values.get("delivery_type") == "own_courier":
                values.setdefault("integration_level", "rate")
                values.setdefault("allow_cash_on_delivery", True)
        return super().create(vals_list)

    # -- called by delivery and stock_delivery by the name of the type ----------------
    def own_courier_rate_shipment(self, order):
        """The price of the zone, the slot and the tier; see ``rate_shipment``."""
        if not self._match_address(order.partner_shipping_id):
            return {
                "success": False,
                "price": 0.0,
                "error_message": self.env._(
                    "%(carrier)s does not go to this country or postal code. Choose"
                    " another delivery method.",
                    carrier=self.name,
                ),
                "warning_message": False,
            }
        quote = order._delivery_quote()
        return {
            "success": not quote.error,
            "price": quote.price,
            "error_message": quote.error or False,
            "warning_message": quote.warning or False,
        }

    def own_courier_send_shipping(self, pickings):
        """Number the shipments by their deliveries, which are made if they are not."""
        pickings.sudo()._delivery_collect()
        return [
            {
                "exact_price": sum(
                    picking.sale_id.order_line.filtered("is_delivery").mapped(
                        "price_unit"
                    )
                ),
                "tracking_number": picking.sudo().delivery_stop_id.name or False,
            }
            for picking in pickings
        ]

    def own_courier_get_tracking_link(self, picking):
        return picking.sudo().delivery_stop_id._tracking_url()

    def own_courier_cancel_shipment(self, pickings):
        pickings.sudo()._delivery_withdraw(self.env._("The shipment was cancelled."))
