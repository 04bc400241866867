from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyDeliverySlotChoose(models.TransientModel):
    """Choose the delivery time of an order among the free ones."""

    _name = "loyalty.delivery.slot.choose"
    _description = "Choose a delivery time"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    zone_name = fields.Char("Zone", compute="_compute_zone_name")
    line_ids = fields.One2many(
        "loyalty.delivery.slot.choose.line", "wizard_id", "Free times"
    )

    @api.depends("order_id")
    def _compute_zone_name(self):
        for wizard in self:
            wizard.zone_name = wizard.order_id._delivery_zone().sudo().name

    @api.model
    def _open(self, order):
        """A dialog with what ``order`` may choose now."""
        zone = order._delivery_zone()
        if not zone:
            raise UserError(order._delivery_no_zone())
        wizard = self.create(
            {
                "order_id": order.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "label": zone._offer_text(offer, with_points=False),
                            "slot_key": offer.slot_id,
                            "day": offer.day,
                            "free": (
                                self.env._("Free")
                                if offer.free is None
                                else str(offer.free)
                            ),
                            "fee": offer.fee,
                            "points": offer.points,
                            "is_street": offer.is_street,
                        },
                    )
                    for offer in order._delivery_offers()
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delivery time of %s", order.name),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }


class LoyaltyDeliverySlotChooseLine(models.TransientModel):
    """A free time."""

    _name = "loyalty.delivery.slot.choose.line"
    _description = "Free delivery time"

    wizard_id = fields.Many2one(
        "loyalty.delivery.slot.choose", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.order_id.company_id.currency_id")
    label = fields.Char("Time", readonly=True)
    # The number of the slot: who sells may not read slots themselves.
    slot_key = fields.Integer(readonly=True)
    day = fields.Date(readonly=True)
    free = fields.Char("Free places", readonly=True)
    fee = fields.Monetary(readonly=True)
    points = fields.Integer(readonly=True)
    is_street = fields.Boolean("Neighbours' day", readonly=True)

    def action_take(self):
        """Take a place, in the rights of whoever may write the order."""
        self.ensure_one()
        order = self.wizard_id.order_id
        order.check_access("write")
        order._delivery_choose(self.slot_key, self.day)
        return {"type": "ir.actions.act_window_close"}
