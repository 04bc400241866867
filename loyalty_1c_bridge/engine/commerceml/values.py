"""Texts of CommerceML as values: numbers, yes and no, what is marked as deleted."""

import re
from decimal import Decimal, InvalidOperation

from ..errors import ExchangeError

ID_LENGTH = 255
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_YES = {"true", "1", "да", "истина", "yes"}
_NO = {"false", "0", "нет", "ложь", "no", ""}
_DELETED = {"удален", "удалён", "удалена", "удалить"}


def parse_decimal(text, where=""):
    """A number as anybody writes it; ``None`` when there is none.

    >>> parse_decimal("1 234,50"), parse_decimal("1,234.50"), parse_decimal("2.1E+3")
    (Decimal('1234.50'), Decimal('1234.50'), Decimal('2.1E+3'))
    >>> parse_decimal("  ") is None
    True

    :raise ExchangeError: ``number_invalid``, for what is no finite number
    """
    plain = _SPACES.sub("", text or "")
    if not plain:
        return None
    if "," in plain and "." in plain:
        plain = (
            plain.replace(",", "")
            if plain.rindex(".") > plain.rindex(",")
            else plain.replace(".", "").replace(",", ".")
        )
    plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise ExchangeError("number_invalid", where, value=text[:40]) from error
    if not number.is_finite() or abs(number.adjusted()) > 28:
        raise ExchangeError("number_invalid", where, value=text[:40])
    return number


def parse_bool(text):
    """Yes, no, or ``None`` for anything else.

    >>> parse_bool("true"), parse_bool("Нет"), parse_bool("maybe")
    (True, False, None)
    """
    if text is None:
        return None
    word = text.strip().lower()
    if word in _YES:
        return True
    return False if word in _NO else None


def is_deleted_status(text):
    """Whether the attribute ``Статус`` marks an object as deleted.

    >>> is_deleted_status("Удален"), is_deleted_status("Новый"), is_deleted_status(None)
    (True, False, False)
    """
    return (text or "").strip().lower() in _DELETED


def parse_date(text):
    """The day in a date or a moment of any writing, as ``YYYY-MM-DD``, or nothing.

    >>> parse_date("2022-10-31UTC02:25:50"), parse_date("31.10.2022 02:25")
    ('2022-10-31', '2022-10-31')
    >>> parse_date("yesterday")
    ''
    """
    text = (text or "").strip()
    found = re.match(r"(\d{4})[-.]?(\d\d)[-.]?(\d\d)", text)
    if found:
        return "-".join(found.groups())
    found = re.match(r"(\d\d)[./-](\d\d)[./-](\d{4})", text)
    return "-".join(reversed(found.groups())) if found else ""


def parse_time(text):
    """The time of day in a moment, ``HH:MM:SS``, or ``None``.

    >>> parse_time("2022-10-31T02:25:50+03:00"), parse_time("02:25"), parse_time("x")
    ('02:25:50', '02:25:00', None)
    """
    found = re.search(r"(\d\d):(\d\d)(?::(\d\d))?", text or "")
    if not found:
        return None
    return f"{found[1]}:{found[2]}:{found[3] or '00'}"


def clean_id(text, where=""):
    """An external id: opaque text, trimmed.

    :raise ExchangeError: ``id_missing`` or ``id_too_long``
    """
    value = (text or "").strip()
    if not value:
        raise ExchangeError("id_missing", where)
    if len(value) > ID_LENGTH:
        raise ExchangeError("id_too_long", where, value=value[:40])
    return value
