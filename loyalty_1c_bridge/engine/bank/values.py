"""Numbers, dates and encodings as banks write them."""

import codecs
import re
from datetime import date
from decimal import Decimal, InvalidOperation

from ..errors import ExchangeError
from . import keys

ENCODINGS = ("utf-8-sig", "cp1251", "cp866", "koi8-r")
_SIGNS = (
    keys.SECTION_DOCUMENT,
    keys.END_DOCUMENT,
    keys.SECTION_BALANCE,
    keys.END_FILE,
    "кодировка",
    "расчсчет",
)


def decode(data):
    """Text of a file and the encoding it really is in, whatever its header claims.

    :param data: bytes
    :return: ``(text, encoding)``
    :raise ExchangeError: ``bank_encoding`` when no known encoding makes sense
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16"), "utf-16"
    best = None
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        folded = keys.fold(text[:200_000])
        score = sum(folded.count(sign) for sign in _SIGNS)
        if best is None or score > best[0]:
            best = (score, text, encoding)
        if encoding == "utf-8-sig" and score:
            break  # valid UTF-8 with our words in it is no accident
    if best is None:
        # A stray byte must not lose a statement; the usual encoding shows where it is.
        text = data.decode("cp1251", errors="replace")
        best = (keys.fold(text[:200_000]).count(keys.SECTION_DOCUMENT), text, "cp1251")
    if not best[0] and keys.SIGNATURE not in best[1][:200].casefold():
        raise ExchangeError("bank_encoding")
    return best[1], best[2]


def number(text):
    """Amount of a text, or None when it is empty.

    >>> number("7745.7"), number("1 234,56"), number("1234-56"), number("")
    (Decimal('7745.7'), Decimal('1234.56'), Decimal('1234.56'), None)

    :raise ValueError: the text is no number
    """
    clean = re.sub(r"[\s\u00a0\u202f']", "", text)
    if not clean:
        return None
    if re.fullmatch(r"\d+-\d{2}", clean):
        clean = clean.replace("-", ".")
    if "," in clean and "." in clean:
        last = max(clean.rfind(","), clean.rfind("."))
        clean = re.sub(r"[.,]", "", clean[:last]) + "." + clean[last + 1 :]
    try:
        value = Decimal(clean.replace(",", "."))
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value) >= 10**15:
        raise ValueError(text)
    return value


def day(text):
    """Date of a text, or None when it is empty.

    >>> day("05.06.2026"), day("2026-06-05"), day("05.06.26"), day("20260605")
    ... # doctest: +ELLIPSIS
    (datetime.date(2026, 6, 5), ..., datetime.date(2026, 6, 5), ...)

    :raise ValueError: the text is no date
    """
    clean = text.strip().strip('"')
    if not clean:
        return None
    if match := re.match(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?!\d)", clean):
        dd, mm, yy = (int(group) for group in match.groups())
        return date(yy + 2000 if yy < 100 else yy, mm, dd)
    if match := re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)", clean):
        return date(*(int(group) for group in match.groups()))
    raise ValueError(text)
