from odoo import api, models

CUSTOMER = "СПокупателем"


class OnecApplyContract(models.AbstractModel):
    """Contracts: the one with a customer stands for that customer's settlements.

    There are no contracts in the ERP. The first one with a customer is what our
    documents name from then on; others are only known by their id.
    """

    _name = "onec.apply.contract"
    _inherit = "onec.apply"
    _description = "Applying of 1C contracts"
    _onec_otype = "contract"

    @api.model
    def _apply_batch(self, message, items, rows):
        ids = [item.record.partner.id for item in items if item.record.partner]
        partners = message.backend_id._find("partner", ids)
        return [self._apply_contract(message, item, rows, partners) for item in items]

    @api.model
    def _apply_contract(self, message, item, rows, partners):
        record, row = item.record, rows.get(item.id)
        external = record.partner.id if record.partner else ""
        partner_row = partners.get(external)
        partner = partner_row and partner_row._records()
        if not partner:
            name = record.partner.name if record.partner else ""
            return self._ask_missing(
                message, item, "missing_map", "partner", external, name
            )
        action = "update" if row else "create"
        if (
            row
            and row.res_id == partner.id
            and (row.external_name or "") == record.name
        ):
            action = "skip"
        diff = {self.env._("Contract"): [row.external_name if row else "", record.name]}
        if message.dry_run:
            return self._result(item, action, partner, diff=diff)
        values = {"state": "deleted" if record.deleted else "ok"}
        if not row:
            values["role"] = self._role(message, item, partner)
        self._link(message.backend_id, rows, [(item, partner)], {item.id: values})
        return self._result(item, action, partner, diff=diff)

    @api.model
    def _role(self, message, item, partner):
        """Empty for the contract that our documents name, else its id."""
        taken = self.env["onec.map"].search_count(
            [
                ("backend_id", "=", message.backend_id.id),
                ("otype", "=", "contract"),
                ("model", "=", partner._name),
                ("res_id", "=", partner.id),
                ("role", "=", ""),
            ],
            limit=1,
        )
        is_ours = item.record.kind == CUSTOMER and not item.record.deleted
        return "" if is_ours and not taken else item.id
