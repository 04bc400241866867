import hashlib
import json

from odoo import fields, models

from ..engine.phone_events import milliseconds
from .constants import STOP_FINISHED
from .courier_texts import texts
from .loyalty_delivery_stop_phone import SHOWN_STATES


class LoyaltyDeliveryTrip(models.Model):
    """What a courier's phone is told of a trip: one answer that lasts the whole day."""

    _inherit = "loyalty.delivery.trip"

    def _phone_summaries(self):
        """A line for each trip in the list of trips."""
        groups = self.env["loyalty.delivery.stop"]._read_group(
            [("trip_id", "in", self.ids), ("state", "in", SHOWN_STATES)],
            ["trip_id", "state"],
            ["__count"],
        )
        counts, done = dict.fromkeys(self, 0), dict.fromkeys(self, 0)
        for trip, state, count in groups:
            counts[trip] += count
            done[trip] += count if state in STOP_FINISHED else 0
        return [
            {
                "id": trip.id,
                "name": trip.name,
                "date": fields.Date.to_string(trip.date),
                "state": trip.state,
                "depot": trip.depot_id.name,
                "start": _ms(trip.planned_start),
                "stops": counts[trip],
                "done": done[trip],
            }
            for trip in self
        ]

    def _phone_read(self):
        """All that the page needs without network; ``hash`` changes when it does."""
        self.ensure_one()
        stops = self.stop_ids.filtered(lambda stop: stop.state in SHOWN_STATES)
        stops = stops.sorted(lambda stop: (stop.sequence, stop.id))
        values = {
            "trip": self._phone_trip(),
            "stops": stops._phone_values(),
            "reasons": self._phone_reasons(),
            "company": self._phone_company(),
            "texts": texts(self.env),
        }
        data = json.dumps(values, sort_keys=True, default=str).encode()
        return {**values, "hash": hashlib.sha256(data).hexdigest()[:24]}

    def _phone_trip(self):
        depot = self.depot_id
        return {
            "id": self.id,
            "name": self.name,
            "date": fields.Date.to_string(self.date),
            "state": self.state,
            "version": self.version,
            "courier": self.courier_id.name,
            "vehicle": self.vehicle_name or "",
            "depot": depot.name,
            "depot_place": [depot.latitude, depot.longitude],
            "start": _ms(self.planned_start),
            "end": _ms(self.planned_end),
            "tz": depot.tz or "UTC",
        }

    def _phone_reasons(self):
        reasons = self.env["loyalty.delivery.reason"].search(
            [("company_id", "in", [False, self.company_id.id])]
        )
        return [
            {
                "id": reason.id,
                "name": reason.name,
                "needs_note": reason.needs_note,
                "needs_photo": reason.needs_photo,
            }
            for reason in reasons
        ]

    def _phone_company(self):
        company = self.company_id
        currency = company.currency_id
        return {
            "name": company.name,
            "phone": company.delivery_phone or company.phone or "",
            "text": company.delivery_courier_text or "",
            "proof": company.delivery_proof,
            "photos_max": company.delivery_photos_max,
            "navigation": company.delivery_navigation,
            "currency": {
                "name": currency.name,
                "symbol": currency.symbol,
                "before": currency.position == "before",
                "digits": currency.decimal_places,
            },
        }


def _ms(moment):
    return milliseconds(moment) if moment else None
