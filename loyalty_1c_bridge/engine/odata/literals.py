"""Values as OData 3 of 1C writes them in addresses and bodies."""

import datetime
import uuid
from decimal import Decimal
from urllib.parse import quote

from ..errors import ExchangeError

EMPTY = "00000000-0000-0000-0000-000000000000"


def guid(value):
    """A reference in an address.

    >>> guid("6F2CB1A0-6d0c-4c4e-9a9a-0d3d8f0f6a11")
    "guid'6f2cb1a0-6d0c-4c4e-9a9a-0d3d8f0f6a11'"
    >>> guid("1' or true")
    Traceback (most recent call last):
    ...
    odoo.addons.loyalty_1c_bridge.engine.errors.ExchangeError: \
odata_guid 1' or true
    """
    try:
        return f"guid'{uuid.UUID(str(value))}'"
    except ValueError as error:
        raise ExchangeError("odata_guid", str(value)) from error


def cast(value, entity):
    """A reference where several kinds of object may stand.

    >>> cast("6f2cb1a0-6d0c-4c4e-9a9a-0d3d8f0f6a11", "Catalog_Контрагенты")
    "cast(guid'6f2cb1a0-6d0c-4c4e-9a9a-0d3d8f0f6a11','Catalog_Контрагенты')"
    """
    return f"cast({guid(value)},{text(entity)})"


def moment(value):
    """A date, or a date with time, in an address.

    >>> moment(datetime.date(2026, 3, 1))
    "datetime'2026-03-01T00:00:00'"
    """
    return f"datetime'{stamp(value)}'"


def stamp(value):
    """A date, or a date with time, in a body.

    >>> stamp(datetime.datetime(2026, 3, 1, 14, 5, 9, 999))
    '2026-03-01T14:05:09'
    """
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time())
    return value.strftime("%Y-%m-%dT%H:%M:%S")


def text(value):
    """A text in an address; quotes are doubled.

    >>> text("О'Генри")
    "'О''Генри'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def literal(value):
    """Any value in an address.

    >>> literal(True), literal(Decimal("10.50")), literal("62.01")
    ('true', '10.50', "'62.01'")
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, uuid.UUID):
        return guid(value)
    if isinstance(value, datetime.date):
        return moment(value)
    return text(value)


def any_of(name, literals):
    """Condition that a property is one of several values.

    >>> any_of("Code", ["'62.01'", "'62.02'"])
    "(Code eq '62.01' or Code eq '62.02')"
    """
    return "(" + " or ".join(f"{name} eq {value}" for value in literals) + ")"


def call(entity, name, **arguments):
    """Path of a virtual table of a register.

    Texts among the arguments are conditions, and stand in quotes.

    >>> call("AccountingRegister_Х", "Balance", Period=datetime.date(2026, 3, 1),
    ...      AccountCondition="Account_Key eq " + guid(EMPTY))[21:79]
    "Balance(Period=datetime'2026-03-01T00:00:00',AccountCondit"
    """
    inner = ",".join(
        f"{key}={literal(value)}" for key, value in arguments.items() if value
    )
    return f"{entity}/{name}({inner})"


def path(value):
    """A path as it travels: UTF-8, per cent signs, its own punctuation kept.

    >>> path("Catalog_Товары(guid'1')")
    "Catalog_%D0%A2%D0%BE%D0%B2%D0%B0%D1%80%D1%8B(guid'1')"
    """
    return quote(value, safe="/()',=:$_-.")


def query(options):
    """Options of a query; spaces become ``%20``, which 1C reads where ``+`` fails.

    >>> query({"$top": 10, "$filter": "Code eq '62'"})
    "?$top=10&$filter=Code%20eq%20'62'"
    """
    keep = "(),':"
    pairs = (
        f"{name}={quote(str(value), safe=keep)}" for name, value in options.items()
    )
    joined = "&".join(pairs)
    return f"?{joined}" if joined else ""


def number(value):
    """Amount of a row as ``Decimal``; nothing counts as zero.

    >>> number("170000.00"), number(None)
    (Decimal('170000.00'), Decimal('0'))
    """
    return Decimal(str(value or 0))


def day(value):
    """Date of a row, or None for the empty date of 1C.

    >>> day("2026-03-06T20:00:00"), day("0001-01-01T00:00:00")
    (datetime.date(2026, 3, 6), None)
    """
    try:
        found = datetime.date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
    return found if found.year > 1 else None
