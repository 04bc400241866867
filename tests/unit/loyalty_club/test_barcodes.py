import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from odoo.addons.loyalty_club.engine.barcodes import (
    code128_png,
    code128_widths,
    data_uri,
    qr_png,
)
from odoo.addons.loyalty_club.engine.codes import generate

codes = st.binary(min_size=9, max_size=9).map(
    lambda drawn: generate(lambda _size: drawn)
)


def _picture(png):
    return Image.open(io.BytesIO(png)).convert("L")


@given(codes)
def test_code128_has_whole_symbols_and_fits_a_card(code):
    widths = code128_widths(code)
    # Symbols of 11 modules and a stop of 13 (ISO/IEC 15417, 4.1).
    assert (sum(widths) - 13) % 11 == 0
    # At 0.3 mm a module the symbol and its margins are narrower than a card.
    assert (sum(widths) + 20) * 0.3 < 85


def test_code128_has_white_margins_of_ten_modules():
    picture = _picture(code128_png("0447ZZ01111111111", module=2, height=4))
    row = [picture.getpixel((x, 1)) for x in range(picture.width)]
    assert row[:20] == [255] * 20 and row[20] == 0
    assert row[-20:] == [255] * 20 and row[-21] == 0


def test_code128_refuses_what_it_cannot_write():
    with pytest.raises(ValueError, match="Code 128"):
        code128_png("Անի")


@given(codes)
def test_every_symbol_is_read_back(code):
    zxingcpp = pytest.importorskip("zxingcpp")
    for draw in (qr_png, code128_png):
        found = zxingcpp.read_barcodes(_picture(draw(code)))
        assert [symbol.text for symbol in found] == [code]


def test_picture_is_in_the_address_itself():
    assert data_uri(b"\x89PNG").startswith("data:image/png;base64,iVBORw")
