"""Pictures that phones send: opened with care, written anew; Python and Pillow."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE = 1600
MOST_BYTES = 2_000_000
MOST_PIXELS = 60_000_000
# A JPEG is unpacked smaller at once, a PNG as it is: signatures, screens, no posters.
MOST_PNG_PIXELS = 16_000_000
QUALITIES = (82, 70, 55, 40)


class NotAPicture(Exception):
    """No JPEG or PNG that can be opened."""


class TooLarge(Exception):
    """More pixels than any phone's camera has."""


def rewritten(data: bytes, *, longest: int = LONGEST_SIDE) -> bytes:
    """The picture as a JPEG of its own: turned upright, made smaller, nothing else.

    Only pixels go over: no EXIF with the place of a home, no profile, no trailing
    bytes. The size is known before any pixel is unpacked.

    :raise NotAPicture: the bytes are something else, or end too early
    :raise TooLarge: a decompression bomb, or a poster
    """
    picture = _upright(_opened(data))
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    picture = _on_white(picture)
    for quality in QUALITIES:
        stream = io.BytesIO()
        picture.save(stream, format="JPEG", quality=quality, optimize=True)
        if stream.tell() <= MOST_BYTES:
            break
    return stream.getvalue()


def _opened(data):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        width, height = picture.size
        is_png = picture.format == "PNG"
        if width * height > (MOST_PNG_PIXELS if is_png else MOST_PIXELS):
            raise TooLarge
        if picture.format == "JPEG":
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
    except Image.DecompressionBombError as error:
        raise TooLarge from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotAPicture from error
    return picture


def _upright(picture):
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001 - whatever a broken EXIF does, the pixels stand
        return picture


def _on_white(picture):
    """Signatures are drawn on nothing: white shows through instead of black."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")
