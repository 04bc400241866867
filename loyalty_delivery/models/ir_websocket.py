from odoo import models


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Dispatchers hear of deliveries of their companies."""
        if self.env.user.has_group("loyalty_delivery.group_delivery_dispatcher"):
            channels = [
                *channels,
                *(
                    (company, "loyalty_delivery")
                    for company in self.env.user.company_ids
                ),
            ]
        return super()._build_bus_channel_list(channels)
