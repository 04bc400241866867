"""How much two names are alike, without their legal forms and quotes."""

import re
from difflib import SequenceMatcher

_FORMS = re.compile(
    r"\b(общество с ограниченной ответственностью|индивидуальный предприниматель|ооо|"
    r"оао|зао|пао|ао|ип|тоо|чп|фоп|сп|llc|ltd|inc|gmbh|cjsc|ojsc|ie|"
    r"սպը|ալը|աձ|пбоюл)\b"
)


def plain_name(name):
    """A name in small letters without quotes, signs and legal form.

    >>> plain_name("ООО «Ромашка»"), plain_name("Romashka, LLC")
    ('ромашка', 'romashka')
    """
    text = re.sub(r"[\W_]+", " ", (name or "").casefold().replace("ё", "е")).strip()
    bare = " ".join(_FORMS.sub(" ", text).split())
    return bare or text


def similarity(one, other):
    """Likeness of two names from 0 to 1.

    >>> similarity("ООО Ромашка", "Ромашка ООО"), similarity("", "")
    (1.0, 0.0)
    """
    one, other = plain_name(one), plain_name(other)
    if not one or not other:
        return 0.0
    if sorted(one.split()) == sorted(other.split()):
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
