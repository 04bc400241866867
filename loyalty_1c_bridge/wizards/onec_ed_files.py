import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ACCOUNTANT = "loyalty_1c_bridge.group_onec_accountant"


class OnecEdFiles(models.TransientModel):
    """EnterpriseData by hand: take our message along, bring the one of 1C."""

    _name = "onec.ed.files"
    _description = "Files for 1C"

    backend_id = fields.Many2one(
        "onec.backend",
        "1C base",
        required=True,
        domain=[("use_ed", "=", True)],
        default=lambda self: self._default_backend(),
    )
    company_id = fields.Many2one(related="backend_id.company_id")
    count_waiting = fields.Integer("Operations waiting", compute="_compute_waiting")
    last_number = fields.Integer(related="backend_id.ed_last_sent_no")
    peer_received = fields.Integer(related="backend_id.ed_peer_received_no")
    peer_code = fields.Char(related="backend_id.ed_peer_code")
    file = fields.Binary("Message of 1C", attachment=False)
    filename = fields.Char()

    def _default_backend(self):
        domain = [("use_ed", "=", True), ("company_id", "in", self.env.companies.ids)]
        return self.env["onec.backend"].search(domain, limit=1)

    @api.depends("backend_id")
    def _compute_waiting(self):
        outbox = self.env["onec.outbox"]
        for wizard in self:
            wizard.count_waiting = outbox.search_count(
                [
                    ("backend_id", "=", wizard.backend_id.id),
                    ("state", "in", ("queued", "sent")),
                ]
            )

    def action_download(self):
        """Write the next message (or give the last one again) and download it."""
        backend = self._checked_backend()
        if not backend.ed_peer_code:
            raise UserError(
                self.env._(
                    "%(base)s has no code of 1C yet. Copy it from the synchronization "
                    "settings of 1C, or upload the settings file that 1C made.",
                    base=backend.name,
                )
            )
        message = backend._ed_collect() or backend._ed_message(backend.ed_last_sent_no)
        if not message or message.state == "acknowledged":
            raise UserError(
                self.env._(
                    "Nothing waits for 1C: the last message arrived there, and nothing "
                    "was finished since."
                )
            )
        return self._give(backend, message)

    def action_download_settings(self):
        """Settings for the assistant of 1C: our code, versions and abilities."""
        backend = self._checked_backend()
        return self._give(backend, backend._ed_settings_message())

    def action_upload(self):
        """Take the message of 1C into the journal, and show it there."""
        backend = self._checked_backend()
        if not self.file:
            raise UserError(self.env._("Choose the file that 1C wrote first."))
        message = backend._ed_take(
            self.filename or "Message.xml", base64.b64decode(self.file)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "onec.message",
            "res_id": message.id,
            "view_mode": "form",
        }

    def _checked_backend(self):
        self.ensure_one()
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(
                self.env._(
                    "Files for 1C are exchanged by accountants of the 1C bridge. Ask "
                    "one, or an administrator for the right."
                )
            )
        self.backend_id.check_access("read")
        return self.backend_id

    def _give(self, backend, message):
        """The file leaves the house: from now on its body is fixed."""
        backend._ed_publish(message)
        if message.state == "ready":
            backend._ed_handed_over(message)
        return message.with_env(self.env).action_download()
