"""Short signed links: whose, for what and until when, in some fifteen characters."""

import base64
import hashlib
import hmac
from typing import NamedTuple

SIGNATURE_BYTES = 8  # 64 bits: guessing one of a million members takes 2**44 tries


class Token(NamedTuple):
    """``kind`` and ``extra`` are the caller's numbers: a company, an ordinal date."""

    partner_id: int
    kind: int
    extra: int = 0


def _pack(numbers):
    packed = bytearray()
    for number in numbers:
        while number >= 0x80:
            packed.append(number & 0x7F | 0x80)
            number >>= 7
        packed.append(number)
    return bytes(packed)


def _unpack(packed):
    numbers, number, shift = [], 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            numbers.append(number)
            number = shift = 0
    return numbers


def _sign(secret, scope, body):
    key = secret.encode()
    digest = hmac.new(key, scope.encode() + b"\0" + body, hashlib.sha256).digest()
    return digest[:SIGNATURE_BYTES]


def make(secret: str, scope: str, token: Token) -> str:
    """A link's last part: characters that need no escaping in an address.

    >>> len(make("secret", "stop", Token(12345, 1)))
    15
    """
    numbers = [token.kind, token.partner_id] + ([token.extra] if token.extra else [])
    body = _pack(numbers)
    signed = body + _sign(secret, scope, body)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def read(secret: str, scope: str, text: str) -> Token | None:
    """What a link says, or ``None`` for one that we did not make.

    >>> read("secret", "stop", make("secret", "stop", Token(7, 2)))
    Token(partner_id=7, kind=2, extra=0)
    >>> read("secret", "login", make("secret", "stop", Token(7, 2))) is None
    True
    """
    if not text or len(text) > 40 or not text.isascii():
        return None
    try:
        signed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except ValueError:
        return None
    body, signature = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
    if not hmac.compare_digest(_sign(secret, scope, body), signature):
        return None
    numbers = _unpack(body)
    if not 2 <= len(numbers) <= 3:
        return None
    return Token(numbers[1], numbers[0], *numbers[2:])
