from odoo import fields, models

from ..engine.enterprisedata import reader, receipts
from ..engine.enterprisedata.convert import to_record


class OnecMessage(models.Model):
    """EnterpriseData messages in the journal."""

    _inherit = "onec.message"

    # From this moment 1C may have seen our message: its body is fixed.
    published_at = fields.Datetime("Handed over since", readonly=True, copy=False)

    def _records_ed(self):
        _header, objects = reader.read(self._open)
        for type_name, values in objects:
            converted = to_record(type_name, values)
            if converted is not None:
                yield converted

    def _on_applied(self):
        result = super()._on_applied()
        for message in self:
            message._ed_confirm()
        return result

    def _ed_confirm(self):
        """Applied, or waiting for a person: from now on our messages say so to 1C.

        What awaits approval is not confirmed: refused, it has to come again.
        """
        self.ensure_one()
        if (self.channel, self.direction) != ("ed", "in") or not self.number:
            return
        if self.state not in ("done", "partial"):
            return
        backend = self.backend_id
        backend._ed_lock(wait=True)
        link = receipts.applied(backend._ed_link(), self.number)
        backend_sudo = backend.sudo()
        backend_sudo.ed_last_received_no = link.received
        if (self.counts or {}).get("total"):
            backend_sudo.ed_receipt_due = True

    def _ed_content(self):
        """Bytes of a message of ours as they go to 1C."""
        self.ensure_one()
        return self.sudo().attachment_id.raw or b""
