from odoo import fields, models


class LoyaltyDeliveryStopInsert(models.TransientModel):
    """Where an urgent delivery fits best, before somebody says yes."""

    _name = "loyalty.delivery.stop.insert"
    _description = "Place of an urgent delivery"

    stop_id = fields.Many2one("loyalty.delivery.stop", required=True, readonly=True)
    answer = fields.Json(readonly=True)
    possible = fields.Boolean(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    def _compute_preview(self):
        for wizard in self:
            answer = wizard.answer or {}
            wizard.possible = answer.get("possible")
            wizard.preview = self.env["ir.qweb"]._render(
                "loyalty_delivery.insert_preview",
                {"answer": answer, "clock": wizard._clock(answer.get("eta"))},
            )

    def _clock(self, eta):
        if not eta:
            return ""
        zone = self.with_context(tz=self.stop_id.depot_id.tz or self.env.user.tz)
        moment = fields.Datetime.to_datetime(eta)
        return fields.Datetime.context_timestamp(zone, moment).strftime("%H:%M")

    def action_insert(self):
        """Put it there; the place is found again, as others may have changed it."""
        self.ensure_one()
        self.env["loyalty.delivery.trip"].board_insert(self.stop_id.id, confirm=True)
        return {"type": "ir.actions.act_window_close"}
