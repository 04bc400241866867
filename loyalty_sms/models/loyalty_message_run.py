import contextlib
import logging
import time
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.tools import SQL

from ..worker.database import LOCK_CLASS
from ..worker.dispatch import dispatch

_logger = logging.getLogger(__name__)

RUN_S = 10
TRIES = 5


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _cron_send(self):
        """Send for some seconds where no worker does; what is left runs at once again.

        The lock of each gateway is the worker's own: of the two, one sends.
        """
        end = time.monotonic() + RUN_S
        done = self._cron_step(lambda: self._apply_inbox() + self._mend())
        while self._cron_step(self._keep_house) and time.monotonic() < end:
            continue
        gateways = self.env["loyalty.sms.gateway"].search([("is_paused", "=", False)])
        for gateway in gateways:
            with self._only_sender(gateway) as is_ours:
                if is_ours:
                    done += self._send_until(gateway, end)
        self._ask_gateways()
        self._cron_step(self._apply_inbox)
        self.env["loyalty.sms.worker"]._beat_cron(done)
        self.env["ir.cron"]._commit_progress(done, remaining=self._count_due())

    def _cron_step(self, work):
        """Do a piece of work and commit it; again when another was faster."""
        for attempt in range(TRIES):
            try:
                result = work()
                self.env["ir.cron"]._commit_progress(0)
                return result
            except TransactionRollbackError:
                self.env.cr.rollback()
                if attempt + 1 == TRIES:
                    raise
        return 0

    def _send_until(self, gateway, end):
        handover = gateway._handover()
        if handover is None:
            return 0
        done = 0
        try:
            while time.monotonic() < end:
                sent = dispatch(
                    lambda work: self._cron_step(lambda: work(self.env)),
                    gateway.id,
                    handover,
                )
                if not sent:
                    break
                done += sent
        finally:
            handover.close()
        return done

    @contextlib.contextmanager
    def _only_sender(self, gateway):
        """Whether nobody else sends through this gateway meanwhile."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_CLASS, gateway.id)
            )
            yield cr.fetchone()[0]

    def _count_due(self):
        """Messages that could go now; not exact beyond a thousand."""
        return self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (SELECT 1 FROM loyalty_message m"
                " WHERE m.state = 'queued' AND m.not_before <= %s %s LIMIT 1000) due",
                self._now(),
                self._no_holds(),
            )
        )[0][0]

    @api.autovacuum
    def _forget_calls(self):
        """Calls of gateways are kept for three months."""
        self.env.execute_query(
            SQL(
                "DELETE FROM loyalty_message_inbox WHERE applied_at < %s RETURNING id",
                fields.Datetime.now() - timedelta(days=92),
            )
        )
