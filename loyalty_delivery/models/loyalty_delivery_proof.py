import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import pictures
from ..engine.phone_events import UUID
from .constants import PROOF_KINDS

# With what was taken back and photographed again.
MOST_OF_A_STOP = 40


class LoyaltyDeliveryProof(models.Model):
    """A photo or a signature from the door, written anew from its pixels alone."""

    _name = "loyalty.delivery.proof"
    _description = "Proof of delivery"
    _order = "id"

    client_uuid = fields.Char(required=True, readonly=True)
    event_id = fields.Many2one(
        "loyalty.delivery.event",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="stop_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(PROOF_KINDS, required=True, readonly=True)
    image = fields.Binary(attachment=True, required=True, readonly=True)
    is_void = fields.Boolean(
        "Taken back", readonly=True, help="The courier took back what it proved."
    )

    _client_uuid_uniq = models.UniqueIndex("(client_uuid)", "The picture is stored.")
    _signature_uniq = models.UniqueIndex(
        "(event_id) WHERE kind = 'signature'", "A delivery is signed once."
    )

    @api.model
    def _store(self, trip, event_uuid, uuid, kind, data):
        """Keep a picture of an event of the trip; a repeated one is harmless.

        :param data: the bytes as the phone sent them
        :return: ``(status, reason)``: applied, dup, rejected, or retry while the event
            has not come
        """
        are_ids = all(UUID.fullmatch(each or "") for each in (uuid, event_uuid))
        if not are_ids or kind not in dict(PROOF_KINDS):
            return "rejected", self.env._("The page sent something unknown.")
        if self.search_count([("client_uuid", "=", uuid)], limit=1):
            return "dup", ""
        event = self.env["loyalty.delivery.event"].search(
            [("client_uuid", "=", event_uuid or ""), ("trip_id", "=", trip.id)], limit=1
        )
        if not event:
            return "retry", ""
        if not event.stop_id:
            return "rejected", self.env._("The delivery is not on this trip any more.")
        try:
            self._check_count(event, kind)
            image = pictures.rewritten(data)
        except UserError as error:
            return "rejected", str(error)
        except pictures.NotAPicture:
            return "rejected", self.env._("The file is no picture.")
        except pictures.TooLarge:
            return "rejected", self.env._("The picture is too large.")
        self._create_of(event, uuid, kind, image)
        return "applied", ""

    def _create_of(self, event, uuid, kind, image):
        stop = event.stop_id
        return self.create(
            {
                "client_uuid": uuid,
                "event_id": event.id,
                "stop_id": stop.id,
                "kind": kind,
                "image": base64.b64encode(image),
                "is_void": not event._stands(),
            }
        )

    def _check_count(self, event, kind):
        stop = event.stop_id
        most = 1 if kind == "signature" else event.company_id.delivery_photos_max
        counts = self.search_count([("event_id", "=", event.id), ("kind", "=", kind)])
        of_stop = self.search_count([("stop_id", "=", stop.id)])
        if counts >= most or of_stop >= MOST_OF_A_STOP:
            raise UserError(
                self.env._(
                    "Delivery %(stop)s has all its pictures already.",
                    stop=stop.display_name,
                )
            )
