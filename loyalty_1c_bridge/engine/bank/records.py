"""What a bank file holds, as plain values. Amounts are positive ``Decimal``s."""

import datetime
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(slots=True)
class Party:
    """Payer or payee of one document."""

    name: str = ""
    tax_id: str = ""
    kpp: str = ""
    account: str = ""
    bank: str = ""
    bic: str = ""
    correspondent: str = ""


@dataclass(slots=True)
class Payment:
    """One ``СекцияДокумент``."""

    kind: str = ""
    number: str = ""
    date: datetime.date | None = None
    amount: Decimal | None = None
    date_out: datetime.date | None = None  # taken from the payer's account
    date_in: datetime.date | None = None  # put on the payee's account
    income: Decimal | None = None  # Kazakhstan: the bank states the direction
    outcome: Decimal | None = None
    payer: Party = field(default_factory=Party)
    payee: Party = field(default_factory=Party)
    purpose: str = ""
    currency: str = ""
    extra: dict[str, str] = field(default_factory=dict)  # keys we do not know
    line: int = 0  # where it begins in the file
    complete: bool = True  # its end was there


@dataclass(slots=True)
class Balance:
    """One ``СекцияРасчСчет``: an account over a period, as the bank states it."""

    account: str = ""
    date_from: datetime.date | None = None
    date_to: datetime.date | None = None
    opening: Decimal | None = None
    income: Decimal | None = None
    outcome: Decimal | None = None
    closing: Decimal | None = None
    line: int = 0


@dataclass(slots=True)
class Problem:
    """Something odd that does not stop the file. Models translate ``code``."""

    code: str
    line: int = 0
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class BankFile:
    version: str = ""
    encoding: str = ""
    sender: str = ""
    receiver: str = ""
    created: datetime.date | None = None
    date_from: datetime.date | None = None
    date_to: datetime.date | None = None
    accounts: list[str] = field(default_factory=list)
    balances: list[Balance] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """What one document did to one of our accounts."""

    account: str
    date: datetime.date
    amount: Decimal  # negative when money left
    payment: Payment
    key: str = ""

    @property
    def other(self):
        """The other side: who paid us, or whom we paid."""
        return self.payment.payer if self.amount > 0 else self.payment.payee


def account_key(number):
    """Account number for comparison: letters and digits, upper case.

    >>> account_key("GE29 TB77 36")
    'GE29TB7736'
    """
    return "".join(char for char in number if char.isalnum()).upper()


def entry_hash(entry, ordinal):
    """Key of an entry: equal rows of one file differ by their ordinal only.

    Importing the same period again gives the same keys, so nothing doubles, while two
    equal payments of a day stay two.
    """
    payment = entry.payment
    parts = (
        account_key(entry.account),
        entry.date.isoformat(),
        payment.number.strip(),
        str(int((entry.amount * 100).to_integral_value())),
        account_key(payment.payer.account),
        account_key(payment.payee.account),
        " ".join(payment.purpose.split())[:210],
        str(ordinal),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
