"""Tax and state numbers of the countries where 1C is used: normalised and checked.

``kind`` is one of ``inn``, ``kpp``, ``ogrn``, ``bin`` (БИН/ИИН), ``hvhh`` (ՀՎՀՀ),
``ge`` (Georgian), ``unp``, ``edrpou``, ``uzinn``, ``kginn``. A wrong check digit is a
warning for people, never a reason to lose a number.
"""

import re

from stdnum.by import unp
from stdnum.ru import inn, ogrn
from stdnum.ua import edrpou, rntrc

# Country -> kinds of its tax id, most usual first.
KINDS = {
    "RU": ("inn",),
    "KZ": ("bin",),
    "AM": ("hvhh",),
    "GE": ("ge",),
    "BY": ("unp",),
    "UA": ("edrpou",),
    "UZ": ("uzinn",),
    "KG": ("kginn",),
}
LENGTHS = {
    "inn": (10, 12),
    "kpp": (9,),
    "ogrn": (13, 15),
    "bin": (12,),
    "hvhh": (8,),
    "ge": (9, 11),
    "unp": (9,),
    "edrpou": (8, 10),
    "uzinn": (9, 14),
    "kginn": (14,),
}


def normalise(number):
    """A number without the prefix of its country, spaces and signs; upper case.

    >>> normalise("RU 7707083893"), normalise("ИНН: 7707-083-893"), normalise(None)
    ('7707083893', '7707083893', '')
    """
    text = re.sub(r"[\W_]", "", number or "").upper()
    for prefix in (*KINDS, "ИНН", "КПП", "БИН", "ИИН", "УНП", "INN", "BIN", "VAT"):
        if text.startswith(prefix) and text[len(prefix) :].isdigit():
            return text[len(prefix) :]
    return text


def check(kind, number):
    """Whether a normalised number has the form and the check digit of its kind.

    >>> check("inn", "7707083893"), check("inn", "7707083894")
    (True, False)
    """
    if len(number) not in LENGTHS[kind]:
        return False
    if kind == "kpp":
        return bool(re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", number))
    if kind == "unp":
        return unp.is_valid(number)
    if not re.fullmatch(r"[0-9]+", number) or not number.strip("0"):
        return False
    if kind == "edrpou":
        return (edrpou if len(number) == 8 else rntrc).is_valid(number)
    rule = {"inn": inn.is_valid, "ogrn": ogrn.is_valid, "bin": _bin}.get(kind)
    # Armenia, Georgia, Uzbekistan and Kyrgyzstan publish no check digit: length only.
    return rule(number) if rule else True


def kinds_of(number, country=None):
    """Kinds whose form fits, those of the country first.

    >>> kinds_of("7707083893", "RU"), kinds_of("01234567", "AM")
    (['inn'], ['hvhh'])
    """
    text = normalise(number)
    own = [kind for kind in KINDS.get(country, ()) if len(text) in LENGTHS[kind]]
    if own or country in KINDS:
        return own
    return [
        kind
        for kinds in KINDS.values()
        for kind in kinds
        if len(text) in LENGTHS[kind] and check(kind, text)
    ]


def problem(number, country=None):
    """Name of what is wrong with a tax id, or ``""``: ``length`` or ``digit``.

    >>> problem("7707083894", "RU"), problem("770708", "RU")
    ('digit', 'length')
    """
    text = normalise(number)
    if not text or country not in KINDS:
        return ""
    kinds = kinds_of(text, country)
    if not kinds:
        return "length"
    return "" if any(check(kind, text) for kind in kinds) else "digit"


def _bin(number):
    """Check digit of БИН and ИИН: modulo 11, with other weights where 10 is left."""
    digits = [int(char) for char in number]
    for weights in (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        rest = sum(a * b for a, b in zip(digits, weights, strict=False)) % 11
        if rest != 10:
            return rest == digits[11]
    return False
