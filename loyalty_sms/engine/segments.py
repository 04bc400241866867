"""How many segments a text takes as SMS, where it is cut, and what makes it dear.

Two alphabets: GSM-7 (160 septets alone, 153 in each of several parts) and UCS-2
(70 units of UTF-16 alone, 67 in each part). One character out of GSM-7 makes the whole
message UCS-2. ``static/src/segments/segments.js`` does the same in the browser;
``static/tests/segments_vectors.json`` holds the cases both must answer alike.
"""

import unicodedata
from typing import NamedTuple

GSM7, UCS2 = "GSM7", "UCS2"

# 3GPP TS 23.038, 6.2.1: the default alphabet, without the escape itself.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# 3GPP TS 23.038, 6.2.1.1: these take an escape and a second septet.
EXTENSION = frozenset("^{}\\[~]|€\f")
_GSM = BASIC | EXTENSION

# 3GPP TS 23.040, 9.2.3.24.1: a header of 6 octets leaves 134 of 140 for each part.
SINGLE = {GSM7: 160, UCS2: 70}
PART = {GSM7: 153, UCS2: 67}

_SPACES = "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SPACES += "\u202f\u205f\u3000"
_TABLE = {
    **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **dict.fromkeys("‐‑‒–—―−•·", "-"),
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys("\u2028\u2029", "\n"),
    # A zero-width space, a soft hyphen, a word joiner, a byte order mark. The
    # non-joiner of Persian and the joiner of emoji are part of the writing: kept.
    **dict.fromkeys("\u200b\u00ad\u2060\ufeff"),
    "…": "...",
    "№": "No",
    "×": "x",
    "→": "->",
    "™": "(TM)",
    "©": "(c)",
    "®": "(R)",
    "֏": "AMD",
    "₽": "RUB",
    "₾": "GEL",
    "₸": "KZT",
    "﷼": "IRR",
}
_NORMAL = str.maketrans(_TABLE)


class Segments(NamedTuple):
    """``units`` septets or UTF-16 units; ``left`` of them are free in the last part."""

    encoding: str
    units: int
    segments: int
    left: int


class Forcing(NamedTuple):
    """A character that forces UCS-2, at its position among the characters."""

    position: int
    character: str


def encoding(text: str) -> str:
    """The alphabet that ``text`` needs.

    >>> encoding("10 €"), encoding("It’s")
    ('GSM7', 'UCS2')
    """
    return GSM7 if _GSM.issuperset(text) else UCS2


def split(text: str) -> list[str]:
    """Cut ``text`` where the network cuts it; joined, the parts are ``text`` again.

    Neither an escape pair nor a surrogate pair is torn: where the second half does not
    fit, the whole character goes to the next part.

    >>> [len(part) for part in split("ա" * 71)]
    [67, 4]
    """
    if not text:
        return []
    return _cut(text, encoding(text))


def count(text: str) -> Segments:
    """Measure ``text``.

    >>> count("Thank you!")
    Segments(encoding='GSM7', units=10, segments=1, left=150)
    >>> count("Շնորհակալություն").left
    54
    """
    alphabet = encoding(text)
    parts = _cut(text, alphabet)
    room = (SINGLE if len(parts) <= 1 else PART)[alphabet]
    last = _weigh(parts[-1], alphabet) if parts else 0
    return Segments(alphabet, _weigh(text, alphabet), len(parts), room - last)


def forcing(text: str) -> list[Forcing]:
    """The characters that make ``text`` UCS-2, none when it is GSM-7.

    >>> forcing("It’s 5")
    [Forcing(position=2, character='’')]
    """
    return [
        Forcing(position, character)
        for position, character in enumerate(text)
        if character not in _GSM
    ]


def normalise(text: str) -> str:
    """Write typographic signs in plain ones; letters stay what they are.

    >>> normalise("«It’s» – 20\u00a0000\u00a0֏…")
    '"It\\'s" - 20 000 AMD...'
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return text.translate(_NORMAL)


def has_torn_emoji(text: str) -> bool:
    """Whether a gateway may tear a pictogram: beyond the BMP, in several parts.

    Kannel cuts UCS-2 every 67 units without a look at what it cuts.
    """
    return any(ord(c) > 0xFFFF for c in text) and count(text).segments > 1


def _weigh(text, alphabet):
    # Campaigns weigh each text several times: what is common costs no loop.
    if alphabet == UCS2:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    if EXTENSION.isdisjoint(text):
        return len(text)
    return len(text) + sum(c in EXTENSION for c in text)


def _cut(text, alphabet):
    if not text:
        return []
    if _weigh(text, alphabet) <= SINGLE[alphabet]:
        return [text]
    room, used, start, parts = PART[alphabet], 0, 0, []
    for index, character in enumerate(text):
        weight = _weigh(character, alphabet)
        if used + weight > room:
            parts.append(text[start:index])
            start, used = index, 0
        used += weight
    return [*parts, text[start:]]
