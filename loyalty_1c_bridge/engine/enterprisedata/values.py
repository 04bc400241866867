"""Values of the format as text, and VAT rates, which changed their shape in 1.17."""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from ..errors import ExchangeError

# EnterpriseData up to 1.16, enumeration СтавкиНДС. From 1.17 on a rate is a structure.
VAT_NAME = re.compile(r"^НДС(\d+)(_1\d+)?$")
NO_VAT = "БезНДС"
VAT_KINDS = {"0": "Нулевая", "18": "Общая", "20": "Общая", "22": "Общая"}
INTEGERS = ("integer", "int")


def to_text(value, facets, path):
    """Text of ``value`` as its type wants it.

    :raise ExchangeError: it does not fit: unknown word, too long, not a number

    >>> to_text(Decimal("1200"), {"base": "decimal", "fraction": 2}, "Сумма")
    '1200.00'
    >>> to_text(True, {"base": "boolean"}, "Проведен")
    'true'
    """
    text = _convert(value, facets, path)
    _check(text, facets, path)
    return text


def _convert(value, facets, path):
    base = facets.get("base", "string")
    try:
        if base == "decimal":
            return _decimal(value, facets.get("fraction"))
        if base in INTEGERS:
            return str(int(value))
        if base == "boolean":
            return _boolean(value)
        if base == "date":
            return str(value)[:10]
        if base == "dateTime":
            return _moment(value)
    except (ValueError, InvalidOperation) as error:
        raise ExchangeError("ed_value", path, value=str(value), kind=base) from error
    # Control characters have no place in XML 1.0.
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", str(value))


def _decimal(value, fraction):
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(value)
    if fraction is not None:
        number = number.quantize(Decimal(1).scaleb(-fraction), ROUND_HALF_UP)
        number = number or abs(number)  # no minus before a zero
    return f"{number:f}"


def _boolean(value):
    if isinstance(value, str):
        if value not in ("true", "false", "1", "0"):
            raise ValueError(value)
        return "true" if value in ("true", "1") else "false"
    return "true" if value else "false"


def _moment(value):
    if isinstance(value, datetime.datetime):
        return value.replace(microsecond=0, tzinfo=None).isoformat()
    if isinstance(value, datetime.date):
        return f"{value.isoformat()}T00:00:00"
    return datetime.datetime.fromisoformat(str(value)).isoformat()


def _check(text, facets, path):
    if "enum" in facets and text not in facets["enum"]:
        raise ExchangeError("ed_word", path, value=text)
    size = len(text)
    exact, most, least = (facets.get(name) for name in ("length", "max", "min"))
    if (
        (exact is not None and size != exact)
        or (most is not None and size > most)
        or (least is not None and size < least)
    ):
        limit = exact if exact is not None else most if most is not None else least
        raise ExchangeError("ed_length", path, value=text, limit=limit)
    if (
        "digits" in facets
        and len(re.sub(r"\D", "", text).lstrip("0")) > facets["digits"]
    ):
        raise ExchangeError("ed_length", path, value=text, limit=facets["digits"])
    if "pattern" in facets and not re.fullmatch(facets["pattern"], text):
        raise ExchangeError("ed_value", path, value=text, kind=facets["pattern"])


def vat_to_name(rate, known, path):
    """Word of 1.16 and older for a rate of 1.17 and newer.

    :param known: words of the version, without 5, 7 or 22 %
    :raise ExchangeError: ``ed_vat_rate`` when the version has no such rate

    >>> vat_to_name({"Ставка": 20, "РасчетнаяСтавка": True}, ["НДС20_120"], "")
    'НДС20_120'
    """
    if isinstance(rate, str):
        name = rate
    elif _true(rate.get("НеОблагается")):
        name = NO_VAT
    else:
        number = Decimal(str(rate.get("Ставка") or 0)).normalize()
        name = f"НДС{number:f}"
        if _true(rate.get("РасчетнаяСтавка")):
            name += f"_{100 + number:f}"
    if name not in known:
        raise ExchangeError("ed_vat_rate", path, rate=name.removeprefix("НДС"))
    return name


def vat_from_name(name):
    """A rate of 1.16 and older in the shape of 1.17.

    >>> vat_from_name("НДС20_120")["РасчетнаяСтавка"]
    'true'
    >>> vat_from_name("БезНДС")["НеОблагается"]
    'true'
    """
    match = VAT_NAME.match(name)
    rate = match[1] if match else "0"
    kind = NO_VAT if name == NO_VAT else VAT_KINDS.get(rate, "Пониженная")
    computed = bool(match and match[2])
    return {
        "Ставка": rate,
        "РасчетнаяСтавка": "true" if computed else "false",
        "НеОблагается": "true" if name == NO_VAT else "false",
        "ВидСтавки": f"{kind}Расчетная" if computed else kind,
    }


def _true(value):
    return value in (True, "true", "1")
