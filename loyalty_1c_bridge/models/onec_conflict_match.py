from odoo import api, models

from .onec_map_match import TARGETS

# Kinds of questions that are answered by a correspondence.
KINDS = ("missing_map", "tax_unknown", "currency_unknown", "uom_unknown")


class OnecConflict(models.Model):
    """A question about a correspondence comes with a proposal on its own list."""

    _inherit = "onec.conflict"

    @api.model
    def _ask(self, backend, kind, key, name, **values):
        conflict = super()._ask(backend, kind, key, name, **values)
        otype, external_id = conflict.otype, conflict.external_id
        if kind in KINDS and otype in TARGETS and external_id:
            facts = {"name": name, "rate": name, "code": external_id}
            self.env["onec.proposal"]._suggest(
                backend, otype, {external_id: {**facts, **(conflict.payload or {})}}
            )
        return conflict
