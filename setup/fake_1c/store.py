"""What a pretended 1C base holds: one JSON file that several servers may share."""

import contextlib
import fcntl
import json
import os
import uuid
from pathlib import Path

EMPTY = "00000000-0000-0000-0000-000000000000"


class Store:
    """Objects by entity and reference, and records of the accounting register.

    ``state`` is a dict::

        {"objects": {"Document_X": {ref: {...}}},
         "entries": [{Period, Recorder, AccountDr_Key, ..., "Сумма"}],
         "log": [{method, path}], "book": "Хозрасчетный"}
    """

    def __init__(self, path):
        self.path = Path(path)
        self._lock = self.path.with_suffix(".lock")
        if not self.path.exists():
            self._write({"objects": {}, "entries": [], "log": []})

    @contextlib.contextmanager
    def open(self):
        """The state, alone; changes are kept unless there was an error."""
        with open(self._lock, "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.read()
            yield state
            self._write(state)

    def read(self):
        return json.loads(self.path.read_text(encoding="utf-8"))

    def _write(self, state):
        draft = self.path.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(
            json.dumps(state, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        draft.replace(self.path)

    # --- what tests and the demo put in ---------------------------------------------

    def put(self, entity, ref=None, **values):
        """Put an object as 1C's own user would have; returns its reference."""
        ref = (ref or str(uuid.uuid4())).lower()
        with self.open() as state:
            row = state["objects"].setdefault(entity, {}).setdefault(ref, {})
            row.update({"Ref_Key": ref, "DeletionMark": False, **values})
            touch(row)
        return ref

    def account(self, code):
        """Reference of an account of the chart, made at the first call."""
        entity = "ChartOfAccounts_" + self.book
        for ref, row in self.read()["objects"].get(entity, {}).items():
            if row["Code"] == code:
                return ref
        return self.put(entity, Code=code, Description=code)

    @property
    def book(self):
        return self.read().get("book", "Хозрасчетный")

    def document(self, entity, ref, day, number, amount, posted=True, **values):
        """A document of 1C; without records in the register."""
        return self.put(
            entity,
            ref,
            Date=f"{day}T12:00:00",
            Number=number,
            Posted=posted,
            СуммаДокумента=float(amount),
            **values,
        )

    def entry(self, entity, ref, day, debit, credit, amount, partner, contract=EMPTY):
        """A record ``debit`` to ``credit`` (codes of accounts); the side 62 has the
        counterparty and contract as its dimensions."""
        record = {
            "Period": f"{day}T12:00:00",
            "Recorder": ref,
            "Recorder_Type": f"StandardODATA.{entity}",
            "LineNumber": 1,
            "Active": True,
            "AccountDr_Key": self.account(debit),
            "AccountCr_Key": self.account(credit),
            "Сумма": float(amount),
            "Содержание": "",
        }
        for side, code in (("Dr", debit), ("Cr", credit)):
            if code.partition(".")[0] in ("62", "76", "1210", "3510"):
                record.update(dimensions(side, partner, contract))
        with self.open() as state:
            state["entries"].append(record)


def dimensions(side, partner, contract):
    """Counterparty and contract as dimensions of a side of a record."""
    return {
        f"ExtDimension{side}1": partner,
        f"ExtDimension{side}1_Type": "StandardODATA.Catalog_Контрагенты",
        f"ExtDimension{side}2": contract,
        f"ExtDimension{side}2_Type": "StandardODATA.Catalog_ДоговорыКонтрагентов",
    }


def touch(row):
    """A new version of the object, as 1C counts them."""
    row["DataVersion"] = "AAAA" + uuid.uuid4().hex[:8]
