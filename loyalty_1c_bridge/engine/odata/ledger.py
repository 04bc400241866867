"""Debts of counterparties as the accounting register of 1C knows them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from . import literals


@dataclass(frozen=True, slots=True)
class Entry:
    """One record on an account of settlements; a debit is a debt to us."""

    document: str
    kind: str
    day: date
    partner: str
    contract: str
    debit: Decimal
    credit: Decimal
    text: str = ""


class Ledger:
    """Reads one accounting register.

    :param client: :class:`~.client.Client`
    :param book: name of the register and its chart, e.g. ``Хозрасчетный``
    :param prefixes: beginnings of the codes of accounts of settlements
    """

    def __init__(self, client, book, prefixes):
        self._client = client
        self._register = f"AccountingRegister_{book}"
        chart = client.objects(f"ChartOfAccounts_{book}", select=("Ref_Key", "Code"))
        self.accounts = {
            row["Ref_Key"].lower()
            for row in chart
            if _matches(str(row.get("Code") or ""), prefixes)
        }

    def balances(self, at):
        """Balances before the day ``at``: ``{(partner, contract): debt to us}``."""
        totals = {}
        if not self.accounts:
            return totals
        condition = literals.any_of("Account_Key", self._account_literals())
        path = literals.call(
            self._register, "Balance", Period=at, AccountCondition=condition
        )
        for row in self._client.rows(path):
            # A condition that 1C did not understand is left out by it: look again.
            if str(row.get("Account_Key") or "").lower() not in self.accounts:
                continue
            key = _side(row, "")
            totals[key] = totals.get(key, Decimal(0)) + _balance(row)
        return totals

    def entries(self, first, last):
        """Records of the days ``first`` to ``last``, both included."""
        if not self.accounts:
            return
        path = literals.call(
            self._register,
            "RecordsWithExtDimensions",
            StartPeriod=first,
            EndPeriod=datetime.combine(last + timedelta(days=1), time())
            - timedelta(seconds=1),
        )
        for row in self._client.rows(path):
            when = literals.day(row.get("Period"))
            if row.get("Active") is False or not when or not first <= when <= last:
                continue
            amount = literals.number(row.get("Сумма"))
            for side in ("Dr", "Cr"):
                account = str(row.get(f"Account{side}_Key") or "").lower()
                if account in self.accounts:
                    yield _entry(row, side, when, amount)

    def _account_literals(self):
        return [literals.guid(key) for key in sorted(self.accounts)]


def _matches(code, prefixes):
    """
    >>> _matches("62.01", ["62"]), _matches("620", ["62"]), _matches("1210", ["1210"])
    (True, False, True)
    """
    return any(code == p or code.startswith(f"{p}.") for p in prefixes)


def _entry(row, side, when, amount):
    partner, contract = _side(row, side)
    kind = str(row.get("Recorder_Type") or "").rpartition(".")[2]
    zero = Decimal(0)
    return Entry(
        document=str(row.get("Recorder") or "").lower(),
        kind=kind,
        day=when,
        partner=partner,
        contract=contract,
        debit=amount if side == "Dr" else zero,
        credit=amount if side == "Cr" else zero,
        text=str(row.get("Содержание") or ""),
    )


def _side(row, side):
    """Counterparty and contract: dimensions by the kind of what stands in them."""
    partner = contract = ""
    for index in (1, 2, 3):
        name = f"ExtDimension{side}{index}"
        kind, value = str(row.get(f"{name}_Type") or ""), str(row.get(name) or "")
        if "Catalog_Договоры" in kind or (not kind and index == 2):
            contract = value.lower()
        elif "Catalog_Контрагенты" in kind or (not kind and index == 1):
            partner = value.lower()
    return partner, "" if contract == literals.EMPTY else contract


def _balance(row):
    if "СуммаBalanceDr" in row or "СуммаBalanceCr" in row:
        return literals.number(row.get("СуммаBalanceDr")) - literals.number(
            row.get("СуммаBalanceCr")
        )
    return literals.number(row.get("СуммаBalance"))
