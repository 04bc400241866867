from datetime import timedelta

from odoo import api, fields, models

from ..engine import phone_events

KEPT_DAYS = 30
EVERY_S = 10


class LoyaltyDeliveryPosition(models.Model):
    """Where a courier's phone was; told only while the courier's page is open."""

    _name = "loyalty.delivery.position"
    _description = "Position of a courier"
    _order = "id desc"
    _log_access = False

    trip_id = fields.Many2one(
        "loyalty.delivery.trip", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    latitude = fields.Float(digits=(10, 7), readonly=True)
    longitude = fields.Float(digits=(10, 7), readonly=True)
    accuracy_m = fields.Float(readonly=True)
    time = fields.Datetime(required=True, readonly=True, index=True)

    _trip_idx = models.Index("(trip_id, time)")

    @api.model
    def _tell(self, trip, position):
        """Store a position of the trip on the road, at most one in ten seconds.

        :param position: ``{lat, lon, acc}``
        :raise BadEvent: no place on Earth
        """
        values = phone_events.place(position)
        now = fields.Datetime.now()
        soon = now - timedelta(seconds=EVERY_S)
        if not values or trip.state != "en_route":
            return self.browse()
        if self.search_count([("trip_id", "=", trip.id), ("time", ">", soon)], limit=1):
            return self.browse()
        return self.create(
            {
                **values,
                "trip_id": trip.id,
                "company_id": trip.company_id.id,
                "time": now,
            }
        )

    @api.model
    def _latest(self, trips):
        """``{trip: its last position}`` of those that told one."""
        newest = self._read_group(
            [("trip_id", "in", trips.ids)], ["trip_id"], ["id:max"]
        )
        return {trip: self.browse(position_id) for trip, position_id in newest}

    @api.autovacuum
    def _gc_positions(self):
        """Where people went is nobody's business for longer."""
        old = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("time", "<", old)], limit=100000).unlink()
