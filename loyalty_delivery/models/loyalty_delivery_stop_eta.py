from datetime import datetime, timedelta

from odoo import models
from odoo.tools import SQL

from .constants import STOP_DRIVEN
from .loyalty_delivery_alert import Concern

EPOCH = datetime(1970, 1, 1)
# Less is no news for anybody, and would only wake the boards up.
NOISE_S = 60


def _moment(seconds):
    return EPOCH + timedelta(seconds=seconds)


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    def _write_etas(self, times):
        """Write expected arrivals in one statement.

        :param times: ``{stop: second}``
        :return: the stops whose time moved by a minute or more
        """
        noise = timedelta(seconds=NOISE_S)
        new = {stop: _moment(second) for stop, second in times.items()}
        new = {
            stop: moment
            for stop, moment in new.items()
            if not stop.eta or abs(moment - stop.eta) >= noise
        }
        changed = self.browse([stop.id for stop in new])
        if not new:
            return changed
        changed.flush_recordset(["eta"])
        self.env.execute_query(
            SQL(
                """UPDATE loyalty_delivery_stop AS stop SET eta = told.eta
                     FROM (VALUES %s) AS told (id, eta)
                    WHERE stop.id = told.id RETURNING stop.id""",
                SQL(", ").join(
                    SQL("(%s, %s::timestamp)", stop.id, moment)
                    for stop, moment in new.items()
                ),
            )
        )
        changed.invalidate_recordset(["eta"])
        changed.fetch(["eta"])
        return changed

    def _due(self):
        """The last moment that keeps the word given to the customer."""
        return self.promised_end or self.window_end

    def _lateness_concern(self, now):
        due = self._due()
        if not due or self.state not in ("planned", *STOP_DRIVEN):
            return None
        grace = timedelta(minutes=self.company_id.sudo().delivery_late_minutes)
        begun = self.arrived_at if self.state == "arrived" else None
        expected = begun or max(self.eta or now, now)
        if expected <= due + grace:
            return None
        kind = "late" if (begun or now) > due + grace else "predicted_late"
        minutes = int((expected - due).total_seconds()) // 60
        return Concern(kind, self, None, None, minutes, None, None)

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        alerts = self.env["loyalty.delivery.alert"]
        failed = self.filtered(lambda stop: stop.state == "failed")
        alerts._raise_many(
            Concern("failed", stop, None, None, 0, stop._failed_detail(), None)
            for stop in failed
        )
        mended = self.filtered(
            lambda stop: old_states[stop] == "failed" and stop.state != "failed"
        )
        if mended:
            alerts._resolve("failed", stops=mended)
        left = self.filtered(lambda stop: stop.state not in ("planned", *STOP_DRIVEN))
        if left:
            alerts._resolve(("late", "predicted_late"), stops=left)
        self.trip_id.filtered(lambda trip: trip.state == "en_route")._propagate()
        return result

    def _failed_detail(self):
        parts = (self.reason_id.name, self.note)
        return " · ".join(part for part in parts if part)
