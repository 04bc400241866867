"""Taking a decision back: the question is open again, the values are as before."""

from odoo import api, models
from odoo.exceptions import UserError


class OnecApply(models.AbstractModel):
    _inherit = "onec.apply"

    @api.model
    def _before_choice(self, conflict):
        """What a choice of 1C's side is about to overwrite.

        :return: values that ``_write_choice`` would write back; none if it cannot
        """
        return {}


class OnecApplyProduct(models.AbstractModel):
    _inherit = "onec.apply.product"

    @api.model
    def _before_choice(self, conflict):
        record = self.env[conflict.model].browse(conflict.res_id).exists()
        if not record:
            return {}
        self = self._with_backend(conflict.backend_id)
        record = record.with_env(self.env)
        batch = self._new_batch(conflict.message_id, [], {})
        batch.backend = conflict.backend_id.with_env(self.env)
        current = self._current(
            batch, self._template(record), self._only_variant(record)
        )
        return {
            name: current[name]
            for name in conflict.payload["values"]
            if name in current
        }


class OnecApplyPartner(models.AbstractModel):
    _inherit = "onec.apply.partner"

    @api.model
    def _before_choice(self, conflict):
        partner = self.env["res.partner"].sudo().browse(conflict.res_id).exists()
        if not partner:
            return {}
        values = partner.read(list(conflict.payload["values"]), load="")[0]
        values.pop("id")
        return values


class OnecConflict(models.Model):
    _inherit = "onec.conflict"

    def _resolve_both_changed(self, choice):
        """What is overwritten is kept, so that the choice can be taken back."""
        applier = self._applier()
        if choice == "1c" and applier is not None:
            before = applier._before_choice(self.sudo())
            self.payload = {**self.payload, "before": before}
        return super()._resolve_both_changed(choice)

    def _applier(self):
        name = f"onec.apply.{(self.payload or {}).get('otype')}"
        known = (self.payload or {}).get("values") and name in self.env
        return self.env[name] if known else None

    def action_reopen(self):
        """Take the decision back: what it wrote is undone, and the question is asked.

        :raise UserError: the decision did more than can be taken back here
        """
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        for conflict in self:
            if conflict.state == "solved" and conflict.resolution != "here":
                conflict._undo()
            elif conflict.state == "solved" and conflict.kind != "both_changed":
                conflict._refuse_undo()
        return super().action_reopen()

    def _undo(self):
        self.ensure_one()
        payload = self.payload or {}
        if self.kind != "both_changed" or not payload.get("before"):
            self._refuse_undo()
        # Both sides may have gone on since: the undo is for what was written here.
        self.sudo().payload = {**payload, "values": payload["before"]}
        self.sudo()._applier()._write_choice(self.sudo())
        values = {name: text for name, text in payload.items() if name != "before"}
        self.sudo().payload = values

    def _refuse_undo(self):
        raise UserError(
            self.env._(
                "The decision about “%s” cannot be taken back here: it changed more "
                "than fields. Correct the record itself; 1C is told by the next "
                "exchange.",
                self.name,
            )
        )
