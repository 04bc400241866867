from odoo import models

from ..engine.geo import haversine_m
from ..engine.phone_events import SUSPICIOUS_S
from .loyalty_delivery_alert import Concern

# At the door are these told; a note may be written anywhere.
AT_THE_DOOR = ("arrive", "deliver", "partial", "fail")
FAR_M = 500
# Less certain positions, of the phone or of the address, accuse nobody.
CERTAIN_M = 100
CERTAIN_PLACES = ("manual", "learned", "house")


class LoyaltyDeliveryEvent(models.Model):
    """What the dispatcher should look at: far from the door, or at odd times."""

    _inherit = "loyalty.delivery.event"

    def _on_received(self):
        result = super()._on_received()
        self._watch_clock()
        self._watch_place()
        return result

    def _watch_clock(self):
        if not self.is_flagged or not self.trip_id:
            return
        off_s = abs(self.clock_offset_s)
        concern = Concern(
            "clock",
            None,
            self.trip_id,
            self.trip_id.courier_id,
            off_s // 60 if off_s > SUSPICIOUS_S else 0,
            self._clock_detail(),
            None,
        )
        self.env["loyalty.delivery.alert"]._raise_many([concern])

    def _clock_detail(self):
        reader = self._reader()
        if self.gap_s > SUSPICIOUS_S:
            return reader.env._("Told %s min after it happened", self.gap_s // 60)
        if abs(self.clock_offset_s) <= SUSPICIOUS_S:
            return reader.env._("The clock was changed on the way")
        return None

    def _watch_place(self):
        if self.outcome != "applied" or not self.stop_id:
            return
        alerts = self.env["loyalty.delivery.alert"]
        distance = self._metres_from_door()
        if distance is not None and distance > FAR_M:
            detail = self._reader().env._("%s m from the door", f"{distance:,}")
            alerts._raise("off_zone", stop=self.stop_id, detail=detail)
        elif distance is not None or self.kind == "undo":
            alerts._resolve("off_zone", stops=self.stop_id)

    def _metres_from_door(self):
        """How far it was told from; ``None`` where either place is not certain."""
        stop = self.stop_id
        has_place = self.latitude or self.longitude
        if (
            self.kind not in AT_THE_DOOR
            or not has_place
            or not 0 < self.accuracy_m <= CERTAIN_M
            or stop.geo_quality not in CERTAIN_PLACES
        ):
            return None
        door = (stop.latitude, stop.longitude)
        return round(haversine_m((self.latitude, self.longitude), door))

    def _reader(self):
        """In the language of the company, not in the courier's."""
        return self.with_context(lang=self.company_id.partner_id.lang)
