import logging
from math import ceil

import psycopg2.extensions

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

NOTICES = [
    ("delivery_planned", "Planned"),
    ("delivery_started", "On its way"),
    ("delivery_earlier", "Comes earlier"),
    ("delivery_late", "Comes later"),
    ("delivery_done", "Delivered"),
    ("delivery_failed", "Failed"),
]
# Told while it is still so: what was corrected meanwhile is told to nobody.
TRUE_IN = {
    "delivery_planned": ("planned",),
    "delivery_started": ("out",),
    "delivery_earlier": ("planned", "out"),
    "delivery_late": ("planned", "out"),
    "delivery_done": ("delivered", "partial"),
    "delivery_failed": ("failed",),
}
TIMED = ("delivery_planned", "delivery_started", "delivery_earlier", "delivery_late")
BATCH = 100


class LoyaltyDeliveryNotice(models.Model):
    """What a customer is to be told about a delivery, and was.

    Recorded with the fact, told a moment later: a message can never delay or break
    what a courier tells, and a correction in between is told to nobody.
    """

    _name = "loyalty.delivery.notice"
    _description = "Message about a delivery"
    _order = "id desc"

    stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        "Delivery",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="stop_id.company_id", store=True, index=True)
    event = fields.Selection(NOTICES, required=True, readonly=True)
    state = fields.Selection(
        [
            ("due", "To tell"),
            ("told", "Told"),
            ("past", "Told, planned anew"),
            ("dropped", "No more so"),
            ("failed", "Not told"),
        ],
        required=True,
        default="due",
        readonly=True,
        index=True,
    )
    told_at = fields.Datetime(readonly=True)
    carried_by = fields.Selection(
        [("message", "Message rules"), ("email", "E-mail"), ("none", "Nobody")],
        readonly=True,
        help="The rules of messages where an addon has one for it, otherwise e-mail.",
    )
    eta = fields.Char("Time told", readonly=True)

    _due_uniq = models.UniqueIndex("(stop_id, event) WHERE state = 'due'")
    _once_uniq = models.UniqueIndex(
        "(stop_id, event) WHERE state IN ('due', 'told')"
        " AND event IN ('delivery_started', 'delivery_done', 'delivery_failed')",
        "The customer was told already.",
    )

    @api.model
    def _queue(self, stops, event):
        """Note that customers are to be told, in one statement."""
        if not stops:
            return
        self.flush_model()
        now = fields.Datetime.now()
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, 'due', %s, %s)",
                stop.id,
                stop.company_id.id,
                event,
                self.env.uid,
                now,
            )
            for stop in stops
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_delivery_notice
                       (stop_id, company_id, event, state, create_uid, create_date)
                   VALUES %s ON CONFLICT DO NOTHING RETURNING id""",
                rows,
            )
        )
        self.env.ref("loyalty_delivery.cron_tell").sudo()._trigger()

    @api.model
    def _cron_tell(self):
        """Tell what is due, in committed batches."""
        notices = self.search([("state", "=", "due")], order="id", limit=1000)
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(notices))
        for start in range(0, len(notices), BATCH):
            batch = notices[start : start + BATCH].try_lock_for_update()
            for notice in batch.filtered(lambda each: each.state == "due"):
                notice._tell_safely()
            self.env.flush_all()
            if not commit(BATCH):
                break

    def _tell_safely(self):
        try:
            with self.env.cr.savepoint():
                self._tell()
        except psycopg2.extensions.TransactionRollbackError:
            raise
        except Exception:
            # One customer's message must not hold up all others'.
            _logger.exception("delivery notice not told: %s", self.id)
            self.state = "failed"

    def _tell(self):
        self.ensure_one()
        stop = self.stop_id
        partner = stop.partner_id
        if stop.state not in TRUE_IN[self.event] or not partner or self._is_known():
            self.state = "dropped"
            return
        stop = stop.with_context(lang=partner.lang or self.env.lang)
        values = self._values(stop)
        self.write(
            {
                "state": "told",
                "told_at": fields.Datetime.now(),
                "carried_by": self._carry(partner, stop, values),
                "eta": values.get("eta"),
            }
        )
        self._remember(stop)

    def _is_known(self):
        """Whether the time is no news: planned anew the same, or mended meanwhile."""
        stop = self.stop_id
        if self.event == "delivery_late":
            return stop._change_of_time() != "later"
        if self.event == "delivery_earlier":
            return stop._change_of_time() != "earlier"
        if self.event != "delivery_planned" or not stop.told_eta:
            return False
        if not stop.eta:
            return stop.told_start == stop._told_window()[0]
        return not stop._change_of_time()

    def _values(self, stop):
        link = stop._tracking_url()
        values = {
            "key": f"delivery:{stop.id}:{self.id}",
            "document": stop._document_words(),
            "track_link": link,
        }
        if self.event in TIMED:
            values["eta"] = stop._eta_words(fresh=self.event != "delivery_planned")
        if self.event in ("delivery_started", "delivery_earlier"):
            courier = stop.courier_id
            values["courier"] = (courier.name or "").split(" ")[0]
            values["courier_phone"] = courier.partner_id.phone or ""
        if self.event == "delivery_late":
            values["minutes"] = self._minutes(stop)
        if self.event == "delivery_done":
            values["rating_link"] = f"{link}#rate"
        return values

    @staticmethod
    def _minutes(stop):
        """How much later than the customer was told."""
        since = stop._due() or stop.told_eta or stop.eta
        if stop.eta <= since:
            since = stop.told_eta or stop.eta
        return max(0, ceil((stop.eta - since).total_seconds() / 60))

    def _carry(self, partner, stop, values):
        """By the rules of messages; where nobody has one, by e-mail."""
        event = self._event_known(stop)
        notified = partner.with_company(stop.company_id).with_context(lang=partner.lang)
        if notified._loyalty_notify(event, values):
            return "message"
        if not partner.email:
            return "none"
        template = self.env.ref(f"loyalty_delivery.mail_{event}")
        template.with_context(notice=values).send_mail(stop.id)
        return "email"

    def _event_known(self, stop):
        """The event by the name that carriers of messages know."""
        if self.event != "delivery_earlier":
            return self.event
        return "delivery_planned" if stop.state == "planned" else "delivery_started"

    def _remember(self, stop):
        if self.event in TIMED:
            start, end = stop._told_window(fresh=self.event != "delivery_planned")
            stop.write(
                {
                    "told_eta": stop.eta or start,
                    "told_start": start,
                    "told_end": end,
                }
            )

    @api.autovacuum
    def _gc_notices(self):
        """Who was told what is asked for within a quarter of a year."""
        before = fields.Datetime.subtract(fields.Datetime.now(), months=3)
        self.search([("create_date", "<", before)], limit=10000).unlink()
