import os

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.errors import ExchangeError
from ..engine.safe import names


class OnecUpload(models.Model):
    """A file of a conversation; its name is a value, on the disk it has another."""

    _name = "onec.upload"
    _description = "File received from 1C"
    _order = "id desc"

    session_id = fields.Many2one(
        "onec.session", required=True, ondelete="cascade", index=True
    )
    backend_id = fields.Many2one(related="session_id.backend_id")
    company_id = fields.Many2one(related="session_id.company_id", store=True)
    # A conversation may begin anew (init) while files of before are still in use.
    batch = fields.Integer(required=True, aggregator=None)
    name = fields.Char(required=True)
    base = fields.Char(required=True, help="Last part of the name in small letters.")
    unpacked = fields.Boolean(help="An archive whose files are here too.")
    message_id = fields.Many2one(
        "onec.message", ondelete="set null", index="btree_not_null"
    )

    _name_uniq = models.UniqueIndex("(session_id, batch, name)")
    _base_idx = models.Index("(session_id, batch, base)")

    def _path(self):
        self.ensure_one()
        return os.path.join(
            self.session_id._directory(self.batch), names.stored_name(self.name)
        )

    @api.model
    def _lookup(self, session, batch, name):
        """The upload called ``name``, or the only one whose last part is the same."""
        try:
            path = names.normalise(name)
        except ExchangeError:
            return self.browse()
        found = self.sudo().search(
            [
                ("session_id", "=", session.id),
                ("batch", "=", batch),
                ("base", "=", names.base_key(path)),
            ]
        )
        exact = found.filtered(lambda upload: upload.name == path)
        return exact or (found if len(found) == 1 else self.browse())

    @api.model
    def _announce(self, session, paths):
        """Note files of the current batch; those that are noted already stay."""
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC')",
                session.id,
                session.company_id.id,
                session.upload_batch,
                path,
                names.base_key(path),
            )
            for path in paths
        )
        if not paths:
            return
        # Two requests may bring pieces of the same file: neither may fail for it.
        self.env.execute_query(
            SQL(
                "INSERT INTO onec_upload "
                "(session_id, company_id, batch, name, base, create_date) "
                "VALUES %s ON CONFLICT DO NOTHING RETURNING id",
                rows,
            )
        )
        self.invalidate_model()
