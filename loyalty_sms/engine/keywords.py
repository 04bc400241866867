"""What a customer replied: a word we know, a rating, or something for a person.

Only a whole message counts, after trimming punctuation, case and accents; words of
politeness may stand around it. "Don't stop sending" is no STOP.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

STOP, STOP_ALL, START = "stop", "stop_all", "start"
BALANCE, HELP, YES, RATING, OTHER = "balance", "help", "yes", "rating", "other"

# Polite words and signatures around a keyword change nothing.
POLITE = (
    "please pls thanks thank you now sir madam"
    " пожалуйста спасибо плиз"
    " խնդրում եմ շնորհակալություն"
    " გთხოვ გთხოვთ გმადლობთ მადლობა"
    " لطفا لطفاً ممنون مرسی"
)
# Letters of Arabic keyboards that Persian writes otherwise; Armenian ligature.
_SAME = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "և": "եւ"})
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]")
_RATING = re.compile(r"(10|[0-9])(?:\s*/\s*(?:5|10))?(?:[^\w\s]|\n|$)")
_STARS = re.compile("[⭐★🌟]")


class Reply(NamedTuple):
    """``kind`` is one of the words above; ``value`` the number of a rating."""

    kind: str
    value: int | None = None


def normalise(text: str) -> str:
    """A text as words are compared: small letters, no accents, plain digits.

    >>> normalise("  «СТОП!» ")
    'стоп'
    >>> normalise("لغو۱۱")
    'لغو11'
    """
    text = _INVISIBLE.sub("", text or "")
    # Letters of mathematics become plain ones, which may be capitals: folded again.
    text = unicodedata.normalize("NFKD", text.casefold().translate(_SAME))
    text = unicodedata.normalize("NFKD", text.casefold())
    letters = []
    for letter in text:
        category = unicodedata.category(letter)
        if category == "Nd":
            letters.append(str(unicodedata.digit(letter)))
        elif category == "Mn":
            continue
        else:
            letters.append(letter if category[0] in "LN" or letter == "'" else " ")
    return " ".join("".join(letters).split()).translate(_SAME)


_POLITE = frozenset(normalise(POLITE).split())


def _without_politeness(text: str) -> str:
    return " ".join(word for word in text.split() if word not in _POLITE)


def rating(text: str) -> int | None:
    """The number of a message that is a rating: alone, or before other words.

    >>> rating("5!"), rating("۴"), rating("⭐⭐⭐"), rating("5, very good")
    (5, 4, 3, 5)
    >>> rating("5 minutes late") is None
    True
    """
    plain = _INVISIBLE.sub("", text or "").strip()
    if plain and not _STARS.sub("", plain).strip():
        stars = len(_STARS.findall(plain))
        return stars if stars <= 5 else None
    plain = "".join(
        str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c
        for c in plain
    )
    if found := _RATING.match(plain):
        return int(found.group(1))
    alone = _without_politeness(normalise(plain))
    return int(alone) if re.fullmatch("10|[0-9]", alone) else None


def read(text: str, words: Mapping[str, str]) -> Reply:
    """What a reply means.

    :param words: ``{normalised words: kind}``, as :func:`normalise` writes them

    >>> known = {"stop": STOP, "стоп": STOP, "stop all": STOP_ALL}
    >>> read("Stop, please!", known).kind, read("СТОП пожалуйста", known).kind
    ('stop', 'stop')
    >>> read("don't stop sending", known).kind, read("4", known)
    ('other', Reply(kind='rating', value=4))
    """
    plain = normalise(text)
    for candidate in (plain, _without_politeness(plain)):
        if candidate in words:
            return Reply(words[candidate])
    number = rating(text)
    return Reply(OTHER) if number is None else Reply(RATING, number)
