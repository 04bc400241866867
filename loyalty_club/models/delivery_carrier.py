from odoo import models


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    def rate_shipment(self, order):
        """Free delivery as the customer's tier gives it, told on the order."""
        result = super().rate_shipment(order)
        tier = order.loyalty_tier_id.sudo()
        if not result.get("success") or not result.get("price"):
            return result
        if tier.free_delivery and order._loyalty_amount_for_delivery(
            tier.program_id
        ) >= (tier.free_delivery_from or 0.0):
            result["price"] = 0.0
            result["warning_message"] = self.env._(
                "Delivery is free for %(tier)s members.", tier=tier.name
            )
        return result
