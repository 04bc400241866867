from odoo import Command, api, fields, models


class LoyaltyDeliveryHandover(models.TransientModel):
    """Give deliveries to another carrier, or send them to another depot."""

    _name = "loyalty.delivery.handover"
    _description = "Hand over deliveries"

    stop_ids = fields.Many2many("loyalty.delivery.stop", string="Deliveries")
    way = fields.Selection(
        [("carrier", "Another carrier"), ("depot", "Another depot of ours")],
        "Goes by",
        required=True,
        default="carrier",
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    carrier_name = fields.Char("Carrier")
    tracking_ref = fields.Char("Tracking number")
    cost = fields.Monetary("Price of each")
    depot_id = fields.Many2one(
        "loyalty.delivery.depot", "To depot", domain="[('company_id', '=', company_id)]"
    )
    date = fields.Date("Leg on", default=fields.Date.context_today)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "loyalty.delivery.stop":
            stop_ids = self.env.context.get("active_ids", [])
            values["stop_ids"] = [Command.set(stop_ids)]
        return values

    def action_hand_over(self):
        """Do it."""
        self.ensure_one()
        self.stop_ids._check_dispatcher()
        self.stop_ids.check_access("write")
        if self.way == "carrier":
            self.stop_ids._hand_over_to(self.carrier_name, self.tracking_ref, self.cost)
        else:
            self.stop_ids._send_by_leg(self.depot_id, self.date)
        return {"type": "ir.actions.act_window_close"}
