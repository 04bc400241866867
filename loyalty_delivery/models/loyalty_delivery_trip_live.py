from odoo import api, fields, models

from .constants import TRIP_OPEN

# Most alerts on the board: who has more looks at their list.
MOST = 50


class LoyaltyDeliveryTrip(models.Model):
    """What goes on while couriers drive, for the dispatcher's board."""

    _inherit = "loyalty.delivery.trip"

    @api.model
    def _board_alerts(self, date, company):
        """Alerts of the day that are not settled, the worst first.

        :return: dicts with ``id``, ``kind``, ``severity``, ``state``, ``text``,
            ``date``, ``stop_id``, ``trip_id`` and ``courier_id``
        """
        alerts = self.env["loyalty.delivery.alert"].search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "resolved"),
                "|",
                ("stop_id.date", "=", date),
                "|",
                ("trip_id.date", "=", date),
                "&",
                ("stop_id", "=", False),
                ("trip_id", "=", False),
            ],
            limit=MOST,
        )
        return super()._board_alerts(date, company) + [
            {
                "id": alert.id,
                "kind": alert.kind,
                "severity": alert.severity,
                "state": alert.state,
                "text": alert.text,
                "about": (
                    alert.stop_id or alert.trip_id or alert.courier_id
                ).display_name,
                "date": fields.Datetime.to_string(alert.date),
                "stop_id": alert.stop_id.id,
                "trip_id": alert.trip_id.id,
                "courier_id": alert.courier_id.id,
            }
            for alert in alerts
        ]

    @api.model
    def _board_positions(self, date, company):
        """Where couriers on the road were last.

        :return: dicts with ``courier_id``, ``trip_id``, ``latitude``, ``longitude``,
            ``accuracy_m`` and ``time``
        """
        trips = self.search(
            [
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("state", "in", TRIP_OPEN),
            ]
        )
        newest = self.env["loyalty.delivery.position"]._latest(trips)
        return super()._board_positions(date, company) + [
            {
                "courier_id": trip.courier_id.id,
                "trip_id": trip.id,
                "latitude": position.latitude,
                "longitude": position.longitude,
                "accuracy_m": position.accuracy_m,
                "time": fields.Datetime.to_string(position.time),
            }
            for trip, position in newest.items()
        ]
