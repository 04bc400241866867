from odoo import api, fields, models
from odoo.exceptions import UserError

STOP_KEPT = ("trip_id", "sequence", "plan_eta", "eta", "leg_m", "leg_s", "lock")
# What must be as the change left it, or undoing would undo somebody else's work.
STOP_COMPARED = ("trip_id", "sequence", "state", "lock")
TRIP_KEPT = (
    "planned_start",
    "planned_end",
    "planned_m",
    "planned_s",
    "late_count",
    "violations",
    "matrix_source",
    "geometry",
)


class LoyaltyDeliveryChange(models.Model):
    """A change of routes with what was before, so that it can be taken back."""

    _name = "loyalty.delivery.change"
    _description = "Change of routes"
    _order = "id desc"

    name = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, index=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    date = fields.Date(readonly=True)
    before = fields.Json(readonly=True)
    after = fields.Json(readonly=True)
    trip_ids = fields.Many2many(
        "loyalty.delivery.trip",
        "loyalty_delivery_change_trip_rel",
        "change_id",
        "trip_id",
        "Trips made by it",
        readonly=True,
    )
    undone = fields.Boolean(readonly=True)

    _mine_idx = models.Index("(user_id, company_id, date) WHERE undone IS NOT TRUE")

    @api.model
    def _last(self, date, company):
        """The user's last change of a day that is not undone yet."""
        return self.sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("undone", "=", False),
            ],
            limit=1,
        )

    @api.model
    def _capture(self, stops, trips):
        """Where the stops are and how long the trips take, as plain values."""
        return {
            "stops": self._plain(stops, (*STOP_KEPT, "state")),
            "trips": self._plain(trips, TRIP_KEPT),
        }

    @api.model
    def _plain(self, records, names):
        rows = records.sorted("id").read(names, load="")
        for row in rows:
            for name in names:
                if hasattr(row[name], "strftime"):
                    row[name] = str(row[name])
        return rows

    @api.model
    def _keep(self, name, date, company, before, made=None):
        """Remember a change that was just made.

        :param before: ``_capture`` of all it touched, from before
        :param made: trips that did not exist before
        """
        trips = self.env["loyalty.delivery.trip"]
        stops = self.env["loyalty.delivery.stop"]
        made = made or trips
        after = self._capture(
            stops.browse([row["id"] for row in before["stops"]]),
            trips.browse([row["id"] for row in before["trips"]]),
        )
        return self.sudo().create(
            {
                "name": name,
                "user_id": self.env.uid,
                "company_id": company.id,
                "date": date,
                "before": before,
                "after": after,
                "trip_ids": made.ids,
            }
        )

    def _undo(self):
        """Put everything back as it was before.

        :return: the trips and stops that changed
        :raise UserError: somebody changed or drove a stop since; nothing is undone
        """
        self.ensure_one()
        stops = self.env["loyalty.delivery.stop"].browse(
            [row["id"] for row in self.after["stops"]]
        )
        trips = self.env["loyalty.delivery.trip"].browse(
            [row["id"] for row in self.before["trips"]]
        )
        self._check_untouched(stops.exists(), trips.exists())
        rows = self.before["stops"]
        stops._write_routes(
            [{"id": row["id"], **_picked(row, STOP_KEPT)} for row in rows]
        )
        by_id = {row["id"]: row for row in rows}
        for state, group in stops.grouped(lambda s: by_id[s.id]["state"]).items():
            group._transition(state)
        trips._write_figures(
            [
                {"id": row["id"], **_picked(row, TRIP_KEPT)}
                for row in self.before["trips"]
            ]
        )
        self.sudo().undone = True
        plans_sudo = self.env["loyalty.delivery.plan"].sudo()
        applied = plans_sudo.search(
            [("change_id", "=", self.id), ("state", "=", "applied")]
        )
        applied._set_state("undone", ("applied",))
        made = self.sudo().trip_ids.filtered(lambda trip: trip.state == "draft")
        made.filtered(lambda trip: not trip.stop_ids).unlink()
        return trips, stops

    def _check_untouched(self, stops, trips):
        now = {row["id"]: row for row in self._plain(stops, (*STOP_COMPARED,))}
        changed = [
            row["id"]
            for row in self.after["stops"]
            if row["id"] not in now
            or any(now[row["id"]][name] != row[name] for name in STOP_COMPARED)
        ]
        driven = trips.filtered(lambda trip: trip.state in ("returned", "settled"))
        if driven:
            raise UserError(
                self.env._(
                    "This cannot be undone: %(trips)s is back at the depot.",
                    trips=", ".join(driven.mapped("name")),
                )
            )
        if changed:
            known = stops.filtered(lambda stop: stop.id in changed)
            raise UserError(
                self.env._(
                    "This cannot be undone: %(stops)s changed since."
                    " Move the deliveries by hand, or plan again.",
                    stops=", ".join(known.mapped("display_name"))
                    or self.env._("a deleted delivery"),
                )
            )


def _picked(row, names):
    return {name: row[name] for name in names}
