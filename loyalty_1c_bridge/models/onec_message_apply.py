import io
import logging
import time

from psycopg2.errors import UniqueViolation
from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.commerceml import reader
from ..engine.commerceml.goods import note_references
from ..engine.commerceml.records import Good, to_json
from ..engine.errors import ExchangeError
from ..engine.identity import content_hash
from ..engine.outcome import add_counts
from .onec_part import PART_SIZE

_logger = logging.getLogger(__name__)

# States in which the machine has something to do with an incoming message.
WORKING = ("received", "staged", "applying")
# Channels whose messages are applied here; a bank text has screens of its own.
CHANNELS_APPLIED = ("cml", "ed")
# Times that a part is tried again when another process changed the same rows.
TRIES = 5
CRON_SECONDS = 50


class OnecMessage(models.Model):
    _inherit = "onec.message"

    part_ids = fields.One2many("onec.part", "message_id", "Parts")

    # --- what is inside -------------------------------------------------------------

    def _open(self):
        """The stored file as a new binary stream."""
        self.ensure_one()
        message_sudo = self.sudo()
        if message_sudo.path:
            return open(message_sudo.path, "rb")
        if not message_sudo.attachment_id:
            raise ExchangeError("file_missing", self.filename)
        return io.BytesIO(message_sudo.attachment_id.raw or b"")

    def _records(self):
        """Yield ``(otype, record)`` of the file, in its order, by the channel."""
        self.ensure_one()
        method = getattr(self, f"_records_{self.channel}", None)
        if method is None:
            raise ExchangeError("channel_unsupported", self.filename)
        yield from method()

    def _records_cml(self):
        yield from reader.read(self._open)

    def _companion(self, name):
        """Bytes of a file that came along, such as a picture; ``None`` without it."""
        self.ensure_one()
        path = self.backend_id._incoming_file(self, name)
        if path:
            with open(path, "rb") as stream:
                return stream.read()
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("name", "=", name),
                ],
                limit=1,
            )
        )
        return attachment.raw if attachment else None

    # --- staging --------------------------------------------------------------------

    def _stage(self):
        """Read the whole file into parts; nothing stays when it cannot be read.

        :return: whether the message is staged (``failed`` with a text otherwise)
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                total = self._stage_parts()
        except (ExchangeError, OSError) as error:
            self._fail(error)
            if getattr(error, "code", "") == "other_company":
                self._ask_organization(error)
            return False
        self.write(
            {
                "state": "staged",
                "error": False,
                "cursor": {},
                "counts": {"total": total, "seen": 0},
            }
        )
        return True

    def _stage_parts(self):
        """Write the parts; the number of objects."""
        seq = 0
        waiting, references = {}, {"uom": {}, "tax": {}}
        self.sudo().part_ids.unlink()
        for otype, record in self._records():
            if otype == "organization":
                self._check_organization(record)
                continue
            seq += 1
            if isinstance(record, Good):
                note_references(record, references)
            data = to_json(record)
            items = waiting.setdefault(otype, [])
            items.append([seq, content_hash(data).hex(), data])
            if len(items) >= PART_SIZE:
                self._stage_part(otype, waiting.pop(otype))
        for otype, items in waiting.items():
            self._stage_part(otype, items)
        # Known before the parts are shared, so no two processes look them up at once.
        for otype, keys in references.items():
            self.backend_id._resolve(otype, keys)
        return seq

    def _stage_part(self, otype, items):
        parts = self.env["onec.part"].sudo()
        parts.create(parts._prepare_part_values(self, otype, items))
        parts.env.flush_all()
        parts.env.invalidate_all()

    def _fail(self, error):
        """The file itself cannot be used: say so, keep the rest as it was."""
        self.ensure_one()
        if isinstance(error, OSError):
            error = ExchangeError("file_missing", self.filename)
        _logger.warning("1c message failed: %s, %s", self.id, error)
        self.sudo().part_ids.unlink()
        self.write({"state": "failed", "error": self._explain_error(error)})

    def _explain_error(self, error):
        """Text for people about any error of the exchange."""
        explain = getattr(self, "_explain", None)
        if isinstance(error, ExchangeError) and explain is not None:
            return explain(error)
        if isinstance(error, UserError):
            return error.args[0]
        return str(error)

    # --- work -----------------------------------------------------------------------

    def _work(self, seconds):
        """Stage and apply as much of the message as fits in ``seconds``.

        Commits after every part, so it goes on from there after a restart; several
        processes may call it for one message.

        :return: True when nothing is left that a machine could do
        """
        self.ensure_one()
        message = self.sudo().with_company(self.sudo().company_id)
        message = message.with_context(tracking_disable=True)
        until = time.monotonic() + seconds
        while True:
            step = message._work_step_again()
            if step == "end":
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            if step == "busy":
                if modules.module.current_test:
                    return False
                time.sleep(min(left, 0.25))

    def _work_step_again(self):
        """One committed step; tried again when another process was faster."""
        for attempt in range(TRIES):
            try:
                first = attempt == 0 and not modules.module.current_test
                step = self.with_context(onec_first_try=first)._work_step()
                self._commit()
                return step
            except (TransactionRollbackError, UniqueViolation):
                if modules.module.current_test or attempt == TRIES - 1:
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all()
                time.sleep(0.05 * 2**attempt)
        return "busy"

    def _commit(self):
        """End of a step: what is done stays done. Tests keep their transaction."""
        if modules.module.current_test:
            self.env.flush_all()
            return
        # A part is applied wholly and its state is in the same transaction.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()

    def _work_step(self):
        """Do one thing: ``more`` follows, ``busy`` elsewhere, or it is the ``end``."""
        self.ensure_one()
        if self.state not in WORKING:
            return "end"
        if self._is_behind():
            return "busy"
        if self.state != "applying":
            return self._work_begin()
        part = self.env["onec.part"]._claim(self)
        if part:
            self._apply_part(part)
            return "more"
        if "waiting" in self.part_ids.mapped("state"):
            return "busy"
        return self._work_end()

    def _is_behind(self):
        """Whether an earlier message of the same base has to end first."""
        return bool(
            self.search_count(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("direction", "=", "in"),
                    ("channel", "in", CHANNELS_APPLIED),
                    ("state", "in", WORKING),
                    ("id", "<", self.id),
                ],
                limit=1,
            )
        )

    def _lock_backend(self):
        """Whether this transaction may begin or end a message of the base.

        Of all processes one at a time gets it; the others find the work done.
        """
        return self.env.execute_query_dict(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext('onec.backend'), %s) AS ok",
                self.backend_id.id,
            )
        )[0]["ok"]

    def _work_begin(self):
        if not self._lock_backend():
            return "busy"
        self.invalidate_recordset(["state"])
        if self.state == "received" and not self._stage():
            return "end"
        self.write({"state": "applying"})
        return "more"

    def _work_end(self):
        if not self._lock_backend():
            return "busy"
        self._sum_counts()
        counts = self.counts or {}
        if self.dry_run:
            state = "review"
        elif counts.get("error") or counts.get("conflict"):
            state = "partial"
        else:
            state = "done"
        self.write({"state": state, "applied_at": fields.Datetime.now()})
        if state != "review":
            self.part_ids.unlink()
        self._on_applied()
        return "end"

    def _settle(self):
        """A message whose problems are all solved is done."""
        for message in self.filtered(lambda message: message.state == "partial"):
            left = message.line_ids.filtered(
                lambda line: line.state in ("conflict", "error")
            )
            if not left:
                message.state = "done"

    def _on_applied(self):
        """Everything of the message is applied, in conflict, or awaits approval."""

    def _sum_counts(self):
        """Bring the counts of the message up to its applied parts."""
        done = self.part_ids.filtered(lambda part: part.state == "done")
        counts = add_counts(*done.mapped("counts"))
        total = sum(self.part_ids.mapped("size"))
        self.counts = {**counts, "seen": sum(done.mapped("size")), "total": total}

    def _restart(self, dry_run=False):
        """Apply the staged (or stored) message from its beginning.

        :param dry_run: compare only; the message waits for approval afterwards
        """
        for message in self.sudo():
            message.line_ids.unlink()
            message.part_ids.write({"state": "waiting", "counts": False})
            message.write(
                {
                    "dry_run": dry_run,
                    "error": False,
                    "state": "staged" if message.part_ids else "received",
                }
            )
            message._sum_counts()
        self.env["onec.message"]._trigger_apply()

    # --- background -----------------------------------------------------------------

    @api.model
    def _trigger_apply(self):
        """Wake the background work, after a message was stored."""
        for xmlid in ("ir_cron_apply_1", "ir_cron_apply_2"):
            self.env.ref(f"loyalty_1c_bridge.{xmlid}").sudo()._trigger()

    @api.model
    def _cron_apply(self):
        """Work off incoming messages, the oldest of each base first."""
        until = time.monotonic() + CRON_SECONDS
        for message in self._next_messages():
            left = until - time.monotonic()
            while left > 0 and message._work(left):
                message = self._next_messages(message.backend_id)[:1]
                if not message:
                    break
                left = until - time.monotonic()
        left = len(self._next_messages())
        if modules.module.current_test:
            return
        self.env["ir.cron"]._commit_progress(remaining=left)
        if left:
            self._trigger_apply()

    @api.model
    def _next_messages(self, backends=None):
        """The first message of each base that is to be worked on."""
        domain = [
            ("direction", "=", "in"),
            ("channel", "in", CHANNELS_APPLIED),
            ("state", "in", WORKING),
        ]
        if backends is not None:
            domain.append(("backend_id", "in", backends.ids))
        groups = self.sudo()._read_group(domain, ["backend_id"], ["id:min"])
        return self.sudo().browse(sorted(first for _backend, first in groups))
