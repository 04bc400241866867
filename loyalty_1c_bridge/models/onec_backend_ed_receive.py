import hashlib
import io
import logging

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.enterprisedata import VERSIONS, package, reader, receipts
from ..engine.errors import ExchangeError

_logger = logging.getLogger(__name__)

# An earlier message of 1C in one of these states gives way to a newer one, which
# holds everything that has no receipt.
WAITING = ("received", "staged", "review")


class OnecBackend(models.Model):
    """EnterpriseData in: header and receipts at once, the body in the background."""

    _inherit = "onec.backend"

    def _ed_take(self, filename, content):
        """Take a message of 1C into the journal.

        Its receipt counts at once, its body is staged for the background work. A
        repeated message, one that is not for us and one with a receipt that cannot be
        end in the journal with a text, and nothing else happens.

        :param content: bytes of the file, XML or a zip archive with it
        :return: the ``onec.message``
        """
        self.ensure_one()
        backend = self.sudo().with_company(self.company_id)
        backend._ed_lock(wait=True)
        try:
            xml = package.unpack(content)
            header = reader.read_header(io.BytesIO(xml))
            verdict = receipts.incoming(backend._ed_link(), header)
        except ExchangeError as error:
            return backend._ed_refuse(filename, content, error)
        if verdict.acknowledged is not None:
            backend._ed_acknowledge(verdict.acknowledged)
        if verdict.action == "apply":
            backend._ed_note_peer(header)
        take = getattr(backend, f"_ed_take_{verdict.action}")
        return take(filename, xml, header)

    def _ed_take_apply(self, filename, xml, header):
        """A new body: the background applies it."""
        digest = hashlib.sha256(xml).hexdigest()
        earlier = self._ed_earlier(header.number)
        same = earlier.filtered(lambda message: message.sha256 == digest)
        if same.filtered(lambda message: message.state in (*WAITING, "applying")):
            return self._ed_take_replay(filename, xml, header)
        busy = earlier.filtered(lambda message: message.state == "applying")
        if busy.filtered(lambda message: message.number == header.number):
            # It comes again: there is no receipt for it as long as it is applied.
            return self._ed_take_replay(filename, xml, header)
        earlier.filtered(lambda message: message.state in WAITING).write(
            {"state": "superseded"}
        )
        # The number belongs to the message that is going to be applied; it has to be
        # free before that one is inserted.
        earlier.filtered(lambda message: message.number == header.number).number = 0
        earlier.flush_recordset(["number"])
        message = self._ed_store(
            filename,
            xml,
            {
                "number": header.number,
                "receipt_no": header.received,
                "state": "received",
                "dry_run": self.dry_run,
            },
        )
        self.env["onec.message"]._trigger_apply()
        return message

    def _ed_take_replay(self, filename, xml, header):
        """The body came before: it is not looked at again."""
        if header.number <= self.ed_last_received_no:
            self.ed_receipt_due = True
        return self._ed_store(
            filename,
            xml,
            {
                "receipt_no": header.received,
                "state": "superseded",
                "error": self.env._(
                    "Message %(number)s came before. Its receipt was noted, what is "
                    "inside was applied, or is being applied, the first time.",
                    number=header.number,
                ),
            },
        )

    def _ed_take_content(self, filename, xml, header):
        """A file made by hand has no numbers: the same content comes once."""
        digest = hashlib.sha256(xml).hexdigest()
        known = (
            self.env["onec.message"]
            .sudo()
            .search_count(
                [
                    ("backend_id", "=", self.id),
                    ("direction", "=", "in"),
                    ("channel", "=", "ed"),
                    ("sha256", "=", digest),
                    ("state", "not in", ("failed", "cancelled", "superseded")),
                ],
                limit=1,
            )
        )
        if known:
            error = self.env._("This very file was taken in before.")
            return self._ed_store(
                filename, xml, {"state": "superseded", "error": error}
            )
        message = self._ed_store(
            filename, xml, {"state": "received", "dry_run": self.dry_run}
        )
        self.env["onec.message"]._trigger_apply()
        return message

    def _ed_take_handshake(self, filename, xml, header):
        """Settings of 1C: its versions, the objects it sends and takes, its GUID."""
        self.write(
            {
                "ed_settings_got_at": fields.Datetime.now(),
                "ed_peer_code": self.ed_peer_code or header.sender,
                "ed_peer_guid": header.new_from or self.ed_peer_guid,
                "ed_peer_types": False,
            }
        )
        common = reader.newest_common(VERSIONS, header.versions)
        if common:
            self.ed_version = common
        self._ed_note_peer(header)
        message = self._ed_store(filename, xml, {"kind": "settings", "state": "done"})
        if not common:
            error = ExchangeError(
                "ed_no_common_version",
                header.sender,
                ours=", ".join(VERSIONS),
                theirs=", ".join(header.versions),
            )
            message.write({"state": "failed", "error": message._explain_error(error)})
        return message

    def action_ed_continue_numbers(self):
        """Button of a manager: go on after the number that 1C claims to have.

        For a database that was restored from an older copy. Whatever has no receipt
        is written once more; 1C knows it by its GUIDs.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_1c_bridge.group_onec_manager"):
            raise AccessError(
                self.env._("Continuing the numbers takes the rights of a manager.")
            )
        self.check_access("write")
        backend = self.sudo()
        backend._ed_lock(wait=True)
        if backend.ed_claimed_no <= backend.ed_last_sent_no:
            raise UserError(
                self.env._(
                    "1C claims no number beyond ours (%(number)s): nothing to do.",
                    number=backend.ed_last_sent_no,
                )
            )
        last = backend._ed_message(backend.ed_last_sent_no)
        rows = backend._ed_rows_of(last).filtered(
            lambda row: row.state in ("queued", "sent")
        )
        rows._ed_requeue()
        backend.write({"ed_last_sent_no": backend.ed_claimed_no, "ed_claimed_no": 0})

    def _ed_note_peer(self, header):
        """What 1C says of itself: its versions, and the objects it sends and takes."""
        if header.versions:
            self.ed_peer_versions = ", ".join(header.versions)
            common = reader.newest_common(VERSIONS, header.versions)
            if common and self.ed_version not in header.versions:
                self.ed_version = common
        if header.object_types:
            self.ed_peer_types = {
                "receives": [one.name for one in header.object_types if one.receiving],
                "sends": [one.name for one in header.object_types if one.sending],
            }

    def _ed_refuse(self, filename, content, error):
        if error.code == "ed_receipt_future":
            self.ed_claimed_no = error.values["received"]
        _logger.warning("1c message refused: base %s, %s", self.id, error)
        message = self._ed_store(filename, content, {"state": "failed"})
        message.error = message._explain_error(error)
        return message

    def _ed_earlier(self, number):
        """Messages of 1C up to ``number`` that still hold a number of their own."""
        return (
            self.env["onec.message"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.id),
                    ("direction", "=", "in"),
                    ("channel", "=", "ed"),
                    ("number", ">", 0),
                    ("number", "<=", number),
                    ("state", "in", (*WAITING, "applying", "failed", "cancelled")),
                ]
            )
        )

    def _ed_store(self, filename, content, values):
        message = (
            self.env["onec.message"]
            .sudo()
            .create(
                {
                    "backend_id": self.id,
                    "direction": "in",
                    "channel": "ed",
                    "kind": "exchange",
                    "filename": filename[:255],
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "size": len(content),
                    **values,
                }
            )
        )
        self._ed_attach(message, content)
        return message
