import logging
from dataclasses import dataclass
from typing import Any

import psycopg2
import psycopg2.errors
from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.commerceml.records import Broken, to_json
from ..engine.errors import ExchangeError
from ..engine.identity import content_hash
from ..engine.outcome import Outcome

_logger = logging.getLogger(__name__)

# What a bad object may raise without being our mistake.
EXPECTED = (UserError, ExchangeError, psycopg2.Error, ValueError)


def digest(value):
    """Short hash of one value of 1C."""
    return content_hash(value or "").hex()[:12]


@dataclass(slots=True)
class Item:
    """One object on its way: its place in the message, itself, its content hash."""

    seq: int
    record: Any
    hash: str
    id: str


class OnecApply(models.AbstractModel):
    """Base of the appliers, one for a kind of object: ``onec.apply.<otype>``.

    An applier implements ``_apply_batch``; this class looks up the map, leaves out what
    came like that before, and sees to it that one bad object never stops the others.
    """

    _name = "onec.apply"
    _description = "Applying of 1C objects"
    _onec_otype = None

    @api.model
    def _apply(self, message, items):
        """Apply objects of one kind.

        :param message: ``onec.message``; its ``dry_run`` compares and writes nothing
        :param items: ``[(seq, record), ...]``
        :return: one ``Outcome`` an object, in the order of ``seq``
        """
        backend = message.backend_id
        self = self._with_backend(backend)
        message = message.with_env(self.env)
        outcomes = []
        for batch in self._split_repeated(items):
            outcomes += self._apply_changed(message, batch)
        return sorted(outcomes, key=lambda outcome: outcome.seq)

    @api.model
    def _with_backend(self, backend):
        """This applier in the company of the base, without mails and tracking."""
        return (
            self.sudo()
            .with_company(backend.company_id)
            .with_context(
                tracking_disable=True,
                mail_create_nosubscribe=True,
                allowed_company_ids=backend.company_id.ids,
            )
        )

    @api.model
    def _split_repeated(self, items):
        """Batches in which every object comes once: a later one wins over its like."""
        batch, seen = [], set()
        for seq, record in items:
            external_id = self._external_id(record)
            if external_id in seen:
                yield batch
                batch, seen = [], set()
            seen.add(external_id)
            batch.append(
                Item(seq, record, content_hash(to_json(record)).hex(), external_id)
            )
        if batch:
            yield batch

    @api.model
    def _external_id(self, record):
        """Id of an object in 1C."""
        return record.id

    @api.model
    def _name_of(self, record):
        return getattr(record, "name", "") or ""

    @api.model
    def _apply_changed(self, message, items):
        outcomes, todo = [], []
        rows = message.backend_id._find(self._onec_otype, [item.id for item in items])
        for item in items:
            if isinstance(item.record, Broken):
                outcomes.append(self._broken(message, item))
            elif self._is_unchanged(item, rows.get(item.id)):
                outcomes.append(self._result(item, "skip"))
            else:
                todo.append(item)
        return outcomes + self._apply_halves(message, todo)

    @api.model
    def _is_unchanged(self, item, row):
        return row is not None and (
            row.state == "ignored" or (row.state == "ok" and row.hash_in == item.hash)
        )

    @api.model
    def _apply_halves(self, message, items):
        """Apply in one go; when that fails, in halves, down to the culprit."""
        if not items:
            return []
        try:
            with self.env.cr.savepoint():
                rows = message.backend_id._find(
                    self._onec_otype, [item.id for item in items]
                )
                outcomes = self._apply_batch(message, items, rows)
                self.env.flush_all()
                return outcomes
        except TransactionRollbackError:
            raise
        except EXPECTED as error:
            if isinstance(error, psycopg2.errors.UniqueViolation) and (
                self.env.context.get("onec_first_try")
            ):
                # Another process made the same thing: seen in a new transaction.
                raise
            if len(items) == 1:
                return [self._failed(message, items[0], error)]
        half = len(items) // 2
        return self._apply_halves(message, items[:half]) + self._apply_halves(
            message, items[half:]
        )

    @api.model
    def _apply_batch(self, message, items, rows):
        """Apply ``items``, all of them or by raising none.

        :param items: ``Item`` list, each external id once, none of them unchanged
        :param rows: ``{external id: onec.map row}`` of those known
        :return: one ``Outcome`` an item
        """
        raise NotImplementedError

    @api.model
    def _failed(self, message, item, error):
        _logger.info(
            "1c object not applied: %s %s: %s", self._onec_otype, item.id, error
        )
        return self._result(item, "error", error=message._explain_error(error))

    @api.model
    def _broken(self, message, item):
        record = item.record
        error = ExchangeError(
            record.code, record.where, id=record.id, value=record.value
        )
        return self._failed(message, item, error)

    # --- for appliers ---------------------------------------------------------------

    @api.model
    def _result(self, item, action, record=None, **values):
        """Outcome of an item; ``record`` is what it became."""
        if record:
            values.update(model=record._name, res_id=record.id)
        return self._outcome(self._onec_otype, item.seq, item.record, action, **values)

    @api.model
    def _outcome(self, otype, seq, record, action, **values):
        values.setdefault("name", self._name_of(record))
        external_id = self._external_id(record) if not isinstance(record, dict) else ""
        return Outcome(seq, otype, external_id or "", action, **values)

    @api.model
    def _link(self, backend, rows, links, values=None):
        """Keep in the map what objects became, and what they looked like.

        :param rows: ``{external id: onec.map row}`` as given to ``_apply_batch``
        :param links: ``[(item, record), ...]``
        :param values: ``{external id: further values of the row}``
        """
        now = fields.Datetime.now()
        create = []
        for item, record in links:
            row = rows.get(item.id)
            vals = {
                "external_name": self._name_of(item.record) or False,
                "hash_in": item.hash,
                "last_in": now,
                "version_1c": getattr(item.record, "version", None) or False,
                "state": "ok",
                **(values or {}).get(item.id, {}),
            }
            if row:
                row.write({**vals, "model": record._name, "res_id": record.id})
                continue
            create.append(
                {
                    **vals,
                    "backend_id": backend.id,
                    "otype": self._onec_otype,
                    "external_id": item.id,
                    "model": record._name,
                    "res_id": record.id,
                    "origin": "1c",
                }
            )
        for row in self.env["onec.map"].create(create):
            rows[row.external_id] = row

    @api.model
    def _owners(self, backend):
        """Who is master of a field: ``{field name of the record: owner}``."""
        rules = self.env["onec.rule"].search(
            [("backend_id", "=", backend.id), ("otype", "=", self._onec_otype)]
        )
        return {**self._default_owners(), **{r.field_name: r.owner for r in rules}}

    @api.model
    def _default_owners(self):
        """Owners where nobody made a rule; 1C is master of the rest."""
        return {}

    @api.model
    def _merge(self, owners, row, current, incoming):
        """Which incoming values are to be written, by the rules of ownership.

        :param owners: as ``_owners`` says
        :param row: row of the map, or nothing for a record made just now
        :param current: ``{field: value here}``, of the same forms as ``incoming``
        :param incoming: ``{field: value of 1C}``, without what 1C does not speak of
        :return: ``({field: value to write}, {field: value to ask about})``
        """
        seen = (row.seen or {}) if row else {}
        changes, clashes = {}, {}
        for name, value in incoming.items():
            here = current.get(name)
            owner = owners.get(name, "1c")
            if value == here or (not value and not here):
                continue
            if owner == "odoo" or (owner == "if_empty" and here):
                continue
            if owner == "ask" and row:
                before = seen.get(name)
                if before == digest(value):
                    continue
                if here and before != digest(here):
                    clashes[name] = value
                    continue
            changes[name] = value
        return changes, clashes

    @api.model
    def _seen(self, row, incoming):
        """What the map remembers of the values of 1C, to tell later who changed one."""
        before = (row.seen or {}) if row else {}
        return {**before, **{name: digest(value) for name, value in incoming.items()}}
