from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine import slots
from .constants import STOP_DRIVEN, STOP_OPEN

UNDER_WAY = ("planned", *STOP_DRIVEN, "delivered", "partial")


class LoyaltyDeliveryStop(models.Model):
    """What failed is tried again, under the same number."""

    _inherit = "loyalty.delivery.stop"

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        again = self.filtered(
            lambda stop: stop.previous_stop_id and stop.state in UNDER_WAY
        )
        if again:
            # Nobody has to act on the failed one any more.
            self.env["loyalty.delivery.alert"]._resolve(
                "failed", stops=again.previous_stop_id
            )
        return result

    # -- by itself --------------------------------------------------------------------
    def _follow_up(self):
        """Make the next attempt of what failed, or drop it when it was delivered."""
        self.ensure_one()
        following = self._following()
        if self.state != "failed":
            self._drop(following)
        elif not following and (not self.reason_id or self.reason_id.try_again):
            (values,) = self._prepare_attempts()
            self.create({**values, **self._next_time()})._check_ready()

    def _following(self):
        return self.search(
            [("previous_stop_id", "in", self.ids), ("state", "!=", "cancelled")]
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

    def _next_time(self):
        """Today while the trip is out, else tomorrow; a window that is over binds
        nobody any more."""
        now = fields.Datetime.now()
        is_today = self.trip_id.state not in ("returned", "settled")
        missed = self.window_end and self.window_end <= now + timedelta(minutes=15)
        if is_today and not missed:
            return {}
        day = self.date if is_today else self._local_date() + timedelta(days=1)
        return {
            "slot_id": False,
            "window_start": False,
            "window_end": False,
            "date": day,
        }

    # -- by the dispatcher ------------------------------------------------------------
    def _try_again(self, window_start=None, window_end=None, date=None, slot=None):
        """A new delivery of what failed: same number, the next attempt.

        :param date: the day, by default the day of the window, or today
        :return: the new deliveries, in the order of the failed ones
        :raise UserError: one of them did not fail, or has another attempt already
        """
        self._check_try_again()
        start = fields.Datetime.to_datetime(window_start)
        end = fields.Datetime.to_datetime(window_end)
        # Who may write deliveries may not read their transfers and orders.
        failed_sudo = self.sudo()
        again_sudo = failed_sudo.create(
            [
                {
                    **values,
                    "date": date or stop_sudo._local_date(start),
                    "slot_id": slot.id if slot else False,
                    "window_start": start or stop_sudo.window_start,
                    "window_end": end or stop_sudo.window_end,
                    "promised_start": start,
                    "promised_end": end,
                }
                for stop_sudo, values in zip(
                    failed_sudo, failed_sudo._prepare_attempts(), strict=True
                )
            ]
        )
        again_sudo._check_ready()
        return self.browse(again_sudo.ids)

    def _check_try_again(self):
        tried = self.sudo()._following().previous_stop_id
        for stop in self:
            if stop.state != "failed":
                raise UserError(
                    self.env._(
                        "Delivery %s did not fail: there is nothing to try again.",
                        stop.display_name,
                    )
                )
            if stop in tried:
                raise UserError(
                    self.env._(
                        "Delivery %s is tried again already. Look at its attempts.",
                        stop.display_name,
                    )
                )

    # -- the same door again ----------------------------------------------------------
    def _prepare_attempts(self):
        """Values of the next attempt of each, at the time of the one before."""
        numbers = self._last_attempts()
        return [
            {
                **values,
                "state": "draft",
                "name": stop.name,
                "attempt_no": numbers[stop.name, stop.company_id] + 1,
                "previous_stop_id": stop.id,
                "picking_ids": [Command.set(stop.picking_ids.filtered(_is_sent).ids)],
                "sale_ids": [Command.set(stop.sale_ids.ids)],
                "geo_quality": stop.geo_quality,
                "tier_id": stop.tier_id.id,
                "flex_points": stop.flex_points,
            }
            for stop, values in zip(self, self.copy_data(), strict=True)
        ]

    def _local_date(self, moment=None):
        """The day at the depot, of a moment or of now."""
        tz = self.depot_id.tz or self.company_id.partner_id.tz or "UTC"
        return slots.local_day(moment or fields.Datetime.now(), tz)

    @api.model
    def _last_attempts(self):
        groups = self.sudo()._read_group(
            [("name", "in", self.mapped("name"))],
            ["name", "company_id"],
            ["attempt_no:max"],
        )
        return {(name, company): last for name, company, last in groups}


def _is_sent(picking):
    # What left at loading is done, and is sent again from there.
    return picking.state != "cancel"
