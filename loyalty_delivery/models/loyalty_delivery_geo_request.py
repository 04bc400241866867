import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.roads.base import RoadsError
from ..engine.roads.nominatim import SPACING_S

_logger = logging.getLogger(__name__)

# One question at a time for the whole database, whoever runs the job.
LOCK_CLASS, LOCK_KEY = 0x6C646C76, 1
RUN_S = 45
# Minutes to wait after each failure; after the last one it is given up.
BACK_OFF = (1, 10, 60, 360, 1440)


class LoyaltyDeliveryGeoRequest(models.Model):
    """An address that a service outside is asked for, slowly, one after another."""

    _name = "loyalty.delivery.geo.request"
    _description = "Address to look up"
    _order = "id desc"
    _rec_name = "address_id"

    address_id = fields.Many2one(
        "loyalty.delivery.geo.address", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="address_id.company_id", store=True, precompute=True, index=True
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("found", "Found"),
            ("unknown", "Not found"),
            ("failed", "Given up"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_at = fields.Datetime(
        "Not before", required=True, readonly=True, default=fields.Datetime.now
    )
    asked_at = fields.Datetime("Asked", readonly=True)
    quality = fields.Selection(related="address_id.quality")
    error = fields.Char(readonly=True)

    _waiting_uniq = models.UniqueIndex("(address_id) WHERE state = 'waiting'")
    _next_idx = models.Index("(next_at) WHERE state = 'waiting'")
    _asked_idx = models.Index("(asked_at)")

    def action_ask_again(self):
        """Put requests back into the queue."""
        self.check_access("write")
        done = self.filtered(lambda request: request.state != "waiting")
        queue = self.sudo().search(
            [("address_id", "in", done.address_id.ids), ("state", "=", "waiting")]
        )
        again = done.filtered(lambda r: r.address_id not in queue.address_id)
        values = {"state": "waiting", "attempts": 0, "error": False}
        for request in again.grouped("address_id").values():
            request[:1].write({**values, "next_at": fields.Datetime.now()})
        self._wake()

    @api.model
    def _wake(self):
        self.env.ref("loyalty_delivery.ir_cron_geo_requests")._trigger()

    @api.model
    def _add(self, addresses):
        """Queue addresses that neither wait nor were asked for lately."""
        since = fields.Datetime.now() - timedelta(days=30)
        known = self.sudo().search(
            [
                ("address_id", "in", addresses.ids),
                "|",
                ("state", "=", "waiting"),
                ("asked_at", ">", since),
            ]
        )
        new = addresses - known.address_id
        if new:
            self.sudo().create([{"address_id": address.id} for address in new])
            self._wake()

    @api.model
    def _cron_ask(self):
        """Ask for what waits, with a pause between two questions, for a while."""
        end = time.monotonic() + RUN_S
        commit = self.env["ir.cron"]._commit_progress
        due = [("state", "=", "waiting"), ("next_at", "<=", fields.Datetime.now())]
        while time.monotonic() < end:
            request = self.search(due, order="next_at, id", limit=1)
            if not request or not self._take_turn():
                break
            request._ask()
            commit(1, remaining=self.search_count(due, limit=1000))

    @api.model
    def _take_turn(self):
        """Wait until a question may be asked; False when another process asks now.

        The lock is held until the answer is committed, with the time of the question.
        """
        (alone,) = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_CLASS, LOCK_KEY)
        )[0]
        if not alone:
            return False
        ((since_s,),) = self.env.execute_query(
            SQL(
                "SELECT EXTRACT(EPOCH FROM clock_timestamp() AT TIME ZONE 'UTC'"
                " - max(asked_at)) FROM loyalty_delivery_geo_request"
            )
        )
        if since_s is not None and since_s < SPACING_S:
            time.sleep(SPACING_S - max(0, float(since_s)))
        return True

    def _ask(self):
        """Ask the company's service, and keep the answer or the reason."""
        self.ensure_one()
        service = self.env["loyalty.delivery.geo.service"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        if not service:
            self.write({"state": "failed", "error": self._no_service()})
            return
        attempts = self.attempts + 1
        try:
            found = service._locate(self.address_id)
        except RoadsError as error:
            self._fail(attempts, error)
            return
        finally:
            self.asked_at = self._after_this_second()
        self.write(
            {
                "state": "found" if found else "unknown",
                "attempts": attempts,
                "error": False,
            }
        )
        if found and (found[2] != "zip" or self.address_id.quality == "none"):
            self.address_id._place_at(found[:2], found[2], "http")
            self.address_id._show_on_stops()

    def _fail(self, attempts, error):
        wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
        given_up = attempts >= len(BACK_OFF)
        self.write(
            {
                "state": "failed" if given_up else "waiting",
                "attempts": attempts,
                "error": str(error),
                "next_at": fields.Datetime.now() + timedelta(minutes=wait),
            }
        )
        _logger.warning("address service: request %s: %s", self.id, error)

    @api.model
    def _after_this_second(self):
        """Stored times have whole seconds: the next one is never too early."""
        return fields.Datetime.now() + timedelta(seconds=1)

    @api.model
    def _no_service(self):
        return self.env._(
            "No address service is set up: Configuration > Address service."
        )

    @api.autovacuum
    def _gc_requests(self):
        """What was answered is kept for three months."""
        before = fields.Datetime.now() - timedelta(days=90)
        self.sudo().search(
            [("state", "!=", "waiting"), ("write_date", "<", before)], limit=10000
        ).unlink()
