import datetime

from odoo import api, fields, models

WINDOW = datetime.timedelta(minutes=15)
MOST = 10


class OnecLoginFailure(models.Model):
    """Wrong passwords, counted by base and address, so that nobody tries them all."""

    _name = "onec.login.failure"
    _description = "Refused login of 1C"
    _order = "id desc"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    address = fields.Char("From address", required=True)

    _recent_idx = models.Index("(backend_id, address, create_date)")

    @api.model
    def _is_blocked(self, backend, address):
        """Whether ``address`` was refused too often in the last minutes."""
        return (
            self.sudo().search_count(self._recent(backend, address), limit=MOST) >= MOST
        )

    @api.model
    def _note(self, backend, address):
        self.sudo().create({"backend_id": backend.id, "address": address})

    @api.model
    def _forgive(self, backend, address):
        """The right password was given: what was wrong before does not count."""
        self.sudo().search(self._recent(backend, address)).unlink()

    def _recent(self, backend, address):
        return [
            ("backend_id", "=", backend.id),
            ("address", "=", address),
            ("create_date", ">", fields.Datetime.now() - WINDOW),
        ]

    @api.autovacuum
    def _gc_failures(self):
        self.search([("create_date", "<", fields.Datetime.now() - WINDOW)]).unlink()
