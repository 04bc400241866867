from collections import namedtuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

ALERT_KINDS = [
    ("predicted_late", "Will be late"),
    ("late", "Late"),
    ("idle", "Idle"),
    ("failed", "Failed"),
    ("cash_limit", "Too much cash"),
    ("off_zone", "Off the place"),
    ("booking_error", "Not booked"),
    ("clock", "Clock of the phone"),
    ("bad_rating", "Bad rating"),
]
SEVERITIES = [("0", "To know"), ("1", "To look at"), ("2", "To act on")]
SEVERITY_OF = {"late": "2", "failed": "2", "idle": "1", "clock": "0", "off_zone": "0"}

Concern = namedtuple("Concern", "kind stop trip courier minutes detail severity")


class LoyaltyDeliveryAlert(models.Model):
    """What goes otherwise than planned, told to the dispatcher at once.

    One open alert for each kind and subject: what is still so is brought up to date,
    what is no more so resolves itself.
    """

    _name = "loyalty.delivery.alert"
    _description = "Delivery alert"
    _order = "severity desc, id desc"
    _check_company_auto = True

    kind = fields.Selection(ALERT_KINDS, required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        "Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    trip_id = fields.Many2one(
        "loyalty.delivery.trip",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    courier_id = fields.Many2one(
        "loyalty.delivery.courier",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="stop_id.partner_id", string="Customer")
    severity = fields.Selection(SEVERITIES, required=True, default="1", readonly=True)
    minutes = fields.Integer(readonly=True)
    detail = fields.Char(readonly=True)
    text = fields.Char("What happened", compute="_compute_text")
    state = fields.Selection(
        [("open", "Open"), ("acknowledged", "Seen"), ("resolved", "Resolved")],
        required=True,
        default="open",
        readonly=True,
    )
    date = fields.Datetime("Since", required=True, readonly=True)
    resolved_at = fields.Datetime("Until", readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", "Seen by", readonly=True)
    note = fields.Char(help="What was done about it.")

    _subject_uniq = models.UniqueIndex(
        "(kind, subject) WHERE state != 'resolved'",
        "There is an open alert about it already.",
    )
    _open_idx = models.Index("(company_id, severity) WHERE state != 'resolved'")

    @api.depends("kind", "minutes", "detail")
    @api.depends_context("lang")
    def _compute_text(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            words = alert._words()
            alert.text = " · ".join(
                part for part in (words or kinds.get(alert.kind), alert.detail) if part
            )

    def _words(self):
        minutes = self.minutes
        if not minutes:
            return None
        if self.kind == "predicted_late":
            return self.env._("Will be %s min late", minutes)
        if self.kind == "late":
            return self.env._("%s min late", minutes)
        if self.kind == "idle":
            return self.env._("No sign for %s min", minutes)
        if self.kind == "clock":
            return self.env._("The phone's clock is off by %s min", minutes)
        return None

    @api.depends("kind", "stop_id", "trip_id", "courier_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            about = alert.stop_id or alert.trip_id or alert.courier_id
            alert.display_name = f"{kinds.get(alert.kind)}: {about.display_name}"

    def write(self, values):
        # By hand only the words: what happened is the system's to say.
        if not self.env.su and set(values) - {"note"}:
            raise AccessError(
                self.env._("Only the note of an alert is written by hand.")
            )
        return super().write(values)

    # -- raised and resolved by the system ------------------------------
    @api.model
    def _raise(
        self,
        kind,
        *,
        stop=None,
        trip=None,
        courier=None,
        minutes=0,
        detail=None,
        severity=None,
    ):
        """Tell the dispatcher; an open alert of the kind and subject is brought up.

        The subject is the delivery, else the trip, else the courier.

        :param detail: words of the case, in the language of who will read them
        """
        return self._raise_many(
            [Concern(kind, stop, trip, courier, minutes, detail, severity)]
        )

    @api.model
    def _raise_many(self, concerns):
        """As :meth:`_raise` for many, in one statement.

        :param concerns: iterable of :class:`Concern`
        :return: the alerts that are new
        """
        rows = [self._row(concern) for concern in concerns]
        if not rows:
            return self.browse()
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_delivery_alert AS alert (
                       kind, subject, company_id, stop_id, trip_id, courier_id,
                       severity, minutes, detail, state, date,
                       create_uid, create_date, write_uid, write_date)
                   VALUES %s
                   ON CONFLICT (kind, subject) WHERE state != 'resolved'
                   DO UPDATE SET minutes = excluded.minutes, detail = excluded.detail,
                       severity = excluded.severity, trip_id = excluded.trip_id,
                       courier_id = excluded.courier_id,
                       write_date = excluded.write_date
                   WHERE (alert.minutes, alert.severity)
                       IS DISTINCT FROM (excluded.minutes, excluded.severity)
                       OR alert.detail IS DISTINCT FROM excluded.detail
                   RETURNING id, (xmax = 0)""",
                SQL(", ").join(rows),
            )
        )
        alerts = self.browse([row[0] for row in found])
        alerts.invalidate_recordset()
        self._changed(alerts)
        return self.browse([row[0] for row in found if row[1]])

    @api.model
    def _row(self, concern):
        stop, trip, courier = concern.stop, concern.trip, concern.courier
        trip = trip or (stop and stop.sudo().trip_id)
        courier = courier or (trip and trip.sudo().courier_id)
        about = stop or concern.trip or courier
        now, uid = fields.Datetime.now(), self.env.uid
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', %s, %s, %s, %s, %s)",
            concern.kind,
            f"{about._name.rpartition('.')[2]}:{about.id}",
            about.sudo().company_id.id,
            stop.id if stop else None,
            trip.id if trip else None,
            courier.id if courier else None,
            concern.severity or SEVERITY_OF.get(concern.kind, "1"),
            concern.minutes or 0,
            concern.detail or None,
            now,
            uid,
            now,
            uid,
            now,
        )

    @api.model
    def _resolve(self, kinds, *, stops=None, trips=None, couriers=None):
        """What was told is no more so, for any of these subjects."""
        kinds = [kinds] if isinstance(kinds, str) else list(kinds)
        subjects = [
            f"{records._name.rpartition('.')[2]}:{record_id}"
            for records in (stops, trips, couriers)
            if records
            for record_id in records.ids
        ]
        alerts = self.sudo().search(
            [
                ("kind", "in", kinds),
                ("subject", "in", subjects),
                ("state", "!=", "resolved"),
            ]
        )
        alerts._close()
        return alerts

    def _close(self):
        if self:
            now = fields.Datetime.now()
            self.sudo().write({"state": "resolved", "resolved_at": now})
            self._changed(self)

    @api.model
    def _changed(self, alerts):
        """Tell the boards that are open to read the alerts of their day again."""
        alerts = alerts.sudo()
        today = fields.Date.context_today(self)
        for company, date in {
            (alert.company_id, (alert.trip_id or alert.stop_id).date or today)
            for alert in alerts
        }:
            self.env["bus.bus"]._sendone(
                (company, "loyalty_delivery"),
                "loyalty_delivery/board",
                {
                    "company_id": company.id,
                    "date": fields.Date.to_string(date),
                    "user_id": self.env.uid,
                    "alerts": True,
                },
            )

    # -- by the dispatcher ------------------------------
    def action_acknowledge(self):
        """Somebody looks after it."""
        self.check_access("write")
        still_open = self.filtered(lambda alert: alert.state == "open")
        still_open.sudo().write(
            {"state": "acknowledged", "acknowledged_by_id": self.env.uid},
        )
        self._changed(still_open)

    def action_resolve(self):
        """The dispatcher knows that it is settled."""
        self.check_access("write")
        self.filtered(lambda alert: alert.state != "resolved")._close()

    def action_open(self):
        """The delivery or trip it is about."""
        self.ensure_one()
        about = self.stop_id or self.trip_id or self.courier_id
        return {
            "type": "ir.actions.act_window",
            "res_model": about._name,
            "res_id": about.id,
            "views": [(False, "form")],
        }

    @api.autovacuum
    def _gc_resolved(self):
        """Resolved alerts tell something for a quarter of a year."""
        before = fields.Datetime.subtract(fields.Datetime.now(), months=3)
        old = [("state", "=", "resolved"), ("resolved_at", "<", before)]
        self.sudo().search(old, limit=10000).unlink()
