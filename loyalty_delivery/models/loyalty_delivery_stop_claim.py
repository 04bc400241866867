from odoo import fields, models


class LoyaltyDeliveryStopClaim(models.Model):
    """What an open delivery holds: the database lets no other one hold it too."""

    _name = "loyalty.delivery.stop.claim"
    _description = "Held by a delivery"
    _log_access = False

    stop_id = fields.Many2one(
        "loyalty.delivery.stop", required=True, ondelete="cascade", index=True
    )
    picking_id = fields.Many2one("stock.picking", ondelete="cascade")
    # Only of deliveries that have no transfer.
    order_id = fields.Many2one("sale.order", ondelete="cascade")

    _picking_uniq = models.UniqueIndex(
        "(picking_id) WHERE picking_id IS NOT NULL",
        "The transfer has an open delivery already. Open that one, or cancel it first.",
    )
    _order_uniq = models.UniqueIndex(
        "(order_id) WHERE order_id IS NOT NULL",
        "The order has an open delivery already. Open that one, or cancel it first.",
    )
