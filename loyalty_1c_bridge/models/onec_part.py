import base64
import json
import zlib

from odoo import api, fields, models
from odoo.tools import SQL

# Objects of a part: few enough for one short transaction, enough to work in sets.
PART_SIZE = 500

# What has to be there before what: a part waits for every part of a lower rank. Parts
# of one rank may be applied by several processes at once, except the first ranks,
# where one object refers to another one of its kind.
RANKS = {
    "category": 1,
    "attribute": 2,
    "uom": 3,
    "price_type": 4,
    "warehouse": 5,
    "partner": 10,
    "contract": 11,
    "bank_account": 12,
    "product": 20,
    "offer": 30,
    "order": 40,
}
LAST_RANK = 50
FIRST_SHARED_RANK = 10


class OnecPart(models.Model):
    """A piece of an incoming message, read and waiting to be applied."""

    _name = "onec.part"
    _description = "Part of a 1C message"
    _order = "message_id, rank, seq_from"

    message_id = fields.Many2one(
        "onec.message", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="message_id.company_id", store=True)
    otype = fields.Char("Kind", required=True)
    rank = fields.Integer(required=True, aggregator=None)
    seq_from = fields.Integer("First object", required=True, aggregator=None)
    size = fields.Integer("Objects", required=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Applied")], required=True, default="waiting"
    )
    # zlib of a JSON list of [seq, content hash, object]
    payload = fields.Binary(required=True, attachment=False)
    counts = fields.Json()

    _waiting_idx = models.Index("(message_id, rank, seq_from) WHERE state = 'waiting'")

    @api.model
    def _prepare_part_values(self, message, otype, items):
        """Values of a part that holds ``[(seq, hash, data), ...]``."""
        text = json.dumps(items, ensure_ascii=False, separators=(",", ":"))
        packed = zlib.compress(text.encode(), 3)
        return {
            "message_id": message.id,
            "otype": otype,
            "rank": RANKS.get(otype, LAST_RANK),
            "seq_from": items[0][0],
            "size": len(items),
            "payload": base64.b64encode(packed),
        }

    def _items(self):
        """``[[seq, hash, data], ...]`` of a part."""
        self.ensure_one()
        return json.loads(zlib.decompress(base64.b64decode(self.payload)))

    @api.model
    def _claim(self, message):
        """Take the next part of a message for this transaction, or nothing.

        Another process may hold parts of the same rank; a part of the first ranks is
        taken only when it is the very next one.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM onec_part
                 WHERE message_id = %(message)s AND state = 'waiting'
                   AND rank = (SELECT min(rank) FROM onec_part
                                WHERE message_id = %(message)s AND state = 'waiting')
                   AND (rank >= %(shared)s
                        OR id = (SELECT id FROM onec_part
                                  WHERE message_id = %(message)s AND state = 'waiting'
                                  ORDER BY rank, seq_from LIMIT 1))
                 ORDER BY seq_from
                 LIMIT 1
                   FOR UPDATE SKIP LOCKED
                """,
                message=message.id,
                shared=FIRST_SHARED_RANK,
            )
        )
        return self.browse(rows[0][0]) if rows else self.browse()
