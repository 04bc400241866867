from odoo import api, models

from ..engine.enterprisedata.convert import PAYMENTS


class OnecOutbox(models.Model):
    """What goes back into EnterpriseData messages, and what never goes out."""

    _inherit = "onec.outbox"

    @api.model
    def _queue(self, backend, otype, records, op="upsert"):
        """A payment that was born in 1C is not sent back to it."""
        if otype in PAYMENTS and records:
            born_there = (
                self.env["onec.map"]
                .sudo()
                .search_fetch(
                    [
                        ("backend_id", "=", backend.id),
                        ("otype", "=", otype),
                        ("model", "=", records._name),
                        ("res_id", "in", records.ids),
                        ("origin", "=", "1c"),
                    ],
                    ["res_id"],
                )
            )
            records -= records.browse(row.res_id for row in born_there)
        return super()._queue(backend, otype, records, op)

    def _ed_requeue(self):
        """Write these operations anew, though they may look the same as before."""
        self.filtered("latest").write(
            {"state": "queued", "message_id": False, "force": True, "error": False}
        )
