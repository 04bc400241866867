"""Reads ``1CClientBankExchange`` of any version and bank, and Belarus' ``^Key=value^``.

Versions say little: real files carry any mixture of keys, so the union of all is read
and what is not known is kept. Odd things become :class:`Problem`, not failures.
"""

import re
from collections import Counter
from decimal import Decimal

from ..errors import ExchangeError
from . import caret, keys, values
from .records import (
    Balance,
    BankFile,
    Entry,
    Party,
    Payment,
    Problem,
    account_key,
    entry_hash,
)

MAX_BYTES = 50 * 1024 * 1024


def read(data):
    """Read a bank's file.

    :param data: bytes of the file
    :return: :class:`BankFile`
    :raise ExchangeError: ``bank_signature``, ``bank_encoding``, ``bank_too_big`` or
        ``bank_empty``
    """
    if not data.strip(b"\x00\r\n\t "):
        raise ExchangeError("bank_empty")
    if len(data) > MAX_BYTES:
        raise ExchangeError("bank_too_big", limit=str(MAX_BYTES // 1024 // 1024))
    if caret.is_caret(data):
        return caret.read(data)
    text, encoding = values.decode(data)
    lines = [line.strip("\ufeff\x00\x1a \t") for line in text.splitlines()]
    first = next((line for line in lines if line), "")
    if keys.fold(first).rstrip("=") != keys.SIGNATURE:
        raise ExchangeError("bank_signature", "1", found=first[:60])
    return _Reader(encoding).read_lines(lines)


class _Reader:
    """State of one pass over the lines."""

    def __init__(self, encoding):
        self.file = BankFile(encoding=encoding)
        self.section = None  # None | "balance" | "document"
        self.pairs = []
        self.began = 0
        self.title = ""
        self.ended = False

    def read_lines(self, lines):
        for no, line in enumerate(lines, 1):
            if line:
                self._line(no, line)
        if self.section:
            self._close(complete=False, no=len(lines))
        if not self.ended:
            self._problem("bank_no_end", len(lines))
        self._drop_repeated_balances()
        return self.file

    def _problem(self, code, line, **problem_values):
        self.file.problems.append(Problem(code, line, problem_values))

    def _line(self, no, line):
        raw, equals, value = line.partition("=")
        key = keys.fold(raw)
        if key in (keys.SECTION_DOCUMENT, keys.SECTION_BALANCE):
            if self.section:
                self._problem("bank_section_open", self.began)
                self._close(complete=True, no=no)
            self.section = "document" if key == keys.SECTION_DOCUMENT else "balance"
            self.began, self.pairs = no, []
            self.title = value.strip().strip('"').strip()
        elif key in (keys.END_DOCUMENT, keys.END_BALANCE):
            if self.section:
                self._close(complete=True, no=no)
        elif key == keys.END_FILE:
            self.ended = True
        elif self.section:
            self._pair(raw, key, equals, value)
        elif equals:
            self._header(no, key, value.strip())

    def _pair(self, raw, key, equals, value):
        """A line of a section; a text without a key goes on with the one before."""
        if self.pairs and (
            not equals
            or (keys.is_purpose(self.pairs[-1][1]) and not keys.looks_like_key(raw))
        ):
            whole = raw + equals + value
            self.pairs[-1][2] = f"{self.pairs[-1][2]} {whole}".strip()
        elif equals:
            self.pairs.append([raw.strip(), key, value.strip()])

    def _header(self, no, key, value):
        file = self.file
        if key == "версияформата":
            file.version = value
        elif key == "отправитель":
            file.sender = value
        elif key == "получатель":
            file.receiver = value
        elif key == "расчсчет" and value:
            file.accounts.append(value)
        elif key in ("датасоздания", "датаначала", "датаконца"):
            name = {"датаначала": "date_from", "датаконца": "date_to"}.get(
                key, "created"
            )
            setattr(file, name, self._day(no, key, value))

    def _day(self, no, key, value):
        try:
            return values.day(value)
        except ValueError:
            self._problem("bank_date", no, key=key, value=value[:40])
            return None

    def _number(self, no, key, value):
        try:
            return values.number(value)
        except ValueError:
            self._problem("bank_number", no, key=key, value=value[:40])
            return None

    def _close(self, complete, no):
        if self.section == "balance":
            self._close_balance()
        else:
            self._close_document(complete)
        self.section = None

    def _close_balance(self):
        balance = Balance(line=self.began)
        for _raw, key, value in self.pairs:
            name = keys.BALANCE_FIELDS.get(key)
            if name == "account":
                balance.account = value
            elif name in ("date_from", "date_to"):
                setattr(balance, name, self._day(self.began, key, value))
            elif name:
                setattr(balance, name, self._number(self.began, key, value))
        self.file.balances.append(balance)

    def _close_document(self, complete):
        payment = Payment(kind=self.title, line=self.began, complete=complete)
        found, purposes = {}, {}
        parties = {"payer": {}, "payee": {}}
        for raw, key, value in self.pairs:
            if keys.is_purpose(key):
                purposes[key] = value
            elif name := keys.DOCUMENT_FIELDS.get(key):
                found.setdefault(name, value)
            elif not self._party_pair(parties, key, value) and value:
                payment.extra[raw] = value
        if not complete:
            self._problem("bank_document_cut", self.began)
        payment.number = found.get("number", "")
        payment.currency = found.get("currency", "")
        payment.kind = payment.kind or found.get("kind2", "")
        for name in ("date", "date_out", "date_in"):
            setattr(payment, name, self._day(self.began, name, found.get(name, "")))
        for name in ("amount", "income", "outcome"):
            setattr(payment, name, self._number(self.began, name, found.get(name, "")))
        done = self._day(
            self.began, "date_done", found.get("date_done", found.get("date_value", ""))
        )
        if payment.outcome:
            payment.date_out = payment.date_out or done or payment.date
        elif payment.income:
            payment.date_in = payment.date_in or done or payment.date
        payment.date = payment.date or done
        if payment.amount is None:
            payment.amount = payment.income or payment.outcome
        base = purposes.pop("назначениеплатежа", "")
        payment.purpose = base or " ".join(
            purposes[key] for key in sorted(purposes) if purposes[key]
        )
        payment.payer = _party(parties["payer"])
        payment.payee = _party(parties["payee"])
        self.file.payments.append(payment)

    def _party_pair(self, parties, key, value):
        for prefix, side in keys.PARTY.items():
            if key.startswith(prefix):
                name = keys.PARTY_FIELDS.get(key[len(prefix) :])
                if name:
                    parties[side].setdefault(name, value)
                    return True
        return False

    def _drop_repeated_balances(self):
        seen, kept = set(), []
        for balance in self.file.balances:
            key = (account_key(balance.account), balance.date_from, balance.date_to)
            if key in seen:
                self._problem("bank_balance_twice", balance.line)
            else:
                seen.add(key)
                kept.append(balance)
        self.file.balances = kept


_TAX_ID_IN_NAME = re.compile(
    r"^\s*(?:ИНН|УНП|БИН|ИИН)\s*:?\s*(\d{8,12})\b[\s,;/]*", re.I
)
_TAX_ID = re.compile(r"\D*(\d{8,12})\D*$")


def _party(found):
    name = found.get("name1") or found.get("name") or ""
    tax_id = found.get("tax_id", "")
    if match := _TAX_ID.match(tax_id):
        tax_id = match[1]
    if match := _TAX_ID_IN_NAME.match(name):
        tax_id = tax_id.strip() or match[1]
        name = name[match.end() :]
    return Party(
        name=name.strip(),
        tax_id=tax_id.strip(),
        kpp=found.get("kpp", ""),
        account=found.get("account") or found.get("account2") or "",
        bank=found.get("bank", ""),
        bic=found.get("bic", ""),
        correspondent=found.get("correspondent", ""),
    )


def is_statement(file):
    """Whether the file tells facts; without balances and dates it lists orders."""
    return bool(file.balances) or any(
        payment.date_out or payment.date_in for payment in file.payments
    )


def same_account(one, other):
    """Whether two account numbers are one; banks may append the currency (GE…GEL).

    >>> same_account("GE29TB77", "ge29 tb77GEL"), same_account("1", "2")
    (True, False)
    """
    one, other = sorted((account_key(one), account_key(other)), key=len)
    if not one or one == other:
        return bool(one)
    return len(one) > 7 and bool(re.fullmatch(re.escape(one) + "[A-Z]{3}", other))


def entries(file, accounts=(), undated=False):
    """What happened on our accounts, in the order of the file, with unique keys.

    :param accounts: our account numbers, for a file that names none of them
    :param undated: take documents without a day of execution as done on their own date
    :return: ``(list of Entry, list of Problem)``; a problem is a document left out
    """
    named = [*(balance.account for balance in file.balances), *file.accounts]
    own = [account for account in named if account] or list(accounts)
    facts = is_statement(file) or undated
    result, problems, ordinals, transfers = [], [], Counter(), set()
    for payment in file.payments:
        made = list(_entries_of(payment, own, facts))
        if not payment.complete:
            problems.append(Problem("bank_document_cut", payment.line))
            continue
        if not payment.amount:
            problems.append(Problem("bank_no_amount", payment.line))
            continue
        if not made:
            code = "bank_not_executed" if not facts else "bank_foreign_account"
            problems.append(Problem(code, payment.line, {"number": payment.number}))
        if len(made) == 2:
            # Between two of ours, and perhaps told once in the part of each.
            told = (payment.number, payment.date, payment.amount, payment.payer.account)
            if told in transfers:
                continue
            transfers.add(told)
        for entry in made:
            if entry.date is None:
                problems.append(Problem("bank_no_date", payment.line))
                continue
            key = entry_hash(entry, 0)
            entry.key = entry_hash(entry, ordinals[key])
            ordinals[key] += 1
            result.append(entry)
    return result, problems


def _entries_of(payment, own, facts):
    if not payment.amount or not facts:
        return
    amount = abs(payment.amount)
    payer = _own(payment.payer.account, own)
    payee = _own(payment.payee.account, own)
    if payment.income or payment.outcome:
        payer, payee = (payer, "") if payment.outcome else ("", payee)
    elif payer and payee and bool(payment.date_out) != bool(payment.date_in):
        # Between two of ours, told from one side: the other's part brings its own.
        payer, payee = (payer, "") if payment.date_out else ("", payee)
    if payer:
        day = payment.date_out or payment.date_in or payment.date
        yield Entry(payer, day, -amount, payment)
    if payee:
        day = payment.date_in or payment.date_out or payment.date
        yield Entry(payee, day, amount, payment)


def _own(account, own):
    return next((mine for mine in own if account and same_account(account, mine)), "")


def balance_problems(file, made):
    """Balances that do not add up, or do not agree with the documents of the file.

    :param made: entries of the file
    :return: list of Problem with the account and both amounts
    """
    problems = []
    for balance in file.balances:
        rows = [
            entry
            for entry in made
            if same_account(entry.account, balance.account)
            and (not balance.date_from or entry.date >= balance.date_from)
            and (not balance.date_to or entry.date <= balance.date_to)
        ]
        income = sum((row.amount for row in rows if row.amount > 0), Decimal(0))
        outcome = -sum((row.amount for row in rows if row.amount < 0), Decimal(0))
        for code, told, counted in (
            ("bank_income", balance.income, income),
            ("bank_outcome", balance.outcome, outcome),
        ):
            if told is not None and told != counted:
                problems.append(_balance_problem(code, balance, told, counted))
        if balance.opening is not None and balance.closing is not None:
            told_in = balance.income if balance.income is not None else income
            told_out = balance.outcome if balance.outcome is not None else outcome
            counted = balance.opening + told_in - told_out
            if counted != balance.closing:
                problems.append(
                    _balance_problem("bank_closing", balance, balance.closing, counted)
                )
    return problems


def _balance_problem(code, balance, told, counted):
    return Problem(
        code,
        balance.line,
        {"account": balance.account, "told": f"{told:f}", "counted": f"{counted:f}"},
    )
