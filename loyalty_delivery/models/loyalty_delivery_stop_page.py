from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date, format_time

from ..engine import eta as clock
from ..engine.geo import haversine_m
from .constants import STOP_DRIVEN, STOP_FINISHED, STOP_OPEN

POSITION_AGE = timedelta(minutes=10)
STEPS = ("ready", "out", "arrived", "delivered")
STEP_OF = {"draft": 0, "ready": 0, "planned": 0, "out": 1, "arrived": 2}


class LoyaltyDeliveryStop(models.Model):
    """What the customer's page and the messages tell about a delivery."""

    _inherit = "loyalty.delivery.stop"

    # -- the time, as it is told ------------------------------
    def _told_window(self, *, fresh=False):
        """``(start, end)`` as the customer is told, UTC; ``(None, None)`` if unknown.

        What a message told stands as long as it is true.

        :param fresh: from the expected arrival, though the courier has not left
        """
        self.ensure_one()
        if self.eta and (fresh or self.state in STOP_DRIVEN or self._change_of_time()):
            if (
                not fresh
                and self.told_start
                and self.told_start <= self.eta <= self.told_end
            ):
                return self.told_start, self.told_end
            return self._window_around(self.eta)
        start = self.promised_start or self.window_start
        end = self.promised_end or self.window_end
        if start and end:
            return start, end
        return self._window_around(self.eta) if self.eta else (None, None)

    def _window_around(self, eta):
        """A round window with the expected time inside, not before the promised one."""
        company_sudo = self.company_id.sudo()
        epoch = fields.Datetime.from_string("1970-01-01 00:00:00")
        opens = self.promised_start or self.window_start
        if opens and opens > eta:
            opens = eta
        start, end = clock.window(
            int((eta - epoch).total_seconds()),
            company_sudo.delivery_told_minutes * 60,
            int((opens - epoch).total_seconds()) if opens else 0,
        )
        return epoch + timedelta(seconds=start), epoch + timedelta(seconds=end)

    def _clock(self, moment):
        """``14:00`` of the depot's day, in the notation of the language."""
        zone = self.depot_id.tz or self.company_id.partner_id.tz or "UTC"
        return format_time(self.env, moment, tz=zone, time_format="HH:mm")

    def _eta_words(self, *, fresh=False):
        """``14:00–15:00``, with the day when it is not today; the day alone if that is
        all that is known."""
        self.ensure_one()
        start, end = self._told_window(fresh=fresh)
        zone = self.depot_id.tz or self.company_id.partner_id.tz or "UTC"
        here = self.with_context(tz=zone)
        today = fields.Date.context_today(here)
        day = fields.Datetime.context_timestamp(here, start).date() if start else None
        day = day or self.date
        hours = f"{self._clock(start)}–{self._clock(end)}" if start else ""
        if hours and day == today:
            return hours
        words = format_date(self.env, day, date_format="d MMMM")
        return f"{words}, {hours}" if hours else words

    # -- the page ------------------------------
    def _page_facts(self):
        """What the page shows: the customer's own delivery and nothing of others."""
        self.ensure_one()
        ahead = self._stops_ahead()
        courier = self.courier_id
        company = self.company_id
        driven = self.state in STOP_DRIVEN
        finished = self.state in STOP_FINISHED
        facts = {
            "stop": self,
            "company": company,
            "document": self._document_words(),
            "state": self.state,
            "step": STEP_OF.get(self.state, 3),
            "driven": driven,
            "finished": finished,
            "open": self.state in STOP_OPEN,
            "ahead": ahead,
            "eta": self._eta_words() if self.state in STOP_OPEN else "",
            "courier": (courier.name or "").split(" ")[0] if driven else "",
            "courier_phone": courier.partner_id.phone if driven else "",
            "photo": self._courier_photo() if driven else None,
            "phone": self._company_phone(),
            "due": self.cod_due if self.state in STOP_OPEN else 0,
            "place": self._courier_place() if ahead == 0 else None,
            "door": [self.latitude, self.longitude],
            "metres": None,
        }
        if facts["place"] and self.geo_quality != "none":
            metres = haversine_m(facts["place"], (self.latitude, self.longitude))
            facts["metres"] = max(100, round(metres, -2))
        return facts

    def _stops_ahead(self):
        """How many doors the courier visits before; ``None`` unless on the road."""
        if self.state not in STOP_DRIVEN or self.trip_id.state != "en_route":
            return None
        return self.search_count(
            [
                ("trip_id", "=", self.trip_id.id),
                ("sequence", "<", self.sequence),
                ("state", "in", ("planned", *STOP_DRIVEN)),
            ]
        )

    def _courier_place(self):
        """Where the courier was a moment ago, to some fifty metres, or nothing."""
        position = self.env["loyalty.delivery.position"].search(
            [
                ("trip_id", "=", self.trip_id.id),
                ("time", ">", fields.Datetime.now() - POSITION_AGE),
            ],
            order="time desc",
            limit=1,
        )
        if not position:
            return None
        return clock.blur((position.latitude, position.longitude))

    def _courier_photo(self):
        if not self.company_id.delivery_show_photo:
            return None
        return self.courier_id.partner_id.image_128 or None

    def _company_phone(self):
        company = self.company_id
        return company.delivery_phone or company.phone

    def _document_words(self):
        """The number that the customer knows."""
        names = self.sale_ids.sorted("id").mapped("name")
        return ", ".join(names[:3]) or self.display_name
