import datetime
import os
import shutil

from odoo import api, fields, models

from ..engine.safe import names
from .onec_session_server import IDLE, OPEN

# Files of a conversation outlive it: pictures may still be applied.
KEEP_UPLOADS = datetime.timedelta(days=3)
# Old clients send orders and never ask for their import.
FORGOTTEN = datetime.timedelta(minutes=15)


class OnecSession(models.Model):
    _inherit = "onec.session"

    @api.model
    def _cron_purge(self):
        """Nightly: end idle conversations and remove files nobody needs."""
        now = fields.Datetime.now()
        self.search([("state", "in", OPEN), ("touched_at", "<", now - IDLE)])._expire()
        self.search([("touched_at", "<", now - KEEP_UPLOADS)])._remove_uploads()
        backends = self.env["onec.backend"].with_context(active_test=False)
        # There are a few of them, and each has a folder.
        backends.search([])._purge_files()  # pylint: disable=no-search-all

    def _remove_uploads(self):
        """Remove the files of conversations whose messages are all applied."""
        for session in self:
            if all(message._is_ended() for message in session.message_ids):
                session.upload_ids.unlink()
                shutil.rmtree(session._root(), ignore_errors=True)

    def _root(self):
        return os.path.dirname(self._directory())

    @api.model
    def _cron_import_forgotten(self):
        """Put into the journal orders that were sent without a following import.

        Clients of the first version of the protocol take the ``success`` of
        ``mode=file`` for the end and forget what they sent.
        """
        idle = fields.Datetime.now() - FORGOTTEN
        sessions = self.search(
            [
                ("exchange", "=", "sale"),
                ("state", "=", "uploading"),
                ("touched_at", "<", idle),
            ]
        )
        for session in sessions:
            for upload in session._current_uploads():
                if names.extension(upload.name) == "xml" and not upload.message_id:
                    session._import_messages(upload.name)
            session._touch("importing")
