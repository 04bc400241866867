from odoo import models
from odoo.exceptions import UserError


class OnecConflict(models.Model):
    """What is done when 1C lacks a document, or has another amount."""

    _inherit = "onec.conflict"

    def _resolve_not_found(self, choice):
        """Ours is queued again, or stays out of 1C for good."""
        self._odata_choose(choice)

    def _resolve_amount_differs(self, choice):
        """Ours is queued again, or the amount of 1C is left to stand."""
        self._odata_choose(choice)

    def _odata_choose(self, choice):
        row = (
            self.env["onec.outbox"]
            .sudo()
            .browse((self.payload or {}).get("outbox_id"))
            .exists()
        )
        if not row:
            return
        if choice == "here":
            if not row.backend_id.use_ed:
                raise UserError(
                    self.env._(
                        "No channel sends documents to %(base)s. Enter it in 1C by "
                        "hand.",
                        base=row.backend_id.name,
                    )
                )
            row._ed_requeue()
        else:
            row._leave_out(self.env._("Somebody decided that 1C is right."))
