import json

from odoo import api, models
from odoo.tools import SQL

from .constants import STOP_FINISHED

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

    def _in_order(self):
        """As they are driven: finished ones, the one at whose door the courier is."""
        return self.sorted(
            lambda stop: (
                stop.state not in STOP_FINISHED,
                stop.state != "arrived",
                stop.sequence,
                stop.id,
            )
        )

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
        update_rows(self.env, self._table, ROUTE_TYPES, rows)
        stops.invalidate_recordset([*names, "write_date", "write_uid"], flush=False)
        stops.modified(names)
        self.env["loyalty.delivery.trip"].invalidate_model(["stop_ids"], flush=False)
        return stops


def update_rows(env, table, types, rows, also=None):
    """Write many rows of a table with one UPDATE.

    :param types: ``{column: its type}``, all that may be written
    :param rows: dicts with ``id`` and the same columns in each
    :param also: further assignments, to columns of ``record``
    """
    if not rows:
        return
    env.flush_all()
    names = [name for name in rows[0] if name != "id"]
    assignments = SQL(", ").join(
        SQL(
            "%s = route.%s::%s",
            SQL.identifier(name),
            SQL.identifier(name),
            types[name],
        )
        for name in names
    )
    values = SQL(", ").join(
        SQL("%s", (row["id"], *(_sql_value(row[name]) for name in names)))
        for row in rows
    )
    env.cr.execute(
        SQL(
            """UPDATE %s AS record
                  SET %s, write_uid = %s, write_date = %s %s
                 FROM (VALUES %s) AS route (id, %s)
                WHERE record.id = route.id""",
            SQL.identifier(table),
            assignments,
            env.uid,
            env.cr.now(),
            also or SQL(),
            values,
            SQL(", ").join(map(SQL.identifier, names)),
        )
    )


def _sql_value(value):
    if value is False:
        return None
    return json.dumps(value) if isinstance(value, (list, dict)) else value
