import hashlib
import logging

from odoo import api, fields, models

from ..engine.enterprisedata import reader, receipts
from ..engine.enterprisedata.writer import write_message, write_object
from ..engine.errors import ExchangeError
from ..engine.identity import content_hash
from .onec_ed_types import OTYPE_OF

_logger = logging.getLogger(__name__)


class OnecBackend(models.Model):
    """EnterpriseData out: the next message of what waits, numbered and kept."""

    _inherit = "onec.backend"

    def _ed_collect(self):
        """Write the next message of what waits for 1C and keep it with its number.

        It holds every operation without a receipt. A message that nobody has seen yet
        grows under its number; afterwards the next number is taken. Nothing is sent
        here: body and number are committed together before anybody sees the file.

        :return: the message to be handed over, empty when there is nothing to say or
            somebody else is collecting for this base
        """
        self.ensure_one()
        backend = self.sudo().with_company(self.company_id)
        none = self.env["onec.message"].sudo()
        if not backend.use_ed or not backend.ed_peer_code or not backend._ed_lock():
            return none
        backend._ed_requeue_other_version()
        objects, rows = backend._ed_objects(backend._ed_rows())
        if not objects and not backend.ed_receipt_due:
            return backend._ed_last_waiting()
        return backend._ed_write(objects, rows)

    def _ed_rows(self):
        """Operations that are in no message yet, the oldest first."""
        rows = self.env["onec.outbox"].sudo()
        now = fields.Datetime.now()
        return rows.search(
            [
                ("backend_id", "=", self.id),
                ("state", "=", "queued"),
                ("message_id", "=", False),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", now),
            ],
            order="document_date, id",
        )

    def _ed_requeue_other_version(self):
        """What went out in another version and has no receipt is built anew."""
        last = self._ed_message(self.ed_last_sent_no)
        cursor = last.cursor or {}
        if (
            last.number > self.ed_peer_received_no
            and cursor.get("version") != self.ed_version
        ):
            rows = self._ed_rows_of(last).filtered(
                lambda row: row.state in ("queued", "sent")
            )
            rows._ed_requeue()
            last.cursor = {**cursor, "since": {}}

    def _ed_last_waiting(self):
        """Our last message if it was not handed over yet."""
        message = self._ed_message(self.ed_last_sent_no)
        return message if message.state == "ready" else message.browse()

    def _ed_build(self, rows):
        """Objects of ``rows``: ``[(type name, dict, row or None), ...]``."""
        if not rows:
            return []
        return self.env["onec.ed.build"]._build(self, rows)

    def _ed_objects(self, rows):
        """Objects that can be written, and the rows that they stand for.

        One that cannot be written, or that 1C does not take, keeps its row back with a
        text and holds up nothing else.
        """
        objects, refused = [], rows.browse()
        for type_name, values, row in self._ed_build(rows):
            try:
                self._ed_check_object(type_name, values)
            except ExchangeError as error:
                _logger.warning("1c object not written: %s, %s", self.id, error)
                if row:
                    refused += row
                    row.write(
                        {
                            "state": "blocked",
                            "message_id": False,
                            "force": True,
                            "error": self.env["onec.message"]._explain_error(error),
                        }
                    )
                continue
            objects.append((type_name, values, row))
        built = rows.browse([row.id for _type, _values, row in objects if row])
        return objects, built - refused

    def _ed_check_object(self, type_name, values):
        if not self._ed_is_taken(type_name):
            raise ExchangeError("ed_not_taken", type_name, version=self.ed_version)
        write_object(type_name, values, self.ed_version)

    def _ed_write(self, objects, rows):
        """Keep a message of ``objects`` under the next number."""
        link = self._ed_link()
        number = receipts.next_number(link)
        receipts.wrote(link, number)
        carried, since, row_ids = self._ed_carried(objects)
        since |= {_key(name, values): number for name, values, _row in objects}
        objects = carried + objects
        content = write_message(
            self._ed_header(number, self.ed_version),
            [(type_name, values) for type_name, values, _row in objects],
            self.ed_version,
        )
        known = self._ed_known_lines()
        message = self._ed_message(number) or self._ed_new_message(number)
        message.line_ids.unlink()
        message.write(
            {
                "receipt_no": self.ed_last_received_no,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "cursor": {
                    "rows": sorted({*row_ids, *rows.ids}),
                    "since": since,
                    "version": self.ed_version,
                },
                "counts": {"total": len(objects), "seen": len(objects)},
                "error": False,
            }
        )
        self._ed_attach(message, content)
        self._ed_write_lines(message, objects, known)
        rows.write({"message_id": message.id})
        self.write({"ed_last_sent_no": number, "ed_receipt_due": False})
        return message

    def _ed_carried(self, objects):
        """What went out before and has no receipt, unless it is written anew.

        :return: ``(objects, {key: number it first went out with}, ids of rows)``
        """
        last = self._ed_message(self.ed_last_sent_no)
        if not last or last.number <= self.ed_peer_received_no:
            return [], {}, []
        cursor = last.cursor or {}
        anew = {_key(type_name, values) for type_name, values, _row in objects}
        since = {
            key: number
            for key, number in cursor.get("since", {}).items()
            if number > self.ed_peer_received_no and key not in anew
        }
        _header, sent = reader.read(last._open)
        carried = [
            (type_name, values, None)
            for type_name, values in sent
            if _key(type_name, values) in since
        ]
        rows = self._ed_rows_of(last).filtered(
            lambda row: row.state in ("queued", "sent")
        )
        return carried, since, rows.ids

    def _ed_new_message(self, number):
        name = f"Message_{self.ed_node_code}_{self.ed_peer_code}.xml"
        return (
            self.env["onec.message"]
            .sudo()
            .create(
                {
                    "backend_id": self.id,
                    "direction": "out",
                    "channel": "ed",
                    "kind": "exchange" if number else "settings",
                    "number": number,
                    "filename": name,
                    "state": "ready",
                }
            )
        )

    def _ed_attach(self, message, content):
        old = message.attachment_id
        message.attachment_id = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": message.filename,
                    "raw": content,
                    "mimetype": "application/xml",
                    "res_model": "onec.message",
                    "res_id": message.id,
                }
            )
        )
        old.unlink()

    def _ed_known_lines(self):
        """What the lines of our last message tell of the records of its objects."""
        names = ["otype", "model", "res_id", "document_date", "amount"]
        return {
            line.external_id: {name: line[name] for name in names}
            for line in self._ed_message(self.ed_last_sent_no).line_ids
            if line.external_id
        }

    def _ed_write_lines(self, message, objects, known):
        self.env["onec.line"].sudo().create(
            [
                {
                    **self._ed_prepare_line(message, seq, type_name, values, row),
                    **({} if row else known.get(_guid(values), {})),
                }
                for seq, (type_name, values, row) in enumerate(objects, 1)
            ]
        )

    @api.model
    def _ed_prepare_line(self, message, seq, type_name, values, row):
        key = values.get("КлючевыеСвойства") or {}
        line = {
            "message_id": message.id,
            "seq": seq,
            "otype": OTYPE_OF.get(type_name, "entry"),
            "external_id": key.get("Ссылка"),
            "name": key.get("Номер") or key.get("Наименование") or type_name,
            "action": "send",
            "state": "done",
        }
        if row:
            line |= {
                "otype": row.otype,
                "model": row.model,
                "res_id": row.res_id,
                "document_date": row.document_date,
                "amount": row.amount,
            }
        return line

    # --- settings -------------------------------------------------------------------

    def _ed_settings_message(self):
        """A handshake: our versions and abilities, without number and without body."""
        self.ensure_one()
        backend = self.sudo()
        content = write_message(backend._ed_header(0, ""), [], "")
        message = backend._ed_new_message(0)
        message.write(
            {
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "counts": {"total": 1, "seen": 1},
            }
        )
        backend._ed_attach(message, content)
        backend.ed_settings_sent_at = fields.Datetime.now()
        return message

    # --- receipts -------------------------------------------------------------------

    def _ed_publish(self, message):
        """Mark that 1C may see the message from now on; to be committed before it can.

        Were it the other way round, a crash in between would let the body grow under a
        number that 1C already has, and skips.
        """
        message = message.sudo()
        if not message.published_at:
            message.published_at = fields.Datetime.now()

    def _ed_handed_over(self, message):
        """The message is where 1C finds it."""
        now = fields.Datetime.now()
        message = message.sudo()
        message.write({"state": "sent", "sent_at": now, "error": False})
        rows = self._ed_rows_of(message).filtered(lambda row: row.state == "queued")
        rows.write({"state": "sent", "sent_at": now, "error": False})

    def _ed_acknowledge(self, number):
        """1C has our messages up to ``number``."""
        self.ensure_one()
        backend = self.sudo()
        now = fields.Datetime.now()
        messages = (
            self.env["onec.message"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.id),
                    ("direction", "=", "out"),
                    ("channel", "=", "ed"),
                    ("number", ">", 0),
                    ("number", "<=", number),
                    ("state", "in", ("ready", "sent")),
                ]
            )
        )
        rows = backend._ed_rows_of(messages).filtered(
            lambda row: row.state in ("queued", "sent")
        )
        rows.write({"state": "received", "received_at": now, "error": False})
        messages.write(
            {"state": "acknowledged", "acknowledged_at": now, "error": False}
        )
        link = receipts.confirmed(backend._ed_link(), number)
        backend.ed_peer_received_no = link.peer_received

    def _ed_rows_of(self, messages):
        """Operations in the bodies of ``messages`` (they may be in a later one too)."""
        ids = {
            row_id
            for message in messages
            for row_id in (message.cursor or {}).get("rows", ())
        }
        return self.env["onec.outbox"].sudo().browse(sorted(ids)).exists()


def _key(type_name, values):
    """What an object is known by: its type and GUID, or all of it without one."""
    return f"{type_name}|{_guid(values) or content_hash(values).hex()}"


def _guid(values):
    key = values.get("КлючевыеСвойства")
    return key.get("Ссылка") if isinstance(key, dict) else None
