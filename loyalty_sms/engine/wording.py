"""Texts with ``{{ variables }}``: read, checked and filled in without any code in them.

A placeholder is a name, a format or none, and words for when there is no value::

    {{ name }}    {{ points|number }}    {{ first_name or "friend" }}

Nothing is evaluated and no attribute is reached: a name stands in a table or it is an
error that names it.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal

FORMATS = ("text", "number", "money", "date", "time", "datetime")

_PLACEHOLDER = re.compile(
    r"""\{\{\s*(?P<name>[A-Za-z_][A-Za-z0-9_]*)
        (?:\s*\|\s*(?P<format>[a-z]+))?
        (?:\s+or\s+(?:"(?P<double>[^"{}]*)"|'(?P<single>[^'{}]*)'))?\s*\}\}""",
    re.VERBOSE,
)
_SPACES = str.maketrans("\u00a0\u202f\u2009", "   ")
_GLUED = re.compile(r"([A-Z]{3})(\d)")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_BRACES = re.compile(r"\{\{.{0,30}|.{0,30}\}\}")


class WordingError(Exception):
    """A text cannot be filled in."""


class MalformedPlaceholder(WordingError):
    """``excerpt`` has double braces but is no placeholder."""

    def __init__(self, excerpt):
        super().__init__(excerpt)
        self.excerpt = excerpt


class UnknownVariable(WordingError):
    """``name`` is not among the ``allowed`` variables."""

    def __init__(self, name, allowed):
        super().__init__(name)
        self.name = name
        self.allowed = sorted(allowed)


class UnknownFormat(WordingError):
    """``format`` of the variable ``name`` is not among ``FORMATS``."""

    def __init__(self, name, wanted):
        super().__init__(wanted)
        self.name = name
        self.format = wanted


class Placeholder(NamedTuple):
    """``format`` is empty where the variable's own kind decides."""

    name: str
    format: str = ""
    default: str = ""


class Style(NamedTuple):
    """How a customer reads numbers and days: ``lang`` as in Odoo (``hy_AM``)."""

    lang: str = "en_US"
    tz: str = "UTC"
    currency: str = "USD"
    decimals: int = 2


ENGLISH = Style()


class Rendered(NamedTuple):
    """A message as one customer gets it.

    ``lang`` is the language of the words, which is not the customer's own when
    ``fallback`` is true. ``provider_template`` is ``[name, language, parameters]`` of
    an approved template. ``problem`` is a reason not to send (``no_text``,
    ``too_long``) or empty.
    """

    subject: str
    body: str
    encoding: str
    segments: int
    lang: str
    provider_template: list | None = None
    fallback: bool = False
    is_secret: bool = False
    problem: str = ""


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[str | Placeholder, ...]:
    """Words and placeholders of ``text`` in turn.

    >>> parse('Dear {{ name or "friend" }}!')
    ('Dear ', Placeholder(name='name', format='', default='friend'), '!')

    :raise MalformedPlaceholder: braces that open or close nothing
    :raise UnknownFormat: a format that does not exist
    """
    pieces, position = [], 0
    for found in _PLACEHOLDER.finditer(text):
        pieces += _plain(text[position : found.start()])
        wanted = found["format"] or ""
        if wanted and wanted not in FORMATS:
            raise UnknownFormat(found["name"], wanted)
        default = found["double"] or found["single"] or ""
        pieces.append(Placeholder(found["name"], wanted, default))
        position = found.end()
    return (*pieces, *_plain(text[position:]))


def _plain(words):
    stray = _BRACES.search(words)
    if stray:
        raise MalformedPlaceholder(stray[0])
    return [words] if words else []


def variables(text: str) -> set[str]:
    """Names of the variables in ``text``.

    >>> sorted(variables("{{ points }} of {{ name }}"))
    ['name', 'points']
    """
    return {piece.name for piece in parse(text) if isinstance(piece, Placeholder)}


def check(text: str, allowed: Iterable[str]) -> set[str]:
    """The variables of ``text``, which are all ``allowed``.

    :raise WordingError: what is wrong, as data
    """
    found = variables(text)
    allowed = set(allowed)
    for piece in parse(text):
        if isinstance(piece, Placeholder) and piece.name not in allowed:
            raise UnknownVariable(piece.name, allowed)
    return found


def fill(
    text: str,
    values: Mapping,
    style: Style = ENGLISH,
    kinds: Mapping[str, str] | None = None,
    escape=None,
) -> str:
    """``text`` with ``values`` in place of its placeholders.

    :param kinds: ``{variable: format}`` for placeholders that name no format
    :param escape: applied to each value, for HTML

    >>> fill("{{ points|number }}, {{ name or 'friend' }}", {"points": 12500, "name": ""})
    '12,500, friend'
    """  # noqa: E501
    kinds = kinds or {}
    filled = []
    for piece in parse(text):
        if isinstance(piece, str):
            filled.append(piece)
            continue
        value = values.get(piece.name)
        if value is None or value is False or value == "":
            words = piece.default
        else:
            words = show(value, piece.format or kinds.get(piece.name, "text"), style)
        filled.append(escape(words) if escape else words)
    return "".join(filled)


def show(value, wanted: str, style: Style) -> str:
    """``value`` in the language of ``style``; a value of another kind as plain text.

    >>> show(datetime.date(2026, 3, 8), "date", Style("ru_RU"))
    '8 мар. 2026 г.'
    >>> show(20000, "money", Style("hy_AM", currency="AMD", decimals=0))
    '20 000 ֏'
    """
    if wanted in ("number", "money"):
        number = _number(value)
        if number is not None:
            return _plainly(_show_number(number, wanted, style), style)
    if wanted in ("date", "time", "datetime"):
        moment = _moment(value)
        if moment is not None:
            return _plainly(_show_moment(moment, wanted, style), style)
    if isinstance(value, float):
        return _plainly(_show_number(_number(value), "number", style), style)
    return str(value)


def _plainly(words, style):
    # Babel's hard spaces would make a GSM-7 text UCS-2; it leaves Latin digits to
    # Persian, and no space between AMD and the figure in English.
    words = words.translate(_SPACES)
    words = _GLUED.sub(r"\1 \2", words)
    return words.translate(_PERSIAN_DIGITS) if style.lang.startswith("fa") else words


def _number(value):
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _moment(value):
    if isinstance(value, datetime.date):
        return value
    try:
        moment = datetime.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if len(str(value)) > 10 else moment.date()


@lru_cache(maxsize=256)
def locale(lang: str) -> Locale:
    """The locale of an Odoo language; English for one that Babel does not know."""
    try:
        return Locale.parse((lang or "en_US").split("@")[0])
    except (ValueError, UnknownLocaleError):
        return Locale("en")


@lru_cache(maxsize=16384)
def _show_number(number, wanted, style):
    where = locale(style.lang)
    if wanted == "number":
        pattern = "#,##0" if number == number.to_integral_value() else "#,##0.00"
        return format_decimal(number, pattern, where, numbering_system="default")
    whole = style.decimals == 0 or number == number.to_integral_value()
    return format_currency(
        number,
        style.currency,
        _money_pattern(where, whole),
        where,
        currency_digits=False,
        numbering_system="default",
    )


@lru_cache(maxsize=512)
def _money_pattern(where, whole):
    pattern = where.currency_formats["standard"].pattern
    if whole:
        return re.sub(r"([#0])\.0+", r"\1", pattern)
    return pattern


@lru_cache(maxsize=16384)
def _show_moment(moment, wanted, style):
    where = locale(style.lang)
    if not isinstance(moment, datetime.datetime):
        return format_date(moment, "medium", where)
    zone = ZoneInfo(style.tz)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    moment = moment.astimezone(zone)
    if wanted == "date":
        return format_date(moment.date(), "medium", where)
    if wanted == "time":
        return format_time(moment, "short", tzinfo=zone, locale=where)
    return format_datetime(moment, "short", tzinfo=zone, locale=where)
