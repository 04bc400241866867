"""What people type into spreadsheets, as values: dates, numbers, phones, words."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import phonenumbers

DATE_ORDERS = ("dmy", "mdy", "ymd")
MAX_TEXT = 1000
MAX_AMOUNT = Decimal(10) ** 13

_TRUE = frozenset(
    ("1", "true", "yes", "y", "x", "+", "да", "д", "истина", "այո", "ճիշտ")
)
_FALSE = frozenset(("0", "false", "no", "n", "-", "нет", "н", "ложь", "ոչ", "սխալ"))
_GENDERS = {
    "female": "f female woman w ж жен женский женщина իգ իգական կին",
    "male": "m male man м муж мужской мужчина ար արական տղամարդ",
    "other": "o other x другое другой այլ",
}
_GENDER_OF = {word: key for key, words in _GENDERS.items() for word in words.split()}
_DATE_PARTS = re.compile(r"(\d{1,4})[-./\s](\d{1,2})[-./\s](\d{1,4})\.?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME_TAIL = re.compile(r"[T\s]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_SPACES = re.compile(r"[\s\u00a0\u202f'’]+")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
# Tab, line feed and carriage return may stay; PostgreSQL refuses NUL.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
)


class BadValue(ValueError):
    """A cell that cannot be understood.

    :param code: stable name of the problem: ``date``, ``number``, ``phone``...
    :param facts: what the sentence about it needs
    """

    def __init__(self, code: str, **facts):
        super().__init__(code)
        self.code = code
        self.facts = facts


def text(value: object, limit: int = MAX_TEXT) -> str:
    """Read a cell as text, blanks trimmed; a whole number loses its ``.0``.

    :raise BadValue: ``formula``, ``control``, ``long`` or ``error``

    >>> text(37491234567.0), text("  Ani  ")
    ('37491234567', 'Ani')
    """
    if value is None or value is False:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    words = str(value).strip()
    if words in _ERRORS:
        raise BadValue("error", value=words)
    if words[:1] in ("=", "@"):
        raise BadValue("formula", value=words[:40])
    if _CONTROL.search(words):
        raise BadValue("control")
    if len(words) > limit:
        raise BadValue("long", limit=limit)
    return words


def day(
    value: object, order: str = "dmy", *, earliest=date(1900, 1, 1), latest=None
) -> date:
    """Read a date: of a cell, ISO, ``20260302`` or three numbers in ``order``.

    A year of two digits is of this or the last century, never in the future of
    ``latest``.

    >>> day("02.03.2026"), day("3/2/26", "mdy"), day("2026-03-02T10:00:00")
    (datetime.date(2026, 3, 2), datetime.date(2026, 3, 2), datetime.date(2026, 3, 2))
    """
    found = _as_day(value, order, latest)
    if found < earliest or (latest and found > latest):
        raise BadValue("date_range", value=found.isoformat())
    return found


def _as_day(value: object, order: str, latest: date | None) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    words = text(value)
    short = _TIME_TAIL.sub("", words)
    match = _COMPACT_DATE.fullmatch(short) or _DATE_PARTS.fullmatch(short)
    if not match:
        raise BadValue("date", value=words)
    first, second, third = match.groups()
    if len(first) == 4:
        year, month, number = first, second, third
    elif order == "mdy":
        month, number, year = first, second, third
    elif order == "ymd":
        year, month, number = first, second, third
    else:
        number, month, year = first, second, third
    try:
        return date(_year(year, latest), int(month), int(number))
    except ValueError:
        raise BadValue("date", value=words) from None


def _year(digits: str, latest: date | None) -> int:
    if len(digits) not in (2, 4):
        raise ValueError(digits)
    year = int(digits)
    if len(digits) == 4:
        return year
    newest = (latest or date(2068, 1, 1)).year % 100
    return 2000 + year if year <= newest else 1900 + year


def guess_date_order(samples: Iterable[object]) -> str:
    """Find the order of day and month that makes sense of all samples.

    >>> guess_date_order(["01/31/2026", "02/03/2026"])
    'mdy'
    """
    for sample in samples:
        match = isinstance(sample, str) and _DATE_PARTS.fullmatch(
            _TIME_TAIL.sub("", sample.strip())
        )
        if not match or len(match[1]) == 4:
            continue
        if int(match[1]) > 31:
            return "ymd"
        if int(match[1]) > 12:
            return "dmy"
        if int(match[2]) > 12:
            return "mdy"
    return "dmy"


def number(value: object, decimal_mark: str = ".") -> Decimal:
    """Read a number with any of the usual separators of thousands.

    :param decimal_mark: decides where one mark with three digits after it can be
        both: ``1,234``

    >>> number("1 234,56"), number("1.234,56"), number("1,234.5"), number("(5)")
    (Decimal('1234.56'), Decimal('1234.56'), Decimal('1234.5'), Decimal('-5'))
    """
    if isinstance(value, bool):
        raise BadValue("number", value=str(value))
    if isinstance(value, (int, float, Decimal)):
        return _bounded(str(value), str(value))
    words = text(value)
    digits = _SPACES.sub("", words).replace("−", "-")
    if digits.startswith("(") and digits.endswith(")"):
        digits = "-" + digits[1:-1]
    return _bounded(_with_point(digits, decimal_mark), words)


def _with_point(digits: str, decimal_mark: str) -> str:
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits
    mark = digits[last]
    other = "," if mark == "." else "."
    if digits.count(mark) > 1:
        # A mark that repeats parts thousands; the other one cannot follow it.
        is_decimal = False
    elif other in digits:
        is_decimal = True
    else:
        after, before = len(digits) - last - 1, len(digits[:last].lstrip("-+"))
        is_decimal = after != 3 or not 1 <= before <= 3 or mark == decimal_mark
    if not is_decimal:
        return digits.replace(mark, "")
    return digits.replace(other, "").replace(mark, ".")


def _bounded(digits: str, words: str) -> Decimal:
    try:
        found = Decimal(digits)
    except InvalidOperation:
        raise BadValue("number", value=words) from None
    if not found.is_finite() or abs(found) >= MAX_AMOUNT:
        raise BadValue("number", value=words)
    return found


def boolean(value: object) -> bool:
    """Read yes or no in English, Russian or Armenian.

    >>> boolean("Да"), boolean(0.0)
    (True, False)
    """
    if isinstance(value, bool):
        return value
    word = text(value).casefold().rstrip(".")
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise BadValue("boolean", value=word)


def gender(value: object) -> str:
    """Read ``female``, ``male`` or ``other`` from a word or a letter.

    >>> gender("Жен."), gender("M")
    ('female', 'male')
    """
    word = text(value).casefold().rstrip(".")
    if word not in _GENDER_OF:
        raise BadValue("gender", value=word)
    return _GENDER_OF[word]


def email(value: object) -> str:
    """Read one e-mail address, in lower case.

    >>> email(" Ani@Example.AM ")
    'ani@example.am'
    """
    words = text(value, 254)
    if not _EMAIL.fullmatch(words):
        raise BadValue("email", value=words)
    return words.lower()


def phone(value: object, country: str | None = None) -> str:
    """Read a phone number to E.164.

    :param country: ISO code by which a national number is understood

    >>> phone("091 23-45-67", "AM"), phone(37491234567.0)
    ('+37491234567', '+37491234567')
    """
    words = text(value, 60)
    attempts = [(words, country)]
    if not words.startswith("+"):
        # Spreadsheets turn +374… into a number and thereby lose the plus.
        attempts.append((f"+{words}", None))
    for words_tried, region in attempts:
        try:
            parsed = phonenumbers.parse(words_tried, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(
                parsed, phonenumbers.PhoneNumberFormat.E164
            )
    raise BadValue("phone", value=words)


def choice(value: object, choices: Mapping[str, object]) -> object:
    """Find what a name stands for, whatever its case.

    :param choices: ``{name.casefold(): meaning}``
    """
    words = text(value)
    try:
        return choices[words.casefold()]
    except KeyError:
        raise BadValue("choice", value=words) from None
