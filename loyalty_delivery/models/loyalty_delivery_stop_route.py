from odoo import api, models
from odoo.tools import SQL

# What a route writes on a stop, and how PostgreSQL calls the type.
ROUTE_TYPES = {
    "trip_id": SQL("integer"),
    "sequence": SQL("integer"),
    "plan_eta": SQL("timestamp"),
    "eta": SQL("timestamp"),
    "leg_m": SQL("integer"),
    "leg_s": SQL("integer"),
    "lock": SQL("varchar"),
}


class LoyaltyDeliveryStop(models.Model):
    """The place of a stop in a route, written for many at once."""

    _inherit = "loyalty.delivery.stop"

    @api.model
    def _write_routes(self, rows):
        """Write places in routes with one UPDATE, whatever the number of stops.

        The caller has checked the right to write; states are not written here.

        :param rows: dicts with ``id`` and the same keys of ROUTE_TYPES in each
        :return: the stops
        """
        stops = self.browse([row["id"] for row in rows])
        if not rows:
            return stops
        names = [name for name in rows[0] if name != "id"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_delivery_stop AS stop
                      SET %s, write_uid = %s, write_date = %s
                     FROM (VALUES %s) AS route (id, %s)
                    WHERE stop.id = route.id""",
                SQL(", ").join(
                    SQL(
                        "%s = route.%s::%s",
                        SQL.identifier(name),
                        SQL.identifier(name),
                        ROUTE_TYPES[name],
                    )
                    for name in names
                ),
                self.env.uid,
                self.env.cr.now(),
                SQL(", ").join(
                    SQL("%s", (row["id"], *(_sql_value(row[name]) for name in names)))
                    for row in rows
                ),
                SQL(", ").join(SQL.identifier(name) for name in names),
            )
        )
        stops.invalidate_recordset([*names, "write_date", "write_uid"], flush=False)
        stops.modified(names)
        self.env["loyalty.delivery.trip"].invalidate_model(["stop_ids"], flush=False)
        return stops


def _sql_value(value):
    return None if value is False else value
