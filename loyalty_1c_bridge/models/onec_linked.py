"""A button "1C" on records that the exchange knows: their documents and journal."""

from odoo import fields, models


class OnecLinked(models.AbstractModel):
    _name = "onec.linked"
    _description = "Record with a button “1C”"

    onec_state = fields.Selection(
        [
            ("none", "Not handed over"),
            ("known", "Known in 1C"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("received", "Received by 1C"),
            ("posted", "Posted in 1C"),
            ("refused", "Refused"),
            ("blocked", "Blocked here"),
            ("ignored", "Left out"),
        ],
        "1C",
        compute="_compute_onec_state",
        groups="loyalty_1c_bridge.group_onec_accountant",
    )

    def _compute_onec_state(self):
        """State of the last hand-over, or whether 1C knows the record at all."""
        domain = [("model", "=", self._name), ("res_id", "in", self.ids)]
        known = {
            res_id for (res_id,) in self.env["onec.map"]._read_group(domain, ["res_id"])
        }
        rows = self.env["onec.outbox"].search_fetch(
            [*domain, ("latest", "=", True)], ["res_id", "state"], order="id"
        )
        states = {row.res_id: row.state for row in rows}
        for record in self:
            record.onec_state = states.get(
                record.id, "known" if record.id in known else "none"
            )

    def action_onec(self):
        """What the exchange knows of this record: documents, else lines, else ids."""
        self.ensure_one()
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        domain = [("model", "=", self._name), ("res_id", "=", self.id)]
        name = "onec_map_action"
        for model, action in (
            ("onec.outbox", "onec_outbox_action"),
            ("onec.line", "onec_line_action"),
        ):
            if self.env[model].search_count(domain, limit=1):
                name = action
                break
        action = self.env["ir.actions.actions"]._for_xml_id(f"loyalty_1c_bridge.{name}")
        return {**action, "domain": domain, "context": {}}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "onec.linked"]


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "onec.linked"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "onec.linked"]


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "onec.linked"]
