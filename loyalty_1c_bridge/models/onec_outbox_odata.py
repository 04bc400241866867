from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..engine.odata import documents, literals


class OnecOutbox(models.Model):
    """The last light: 1C has posted the document, with our amount."""

    _inherit = "onec.outbox"

    def action_look_up(self):
        """Button: ask 1C now what became of these documents."""
        self._check_accountant()
        rows = self.sudo().filtered(
            lambda row: (
                row.backend_id.use_odata
                and row.state in ("sent", "received", "posted", "refused")
            )
        )
        if not rows:
            raise UserError(
                self.env._(
                    "None of these documents went to a base with OData. Documents "
                    "that are queued or blocked here are not in 1C yet."
                )
            )
        for backend, some in rows.grouped("backend_id").items():
            if not backend._odata_guarded(some._odata_verify):
                raise UserError(backend.odata_error)

    def _odata_verify(self):
        """Ask 1C for these rows (of one base), and write down what it says.

        The questions are asked outside of any open change: what was written before is
        committed, the answers are written in a new transaction.

        :raise ExchangeError: 1C did not answer; nothing is written
        """
        if not self:
            return
        backend = self.backend_id
        client = backend._odata_client()
        keys = self._odata_keys()
        entities = {}
        for row in self:
            entity = documents.entity_of(row.otype, backend.kind)
            if entity and keys.get(row.id):
                entities.setdefault(entity, {})[row.id] = keys[row.id]
        self._odata_release(backend)
        for entity, ids in entities.items():
            answers = client.by_keys(entity, set(ids.values()))
            for row in self.browse(ids).exists():
                row._odata_said(answers.get(ids[row.id]))
            self._odata_release(backend)

    @api.model
    def _odata_release(self, backend):
        backend._ed_commit()

    def _odata_keys(self):
        """``{row id: reference in 1C}``."""
        maps = self.env["onec.map"].sudo()
        answer = {}
        for (otype, model), rows in self.grouped(lambda r: (r.otype, r.model)).items():
            found = maps.search_fetch(
                [
                    ("backend_id", "=", rows.backend_id.id),
                    ("otype", "=", otype),
                    ("model", "=", model),
                    ("res_id", "in", rows.mapped("res_id")),
                    ("role", "=", ""),
                ],
                ["res_id", "external_id"],
            )
            keys = {row.res_id: row.external_id.lower() for row in found}
            answer.update((row.id, keys.get(row.res_id)) for row in rows)
        return answer

    def _odata_said(self, there):
        """Write down what 1C says of one document: ``there`` is its object, or None."""
        self.ensure_one()
        verdict = documents.verdict(self.op, there)
        self._odata_note(there)
        if verdict == "missing":
            self._odata_missing()
            return
        self._odata_close("not_found")
        if verdict == "waiting":
            self._odata_waiting(there)
            return
        if self.op == "upsert" and self._odata_differs(there):
            return
        self._odata_close("amount_differs")
        self.write(
            {
                "state": "posted",
                "posted_at": self.posted_at or fields.Datetime.now(),
                "error": False,
            }
        )

    def _odata_note(self, there):
        row = self._odata_map()
        now = fields.Datetime.now()
        if there is None:
            row.write({"posted_1c": False, "verified_at": now})
            return
        number = there.get("Number") or False
        amount = float(literals.number(there.get("СуммаДокумента")))
        row.write(
            {
                "number_1c": number,
                "date_1c": literals.day(there.get("Date")),
                "posted_1c": there.get("Posted") is True,
                "amount_1c": amount,
                "version_1c": there.get("DataVersion") or False,
                "verified_at": now,
            }
        )
        self.write(
            {
                "number_1c": number,
                "amount_1c": amount,
                "external_id": there.get("Ref_Key"),
            }
        )

    def _odata_map(self):
        return (
            self.env["onec.map"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("otype", "=", self.otype),
                    ("model", "=", self.model),
                    ("res_id", "=", self.res_id),
                    ("role", "=", ""),
                ]
            )
        )

    def _odata_waiting(self, there):
        """1C has the document, but not as it is to be: somebody posts or unposts it."""
        texts = {
            "upsert": self.env._(
                "1C has it as %(number)s, but has not posted it. Open it there and "
                "post it.",
                number=there.get("Number") or "",
            ),
            "cancel": self.env._(
                "It was taken back here, but 1C still has %(number)s posted.",
                number=there.get("Number") or "",
            ),
            "delete": self.env._(
                "It was deleted here, but %(number)s is not marked for deletion in 1C.",
                number=there.get("Number") or "",
            ),
        }
        state = "received" if self.state == "posted" else self.state
        self.write({"state": state, "posted_at": False, "error": texts[self.op]})

    def _odata_differs(self, there):
        if there.get("СуммаДокумента") is None:
            return False
        digits = self.currency_id.decimal_places if self.currency_id else 2
        if float_compare(self.amount, self.amount_1c, precision_digits=digits) == 0:
            return False
        self._odata_ask(
            "amount_differs",
            self.env._("%(name)s has another amount in 1C", name=self.document_name),
            {self.env._("Amount"): f"{self.amount:.{digits}f}"},
            {
                self.env._("Amount"): f"{self.amount_1c:.{digits}f}",
                self.env._("Number"): there.get("Number") or "",
            },
            self.env._(
                "Find out which amount is right. “Here” sends our document again; "
                "“1C” leaves 1C as it is, and the document here is to be corrected."
            ),
        )
        self.write(
            {
                "state": "received",
                "posted_at": False,
                "error": self.env._(
                    "1C posted %(theirs)s, here it is %(ours)s.",
                    theirs=f"{self.amount_1c:.{digits}f}",
                    ours=f"{self.amount:.{digits}f}",
                ),
            }
        )
        return True

    def _odata_missing(self):
        self._odata_ask(
            "not_found",
            self.env._("%(name)s is not in 1C", name=self.document_name),
            {self.env._("Document"): self.document_name or ""},
            {self.env._("Document"): self.env._("none")},
            self.env._(
                "1C has no document with our reference, although it confirmed the "
                "message. “Here” queues it again: the reference stays, so nothing "
                "doubles."
            ),
        )
        state = "received" if self.state == "posted" else self.state
        self.write(
            {
                "state": state,
                "posted_at": False,
                "error": self.env._("1C does not have this document."),
            }
        )

    def _odata_ask(self, kind, name, left, right, proposal):
        self.env["onec.conflict"]._ask(
            self.backend_id,
            kind,
            self._odata_question(kind),
            name,
            otype=self.otype,
            model=self.model,
            res_id=self.res_id,
            left=left,
            right=right,
            payload={"outbox_id": self.id},
            proposal=proposal,
        )

    def _odata_question(self, kind):
        return f"odata:{kind}:{self.otype}:{self.model}:{self.res_id}"

    def _odata_close(self, kind):
        """The question answered itself: 1C has the document as it is to be."""
        conflicts = self.env["onec.conflict"].sudo()
        conflicts.search(
            [
                ("backend_id", "=", self.backend_id.id),
                ("key", "=", self._odata_question(kind)),
                ("state", "=", "open"),
            ]
        ).write(
            {
                "state": "solved",
                "resolution": "agreed",
                "solved_at": fields.Datetime.now(),
            }
        )
