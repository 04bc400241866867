"""Which of several rules about numbers says most about one number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers


@dataclass(frozen=True, slots=True)
class Rule:
    """``key`` holds for numbers that begin with ``prefix`` and are of ``country``.

    Empty holds for all. ``country`` is the code of two letters, not the dialling code,
    which several countries share (+7, +1).
    """

    key: int
    prefix: str = ""
    country: str = ""
    is_own: bool = False
    has_class: bool = False
    sequence: int = 10


def digits(number: str) -> str:
    """Digits of a number, without signs, spaces and leading zeros.

    >>> digits("+374 91 12-34-56"), digits("00374")
    ('37491123456', '374')
    """
    return re.sub(r"[^0-9]", "", number or "").lstrip("0")


def is_prefix(text: str) -> bool:
    """Whether ``text`` can be the beginning of an international number.

    >>> is_prefix("+37491"), is_prefix("374 91"), is_prefix("091"), is_prefix("Bank")
    (True, True, False, False)
    """
    return bool(re.fullmatch(r"\+?[1-9][0-9 -]{0,18}", (text or "").strip()))


def region(number: str) -> str:
    """The country of a number, empty when it is none.

    >>> region("+37491123456"), region("+77011234567"), region("ani@example.com")
    ('AM', 'KZ', '')
    """
    if not (number or "").startswith("+"):
        return ""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


def best(rules: Iterable[Rule], number: str) -> int | None:
    """Key of the rule that says most about ``number``, None when none holds.

    The longest prefix wins, then a country, a rule of the company before one for all,
    a class before none, and the sequence.

    >>> rules = [Rule(1), Rule(2, prefix="+374"), Rule(3, prefix="37491"),
    ...          Rule(4, country="KZ")]
    >>> [best(rules, number) for number in ("+37491234567", "+37477", "+995555")]
    [3, 2, 1]
    >>> best(rules, "+77011234567"), best(rules, "+79161234567")
    (4, 1)
    """
    plain = digits(number) if "@" not in (number or "") else ""
    where = None
    found = None
    for rule in rules:
        if rule.prefix and not plain.startswith(digits(rule.prefix)):
            continue
        if rule.country:
            if where is None:
                where = region(number)
            if where != rule.country:
                continue
        rank = (
            len(digits(rule.prefix)),
            bool(rule.country),
            rule.is_own,
            rule.has_class,
            -rule.sequence,
            -rule.key,
        )
        if found is None or rank > found[0]:
            found = rank, rule.key
    return found and found[1]
