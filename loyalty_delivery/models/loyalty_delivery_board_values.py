from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .constants import STOP_FINISHED

STOP_COLUMNS = (
    "id",
    "name",
    "attempt_no",
    "state",
    "trip_id",
    "courier_id",
    "sequence",
    "lock",
    "depot_id",
    "zone_id",
    "tier_id",
    "latitude",
    "longitude",
    "geo_quality",
    "contact_name",
    "phone",
    "address",
    "door_note",
    "window_start",
    "window_end",
    "service_s",
    "priority",
    "weight_kg",
    "volume_m3",
    "parcels",
    "amount_total",
    "cod_due",
    "leg_m",
    "leg_s",
    "plan_eta",
    "eta",
    "arrived_at",
    "done_at",
    "reason_id",
    "note",
)
TRIP_COLUMNS = (
    "id",
    "name",
    "state",
    "courier_id",
    "depot_id",
    "profile",
    "vehicle_name",
    "planned_start",
    "planned_end",
    "started_at",
    "returned_at",
    "planned_m",
    "planned_s",
    "late_count",
    "violations",
    "matrix_source",
    "geometry",
    "version",
)


class LoyaltyDeliveryBoardValues(models.AbstractModel):
    """What the board shows, as plain values: a query for each kind of record.

    Moments are the ERP's texts in UTC (``2026-03-06 06:30:00``), what is not set is
    ``False`` or ``None``. Record rules and rights are those of the user.
    """

    _name = "loyalty.delivery.board.values"
    _description = "What the board of deliveries shows"

    @api.model
    def _rows(self, model, domain, columns, order="id"):
        records = self.env[model]
        records.check_access("read")
        records.flush_model()
        query = records._search(Domain(domain), order=order)
        chosen = [SQL.identifier(query.table, column) for column in columns]
        rows = self.env.execute_query(query.select(*chosen))
        return [
            {name: _plain(value) for name, value in zip(columns, row, strict=True)}
            for row in rows
        ]

    @api.model
    def _stop_rows(self, domain):
        """Stops: the columns of STOP_COLUMNS, and

        - ``label``: number with the attempt
        - ``late_s``: seconds that it is or will be late, 0 when in time
        - ``tier``: name of the customer's tier, empty without one
        """
        rows = self._rows(
            "loyalty.delivery.stop", domain, STOP_COLUMNS, "trip_id, sequence, id"
        )
        tiers = self._tier_names({row["tier_id"] for row in rows if row["tier_id"]})
        for row in rows:
            row["tier"] = tiers.get(row["tier_id"], "")
            attempt = row["attempt_no"] or 1
            row["label"] = f"{row['name']}/{attempt}" if attempt > 1 else row["name"]
            row["late_s"] = _late(row)
        return rows

    @api.model
    def _tier_names(self, tier_ids):
        """Names only: dispatchers may know no more of the club."""
        tiers_sudo = self.env["loyalty.tier"].sudo().browse(tier_ids)
        return {tier.id: tier.name for tier in tiers_sudo}

    @api.model
    def _trip_rows(self, domain):
        """Trips: the columns of TRIP_COLUMNS."""
        return self._rows(
            "loyalty.delivery.trip", domain, TRIP_COLUMNS, "planned_start, id"
        )

    @api.model
    def _couriers(self, company, date):
        """Couriers and their hours of the day; ``works`` is false when off."""
        couriers = self.env["loyalty.delivery.courier"].search(
            [("company_id", "=", company.id)]
        )
        hours = couriers._hours(date)
        return [
            {
                "id": courier.id,
                "name": courier.name,
                "color": courier.color,
                "profile": courier.profile,
                "kind": courier.kind,
                "vehicle_name": courier.vehicle_name or "",
                "depot_id": courier.depot_id.id,
                "zone_ids": courier.zone_ids.ids,
                "capacity_kg": courier.capacity_kg,
                "max_stops": courier.max_stops,
                "works": courier in hours,
                "hour_from": hours.get(courier, (0, 0))[0],
                "hour_to": hours.get(courier, (0, 0))[1],
            }
            for courier in couriers
        ]

    @api.model
    def _zones(self, company):
        zones = self.env["loyalty.delivery.zone"].search(
            [("company_id", "=", company.id)]
        )
        return zones.read(["name", "code", "color", "polygon", "depot_id"], load="")

    @api.model
    def _depots(self, company):
        depots = self.env["loyalty.delivery.depot"].search(
            [("company_id", "=", company.id)]
        )
        return depots.read(["name", "latitude", "longitude", "tz"], load="")

    @api.model
    def _counters(self, stops):
        """How many, and of what amount, as it stands."""
        states = {}
        for stop in stops:
            states[stop["state"]] = states.get(stop["state"], 0) + 1
        active = [stop for stop in stops if stop["state"] != "cancelled"]
        return {
            "states": states,
            "all": len(active),
            "amount": sum(stop["amount_total"] or 0 for stop in active),
            "cod": sum(stop["cod_due"] or 0 for stop in active),
            "unplanned": sum(stop["state"] in ("draft", "ready") for stop in active),
            "done": sum(stop["state"] in STOP_FINISHED for stop in active),
            "late": sum(bool(stop["late_s"]) for stop in active),
        }


def _late(row):
    end = row["window_end"]
    reached = row["arrived_at"] or row["done_at"] or row["eta"]
    if not end or not reached or row["state"] in ("draft", "ready", "cancelled"):
        return 0
    late = fields.Datetime.to_datetime(reached) - fields.Datetime.to_datetime(end)
    return max(0, int(late.total_seconds()))


def _plain(value):
    if value is None:
        return False
    if hasattr(value, "strftime"):
        return fields.Datetime.to_string(value)
    return value
