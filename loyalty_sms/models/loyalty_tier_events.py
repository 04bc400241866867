from odoo import api, models


class LoyaltyTierChange(models.Model):
    _inherit = "loyalty.tier.change"

    @api.model_create_multi
    def create(self, vals_list):
        """A new tier is told; the first one comes with the welcome."""
        changes = super().create(vals_list)
        self.env["loyalty.sms.event"]._emit_many(
            row for change in changes.sudo() if (row := change._tier_event())
        )
        return changes

    def _tier_event(self):
        old, new = self.from_tier_id, self.to_tier_id
        if not (old and new and self.partner_id) or old == new or self.cause == "merge":
            return None
        code = "tier_up" if new.threshold > old.threshold else "tier_down"
        values = {"old_tier": old.name, "new_tier": new.name}
        company = self.program_id.company_id.id
        document = (self._name, self.id)
        return (code, self.partner_id, f"{code}:{self.id}", document, values, company)
