from odoo import api, fields, models

from ..engine import slots


class LoyaltyDeliveryCollect(models.TransientModel):
    """Make deliveries of what is ready and has none."""

    _name = "loyalty.delivery.collect"
    _description = "Collect deliveries"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        "Up to",
        required=True,
        default=fields.Date.context_today,
        help="Transfers that are planned for later are left for later.",
    )
    is_again = fields.Boolean(
        "Also what was cancelled or failed",
        help="Deliveries that somebody cancelled by hand, and failed ones without"
        " another attempt, are made anew.",
    )
    picking_count = fields.Integer("Transfers", compute="_compute_counts")
    order_count = fields.Integer("Orders without goods", compute="_compute_counts")
    total = fields.Integer(compute="_compute_counts")

    @api.depends("company_id", "date", "is_again")
    def _compute_counts(self):
        for wizard in self:
            pickings, orders = wizard._found()
            wizard.picking_count = len(pickings)
            wizard.order_count = len(orders)
            wizard.total = wizard.picking_count + wizard.order_count

    def _found(self):
        """Transfers and orders that would become deliveries."""
        stops_sudo = self.env["loyalty.delivery.stop"].sudo()
        tz = self.company_id.partner_id.tz or "UTC"
        pickings, orders = stops_sudo._waiting(
            self.company_id, slots.moment(self.date, 24, tz)
        )
        pickings, orders = stops_sudo._not_held(pickings, orders)
        if not self.is_again:
            pickings -= stops_sudo._decided(pickings)
        return pickings, orders

    def action_collect(self):
        """Collect them, and show what was made."""
        self.ensure_one()
        stops = self.env["loyalty.delivery.stop"]
        stops.check_access("create")
        self.company_id.check_access("read")
        pickings, orders = self._found()
        made = stops.sudo()._collect(pickings, orders, again=self.is_again)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_delivery.loyalty_delivery_stop_action"
        )
        return dict(action, domain=[("id", "in", made.ids)], context={})
