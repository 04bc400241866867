from odoo import models


class LoyaltyDeliveryStop(models.Model):
    """An urgent delivery finds its place among the trips of the day."""

    _inherit = "loyalty.delivery.stop"

    def action_insert(self):
        """Show the cheapest place, to be taken with a yes."""
        self.ensure_one()
        answer = self.env["loyalty.delivery.trip"].board_insert(self.id)
        wizard = self.env["loyalty.delivery.stop.insert"].create(
            {"stop_id": self.id, "answer": answer}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cheapest place"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
