import uuid
from datetime import timedelta
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, split_every

from .constants import DEFAULT_PRIORITY

# Of no use after this, when who asked for the message did not say better.
DEFAULT_VALIDITY = timedelta(days=2)
BATCH = 1000
WOKEN = "loyalty_sms_woken"


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _enqueue(self, vals_list):
        """Write messages to the queue, or to the history of what was not sent.

        One statement for a thousand. A row whose ``dedupe_key`` or ``uuid`` is known
        already is left out: asking twice is harmless. Nothing is sent before the
        transaction is committed, and nothing when it is rolled back.

        :param vals_list: dicts of field values; ``company_id`` is required, ``uuid``,
            ``priority``, ``not_before``, ``expires_at`` have defaults, ``state`` is
            ``queued`` or ``suppressed`` (then with a ``reason``)
        :return: the messages that were written
        """
        if not vals_list:
            return self.browse()
        now = fields.Datetime.now()
        full = [self._with_defaults(vals, now) for vals in vals_list]
        names = sorted({name for vals in full for name in vals})
        found = []
        for batch in split_every(BATCH, full, list):
            found += self._insert(names, batch)
        if any(vals["state"] == "queued" for vals in full):
            self._wake()
        return self.browse(found)

    def _with_defaults(self, vals, now):
        full = {
            "uuid": uuid.uuid4().hex,
            "create_date": now,
            "channel": "sms",
            "message_class": "service",
            "priority": DEFAULT_PRIORITY[vals.get("message_class", "service")],
            "state": "queued",
            "attempts": 0,
            "resends": 0,
            **vals,
        }
        full["not_before"] = full.get("not_before") or now
        if full["state"] == "queued" and not full.get("expires_at"):
            full["expires_at"] = full["not_before"] + DEFAULT_VALIDITY
        return full

    def _insert(self, names, batch):
        converters = [
            (name, self._fields[name].convert_to_column_insert) for name in names
        ]
        rows = [
            tuple(convert(vals.get(name), self) for name, convert in converters)
            for vals in batch
        ]
        found = self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_message (%s) VALUES %s"
                " ON CONFLICT DO NOTHING RETURNING id",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(rows),
            )
        )
        return [row[0] for row in found]

    @api.model
    def _wake(self):
        """Tell the worker at the commit, or the scheduler where there is no worker."""
        waiting = self.env.cr.precommit
        if waiting.data.get(WOKEN):
            return
        waiting.data[WOKEN] = True
        env = api.Environment(self.env.cr, SUPERUSER_ID, {})
        waiting.add(partial(env[self._name]._wake_at_commit))

    def _wake_at_commit(self):
        self.env.execute_query(SQL("SELECT pg_notify('loyalty_sms', '')"))
        if not self.env["loyalty.sms.worker"]._is_alive():
            self.env.ref("loyalty_sms.ir_cron_messages")._trigger()
