"""Pictures of strangers: measured before they are decoded, then drawn anew."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import ExchangeError

MAX_BYTES = 20 << 20
MAX_PIXELS = 50_000_000
MAX_SIDE = 1920
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")

# Some builds of the library lack some formats.
Image.init()
_KNOWN = tuple(name for name in FORMATS if name in Image.OPEN)


def reencode(data, where="", max_bytes=MAX_BYTES, max_pixels=MAX_PIXELS):
    """A picture as a new JPEG or PNG of at most 1920 pixels a side.

    Nothing of the file but its pixels stays: no metadata, no trailing bytes.

    :raise ExchangeError: ``image_large``, ``image_broken``
    """
    if len(data) > max_bytes:
        raise ExchangeError("image_large", where, limit=max_bytes >> 20)
    try:
        with warnings.catch_warnings():
            # The size is checked below, by our own limit.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_KNOWN)
            if image.width * image.height > max_pixels:
                raise ExchangeError("image_large", where, limit=max_pixels)
            return _draw(image)
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError) as error:
        raise ExchangeError("image_broken", where, reason=str(error)[:80]) from error


def _draw(image):
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))
    image = ImageOps.exif_transpose(image)
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    output = io.BytesIO()
    if has_alpha:
        image.save(output, "PNG", optimize=True)
    else:
        image.save(output, "JPEG", quality=88)
    return output.getvalue()
