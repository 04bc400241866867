import datetime
import os
import secrets
import shutil

from odoo import api, fields, models

from ..engine import storage
from ..engine.errors import ExchangeError
from ..engine.safe import names
from ..engine.safe import zip as archives
from .onec_backend_server import MB, token_hash
from .onec_backend_store import file_kind

COOKIE = "loyalty1c"
IDLE = datetime.timedelta(hours=1)
# How often the time of the last call is written: never twice in a burst of pieces.
TOUCH = datetime.timedelta(minutes=1)
OPEN = ("open", "uploading", "importing")
# Clients go on with a conversation that said it was done.
LIVING = (*OPEN, "done")


class OnecSession(models.Model):
    _inherit = "onec.session"

    upload_batch = fields.Integer(default=1, readonly=True, aggregator=None)
    upload_ids = fields.One2many("onec.upload", "session_id", "Files")

    # --- who ------------------------------------------------------------------------

    @api.model
    def _begin(self, backend, exchange, address):
        """A new conversation: ``(session, cookie, sessid)``, the last two told once."""
        cookie, sessid = secrets.token_urlsafe(24), secrets.token_urlsafe(18)
        session = self.sudo().create(
            {
                "backend_id": backend.id,
                "exchange": exchange,
                "address": address,
                "cookie_hash": token_hash(cookie),
                "sessid_hash": token_hash(sessid),
                "touched_at": fields.Datetime.now(),
            }
        )
        return session, cookie, sessid

    @api.model
    def _recall(self, backend, exchange, address, cookie=None, sessid=None):
        """The living session of these secrets; none when one of them is wrong.

        :param cookie: value of our cookie
        :param sessid: value of the parameter; with a cookie it must fit to it
        """
        domain = self._living_domain(backend, exchange, address)
        if cookie:
            domain.append(("cookie_hash", "=", token_hash(cookie)))
        if sessid:
            domain.append(("sessid_hash", "=", token_hash(sessid)))
        if not (cookie or sessid):
            return self.browse()
        return self.sudo().search(domain, limit=1)

    @api.model
    def _latest(self, backend, exchange, address):
        """The living session a client means that lost its cookie."""
        domain = self._living_domain(backend, exchange, address)
        return self.sudo().search(domain, order="id desc", limit=1)

    def _living_domain(self, backend, exchange, address):
        return [
            ("backend_id", "=", backend.id),
            ("exchange", "=", exchange),
            ("address", "=", address),
            ("state", "in", LIVING),
            ("touched_at", ">", fields.Datetime.now() - IDLE),
        ]

    def _touch(self, state=None):
        """Remember the call: at a change of state, else once a minute."""
        now = fields.Datetime.now()
        values = {}
        if state and self.state != state:
            values["state"] = state
        if not self.touched_at or now - self.touched_at > TOUCH:
            values["touched_at"] = now
        if values:
            self.write(values)

    def _expire(self):
        """Nobody may go on with these conversations."""
        self.filtered(lambda session: session.state in LIVING).write(
            {"state": "expired"}
        )

    # --- files ----------------------------------------------------------------------

    def _directory(self, batch=None):
        self.ensure_one()
        return os.path.join(
            self.backend_id._directory(), str(self.id), str(batch or self.upload_batch)
        )

    def _start_uploads(self):
        """``init``: what came before in this conversation is no part of what follows.

        Pictures of a message that is still being applied stay where they are.
        """
        self.ensure_one()
        old = self.upload_batch
        if not self.upload_ids and not os.path.isdir(self._directory(old)):
            return
        busy = self.message_ids.filtered(
            lambda message: message.upload_batch == old and not message._is_ended()
        )
        self.write({"upload_batch": old + 1})
        if not busy:
            self.upload_ids.filtered(lambda upload: upload.batch == old).unlink()
            shutil.rmtree(self._directory(old), ignore_errors=True)

    def _receive(self, filename, spool):
        """Take the next piece of ``filename``.

        :param spool: callable ``(directory, limit) -> path`` of the whole piece
        :raise ExchangeError: nothing was taken
        """
        self.ensure_one()
        backend_sudo = self.backend_id.sudo()
        name = names.allowed(filename)
        limit = backend_sudo.max_body_mb * MB
        directory = self._directory()
        target = os.path.join(directory, names.stored_name(name))
        # Rows first: once the bytes are added nothing may make them be added again.
        self.env["onec.upload"]._announce(self, [name])
        self._again(name)
        self.env.flush_all()
        part = spool(directory, limit)
        try:
            self._check_quota()
            storage.append(part, target, name, limit)
        finally:
            if os.path.exists(part):
                os.remove(part)

    def _again(self, name):
        """A file that was imported and comes again is another one."""
        upload = self.env["onec.upload"]._lookup(self, self.upload_batch, name)
        if upload.name == name and (upload.message_id or upload.unpacked):
            if os.path.exists(upload._path()):
                os.remove(upload._path())
            upload.write({"message_id": False, "unpacked": False})

    def _import_messages(self, filename):
        """Messages of the files that ``mode=import`` of ``filename`` means.

        A file is stored in the journal at the first call and found there afterwards.
        """
        messages = self.env["onec.message"]
        for upload in self._files_to_import(filename):
            if not upload.message_id:
                upload.message_id = self.backend_id._store_incoming(
                    "cml",
                    file_kind(upload.name, self.exchange),
                    upload.name,
                    upload._path(),
                    session=self,
                )
            messages |= upload.message_id
        if not messages:
            raise ExchangeError("file_absent", filename)
        return messages

    def _check_quota(self):
        limit = self.backend_id.sudo().max_unpacked_mb * MB
        if storage.used(self._directory()) > limit:
            raise ExchangeError("session_full", limit=limit)

    def _unpack(self):
        """Unpack archives that came whole; ``names left out`` for their extension.

        :raise ExchangeError: the archive is broken or hostile; nothing of it stays
        """
        self.ensure_one()
        left_out = []
        for upload in self._current_uploads():
            if names.extension(upload.name) == "zip" and not upload.unpacked:
                left_out += self._unpack_one(upload)
        return left_out

    def _unpack_one(self, upload):
        directory = self._directory()
        room = self.backend_id.sudo().max_unpacked_mb * MB - storage.used(directory)
        with storage.locked(upload._path()):
            storage.check_room(directory, os.path.getsize(upload._path()))
            files, left_out = archives.unpack(
                upload._path(), directory, upload.name, max_bytes=max(room, 0)
            )
        self.env["onec.upload"]._announce(self, [file.name for file in files])
        upload.unpacked = True
        return left_out

    def _current_uploads(self):
        return self.sudo().upload_ids.filtered(
            lambda upload: upload.batch == self.upload_batch
        )

    def _files_to_import(self, filename):
        """Uploads of XML that ``mode=import`` of ``filename`` means.

        :raise ExchangeError: ``file_absent`` when nothing like it came
        """
        self.ensure_one()
        found = self.env["onec.upload"]._lookup(self, self.upload_batch, filename)
        if not found or names.extension(found.name) == "zip":
            self._unpack()
            found = found or self.env["onec.upload"]._lookup(
                self, self.upload_batch, filename
            )
        if not found:
            raise ExchangeError("file_absent", filename or "")
        if names.extension(found.name) == "zip":
            found = self._current_uploads().filtered(
                lambda upload: names.extension(upload.name) == "xml"
            )
        return found.sorted(lambda upload: (_rank(upload.base), upload.name))


def _rank(base):
    """Classifiers and goods before their prices, whatever their names are."""
    for rank, word in enumerate(("import", "references", "offers", "prices", "rests")):
        if base.startswith(word):
            return rank
    return 9
