from odoo import api, fields, models

from ..engine.enterprisedata.writer import write_object
from ..engine.errors import ExchangeError
from ..engine.identity import content_hash
from .onec_ed_book import COMMON, MASTERS, Blocked, Book, LeftOut

# Kinds of documents in the order in which 1C posts them without looking back, and the
# names of their types in the format.
TYPES = {
    "sale": "Документ.РеализацияТоваровУслуг",
    "retail_report": "Документ.ОтчетОРозничныхПродажах",
    "return": "Документ.ВозвратТоваровОтПокупателя",
    "correction": "Документ.КорректировкаРеализацииТоваров",
    "bank_in": "Документ.ПБДСРасчетыСКонтрагентами",
    "bank_out": "Документ.СБДСРасчетыСКонтрагентами",
    "cash_in": "Документ.ПКОРасчетыСКонтрагентами",
    "cash_out": "Документ.РКОРасчетыСКонтрагентами",
    "card_payment": "Документ.ОперацияПоПлатежнойКарте",
    "gift_sale": "Документ.РеализацияПодарочныхСертификатов",
    "gift_cancel": "Документ.АннулированиеПодарочныхСертификатов",
    "netting": "Документ.КорректировкаДолга",
}


class OnecEdBuild(models.AbstractModel):
    """Makes objects of EnterpriseData out of what waits in the outbox.

    One method a kind: ``_prepare_<otype>(book, records)`` loads what a set of documents
    refers to, ``_values_<otype>(book, record)`` gives the full object in the newest
    form, raising ``Blocked`` or ``LeftOut`` with a sentence for the accountant.
    """

    _name = "onec.ed.build"
    _description = "Objects of EnterpriseData"

    @api.model
    def _type_names(self):
        """Types that messages of ours may hold."""
        return {*MASTERS, *TYPES.values()}

    @api.model
    def _build(self, backend, rows):
        """Full objects of queued documents, what they refer to first.

        Rows that cannot go are blocked, with the reason, or left out; rows that say
        nothing new are dropped. All others are returned once.

        :param rows: ``onec.outbox`` of this backend
        :return: list of ``(type name, values, row)``, ``row`` empty for master data
        """
        backend = backend.sudo().with_company(backend.company_id)
        self = self.with_env(backend.env)
        book = Book(self.env, backend)
        rows = rows.with_env(self.env)
        book.forced = any(row.force for row in rows)
        documents, waiting = [], {}
        for row in rows:
            waiting.setdefault(row.otype, self.env["onec.outbox"])
            waiting[row.otype] |= row
        for row in waiting.get("entry", ()):
            row._block(self.env[row.model].browse(row.res_id)._onec_by_hand())
        for otype in TYPES:
            if some := waiting.get(otype):
                documents += self._build_kind(book, otype, some)
            for kind, records, op in book.facts.pop("companions", ()):
                more = self._companions(backend, kind, records, op)
                waiting[kind] = waiting.get(kind, more.browse()) | more
        return self._finish(book, documents)

    def _companions(self, backend, otype, records, op):
        """Rows of documents that go with a document: a gift card that paid a sale."""
        outbox = self.env["onec.outbox"].sudo()
        return outbox._queue(backend, otype, records, op)

    # --- one kind -------------------------------------------------------------------

    def _build_kind(self, book, otype, rows):
        """``(row, map row, keys of master data, type name, values)`` of these rows."""
        found = []
        for model, some in rows.grouped("model").items():
            records = self.env[model].browse(some.mapped("res_id")).exists()
            self._load_maps(book, otype, model, some)
            # Taken from the set, so that what one fetches is fetched for all.
            live = {record.id: record for record in records}
            prepare = getattr(self, f"_prepare_{otype}")
            prepare(book, records)
            for row in some:
                record = live.get(row.res_id)
                if document := self._build_row(book, otype, row, record):
                    found.append(document)
        return found

    def _load_maps(self, book, otype, model, rows):
        # Ids of documents that are gone are needed as well, to take them back.
        book.load(otype, self.env[model].browse(rows.mapped("res_id")))

    def _build_row(self, book, otype, row, record):
        book.used = set()
        known = book.map(otype, self.env[row.model].browse(row.res_id))
        if known.origin == "1c":
            row._leave_out(self.env._("It came from 1C."))
            return None
        if row.op != "upsert" or record is None:
            values = self._cancelled(book, otype, row, record, known)
            if values is None:
                row._drop()
                return None
            return (row, known, set(book.used), *values)
        try:
            self._check_locked(book, row)
            values = getattr(self, f"_values_{otype}")(book, record)
        except Blocked as reason:
            row._block(str(reason))
            return None
        except LeftOut as reason:
            return self._left_out(book, otype, row, known, str(reason))
        if not book.has_state:
            self._old_comment(book, self._type(otype), values)
        return (row, known, set(book.used), self._type(otype), values)

    def _old_comment(self, book, type_name, values):
        """Version 1.10 has the comment in the document, or in its common data."""
        comment = values.get(COMMON, {}).get("Комментарий")
        if book.knows(type_name, "Комментарий"):
            values["Комментарий"] = comment
        elif "ОбщиеДанные" in values:
            values["ОбщиеДанные"]["Комментарий"] = comment

    def _type(self, otype):
        return TYPES[otype]

    def _left_out(self, book, otype, row, known, reason):
        """Nothing of its own any more: what went before is taken back."""
        if known.last_out and known.hash_out:
            values = self._removal(book, otype, known)
            return (row, known, set(), *values)
        row._leave_out(reason)
        return None

    def _check_locked(self, book, row):
        if row.allow_locked or not row.document_date:
            return
        locked = book.once(
            ("locked", row.document_date),
            lambda: book.backend._locked(row.document_date),
        )
        if not locked:
            return
        side, lock_date = locked
        raise Blocked(
            self.env._(
                "%(document)s: %(proposal)s “Send anyway” hands it over as it is.",
                document=row.document_name or "",
                proposal=book.backend._locked_proposal(
                    row.document_date, side, lock_date
                ),
            )
        )

    # --- taking back ----------------------------------------------------------------

    def _cancelled(self, book, otype, row, record, known):
        """What tells 1C that a document is a draft again; nothing if 1C never saw it.

        Drafts keep their content and lose their posting. Version 1.10 has no word
        for that, and what was deleted here has no content: a mark of deletion.
        """
        if not known.last_out:
            return None
        if row.op == "cancel" and record is not None and book.has_state:
            try:
                values = getattr(self, f"_values_{otype}")(book, record)
            except (Blocked, LeftOut):
                return self._removal(book, otype, known)
            values.setdefault(COMMON, {})["СостояниеОбъекта"] = "Черновик"
            return (self._type(otype), values)
        return self._removal(book, otype, known)

    def _removal(self, book, otype, known):
        name = self._type(otype).partition(".")[2]
        return (
            "УдалениеОбъекта",
            {
                "СсылкаНаОбъект": {
                    "СсылкаНаОбъект": {f"{name}Ссылка": known.external_id}
                }
            },
        )

    # --- the message ----------------------------------------------------------------

    def _finish(self, book, documents):
        """Leave out what is unchanged and what the format refuses; keep the hashes."""
        bad, masters = self._valid_masters(book)
        objects, needed, sent = [], set(), []
        for row, known, used, type_name, values in documents:
            digest = self._digest(book, type_name, values)
            if digest == known.hash_out and not row.force:
                row._drop()
                continue
            reason = next((bad[key] for key in used if key in bad), None)
            reason = reason or self._problem(book, type_name, values)
            if reason:
                row._block(reason)
                continue
            needed |= used
            sent.append((known, digest))
            row.external_id = known.external_id
            objects.append((type_name, values, row))
        first = self._changed_masters(book, masters, book.closure(needed), sent)
        now = fields.Datetime.now()
        for known, digest in sent:
            known.write({"hash_out": digest, "last_out": now})
        reported = self.env["onec.map"].union(
            *(book.maps[key] for key in needed if key[0] == "points")
        )
        reported.write({"last_out": now})
        return first + objects

    def _changed_masters(self, book, masters, needed, sent):
        """Needed master data that 1C does not have like this."""
        first = []
        for key, type_name, values in masters:
            if key not in needed:
                continue
            known = book.maps.get(key)
            if known is not None:
                digest = self._digest(book, type_name, values)
                if digest == known.hash_out and not book.forced:
                    continue
                sent.append((known, digest))
            first.append((type_name, values, self.env["onec.outbox"]))
        return first

    def _digest(self, book, type_name, values):
        """What was said last time; in another version everything is said anew."""
        return content_hash([book.version, type_name, values]).hex()

    def _valid_masters(self, book):
        bad, good = {}, []
        for key, type_name, values in book.sorted_masters():
            if reason := self._problem(book, type_name, values):
                bad[key] = reason
            else:
                good.append((key, type_name, values))
        return bad, good

    def _problem(self, book, type_name, values):
        """Why the format refuses an object, in words; empty when it takes it."""
        try:
            if not book.backend._ed_is_taken(type_name):
                raise ExchangeError("ed_not_taken", type_name, version=book.version)
            write_object(type_name, values, book.version)
        except ExchangeError as error:
            return self.env["onec.message"]._explain_error(error)
        return ""
