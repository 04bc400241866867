"""The one door to the ledger."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL, float_is_zero
from odoo.tools.misc import clean_context

from ..engine import ledger
from . import origin
from .point_entry import PointEntry

EARNING_KINDS = ("earn", "release", "reverse")
LIFETIME_KINDS = ("opening", "earn", "release", "bonus", "reverse")


def _decimal(value):
    return Decimal(str(round(value or 0.0, 2)))


class _Book:
    """One card while entries are posted: its lots and balance in memory."""

    def __init__(self, card, lots):
        self.card = card
        self.balance = _decimal(card.points)
        self.pending = _decimal(card.pending_points)
        self.lifetime = _decimal(card.lifetime_points)
        self.length = card.ledger_length
        self.lots = {lot.id: lot for lot in lots}
        self.remaining = {lot.id: _decimal(lot.remaining) for lot in lots}
        self.touched = set()
        self.reopened = set()

    def open_lots(self, keys=None):
        return [
            ledger.Lot(key, self.remaining[key], lot.expiration_date or None)
            for key, lot in self.lots.items()
            if (lot.state == "open" or key in self.reopened)
            and self.remaining[key] > 0
            and (keys is None or key in keys)
        ]

    def take(self, key, points):
        self.remaining[key] -= points
        self.touched.add(key)


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _lock_points(self):
        """Serialise every change of these cards' balances.

        Blocks until a concurrent change is committed, and then fails with a
        serialization error, upon which the ERP runs the whole request again on fresh
        data. Ids are sorted, so two operations never wait for each other.
        """
        if ids := sorted(self.ids):
            self.flush_recordset(["points", "pending_points", "ledger_length"])
            self.env.execute_query(
                SQL(
                    "SELECT id FROM loyalty_card WHERE id IN %s"
                    " ORDER BY id FOR NO KEY UPDATE",
                    tuple(ids),
                )
            )

    def _entry(self, kind, points, **values):
        """A :class:`PointEntry` of this card."""
        self.ensure_one()
        return PointEntry(self.id, kind, points, **values)

    @api.model
    def _post_points(self, entries):
        """Post entries to the ledger: the only writer of lots, moves and balances.

        All or nothing, in the order given. Entries whose ``key`` was posted before are
        skipped, so a repeated call is harmless.

        :param entries: iterable of :class:`PointEntry`
        :return: the ledger rows written, a ``loyalty.point.move`` recordset
        :raise UserError: a card has too few points and may not go into debt
        """
        # Defaults come from the client: they must not date or key a line of the ledger.
        self = self.with_context(**clean_context(self.env.context))
        entries = [e for e in entries if not float_is_zero(e.points, 2) or e.lot_ids]
        entries = self._without_posted_keys(entries)
        moves = self.env["loyalty.point.move"].sudo()
        if not entries:
            return moves
        cards = self.sudo().browse({entry.card_id for entry in entries})
        cards._lock_points()
        books = cards._books(entries)
        rows = []
        for entry in entries:
            book = books[entry.card_id]
            new = list(getattr(self, f"_rows_{self._flow(entry)}")(book, entry))
            if new and entry.key:
                new[0][0]["key"] = entry.key
            rows += new
        moves = self._write_books(books, rows)
        self._on_points_posted(moves)
        return moves

    def _on_points_posted(self, moves):
        """Called after ledger rows were written; other addons extend it."""

    @api.model
    def _without_posted_keys(self, entries):
        keys = [entry.key for entry in entries if entry.key]
        if not keys:
            return entries
        moves = self.env["loyalty.point.move"].sudo()
        posted = set(moves.search([("key", "in", keys)]).mapped("key"))
        return [entry for entry in entries if entry.key not in posted]

    def _books(self, entries):
        # Lots matter only to an entry that takes, releases or gives back, or to a debt.
        needing = {
            entry.card_id
            for entry in entries
            if entry.points < 0
            or entry.kind in ("release", "refund")
            or entry.reversal_of_ids
        }
        lots_by_card = defaultdict(list)
        if needing:
            lots = self.env["loyalty.point.lot"].sudo()
            given_back = [i for entry in entries for i in entry.reversal_of_ids]
            spent_from = self.env["loyalty.point.move"].sudo().browse(given_back)
            domain = [
                ("card_id", "in", list(needing)),
                "|",
                ("state", "!=", "closed"),
                ("id", "in", spent_from.lot_id.ids),
            ]
            for lot in lots.search(domain, order="id"):
                lots_by_card[lot.card_id.id].append(lot)
        return {card.id: _Book(card, lots_by_card[card.id]) for card in self}

    @staticmethod
    def _flow(entry):
        if entry.kind == "release":
            return "release"
        if entry.kind == "refund" and entry.points > 0:
            return "refund"
        return "add" if entry.points > 0 else "take"

    # -- flows: each yields rows of the ledger ---------------------------------
    def _rows_add(self, book, entry):
        points = _decimal(entry.points)
        card = book.card
        day = entry.day or card.program_id._today()
        expiration = entry.expiration_date
        if expiration is None:
            expiration = card.program_id._expiration_date(day)
        debt = Decimal(0)
        if not entry.pending:
            debt = ledger.settle(max(-book.balance, Decimal(0)), points)
        lot_values = {
            "card_id": card.id,
            "company_id": self._entry_company(book, entry),
            "state": "pending" if entry.pending else "open",
            "points": float(points),
            "remaining": float(points - debt),
            "earned_date": day,
            "available_date": entry.available_date,
            "expiration_date": expiration,
            "value": float(points) * (card.program_id.point_value or 0.0),
            "res_model": entry.res_model,
            "res_id": entry.res_id,
        }
        if not entry.pending and points == debt:
            lot_values["state"] = "closed"
        yield self._row(book, entry, points, lot_values=lot_values)
        if debt:
            yield self._row(book, entry, -debt, kind="settle", lot_values=lot_values)
            yield self._row(book, entry, debt, kind="settle", lot=None)

    def _rows_take(self, book, entry):
        points = -_decimal(entry.points)
        if entry.pending:
            yield from self._rows_take_pending(book, entry, points)
            return
        own = book.open_lots(set(entry.lot_ids)) if entry.lot_ids else []
        own_keys = {lot.key for lot in own}
        others = [lot for lot in book.open_lots() if lot.key not in own_keys]
        taken, debt = ledger.take_back(own, others, points)
        if debt and not entry.allow_debt:
            self._raise_insufficient(book.card, points)
        # What a refund had returned and is spent again stays linked to the spending.
        undone = self.env["loyalty.point.move"].sudo().browse(entry.reversal_of_ids[:1])
        forgiven = Decimal(0)
        if debt and book.card.program_id.negative_policy == "forgive":
            forgiven = debt if entry.kind == "reverse" else forgiven
        for key, part in taken.items():
            book.take(key, part)
            yield self._row(book, entry, -part, lot=book.lots[key], reversal_of=undone)
        if debt - forgiven:
            yield self._row(
                book, entry, -(debt - forgiven), lot=None, reversal_of=undone
            )
        if forgiven:
            # Both sides are kept, so that the document's sum comes out right.
            yield self._row(book, entry, -forgiven, lot=None)
            reason = self.env._("Forgiven: the points were spent already")
            yield self._row(
                book, entry, forgiven, kind="adjust", lot=None, reason=reason
            )

    def _rows_take_pending(self, book, entry, points):
        for lot in self._pending_lots(book, entry):
            part = min(points, book.remaining[lot.id])
            if part:
                book.take(lot.id, part)
                points -= part
                yield self._row(book, entry, -part, lot=lot, pending=True)
        if points:
            # A refund took the pending points before its invoice was cancelled.
            rest = replace(entry, points=-float(points), pending=False)
            yield from self._rows_take(book, rest)

    def _rows_release(self, book, entry):
        for lot in self._pending_lots(book, entry):
            points = book.remaining[lot.id]
            if not points:
                continue
            debt = ledger.settle(max(-book.balance, Decimal(0)), points)
            book.reopened.add(lot.id)
            book.touched.add(lot.id)
            yield self._row(book, entry, points, lot=lot, released=True)
            if debt:
                book.remaining[lot.id] -= debt
                yield self._row(book, entry, -debt, kind="settle", lot=lot)
                yield self._row(book, entry, debt, kind="settle", lot=None)

    def _rows_refund(self, book, entry):
        """Return what rows of the ledger spent, the last lot consumed first."""
        spent = self.env["loyalty.point.move"].sudo().browse(entry.reversal_of_ids)
        open_parts = self._refundable(spent)
        back = ledger.give_back(
            [(move.id, open_parts[move.id]) for move in spent.sorted("id")],
            _decimal(entry.points),
        )
        for move_id, part in back.items():
            move = spent.browse(move_id)
            lot = move.lot_id
            debt = ledger.settle(max(-book.balance, Decimal(0)), part)
            if lot.id in book.lots:
                book.remaining[lot.id] += part - debt
                book.touched.add(lot.id)
                book.reopened.add(lot.id)
            yield self._row(book, entry, part, lot=lot, reversal_of=move)
            if debt and lot:
                yield self._row(book, entry, -debt, kind="settle", lot=lot)
                yield self._row(book, entry, debt, kind="settle", lot=None)

    def _pending_lots(self, book, entry):
        return [
            lot
            for lot in book.lots.values()
            if lot.state == "pending"
            and lot.id not in book.reopened
            and (not entry.lot_ids or lot.id in entry.lot_ids)
        ]

    @api.model
    def _refundable(self, spent):
        """``{ledger row id: points not returned yet}`` of rows that spent points."""
        returned = {
            move.id: points
            for move, points in self.env["loyalty.point.move"]
            .sudo()
            ._read_group(
                [("reversal_of_id", "in", spent.ids), ("kind", "=", "refund")],
                ["reversal_of_id"],
                ["points:sum"],
            )
        }
        return {
            move.id: -_decimal(move.points) - _decimal(returned.get(move.id))
            for move in spent
        }

    def _raise_insufficient(self, card, points):
        raise UserError(
            self.env._(
                "%(member)s has %(available)s and this takes %(requested)s."
                " Nothing was changed.",
                member=card.display_name,
                available=card._format_points(card.points),
                requested=card._format_points(float(points)),
            )
        )

    @staticmethod
    def _entry_company(book, entry):
        return entry.company_id or book.card.company_id.id or False

    def _row(
        self,
        book,
        entry,
        points,
        *,
        kind=None,
        lot=None,
        lot_values=None,
        pending=False,
        released=False,
        reversal_of=None,
        reason=None,
    ):
        kind = kind or entry.kind
        pending = pending or (entry.pending and kind == entry.kind)
        spendable = Decimal(0) if pending else points
        waiting = points if pending else (-points if released else Decimal(0))
        book.balance += spendable
        book.pending += waiting
        book.length += 1
        if kind in LIFETIME_KINDS:
            book.lifetime += spendable
        values = {
            "card_id": book.card.id,
            "partner_id": book.card.partner_id.id,
            "lot_id": lot.id if lot else False,
            "company_id": self._entry_company(book, entry),
            "branch_id": entry.branch_id or book.card.branch_id.id,
            "kind": kind,
            "points": float(spendable),
            "pending_points": float(waiting),
            "balance_after": float(book.balance),
            "sequence_number": book.length,
            # Before the amount, which the ERP rounds by it.
            "currency_id": entry.currency_id or book.card.currency_id.id,
            "amount": entry.amount if kind == entry.kind else 0.0,
            "res_model": entry.res_model,
            "res_id": entry.res_id,
            "trace": entry.trace,
            "reversal_of_id": reversal_of.id if reversal_of else False,
            "counterpart_card_id": entry.counterpart_card_id,
            "reason": reason or entry.reason,
            "user_id": self.env.uid,
        }
        return values, lot_values

    # -- writing ----------------------------------------------------------------
    def _write_books(self, books, rows):
        lot_values = {id(values): values for _row, values in rows if values}
        lots = self.env["loyalty.point.lot"].sudo().create(list(lot_values.values()))
        lot_ids = dict(zip(lot_values, lots.ids, strict=True))
        for row, values in rows:
            if values:
                row["lot_id"] = lot_ids[id(values)]
        moves = self._create_moves([row for row, _values in rows])
        today = fields.Date.context_today(self)
        for book in books.values():
            self._write_lots(book)
            values = {
                "points": float(book.balance),
                "pending_points": float(book.pending),
                "lifetime_points": float(book.lifetime),
                "ledger_length": book.length,
                "last_activity_date": today,
                "tier_dirty": True,
            }
            with origin.origin(posting=True):
                book.card.write(values)
        self._renew_inactivity(moves, today)
        return moves

    def _create_moves(self, rows):
        moves = self.env["loyalty.point.move"].sudo()
        if not any(row.get("key") for row in rows):
            return moves.create(rows)
        try:
            with self.env.cr.savepoint():
                return moves.create(rows)
        except IntegrityError as error:
            # Another card's operation took the key meanwhile: run again on fresh data,
            # where the key is seen and the entry skipped.
            raise ConcurrencyError(str(error)) from error

    def _write_lots(self, book):
        for key in book.touched:
            lot = book.lots[key]
            values = {"remaining": float(book.remaining[key])}
            if not book.remaining[key]:
                values["state"] = "closed"
            elif lot.state != "open" and key in book.reopened:
                values["state"] = "open"
                values["expiration_date"] = self._expiration_at_release(lot)
            lot.write(values)

    def _expiration_at_release(self, lot):
        """Points released after their last day live on from the day of release."""
        program = lot.card_id.program_id
        today = program._today()
        if (
            lot.state == "pending"
            and lot.expiration_date
            and lot.expiration_date < today
        ):
            return program._expiration_date(today)
        return lot.expiration_date

    def _renew_inactivity(self, moves, today):
        """Where points expire by inactivity, a purchase keeps all of them alive."""
        active = moves.filtered(
            lambda m: m.kind in ("earn", "release", "spend")
            and m.card_id.program_id.expiry_mode == "inactivity"
        )
        for program, rows in active.grouped("program_id").items():
            lots = self.env["loyalty.point.lot"].sudo()
            lots.search(
                [("card_id", "in", rows.card_id.ids), ("state", "!=", "closed")]
            ).write({"expiration_date": program._expiration_date(today)})

    def _give_back(self, res_model, res_id, points):
        """Return up to ``points`` that a document spent, to the lots they came from.

        :return: how many points were returned, at most what is still to be returned
        """
        self.ensure_one()
        spent = (
            self.env["loyalty.point.move"]
            .sudo()
            .search(
                [
                    ("card_id", "=", self.id),
                    ("res_model", "=", res_model),
                    ("res_id", "=", res_id),
                    ("kind", "=", "spend"),
                ]
            )
        )
        refundable = float(sum(self._refundable(spent).values()))
        points = min(points, refundable)
        if points > 0:
            self._post_points(
                [
                    self._entry(
                        "refund",
                        points,
                        res_model=res_model,
                        res_id=res_id,
                        reversal_of_ids=tuple(spent.ids),
                    )
                ]
            )
        return max(points, 0.0)

    # -- merge ------------------------------------------------------------------
    def _absorb(self, others):
        """Carry lots, debts and pending points of other cards over to this one."""
        self.ensure_one()
        (self | others)._lock_points()
        lots = self.env["loyalty.point.lot"].sudo()
        entries = []
        for card in others:
            open_lots = lots.search(
                [("card_id", "=", card.id), ("state", "!=", "closed")], order="id"
            )
            for lot in open_lots:
                entries += self._moved_lot(card, lot)
            if card.points < 0:
                debt = card.points
                entries.append(card._entry("merge", -debt, counterpart_card_id=self.id))
                entries.append(
                    self._entry(
                        "merge", debt, allow_debt=True, counterpart_card_id=card.id
                    )
                )
        self._post_points(entries)
        return entries

    def _moved_lot(self, card, lot):
        pending = lot.state == "pending"
        same = {
            "pending": pending,
            "res_model": lot.res_model,
            "res_id": lot.res_id,
            "company_id": lot.company_id.id,
        }
        return [
            card._entry(
                "merge",
                -lot.remaining,
                lot_ids=(lot.id,),
                counterpart_card_id=self.id,
                **same,
            ),
            self._entry(
                "merge",
                lot.remaining,
                day=lot.earned_date,
                available_date=lot.available_date,
                expiration_date=lot.expiration_date,
                counterpart_card_id=card.id,
                **same,
            ),
        ]

    # -- crons --------------------------------------------------------------------
    @api.model
    def _cron_release_points(self, batch_size=1000):
        """Release pending points whose day has come, in committed batches."""
        for program in self._ledger_programs():
            domain = [
                ("program_id", "=", program.id),
                ("state", "=", "pending"),
                ("available_date", "<=", program._today()),
            ]
            self._run_lots(domain, self._release_due, batch_size)
            if program.hold_if_overdue:
                waiting = [
                    ("program_id", "=", program.id),
                    ("state", "=", "pending"),
                    ("available_date", "=", False),
                ]
                self._run_lots(waiting, self._sync_lots, batch_size)

    def _sync_held_documents(self):
        """Look again at points that were held while their member was overdue."""
        self._sync_lots(
            self.env["loyalty.point.lot"]
            .sudo()
            .search([("card_id", "in", self.ids), ("state", "=", "pending")])
        )

    @api.model
    def _sync_lots(self, lots):
        for model, some in lots.filtered("res_id").grouped("res_model").items():
            if hasattr(self.env.get(model), "_loyalty_sync"):
                documents = self.env[model].sudo().browse(set(some.mapped("res_id")))
                documents.exists()._loyalty_sync()

    @api.model
    def _cron_expire_points(self, batch_size=2000):
        """Expire open lots after their last day, in committed batches."""
        for program in self._ledger_programs():
            domain = [
                ("program_id", "=", program.id),
                ("state", "=", "open"),
                ("expiration_date", "<", program._today()),
            ]
            self._run_lots(domain, self._expire_lots, batch_size)

    @api.model
    def _ledger_programs(self):
        programs = self.env["loyalty.program"].sudo().with_context(active_test=False)
        return programs.search([("is_ledger", "=", True)])

    @api.model
    def _run_lots(self, domain, work, batch_size):
        # Crons are not run again on a serialization failure: a concurrent sale wins,
        # the batch is rolled back and the next round sees fresh data.
        lots_model = self.env["loyalty.point.lot"].sudo()
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=lots_model.search_count(domain))
        last_id, failures = 0, 0
        while left and failures < 5:
            batch = lots_model.search(
                [*domain, ("id", ">", last_id)], limit=batch_size, order="id"
            )
            if not batch:
                break
            try:
                work(batch)
                self.env.flush_all()
                last_id, failures = batch[-1].id, 0
                left = commit(len(batch))
            except (SerializationFailure, ConcurrencyError):
                self.env.cr.rollback()
                failures += 1
            self.env.invalidate_all()

    @api.model
    def _release_due(self, lots):
        held = lots.card_id.filtered(
            lambda card: card.program_id.hold_if_overdue
            and card.partner_id._loyalty_is_overdue()
        )
        entries = []
        for lot in lots:
            if lot.card_id in held:
                continue
            entries.append(
                lot.card_id._entry(
                    "release",
                    lot.remaining,
                    lot_ids=(lot.id,),
                    res_model=lot.res_model,
                    res_id=lot.res_id,
                    company_id=lot.company_id.id,
                )
            )
        self._post_points(entries)
