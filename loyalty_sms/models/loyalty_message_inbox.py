import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.tools import SQL

from ..engine.gateways import webhook

_logger = logging.getLogger(__name__)

COLUMNS = (
    "create_date",
    "gateway_id",
    "kind",
    "external_id",
    "state",
    "uuid",
    "gateway_ref",
    "payload",
)


class LoyaltyMessageInbox(models.Model):
    """Calls of the gateways as they came: written first, applied afterwards."""

    _name = "loyalty.message.inbox"
    _description = "Calls of gateways"
    _order = "id"
    _log_access = False

    create_date = fields.Datetime(readonly=True, default=fields.Datetime.now)
    gateway_id = fields.Many2one("loyalty.sms.gateway", readonly=True)
    kind = fields.Selection([("report", "Report"), ("inbound", "Inbound")])
    external_id = fields.Char(
        readonly=True, help="What a repeated call repeats; empty when nothing tells."
    )
    state = fields.Char("Reported state", readonly=True)
    uuid = fields.Char(readonly=True)
    gateway_ref = fields.Char(readonly=True)
    payload = fields.Json(readonly=True)
    not_before = fields.Datetime("Try again at", readonly=True)
    applied_at = fields.Datetime(readonly=True)
    outcome = fields.Char(readonly=True)

    _open_idx = models.Index("(id) WHERE applied_at IS NULL")
    _once_key = models.UniqueIndex(
        "(gateway_id, kind, external_id) WHERE external_id IS NOT NULL"
    )

    @api.model
    def _store(self, vals_list):
        """Write calls in one statement; what was written before is left out.

        :param vals_list: rows of ``engine.gateways.webhook.accept``, each with its
            ``gateway_id``
        :return: how many are new
        """
        if not vals_list:
            return 0
        now = fields.Datetime.now()
        rows = [
            tuple(
                self._fields[name].convert_to_column_insert(
                    {"create_date": now, **vals}.get(name), self
                )
                for name in COLUMNS
            )
            for vals in vals_list
        ]
        return len(
            self.env.execute_query(
                SQL(
                    """INSERT INTO loyalty_message_inbox (%s) VALUES %s
                       ON CONFLICT (gateway_id, kind, external_id)
                           WHERE external_id IS NOT NULL
                       DO NOTHING RETURNING id""",
                    SQL(", ").join(map(SQL.identifier, COLUMNS)),
                    SQL(", ").join(rows),
                )
            )
        )

    def _receive(self, gateway_id, payload):
        """Apply one message of a customer, or leave it with what was wrong."""
        gateway = self.env["loyalty.sms.gateway"].browse(gateway_id)
        now = fields.Datetime.now()
        try:
            with self.env.cr.savepoint():
                self.env["loyalty.sms.inbound"]._receive(
                    gateway, [webhook.inbound_of(payload)]
                )
        except (OperationalError, LockError):
            raise  # another transaction was faster: all of this is done again
        except Exception as error:
            _logger.exception("inbound message not understood: inbox %s", self.id)
            self.write({"applied_at": now, "outcome": f"error: {error}"[:200]})
            return
        self.write({"applied_at": now, "outcome": "applied"})
