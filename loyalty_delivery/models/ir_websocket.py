from odoo import models


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        return super()._build_bus_channel_list([*channels, *self._board_channels()])

    def _board_channels(self):
        """Dispatchers hear of deliveries of their companies; others of none."""
        user = self.env.user
        if not user.has_group("loyalty_delivery.group_delivery_dispatcher"):
            return []
        return [(company, "loyalty_delivery") for company in user.company_ids]
