from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError

from .constants import STOP_DRIVEN, STOP_OPEN


class LoyaltyDeliveryStop(models.Model):
    """What failed is tried again, under the same number."""

    _inherit = "loyalty.delivery.stop"

    def _follow_up(self):
        """Make the next attempt of what failed, or drop it when it was delivered."""
        self.ensure_one()
        following = self._following()
        if self.state != "failed":
            self._drop(following)
        elif not following and (not self.reason_id or self.reason_id.try_again):
            self.create(self._prepare_attempt_values())._check_ready()

    def _following(self):
        return self.search(
            [("previous_stop_id", "=", self.id), ("state", "!=", "cancelled")]
        )

    def _drop(self, following):
        driven = following.filtered(lambda s: s.state not in STOP_OPEN)
        driven |= following.filtered(lambda s: s.state in STOP_DRIVEN)
        if driven:
            raise UserError(
                self.env._(
                    "%(delivery)s was told otherwise, but %(attempt)s is on its way or"
                    " finished. Cancel that one or correct it, then press “Book now”.",
                    delivery=self.display_name,
                    attempt=driven[0].display_name,
                )
            )
        following._transition("cancelled")

    def _prepare_attempt_values(self):
        """The same door again; a window that is over binds nobody any more."""
        (values,) = self.copy_data()
        now = fields.Datetime.now()
        is_today = self.trip_id.state not in ("returned", "settled")
        missed = self.window_end and self.window_end <= now + timedelta(minutes=15)
        if missed or not is_today:
            values.update(slot_id=False, window_start=False, window_end=False)
        return {
            **values,
            "name": self.name,
            "attempt_no": self.attempt_no + 1,
            "previous_stop_id": self.id,
            "state": "ready" if values.get("window_end") else "draft",
            "date": self.date if is_today else self._local_today() + timedelta(days=1),
            "picking_ids": [Command.set(self.picking_ids.ids)],
            "sale_ids": [Command.set(self.sale_ids.ids)],
            "geo_quality": self.geo_quality,
        }

    def _local_today(self):
        tz = self.depot_id.tz or self.company_id.partner_id.tz
        return fields.Date.context_today(self.with_context(tz=tz))
