import logging
from datetime import timedelta

from psycopg2 import IntegrityError
from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import phone_events

_logger = logging.getLogger(__name__)

FINISHING = ("deliver", "partial", "fail")


class Refused(Exception):
    """An event that is kept but changes nothing; ``outcome`` says of which kind."""

    def __init__(self, outcome, note):
        super().__init__(note)
        self.outcome = outcome


class LoyaltyDeliveryEvent(models.Model):
    """Receiving what phones tell: each event once, one bad event harms no other."""

    _inherit = "loyalty.delivery.event"

    device = fields.Char(readonly=True, help="Short mark of the phone, not its secret.")
    happened_at = fields.Datetime("Happened", readonly=True)
    gap_s = fields.Integer("Seconds until it was told", readonly=True)
    is_flagged = fields.Boolean(
        "Look at the times",
        readonly=True,
        help="The phone's clock was more than ten minutes off or was changed, or this"
        " was told more than ten minutes after it happened.",
    )

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: what a phone told stays as it was told."""
        raise UserError(self.env._("Events of couriers are never changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: a correction is an event of its own."""
        raise UserError(self.env._("Events of couriers are never deleted."))

    @api.model
    def _receive(self, trip, events, device="", sent_ms=None):
        """Apply events of a trip in the order given.

        :param events: JSON values as ``engine.phone_events.parse`` reads them
        :param device: short mark of the phone
        :param sent_ms: the phone's clock when it sent them
        :return: ``[{uuid, status, reason}]``; status is ``applied``, ``dup`` (came
            before), ``conflict`` (the dispatcher or another phone was first),
            ``rejected``, or ``retry`` when the server failed and the phone keeps it
        """
        trip.ensure_one()
        events_sudo, trip_sudo = self.sudo(), trip.sudo()
        known = events_sudo._known(trip_sudo, events)
        return [
            known.get(str(isinstance(raw, dict) and raw.get("uuid")))
            or events_sudo._receive_one(trip_sudo, raw, device, sent_ms)
            for raw in events
        ]

    @api.model
    def _known(self, trip, events):
        """Answers to what came before: a batch sent again costs one query."""
        uuids = [
            raw["uuid"]
            for raw in events
            if isinstance(raw, dict)
            and isinstance(raw.get("uuid"), str)
            and phone_events.UUID.fullmatch(raw["uuid"])
        ]
        found = self.search([("client_uuid", "in", uuids), ("trip_id", "=", trip.id)])
        return {event.client_uuid: event._answer_dup() for event in found}

    @api.model
    def _receive_one(self, trip, raw, device, sent_ms):
        try:
            event = phone_events.parse(raw)
        except phone_events.BadEvent as error:
            return self._answer(error.uuid, "rejected", self._bad(error))
        try:
            with self.env.cr.savepoint():
                return self._receive_once(trip, event, device, sent_ms)
        except TransactionRollbackError:
            raise
        except IntegrityError:
            # Another phone was first with a row of its own; next time it is seen.
            _logger.info("courier's event lost a race: %s", event.uuid)
            return self._answer(event.uuid, "retry")
        except Exception:
            _logger.exception("courier's event failed: %s", event.uuid)
            return self._answer(event.uuid, "retry")

    @api.model
    def _receive_once(self, trip, event, device, sent_ms):
        record = self._insert_once(trip, event, device, sent_ms)
        if not record:
            return self._answer_again(trip, event)
        try:
            with self.env.cr.savepoint():
                record._apply(event)
            outcome, note = "applied", ""
        except Refused as refusal:
            outcome, note = refusal.outcome, str(refusal)
        except phone_events.BadEvent as error:
            outcome, note = "rejected", self._bad(error)
        except UserError as error:
            outcome, note = "rejected", str(error)
        if outcome != "applied":
            record._settle_outcome(outcome, note)
        record._on_received()
        return self._answer(event.uuid, outcome, note)

    @api.model
    def _insert_once(self, trip, event, device, sent_ms):
        """The new record, or an empty one when the event came before."""
        now = fields.Datetime.now()
        clock = phone_events.clock(event, now, sent_ms)
        values = {
            "client_uuid": event.uuid,
            "kind": event.kind,
            "trip_id": trip.id,
            "stop_id": self._stop_of(trip, event).id or None,
            "company_id": trip.company_id.id,
            "client_time": clock.told,
            "server_time": now,
            "happened_at": clock.happened,
            "clock_offset_s": clock.offset_s,
            "gap_s": clock.gap_s,
            "is_flagged": clock.is_flagged,
            "latitude": event.latitude,
            "longitude": event.longitude,
            "accuracy_m": event.accuracy_m,
            "device": device[:16],
            "outcome": "applied",
            "payload": self._fields["payload"].convert_to_column(event.payload, self),
        }
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_delivery_event (%s) VALUES (%s)"
                " ON CONFLICT (client_uuid) DO NOTHING RETURNING id",
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _stop_of(self, trip, event):
        stop = self.env["loyalty.delivery.stop"].browse(event.stop_id or ()).exists()
        return stop if stop.trip_id == trip else stop.browse()

    def _settle_outcome(self, outcome, note):
        """Written once, in the transaction that received the event."""
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_delivery_event SET outcome = %s, outcome_note = %s"
                " WHERE id = %s RETURNING id",
                outcome,
                note,
                self.id,
            )
        )
        self.invalidate_recordset(["outcome", "outcome_note"])

    @api.model
    def _answer_again(self, trip, event):
        known = self.search(
            [("client_uuid", "=", event.uuid), ("trip_id", "=", trip.id)]
        )
        if not known:
            return self._answer(event.uuid, "rejected", self._bad(None))
        return known._answer_dup()

    def _answer_dup(self):
        note = self.outcome_note if self.outcome != "applied" else ""
        return self._answer(self.client_uuid, "dup", note)

    @api.model
    def _answer(self, uuid, status, reason=""):
        return {"uuid": uuid, "status": status, "reason": reason or ""}

    @api.model
    def _bad(self, error):
        return self.env._(
            "The page sent something unknown (%(part)s). Open it anew.",
            part=error.what if error else "uuid",
        )

    def _stands(self):
        """Whether what the event told is still how it is."""
        self.ensure_one()
        if self.outcome != "applied":
            return False
        return self.kind not in FINISHING or self.stop_id.done_event_id == self

    def _undo_until(self):
        minutes = self.company_id.delivery_undo_minutes
        return self.server_time + timedelta(minutes=minutes)

    def _on_received(self):
        """An event was received, whatever its outcome; for other files to extend."""
        self.ensure_one()
        if self.outcome == "applied" or self.kind in ("take", "arrive"):
            return
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        self.trip_id._tell_dispatcher(
            self.env._(
                "“%(event)s” of delivery %(stop)s was not applied: %(reason)s",
                event=kinds[self.kind],
                stop=self.stop_id.display_name or "–",
                reason=self.outcome_note,
            )
        )
