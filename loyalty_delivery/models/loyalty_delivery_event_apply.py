from odoo import models

from ..engine import phone_events
from .constants import PAYMENT_METHODS
from .loyalty_delivery_event_receive import Refused


class LoyaltyDeliveryEvent(models.Model):
    """What each kind of event does to trip and delivery.

    The dispatcher's cancellation stands before what a courier told, and what was told
    first before what another phone or tab tells later; a correction is an undo.
    """

    _inherit = "loyalty.delivery.event"

    def _apply(self, event):
        """Change trip or delivery.

        :raise Refused: it is too late for the event
        :raise BadEvent: its payload cannot be read
        :raise UserError: the state does not allow it
        """
        self._check_trip_open()
        if event.kind in phone_events.STOP_KINDS and not self.stop_id:
            raise Refused(
                "conflict",
                self.env._("This delivery is not on the trip any more."),
            )
        apply = {
            "take": self._apply_take,
            "depart": self._apply_depart,
            "arrive": self._apply_arrive,
            "deliver": self._apply_deliver,
            "partial": self._apply_partial,
            "fail": self._apply_fail,
            "undo": self._apply_undo,
            "note": self._apply_note,
            "return": self._apply_return,
        }[event.kind]
        apply(event)

    def _check_trip_open(self):
        state = self.trip_id.state
        if state in ("draft", "settled", "cancelled"):
            names = self.trip_id._fields["state"]._description_selection(self.env)
            raise Refused(
                "conflict",
                self.env._(
                    "Trip %(trip)s is “%(state)s”: tell the dispatcher what happened.",
                    trip=self.trip_id.name,
                    state=dict(names)[state],
                ),
            )

    def _apply_take(self, _event):
        if self.trip_id.state == "planned":
            self.trip_id._transition("loaded")

    def _apply_depart(self, _event):
        self.trip_id._drive(self.happened_at)

    def _apply_return(self, _event):
        self.trip_id._drive(self.happened_at)
        self.trip_id._transition("returned", {"returned_at": self.happened_at})

    def _apply_arrive(self, _event):
        self._check_not_cancelled()
        self.trip_id._drive(self.happened_at)
        stop = self.stop_id
        if stop._is_finished():
            # Told late: the delivery was confirmed by another phone already.
            stop.arrived_at = stop.arrived_at or self.happened_at
        else:
            stop._transition("arrived", {"arrived_at": self.happened_at})

    def _apply_deliver(self, event):
        self._finish("delivered", {**self._paid(event), **self._noted(event)})

    def _apply_partial(self, event):
        given = event.quantities()
        items = {item["key"]: item["qty"] for item in self.stop_id._items()}
        if not given.keys() <= items.keys() or any(
            quantity > items[key] for key, quantity in given.items()
        ):
            raise phone_events.BadEvent("lines")
        lines = {key: given.get(key, 0) for key in items}
        values = {**self._paid(event), **self._noted(event), **self._reason(event)}
        if lines == items:
            self._finish("delivered", values)
        else:
            told = self.stop_id._delivered_values(lines)
            self._finish("partial", {**values, "delivered_lines": told})

    def _apply_fail(self, event):
        reason = self._reason(event)
        if not reason:
            raise phone_events.BadEvent("reason")
        values = {"cod_collected": 0, "payment_method": False}
        self._finish("failed", {**values, **reason, **self._noted(event)})

    def _apply_undo(self, event):
        stop = self.stop_id
        undone = event.text("of")
        if not stop._is_finished() or (
            undone and undone != stop.done_event_id.client_uuid
        ):
            raise Refused(
                "conflict", self.env._("There is nothing left to take back here.")
            )
        if not stop.undo_until or stop.undo_until < self.server_time:
            raise Refused(
                "rejected",
                self.env._("The time to correct is over: call the dispatcher."),
            )
        if stop._has_later_attempt():
            raise Refused(
                "conflict",
                self.env._("The dispatcher planned another attempt: call there."),
            )
        stop._take_back()

    def _apply_note(self, event):
        self.stop_id.note = event.text("note") or False

    def _finish(self, state, values):
        self._check_not_cancelled()
        stop = self.stop_id
        if stop._is_finished():
            states = dict(stop._fields["state"]._description_selection(self.env))
            raise Refused(
                "conflict",
                self.env._(
                    "This delivery is “%(state)s” already.", state=states[stop.state]
                ),
            )
        self.trip_id._drive(self.happened_at)
        stop._transition(
            state,
            {
                **values,
                "arrived_at": stop.arrived_at or self.happened_at,
                "done_at": self.happened_at,
                "done_event_id": self.id,
                "undo_until": self._undo_until(),
            },
        )

    def _check_not_cancelled(self):
        if self.stop_id.state == "cancelled":
            raise Refused(
                "conflict",
                self.env._("The dispatcher cancelled this delivery: call there."),
            )

    def _paid(self, event):
        amount = event.money("cod")
        if amount is None and self.stop_id.cod_due:
            raise phone_events.BadEvent("cod")
        method = event.text("method")
        if amount and method not in dict(PAYMENT_METHODS):
            raise phone_events.BadEvent("method")
        amount = self.stop_id.currency_id.round(amount or 0)
        return {"cod_collected": amount, "payment_method": method if amount else False}

    def _noted(self, event):
        return {
            "note": event.text("note") or self.stop_id.note,
            "signed_by": event.text("signed_by") or False,
        }

    def _reason(self, event):
        """The reason chosen, which may have been archived since the phone left."""
        reason_id = event.payload.get("reason")
        if not phone_events.is_id(reason_id):
            return {}
        reason = self.env["loyalty.delivery.reason"].browse(reason_id).exists()
        if not reason or reason.company_id not in (
            reason.company_id.browse(),
            self.company_id,
        ):
            raise phone_events.BadEvent("reason")
        return {"reason_id": reason.id}
