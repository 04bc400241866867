import os
import socket
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# A worker writes every few seconds; after this it is gone.
ALIVE = timedelta(seconds=30)
KEPT = timedelta(days=7)


class LoyaltySmsWorker(models.Model):
    """A process that sends messages, as it was last heard of."""

    _name = "loyalty.sms.worker"
    _description = "Process that sends messages"
    _order = "last_seen desc, id desc"
    _rec_name = "host"
    _log_access = False

    kind = fields.Selection(
        [("worker", "Worker"), ("cron", "Scheduler")], required=True, readonly=True
    )
    host = fields.Char(required=True, readonly=True)
    pid = fields.Integer("Process", readonly=True)
    port = fields.Integer(
        "Port for reports", readonly=True, help="Where gateways may call; 0 for none."
    )
    started_at = fields.Datetime("Started", readonly=True)
    last_seen = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("draining", "Finishing"), ("stopped", "Stopped")],
        readonly=True,
    )
    sent = fields.Integer("Handed over", readonly=True)
    received = fields.Integer("Calls taken", readonly=True)
    rate = fields.Float("Messages a second", readonly=True, digits=(16, 1))
    is_alive = fields.Boolean("Alive", compute="_compute_is_alive")

    _process_key = models.UniqueIndex("(kind, host, pid, started_at)")

    @api.depends("last_seen", "state")
    def _compute_is_alive(self):
        limit = fields.Datetime.now() - ALIVE
        for worker in self:
            worker.is_alive = bool(
                worker.state != "stopped"
                and worker.last_seen
                and worker.last_seen >= limit
            )

    @api.model
    def _is_alive(self):
        """Whether a worker runs, so that nobody else needs to be told of messages."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM loyalty_sms_worker WHERE kind = 'worker'"
                    " AND state = 'running' AND last_seen >= %s LIMIT 1",
                    fields.Datetime.now() - ALIVE,
                )
            )
        )

    @api.model
    def _beat(self, **values):
        """Write that this process lives, with what it has done.

        :param values: values of the fields; ``started_at`` tells processes apart
        """
        values = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "last_seen": fields.Datetime.now(),
            **values,
        }
        names = sorted(values)
        self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_sms_worker (%s) VALUES %s"
                " ON CONFLICT (kind, host, pid, started_at) DO UPDATE SET %s"
                " RETURNING id",
                SQL(", ").join(map(SQL.identifier, names)),
                tuple(values[name] for name in names),
                SQL(", ").join(
                    SQL(
                        "%s = EXCLUDED.%s",
                        SQL.identifier(name),
                        SQL.identifier(name),
                    )
                    for name in names
                ),
            )
        )

    @api.model
    def _beat_cron(self, sent):
        """The scheduler's own line, one a machine, with what its last run did."""
        self._beat(
            kind="cron",
            pid=0,
            started_at=fields.Datetime.to_datetime("2000-01-01"),
            state="running",
            sent=sent,
        )

    @api.autovacuum
    def _forget(self):
        """Processes that are gone for a week."""
        self.search([("last_seen", "<", fields.Datetime.now() - KEPT)]).unlink()
