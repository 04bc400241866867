from odoo import fields, models


class LoyaltyDeliveryCourier(models.Model):
    """How customers rate the courier."""

    _inherit = "loyalty.delivery.courier"

    rating_avg = fields.Float(
        "Rating", digits=(3, 2), compute="_compute_rating", compute_sudo=True
    )
    rated_count = fields.Integer(
        "Ratings", compute="_compute_rating", compute_sudo=True
    )

    def _compute_rating(self):
        rows = self.env["loyalty.delivery.stop"]._read_group(
            [("courier_id", "in", self.ids), ("rating", ">", 0)],
            ["courier_id"],
            ["rating:avg", "__count"],
        )
        rated = {courier.id: figures for courier, *figures in rows}
        for courier in self:
            courier.rating_avg, courier.rated_count = rated.get(courier.id, (0.0, 0))

    def action_ratings(self):
        """Deliveries of the courier that were rated."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_delivery.loyalty_delivery_stop_action"
        )
        return {
            **action,
            "domain": [("courier_id", "=", self.id), ("rating", ">", 0)],
            "context": {},
        }
