from odoo import models

from ..engine.phone_events import milliseconds
from ..engine.qr_bits import qr_bits

SHOWN_STATES = (
    "planned",
    "out",
    "arrived",
    "delivered",
    "partial",
    "failed",
    "cancelled",
)


class LoyaltyDeliveryStop(models.Model):
    """What a courier's phone is told of a delivery: enough to do it, no more."""

    _inherit = "loyalty.delivery.stop"

    def _phone_values(self):
        """JSON of each delivery, in the order of the recordset; times in ms."""
        doors = self._doors()
        return [
            {
                "id": stop.id,
                "name": stop.name,
                "attempt": stop.attempt_no,
                "state": stop.state,
                "contact": stop.contact_name or stop.partner_id.name or "",
                "phone": stop.phone or "",
                "address": stop.address or "",
                "door_note": stop.door_note or "",
                "door": doors[stop],
                "place": stop._phone_place(),
                "from": _ms(stop.window_start),
                "to": _ms(stop.window_end),
                "eta": _ms(stop.eta or stop.plan_eta),
                "parcels": stop.parcels,
                "kg": round(stop.weight_kg, 2),
                "amount": stop.amount_total,
                "cod": stop.cod_due,
                "items": stop._items(),
                "qr": stop._phone_qr(),
                **stop._phone_done(),
            }
            for stop in self
        ]

    def _phone_place(self):
        if not self.latitude and not self.longitude:
            return None
        return [round(self.latitude, 6), round(self.longitude, 6)]

    def _phone_done(self):
        """How it went, when it is done."""
        if not self._is_finished():
            return {}
        return {
            "done_at": _ms(self.done_at),
            "undo_until": _ms(self.undo_until),
            "event": self.done_event_id.client_uuid or "",
            "cod_collected": self.cod_collected,
            "method": self.payment_method or "",
            "reason": self.reason_id.id or None,
            "note": self.note or "",
        }

    def _doors(self):
        """Deliveries of one trip that go to the same door share a number."""
        numbers = {}
        return {
            stop: numbers.setdefault(stop._door_key(), len(numbers)) for stop in self
        }

    def _door_key(self):
        address = " ".join((self.address or "").split()).casefold()
        place = (round(self.latitude, 5), round(self.longitude, 5))
        if address or any(place):
            return (address, place, self.phone or "")
        return self.id

    def _phone_qr(self):
        """The QR that the customer pays by, if the company has one."""
        template = self.company_id.delivery_qr_payload
        if not template or not self.cod_due or self._is_finished():
            return None
        currency = self.currency_id
        return qr_bits(
            template.format(
                amount=f"{self.cod_due:.{currency.decimal_places}f}",
                cents=round(self.cod_due * 100),
                currency=currency.name,
                document=self.name,
            )
        )


def _ms(moment):
    return milliseconds(moment) if moment else None
