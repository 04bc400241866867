"""Codes as pictures: QR and Code 128, drawn here and never asked for by an address.

An address with the code in it, as ``/report/barcode`` has, ends in the logs of every
server on the way; the code of a gift card is money.
"""

import base64
import io

import qrcode
from PIL import Image, ImageDraw
from reportlab.graphics.barcode.code128 import Code128

# ISO/IEC 15417, 4.5: at least ten modules of white on both sides.
QUIET_MODULES = 10


def qr_png(text: str, *, module: int = 8, quiet: int = 2) -> bytes:
    """A QR symbol of ``text`` that survives a scratch (error correction M).

    :param module: pixels of one module
    :param quiet: modules of white around it; a card has more white around itself
    """
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=module, border=quiet
    )
    code.add_data(text)
    code.make(fit=True)
    return _png(code.make_image().get_image())


def code128_png(text: str, *, module: int = 4, height: int = 120) -> bytes:
    """A Code 128 symbol of ``text`` without the text under it.

    :param module: pixels of the narrowest bar
    :raise ValueError: a character that Code 128 does not have
    """
    widths = code128_widths(text)
    image = Image.new(
        "1", ((sum(widths) + 2 * QUIET_MODULES) * module, height), color=1
    )
    draw = ImageDraw.Draw(image)
    left = QUIET_MODULES * module
    for index, width in enumerate(widths):
        right = left + width * module
        if index % 2 == 0:
            draw.rectangle((left, 0, right - 1, height - 1), fill=0)
        left = right
    return _png(image)


def code128_widths(text: str) -> list[int]:
    """Widths of bars and spaces in turn, in modules, beginning with a bar.

    >>> sum(code128_widths("1234")) == 11 * 4 + 13  # start, 12, 34, check; stop
    True
    """
    symbol = Code128(text)
    symbol.validate()
    if not symbol.valid:
        raise ValueError(f"{len(text)} characters, not all of which Code 128 has")
    symbol.encode()
    symbol.decompose()
    # Letters stand for widths: "a" is a space of one module, "A" a bar of one.
    return [ord(letter.lower()) - ord("a") + 1 for letter in symbol.decomposed]


def data_uri(png: bytes) -> str:
    """A picture as it stands in the ``src`` of an ``img``."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format="PNG", optimize=True)
    return stream.getvalue()
