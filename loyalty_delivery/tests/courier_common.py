"""Levon's Friday: a released trip with stops at the doors, and his phone."""

import io
from datetime import datetime
from uuid import uuid4

from PIL import Image

from ..engine.phone_events import milliseconds
from .common import DeliveryCommon

FRIDAY = datetime(2026, 3, 6, 8, 0)  # UTC; noon in Yerevan


def jpeg(size=(640, 480), exif=None, color="teal"):
    stream = io.BytesIO()
    extra = {"exif": exif} if exif else {}
    Image.new("RGB", size, color).save(stream, "JPEG", **extra)
    return stream.getvalue()


class CourierCommon(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["loyalty.delivery.reason"].create(
            {"name": "Nobody at home", "try_again": False}
        )
        cls.trip = cls._make_trip(cls.levon, 3)
        cls.stop = cls.trip.stop_ids[0]
        cls.stop.write({"cod_due": 23000, "amount_total": 23000})
        cls.events = cls.env["loyalty.delivery.event"]

    @classmethod
    def _make_trip(cls, courier, count, **values):
        trip = cls.env["loyalty.delivery.trip"].create(
            {
                "date": "2026-03-06",
                "courier_id": courier.id,
                "depot_id": cls.depot.id,
                **values,
            }
        )
        stops = cls._make_stops(count, contact_name="Ani", items="Coffee\nTea\nSugar")
        for number, stop in enumerate(stops, 1):
            stop._transition("planned", {"trip_id": trip.id, "sequence": number})
        trip._transition("planned")
        return trip

    def _event(self, kind, stop=None, *, at=None, uuid=None, **payload):
        return {
            "uuid": uuid or str(uuid4()),
            "kind": kind,
            "stop": stop.id if stop else None,
            "client_ms": milliseconds(at or FRIDAY),
            "payload": payload,
        }

    def _tell(self, *events, trip=None, **more):
        """What the server answers: a list of (status, reason)."""
        answers = self.events._receive(trip or self.trip, list(events), **more)
        self.assertEqual(
            [answer["uuid"] for answer in answers],
            [event.get("uuid") for event in events],
        )
        return [(answer["status"], answer["reason"]) for answer in answers]

    def _told(self, *events, **more):
        """Statuses alone."""
        return [status for status, _reason in self._tell(*events, **more)]
