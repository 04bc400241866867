"""The text format of Belarusian client banks: ``^Key=value^`` lines."""

import re

from . import values
from .records import Balance, BankFile, Party, Payment, Problem

_PAIR = re.compile(r"\^([A-Za-z0-9]+)=([^^]*)\^")
# A document ends where one of its keys comes again.
_DOCUMENT_KEYS = {
    "docdate",
    "num",
    "code",
    "acc",
    "db",
    "credit",
    "korunp",
    "korname",
    "nazn",
    "nazn2",
    "opdate",
    "operationid",
    "datetime",
    "iname",
}


def is_caret(data):
    """Whether bytes look like this format."""
    return bool(re.search(rb"\^Type=\d+\^", data[:400]))


def read(data):
    """:return: :class:`BankFile`; payments carry income or outcome, so no guess."""
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text, encoding = data.decode("cp1251", errors="replace"), "cp1251"
    head, _mark, body = text.partition("[OUT_PARAM]")
    file = BankFile(encoding=encoding, version="^")
    asked = {key.lower(): value.strip() for key, value in _PAIR.findall(head)}
    account = asked.get("acc", "")
    own_name, own_tax_id = asked.get("name", ""), asked.get("unn", "")
    balance = Balance(account=account)
    current, began = {}, 0
    first_line = head.count("\n") + 1
    for no, line in enumerate(body.splitlines(), first_line):
        for told, value in _PAIR.findall(line):
            key, value = told.lower(), value.strip()
            # "DB" and "CR" in capitals are the totals at the end, "Db" is a document's.
            total = told in ("DB", "CR") or key not in _DOCUMENT_KEYS
            if current and (key == "restout" or told in ("DB", "CR") or key in current):
                _document(file, current, began, account, own_name, own_tax_id)
                current = {}
            if total:
                _total(file, balance, key, value, no)
            else:
                began = began if current else no
                current[key] = value
    if current:
        _document(file, current, began, account, own_name, own_tax_id)
    if account:
        file.accounts.append(account)
        file.balances.append(balance)
    return file


def _total(file, balance, key, value, no):
    names = {
        "restin": "opening",
        "restout": "closing",
        "db": "outcome",
        "cr": "income",
    }
    days = {"datebegin": "date_from", "dateend": "date_to"}
    try:
        if key in names:
            setattr(balance, names[key], values.number(value))
        elif key in days:
            setattr(balance, days[key], values.day(value))
            setattr(file, days[key], values.day(value))
    except ValueError:
        file.problems.append(
            Problem("bank_number", no, {"key": key, "value": value[:40]})
        )


def _document(file, found, line, account, own_name, own_tax_id):
    own = Party(name=own_name, tax_id=own_tax_id, account=account)
    other = Party(
        name=found.get("korname", ""),
        tax_id=found.get("korunp", ""),
        account=found.get("acc", ""),
        bic=found.get("code", ""),
    )
    payment = Payment(
        kind="",
        number=found.get("num", ""),
        purpose=" ".join(
            part for part in (found.get("nazn", ""), found.get("nazn2", "")) if part
        ),
        line=line,
    )
    try:
        payment.outcome = values.number(found.get("db", "")) or None
        payment.income = values.number(found.get("credit", "")) or None
        payment.date = values.day(found.get("docdate", ""))
        done = values.day(found.get("opdate", "")) or payment.date
    except ValueError as error:
        file.problems.append(Problem("bank_number", line, {"value": str(error)[:40]}))
        done = payment.date
    payment.amount = payment.outcome or payment.income
    if payment.outcome:
        payment.payer, payment.payee, payment.date_out = own, other, done
    else:
        payment.payer, payment.payee, payment.date_in = other, own, done
    if operation := found.get("operationid"):
        payment.extra["OperationID"] = operation
    file.payments.append(payment)
