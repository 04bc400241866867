import datetime
import os
import shutil
import time

from odoo import fields, models

ORPHAN_SECONDS = 24 * 3600


class OnecBackend(models.Model):
    _inherit = "onec.backend"

    def _purge_files(self):
        for backend in self:
            backend._purge_old_messages()
            backend._purge_orphans()

    def _purge_old_messages(self):
        """Files of messages that ended long ago; the journal stays."""
        before = fields.Datetime.now() - datetime.timedelta(days=self.keep_days)
        messages_sudo = (
            self.env["onec.message"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.id),
                    ("path", "!=", False),
                    ("create_date", "<", before),
                ]
            )
        )
        for message_sudo in messages_sudo.filtered(lambda message: message._is_ended()):
            if message_sudo.state == "review":
                continue
            if os.path.exists(message_sudo.path):
                os.remove(message_sudo.path)
            message_sudo.path = False

    def _purge_orphans(self):
        """Files of transactions that were lost and of sessions that are no more."""
        root = self._directory()
        if not os.path.isdir(root):
            return
        known = set(
            self.env["onec.message"]
            .sudo()
            .search([("backend_id", "=", self.id), ("path", "!=", False)])
            .mapped("path")
        )
        sessions = (
            self.env["onec.session"].sudo().search([("backend_id", "=", self.id)])
        )
        names_known = {str(session_id) for session_id in sessions.ids} | {"messages"}
        for entry in os.scandir(root):
            if entry.name not in names_known and _is_old(entry.path):
                shutil.rmtree(entry.path, ignore_errors=True)
        folder = os.path.join(root, "messages")
        for entry in os.scandir(folder) if os.path.isdir(folder) else ():
            if entry.path not in known and _is_old(entry.path):
                os.remove(entry.path)


def _is_old(path):
    return time.time() - os.path.getmtime(path) > ORPHAN_SECONDS
