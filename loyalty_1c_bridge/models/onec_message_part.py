from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.commerceml.records import from_json
from ..engine.errors import ExchangeError
from ..engine.outcome import add_counts, count


class OnecMessage(models.Model):
    """Parts of a message: what is unchanged, what the appliers say, the lines."""

    _inherit = "onec.message"

    # --- one part -------------------------------------------------------------------

    def _apply_part(self, part):
        """Apply a claimed part, write its lines and what it counted."""
        items = part._items()
        changed, unchanged = self._split_unchanged(part.otype, items)
        outcomes = self._apply_items(
            part.otype,
            [(seq, from_json(data)) for seq, digest, data in changed],
        )
        self._write_lines(outcomes, {seq: data for seq, digest, data in changed})
        counts = add_counts(count(outcomes), {"unchanged": unchanged})
        part.write(
            {"state": "done", "counts": {**counts, "otypes": {part.otype: counts}}}
        )

    def _split_unchanged(self, otype, items):
        """Items that are to be looked at, and how many came like that before."""
        ids = {
            data["id"] for _seq, _digest, data in items if data.get("id") is not None
        }
        rows = (
            self.env["onec.map"]
            .sudo()
            .search_fetch(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("otype", "=", otype),
                    ("external_id", "in", list(ids)),
                    ("hash_in", "!=", False),
                    ("state", "!=", "conflict"),
                ],
                ["external_id", "hash_in"],
            )
        )
        known = {row.external_id: row.hash_in for row in rows}
        same = {data.get("id") for _seq, digest, data in items}
        same = {key for key in same if key in known}
        if same and not self.dry_run:
            self._touch(rows.filtered(lambda row: row.external_id in same))
        # Told twice in one file, the later one wins: none of them is left out.
        times = Counter(data.get("id") for _seq, _digest, data in items)
        changed = [
            item
            for item in items
            if times[item[2].get("id")] > 1
            or known.get(item[2].get("id"), "") != item[1]
        ]
        return changed, len(items) - len(changed)

    @api.model
    def _touch(self, rows):
        """1C spoke of these just now, though it said nothing new."""
        self.env.cr.execute(
            SQL(
                "UPDATE onec_map SET last_in = %s WHERE id IN %s",
                fields.Datetime.now(),
                rows._ids,
            )
        )
        rows.invalidate_recordset(["last_in"])

    def _apply_items(self, otype, items):
        """Outcomes of ``[(seq, record), ...]`` by the applier of their kind."""
        if not items:
            return []
        name = f"onec.apply.{otype}"
        if name not in self.env:
            error = self._explain_error(ExchangeError("kind_unsupported", otype))
            return [
                self.env["onec.apply"]._outcome(
                    otype, seq, record, "error", error=error
                )
                for seq, record in items
            ]
        return self.env[name]._apply(self, items)

    def _write_lines(self, outcomes, payloads):
        """Lines of everything but what stayed the same."""
        self.env["onec.line"].sudo().create(
            [
                self._prepare_line_values(outcome, payloads.get(outcome.seq))
                for outcome in outcomes
                if outcome.action != "skip"
            ]
        )

    def _prepare_line_values(self, outcome, data):
        keep = outcome.action in ("conflict", "error")
        state = "planned" if self.dry_run else "done"
        return {
            "message_id": self.id,
            "seq": outcome.seq,
            "otype": outcome.otype,
            "external_id": outcome.external_id,
            "name": outcome.name,
            "model": outcome.model or False,
            "res_id": outcome.res_id or False,
            "action": outcome.action,
            "state": outcome.action if keep else state,
            "diff": outcome.diff or False,
            "payload": (outcome.payload or data) if keep else False,
            "error": outcome.error or False,
        }
