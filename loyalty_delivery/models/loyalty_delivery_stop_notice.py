from datetime import datetime

from odoo import fields, models

from ..engine import eta as clock

EPOCH = datetime(1970, 1, 1)
TOLD_BY_STATE = {
    "planned": "delivery_planned",
    "out": "delivery_started",
    "delivered": "delivery_done",
    "partial": "delivery_done",
    "failed": "delivery_failed",
}


def _epoch(moment):
    return int((moment - EPOCH).total_seconds())


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    notice_ids = fields.One2many(
        "loyalty.delivery.notice", "stop_id", "Messages", readonly=True
    )

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        notices = self.env["loyalty.delivery.notice"].sudo()
        waiting = self.filtered(lambda stop: stop.state == "ready")
        if waiting:
            # Another day or courier is news again.
            notices.search(
                [
                    ("stop_id", "in", waiting.ids),
                    ("state", "=", "told"),
                    ("event", "in", ("delivery_planned", "delivery_started")),
                ]
            ).state = "past"
        for state, stops in self.grouped("state").items():
            if event := TOLD_BY_STATE.get(state):
                # Back from the door is a correction, and no second departure.
                news = stops.filtered(
                    lambda stop, state=state: state != "planned"
                    or old_states[stop] in ("draft", "ready")
                )
                notices._queue(news.filtered("partner_id"), event)
        return result

    def _change_of_time(self):
        """``"later"``, ``"earlier"`` or nothing, against what the customer was told."""
        if not self.told_eta or not self.eta or not self.told_start:
            return None
        return clock.change(
            clock.Told(*map(_epoch, (self.told_eta, self.told_start, self.told_end))),
            _epoch(self.eta),
            _epoch(due) if (due := self._due()) else None,
            self.company_id.sudo().delivery_change_minutes * 60,
        )

    def _tell_changes(self):
        """Note new times that matter to the customer."""
        notices = self.env["loyalty.delivery.notice"].sudo()
        waiting = self.filtered(
            lambda stop: stop.state in ("planned", "out") and stop.partner_id
        )
        changes = {stop: stop._change_of_time() for stop in waiting}
        for change, event in (
            ("later", "delivery_late"),
            ("earlier", "delivery_earlier"),
        ):
            ids = [stop.id for stop, found in changes.items() if found == change]
            notices._queue(self.browse(ids), event)
