"""Two ledgers side by side: which documents agree, which do not, and why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Row:
    """One document's effect on the debt of one partner; a debit is a debt to us."""

    key: str  # reference in 1C, or "" for what 1C cannot know
    day: date
    debit: Decimal
    credit: Decimal
    text: str = ""
    contract: str = ""
    source: object = None
    red: bool = False  # takes back a charge: a debit below zero, not a credit

    @property
    def net(self):
        return self.debit - self.credit

    def settle(self):
        """Leave one side only; what takes back a charge stays a charge.

        >>> row = Row("a", date(2026, 3, 2), Decimal(3), Decimal(10), red=True)
        >>> row.settle()
        >>> row.debit, row.credit
        (Decimal('-7'), Decimal('0'))
        """
        net, zero = self.net, Decimal(0)
        self.debit = net if self.red else max(net, zero)
        self.credit = zero if self.red else max(-net, zero)


@dataclass(slots=True)
class Pair:
    """``status`` is that of ``onec.reconcile.line``."""

    ours: Row | None
    theirs: Row | None
    status: str


def by_document(rows):
    """Records of one document as one row: offsets of advances inside it vanish.

    :param rows: iterable of :class:`Row`
    :return: list in the order of their first record, without those that come to nothing
    """
    found = {}
    for row in rows:
        key = (row.key, row.contract) if row.key else (id(row), "")
        if key not in found:
            found[key] = Row(
                row.key,
                row.day,
                Decimal(0),
                Decimal(0),
                row.text,
                row.contract,
                row.source,
                row.red,
            )
        found[key].debit += row.debit
        found[key].credit += row.credit
    answer = []
    for row in found.values():
        if row.net:
            row.settle()
            answer.append(row)
    return answer


def match(ours, theirs, contract=""):
    """Pair documents by their reference, then what is left by day and amount.

    :param ours: list of :class:`Row`, one a document
    :param theirs: the same of 1C
    :param contract: reference of the contract asked for, or ""
    :return: list of :class:`Pair`, by day
    """
    pairs = []
    waiting = {}
    for row in theirs:
        waiting.setdefault(row.key, []).append(row)
    alone = []
    for row in ours:
        found = waiting.get(row.key) if row.key else None
        if found:
            pairs.append(Pair(row, found.pop(0), ""))
        else:
            alone.append(row)
    rest = [row for rows in waiting.values() for row in rows]
    for row in alone:
        twin = next(
            (one for one in rest if (one.day, one.net) == (row.day, row.net)), None
        )
        if twin is None:
            pairs.append(Pair(row, None, "missing_there"))
        else:
            rest.remove(twin)
            pairs.append(Pair(row, twin, "link"))
    pairs += [Pair(None, row, "missing_here") for row in rest]
    for pair in pairs:
        if not pair.status:
            pair.status = _status(pair, contract)
    return sorted(pairs, key=lambda pair: (pair.ours or pair.theirs).day)


def _status(pair, contract):
    if pair.ours.net != pair.theirs.net:
        return "amount"
    if (pair.ours.day.year, pair.ours.day.month) != (
        pair.theirs.day.year,
        pair.theirs.day.month,
    ):
        return "period"
    theirs = pair.theirs.contract
    if contract and theirs and theirs != contract:
        return "contract"
    return "agreed"
