from odoo import fields, models

from .constants import EVENT_KINDS


class LoyaltyDeliveryEvent(models.Model):
    """What a courier's phone told: append-only, each event applied once."""

    _name = "loyalty.delivery.event"
    _description = "Delivery event"
    _order = "id"
    _log_access = False

    client_uuid = fields.Char(required=True, readonly=True)
    kind = fields.Selection(EVENT_KINDS, required=True, readonly=True)
    trip_id = fields.Many2one(
        "loyalty.delivery.trip", readonly=True, index=True, ondelete="restrict"
    )
    stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    client_time = fields.Datetime("By the phone's clock", readonly=True)
    server_time = fields.Datetime("Received", readonly=True, required=True)
    clock_offset_s = fields.Integer("Phone's clock is off by", readonly=True)
    latitude = fields.Float(digits=(10, 7), readonly=True)
    longitude = fields.Float(digits=(10, 7), readonly=True)
    accuracy_m = fields.Float(readonly=True)
    payload = fields.Json(readonly=True)
    outcome = fields.Selection(
        [("applied", "Applied"), ("conflict", "Conflict"), ("rejected", "Rejected")],
        readonly=True,
    )
    outcome_note = fields.Char(readonly=True)

    _client_uuid_uniq = models.UniqueIndex("(client_uuid)", "The event was applied.")
