from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEPT_DAYS = 90
# Some 300 MB of the database; the oldest go first.
KEPT_ROWS = 2_000_000


class LoyaltyDeliveryMatrixPair(models.Model):
    """Metres and seconds from one door to another, as a server told them.

    Doors are cells of about 30 metres, so that the neighbour's counts too. Empty metres
    mean that the server knows no way.
    """

    _name = "loyalty.delivery.matrix.pair"
    _description = "Known distance"
    _log_access = False

    provider_id = fields.Many2one(
        "loyalty.delivery.matrix.provider",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    profile = fields.Char(required=True, readonly=True)
    origin = fields.Char(required=True, readonly=True, help="Geohash of 8 signs.")
    destination = fields.Char(required=True, readonly=True)
    metres = fields.Integer(readonly=True)
    seconds = fields.Integer(readonly=True)
    date = fields.Date(required=True, readonly=True)

    _pair_uniq = models.UniqueIndex("(provider_id, profile, origin, destination)")
    _date_idx = models.Index("(date)")

    @api.model
    def _read_pairs(self, provider, profile, cells):
        """What is known between these cells, in one query.

        :return: ``{origin: (destinations, metres, seconds)}``, three equal lists
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT origin, array_agg(destination), array_agg(metres),"
                " array_agg(seconds) FROM loyalty_delivery_matrix_pair"
                " WHERE provider_id = %s AND profile = %s AND origin = ANY(%s)"
                " AND destination = ANY(%s) AND date >= %s GROUP BY origin",
                provider.id,
                profile,
                cells,
                cells,
                fields.Date.today() - timedelta(days=KEPT_DAYS),
            )
        )
        return {origin: columns for origin, *columns in rows}

    @api.model
    def _store_pairs(self, provider, profile, found):
        """Keep pairs, in one statement; newer ones replace older ones.

        :param found: a list of (origin, destination, metres or None, seconds or None)
        """
        if not found or self.env.cr.readonly:
            return
        # Always in one order: two processes that keep the same pairs cannot deadlock.
        origins, destinations, metres, seconds = zip(
            *sorted(found, key=lambda pair: pair[:2]), strict=True
        )
        self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_delivery_matrix_pair"
                " (provider_id, profile, origin, destination, metres, seconds, date)"
                " SELECT %s, %s, pair.*, %s FROM unnest(%s::varchar[], %s::varchar[],"
                " %s::int[], %s::int[]) AS pair"
                " ON CONFLICT (provider_id, profile, origin, destination) DO UPDATE"
                " SET metres = EXCLUDED.metres, seconds = EXCLUDED.seconds,"
                " date = EXCLUDED.date RETURNING NULL",
                provider.id,
                profile,
                fields.Date.today(),
                list(origins),
                list(destinations),
                list(metres),
                list(seconds),
            )
        )

    @api.autovacuum
    def _gc_pairs(self):
        """Pairs older than three months go, and the oldest when there are too many."""
        self.env.execute_query(
            SQL(
                "DELETE FROM loyalty_delivery_matrix_pair WHERE date < %s"
                " OR id <= (SELECT id FROM loyalty_delivery_matrix_pair"
                " ORDER BY id DESC OFFSET %s LIMIT 1) RETURNING NULL",
                fields.Date.today() - timedelta(days=KEPT_DAYS),
                KEPT_ROWS,
            )
        )
