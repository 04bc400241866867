"""A QR symbol as bits: a phone without network can draw it; plain Python."""

import base64
import functools

import qrcode

# Comparing all masks takes eight times as long; readers read each of them.
MASK = 3


@functools.lru_cache(maxsize=2000)
def qr_bits(text: str) -> dict:
    """Side length and bits of the symbol, row by row, without the quiet zone.

    >>> symbol = qr_bits("ST00012|Sum=2300000")
    >>> symbol["n"], len(base64.b64decode(symbol["bits"]))
    (25, 79)
    """
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M,
        border=0,
        box_size=1,
        mask_pattern=MASK,
    )
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    digits = "".join("1" if dark else "0" for row in rows for dark in row)
    digits += "0" * (-len(digits) % 8)
    data = int(digits, 2).to_bytes(len(digits) // 8, "big")
    return {"n": len(rows), "bits": base64.b64encode(data).decode()}
