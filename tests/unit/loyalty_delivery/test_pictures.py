import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from odoo.addons.loyalty_delivery.engine.pictures import (
    MOST_BYTES,
    NotAPicture,
    TooLarge,
    rewritten,
)


def saved(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


NOISE = saved(Image.effect_noise((40, 30), 60).convert("RGB"), "JPEG")


@given(st.binary(max_size=400))
def test_bytes_of_chance_are_no_picture(data):
    with pytest.raises(NotAPicture):
        rewritten(data)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_damaged_picture_is_opened_or_refused(data):
    whole = bytearray(NOISE)
    for _each in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    try:
        result = rewritten(bytes(whole))
    except (NotAPicture, TooLarge):
        return
    assert Image.open(io.BytesIO(result)).format == "JPEG"


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(["RGB", "RGBA", "L", "LA", "P", "1", "CMYK"]),
    st.integers(1, 900),
    st.integers(1, 900),
)
def test_every_kind_of_picture_becomes_a_plain_one(mode, width, height):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = Image.open(
        io.BytesIO(rewritten(saved(Image.new(mode, (width, height)), kind)))
    )
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    assert picture.size == (width, height)


def test_a_noisy_photo_stays_within_its_bytes():
    noise = Image.effect_noise((3000, 3000), 120).convert("RGB")
    result = rewritten(saved(noise, "JPEG", quality=95))
    assert len(result) <= MOST_BYTES
    assert max(Image.open(io.BytesIO(result)).size) == 1600


def test_a_poster_in_png_is_refused_before_it_is_unpacked():
    few_bytes = saved(Image.new("1", (7000, 8000)))
    assert len(few_bytes) < 20_000
    with pytest.raises(TooLarge):
        rewritten(few_bytes)
