from odoo import models


class OnecConflict(models.Model):
    _inherit = "onec.conflict"

    def _resolve_both_changed(self, choice):
        """Write what 1C says when it was chosen, else leave what is here."""
        self.ensure_one()
        payload = self.payload or {}
        applier = f"onec.apply.{payload.get('otype')}"
        if choice == "1c" and payload.get("values") and applier in self.env:
            self.env[applier]._write_choice(self.sudo())
        self._settle_lines()

    def _settle_lines(self):
        """Lines that waited for this answer only have nothing left to do."""
        self.ensure_one()
        lines_sudo = self.sudo().line_id or self.env["onec.line"].sudo().search(
            [
                ("message_id", "=", self.sudo().message_id.id),
                ("otype", "=", self.otype),
                ("external_id", "=", self.external_id),
                ("state", "=", "conflict"),
            ]
        )
        lines_sudo.write({"state": "solved", "payload": False})
        lines_sudo.message_id._settle()

    def _resolve_other_company(self, choice):
        """Take the organization for ours as well, and read its file again."""
        self.ensure_one()
        organization = (self.payload or {}).get("organization")
        if choice != "1c" or not organization:
            return
        backend_sudo = self.sudo().backend_id
        row = backend_sudo._find("organization", [organization]).get(organization)
        company = backend_sudo.company_id
        if row:
            row.write({"model": company._name, "res_id": company.id, "origin": "user"})
        else:
            names = {organization: self.payload.get("name")}
            backend_sudo._bind("organization", {organization: company}, names)
        self.sudo().message_id._restart(dry_run=self.sudo().message_id.dry_run)
