from odoo import models


class OnecMessage(models.Model):
    _inherit = "onec.message"

    def _prepare_line_values(self, outcome, data):
        values = super()._prepare_line_values(outcome, data)
        waits = outcome.action in ("conflict", "error") and outcome.waits_for
        return {**values, "waits_for": waits or False}

    def _on_applied(self):
        result = super()._on_applied()
        if not self.dry_run:
            self.env["onec.line"]._wake_offers(self.backend_id)
        return result
