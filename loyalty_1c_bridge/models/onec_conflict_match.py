from odoo import api, models

from .onec_map_match import TARGETS

# Kinds of questions that are answered by a correspondence.
KINDS = ("missing_map", "tax_unknown", "currency_unknown", "uom_unknown")
# What a proposal may use of what the question keeps.
FACTS = (
    "name",
    "inn",
    "kpp",
    "accounts",
    "barcode",
    "article",
    "rate",
    "included",
    "code",
    "currency",
)


class OnecConflict(models.Model):
    """A question about a correspondence comes with a proposal on its own list."""

    _inherit = "onec.conflict"

    @api.model
    def _ask(self, backend, kind, key, name, **values):
        conflict = super()._ask(backend, kind, key, name, **values)
        otype, external_id = conflict.otype, conflict.external_id
        if kind in KINDS and otype in TARGETS and external_id:
            self.env["onec.proposal"]._suggest(
                backend, otype, {external_id: conflict._facts()}
            )
        return conflict

    def _facts(self):
        """What 1C told of the thing that has no counterpart."""
        self.ensure_one()
        told = self.payload if isinstance(self.payload, dict) else {}
        facts = {"name": self.name}
        if self.otype in ("tax", "uom", "currency", "account"):
            facts.update(rate=self.name, code=self.external_id)
        return {**facts, **{key: told[key] for key in FACTS if told.get(key)}}
