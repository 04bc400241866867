"""Card codes: hard to guess, easy to type, and a slip of the finger shows.

A code is a prefix, 13 random characters and a check character, all of Crockford's
base 32: digits and upper-case letters without I, L, O and U, which Code 128 prints
and any scanner that poses as a keyboard types. Crockford's own check (modulo 37)
needs ``*~$=U``, which keyboard layouts move around, so ours is counted in the field
of 32 elements: each character has a weight of its own, hence one changed character
or two swapped ones, wherever they stand, never pass.

Codes of another shape (the ERP's own, a supplier's plastic cards) remain usable:
look for the text as it was scanned first, then for ``normalise(text)``.
"""

import re
import secrets
from collections.abc import Callable, Iterable

# https://www.crockford.com/base32.html
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 14
MAX_LENGTH = 31

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\u2010-\u2015-]+")
# x^5 + x^2 + 1 is primitive: the powers of x are 31 different weights.
_POLYNOMIAL = 0b100101


def generate(
    random: Callable[[int], bytes] = secrets.token_bytes, prefix: str = "044"
) -> str:
    """Make a code of 65 random bits.

    :param random: gives as many random bytes as asked
    :param prefix: what the till recognises a card by, at most 17 characters of
        the same alphabet
    """
    if not set(prefix) <= set(ALPHABET) or len(prefix) > MAX_LENGTH - BODY_LENGTH:
        raise ValueError(f"prefix {prefix!r} does not fit the alphabet of codes")
    bits = int.from_bytes(random(9), "big") >> 7
    places = range(5 * (BODY_LENGTH - 2), -1, -5)
    code = prefix + "".join(ALPHABET[bits >> place & 31] for place in places)
    return code + ALPHABET[_times_x(_remainder(code))]


def normalise(text: str) -> str:
    """Bring what a person typed to the form in which codes are stored.

    >>> normalise("044 7zzo-l111 1111 11")
    '0447ZZ01111111111'
    """
    text = _SEPARATORS.sub("", text).upper()
    if len(text) < BODY_LENGTH:
        return text
    return text[:-BODY_LENGTH] + text[-BODY_LENGTH:].translate(_LOOKALIKES)


def is_valid(code: str) -> bool:
    """Tell whether ``code``, already normalised, can be one of ours."""
    if not BODY_LENGTH <= len(code) <= MAX_LENGTH or not set(code) <= set(ALPHABET):
        return False
    return _remainder(code) == 0


def mask(code: str) -> str:
    """Hide a code in lists and logs, leaving its prefix and its end.

    >>> mask("04412345678901234")
    '044••••••••••1234'
    """
    if len(code) < BODY_LENGTH:
        return "•" * len(code)
    return code[:3] + "•" * (len(code) - 7) + code[-4:]


def grouped(code: str, size: int = 4) -> str:
    """A code as people read and type it.

    >>> grouped("0447ZZ01111111111")
    '0447 ZZ01 1111 1111 1'
    """
    return " ".join(code[i : i + size] for i in range(0, len(code), size))


def _remainder(characters: Iterable[str]) -> int:
    # Starting from 1 makes the length count: a lost leading zero shows too.
    remainder = 1
    for character in characters:
        remainder = _times_x(remainder) ^ _VALUES[character]
    return remainder


def _times_x(element: int) -> int:
    element <<= 1
    return element ^ _POLYNOMIAL if element & 0b100000 else element
