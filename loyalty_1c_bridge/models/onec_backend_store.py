import hashlib
import os
import uuid

from odoo import models

from ..engine import storage
from ..engine.safe import names

# A file that came before in one of these states needs no second application.
SETTLED = ("review", "done", "partial")
# What one file sets another one may set too: they are compared together.
TOGETHER = ("offers", "prices", "rests")
KINDS = {
    "import": "catalog",
    "offers": "offers",
    "prices": "prices",
    "rests": "rests",
    "goods": "catalog",
    "references": "reference",
    "orders": "orders",
    "documents": "orders",
    "contragents": "partners",
}


def file_kind(filename, exchange="catalog"):
    """What a file of CommerceML holds, by its name; readers look inside anyway.

    >>> file_kind("webdata/offers0_1.xml")
    'offers'
    >>> file_kind("v8_1.xml", "sale")
    'orders'
    """
    base = names.base_key(filename)
    for word, kind in KINDS.items():
        if base.startswith(word):
            return kind
    return {"sale": "orders", "reference": "reference"}.get(exchange, "catalog")


class OnecBackend(models.Model):
    _inherit = "onec.backend"

    def _store_incoming(self, channel, kind, filename, content, session=None):
        """Put a file into the journal, from where the background work takes it.

        A file with the same bytes as the last one of its kind is not applied again:
        it becomes ``superseded``, or, while that one is still being applied, is that
        message itself.

        :param content: bytes, or the path of a file, which is kept
        :param session: the ``onec.session`` it came by
        :return: the ``onec.message``
        """
        self.ensure_one()
        is_path = not isinstance(content, bytes)
        sha = (
            storage.digest(content) if is_path else hashlib.sha256(content).hexdigest()
        )
        twin = self._same_content(channel, kind, sha)
        if twin and not twin._is_ended():
            return twin
        message = (
            self.env["onec.message"]
            .sudo()
            .create(
                {
                    "backend_id": self.id,
                    "session_id": session.id if session else False,
                    "upload_batch": session.upload_batch if session else 0,
                    "direction": "in",
                    "channel": channel,
                    "kind": kind,
                    "filename": filename,
                    "sha256": sha,
                    "size": os.path.getsize(content) if is_path else len(content),
                    "state": "superseded" if twin else "received",
                    "dry_run": self.dry_run,
                }
            )
        )
        if not twin:
            self._keep_content(message, content, is_path)
            message._trigger_apply()
        return message

    def _same_content(self, channel, kind, sha):
        """The last incoming message of that kind when it has the same content."""
        last = (
            self.env["onec.message"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.id),
                    ("direction", "=", "in"),
                    ("channel", "=", channel),
                    ("kind", "in", TOGETHER if kind in TOGETHER else (kind,)),
                    ("state", "not in", ("superseded", "failed", "cancelled")),
                ],
                order="id desc",
                limit=1,
            )
        )
        if (
            last.kind != kind
            or last.sha256 != sha
            or (last._is_ended() and last.state not in SETTLED)
        ):
            return last.browse()
        return last

    def _keep_content(self, message, content, is_path):
        if not is_path:
            message.attachment_id = (
                self.env["ir.attachment"]
                .sudo()
                .create(
                    {
                        "name": message.filename,
                        "raw": content,
                        "res_model": message._name,
                        "res_id": message.id,
                    }
                )
            )
            return
        # The name is made anew each time: a file of a transaction that was lost is
        # an orphan, which the nightly cleaning removes.
        path = os.path.join(self._directory(), "messages", f"{uuid.uuid4().hex}.xml")
        storage.keep(content, path)
        message.path = path
