from odoo import api, fields, models


class ChooseDeliveryCarrier(models.TransientModel):
    _inherit = "choose.delivery.carrier"

    delivery_zone_text = fields.Text("Zone and times", compute="_compute_zone_text")

    @api.depends("carrier_id", "order_id")
    def _compute_zone_text(self):
        for wizard in self:
            wizard.delivery_zone_text = (
                wizard.delivery_type == "own_courier" and wizard._zone_text()
            )

    def _zone_text(self):
        zone = self.order_id._delivery_zone()
        if not zone:
            return self.env._("Outside our delivery zones")
        today = fields.Date.context_today(self)
        offers = zone._slots(
            today,
            7,
            self.order_id.loyalty_tier_id,
            self.order_id._delivery_place(),
            self.order_id._origin,
        )
        return "\n".join(
            [zone.sudo().name, *(zone._offer_text(offer) for offer in offers[:5])]
        )

    @api.onchange("carrier_id", "total_weight")
    def _onchange_carrier_id(self):
        """Own couriers cost nothing to ask: their price is shown at once."""
        result = super()._onchange_carrier_id()
        if self.delivery_type == "own_courier":
            rate = self._get_delivery_rate()
            if message := rate.get("error_message"):
                return {
                    "warning": {
                        "title": self.carrier_id.name,
                        "message": message,
                        "type": "notification",
                    }
                }
        return result
