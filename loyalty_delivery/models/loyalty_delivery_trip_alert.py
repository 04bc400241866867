from odoo import api, fields, models


class LoyaltyDeliveryTrip(models.Model):
    """What the board shows of alerts and of couriers on the road."""

    _inherit = "loyalty.delivery.trip"

    @api.model
    def _board_alerts(self, date, company):
        """Alerts of the day that are not resolved, in one query, the worst first."""
        domain = [
            ("company_id", "=", company.id),
            ("state", "!=", "resolved"),
            "|",
            ("trip_id.date", "=", date),
            "&",
            ("trip_id", "=", False),
            "|",
            ("stop_id", "=", False),
            ("stop_id.date", "=", date),
        ]
        alerts = self.env["loyalty.delivery.alert"].search(domain, limit=200)
        return [
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
        """Where the couriers on the road told last that they are."""
        trips = self.search(
            [
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("state", "=", "en_route"),
            ]
        )
        latest = self.env["loyalty.delivery.position"].sudo()._latest(trips)
        return [
            {
                "trip_id": trip.id,
                "courier_id": trip.courier_id.id,
                "latitude": position.latitude,
                "longitude": position.longitude,
                "time": fields.Datetime.to_string(position.time),
            }
            for trip, position in latest.items()
        ]
