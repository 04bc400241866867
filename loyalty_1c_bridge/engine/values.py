"""Words of 1C for rates, units and currencies, as plain values."""

import re
from decimal import Decimal

EXEMPT = "exempt"
_NO_TAX = re.compile(r"без\s*(?:ндс|налога)|не\s*облаг|без\s*пдв|no vat|^—?$", re.I)

CURRENCY_WORDS = {
    "РУБ": "RUB",
    "РУБЛЬ": "RUB",
    "RUR": "RUB",
    "810": "RUB",
    "ГРН": "UAH",
    "ТЕНГЕ": "KZT",
    "ТГ": "KZT",
    "ДРАМ": "AMD",
    "ЛАРИ": "GEL",
    "ДОЛЛАР": "USD",
    "ДОЛЛ": "USD",
    "ЕВРО": "EUR",
    "BYR": "BYN",
}

# How 1C writes units without a code (lower case, no dot) -> ОКЕИ.
UNIT_WORDS = {
    "шт": "796",
    "штука": "796",
    "pce": "796",
    "pcs": "796",
    "ед": "796",
    "кг": "166",
    "килограмм": "166",
    "kgm": "166",
    "г": "163",
    "гр": "163",
    "грамм": "163",
    "т": "168",
    "тонна": "168",
    "л": "112",
    "литр": "112",
    "ltr": "112",
    "м": "006",
    "метр": "006",
    "mtr": "006",
    "см": "004",
    "км": "008",
    "ч": "356",
    "час": "356",
    "сут": "359",
    "дн": "359",
    "день": "359",
    "дюж": "641",
}


def tax_rate(text):
    """Rate of a tax as 1C writes it.

    :return: ``(rate, included)``: ``Decimal`` per cent, or :data:`EXEMPT`, or None when
        the text says nothing; ``included`` is True for ``18/118``, else None

    >>> tax_rate("18%"), tax_rate("Без НДС"), tax_rate("20/120"), tax_rate("льготная")
    ((Decimal('18'), None), ('exempt', None), (Decimal('20'), True), (None, None))
    """
    text = (text or "").strip()
    if _NO_TAX.search(text):
        return EXEMPT, None
    if match := re.search(r"(\d+(?:[.,]\d+)?)\s*%?\s*/\s*1\d\d", text):
        return Decimal(match[1].replace(",", ".")), True
    if match := re.search(r"\d+(?:[.,]\d+)?", text):
        return Decimal(match[0].replace(",", ".")), None
    return None, None


def unit_code(code, name=None, international=None):
    """ОКЕИ code of a unit, three digits, or ``""``.

    >>> unit_code("0796 "), unit_code("", "шт."), unit_code(None, "связка")
    ('796', '796', '')
    """
    digits = re.sub(r"\D", "", code or "")
    if digits.strip("0"):
        return digits.lstrip("0").rjust(3, "0")
    for word in (name, international):
        if found := UNIT_WORDS.get((word or "").strip(" .").casefold()):
            return found
    return ""


def currency_code(text, numbers):
    """Letters of a currency (ISO 4217), or ``""``.

    :param numbers: ``{letters: number}``

    >>> currency_code("643", {"RUB": "643"}), currency_code("руб.", {})
    ('RUB', 'RUB')
    """
    word = (text or "").strip(" .").upper()
    if word.isdigit():
        word = word.rjust(3, "0")
        for letters, number in numbers.items():
            if number == word:
                return letters
    return CURRENCY_WORDS.get(word) or (word if re.fullmatch("[A-Z]{3}", word) else "")
