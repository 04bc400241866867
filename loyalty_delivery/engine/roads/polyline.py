"""Lines on the map, packed as Google's "encoded polyline" and its six-digit variant."""


class MalformedLineError(ValueError):
    """A text that is not an encoded polyline."""


def decode(text: str, digits: int = 6) -> list[list[float]]:
    """``[[latitude, longitude], …]`` of an encoded line.

    >>> decode("_p~iF~ps|U_ulLnnqC_mqNvxq`@", 5)
    [[38.5, -120.2], [40.7, -120.95], [43.252, -126.453]]
    """
    scale = 10**digits
    numbers = _numbers(text)
    if len(numbers) % 2:
        raise MalformedLineError("a latitude without its longitude")
    places, lat, lon = [], 0, 0
    for step_lat, step_lon in zip(numbers[::2], numbers[1::2], strict=True):
        lat += step_lat
        lon += step_lon
        places.append([lat / scale, lon / scale])
    return places


def encode(places, digits: int = 6) -> str:
    """The encoded line of ``[[latitude, longitude], …]``.

    >>> encode([[38.5, -120.2], [40.7, -120.95], [43.252, -126.453]], 5)
    '_p~iF~ps|U_ulLnnqC_mqNvxq`@'
    """
    scale = 10**digits
    text, last = [], (0, 0)
    for place in places:
        here = tuple(round(degrees * scale) for degrees in place)
        for now, before in zip(here, last, strict=True):
            text.append(_pack(now - before))
        last = here
    return "".join(text)


def _pack(number):
    rest = ~(number << 1) if number < 0 else number << 1
    signs = []
    while rest >= 0x20:
        signs.append(chr((0x20 | (rest & 0x1F)) + 63))
        rest >>= 5
    return "".join(signs) + chr(rest + 63)


def _numbers(text):
    numbers, value, shift = [], 0, 0
    for sign in text:
        bits = ord(sign) - 63
        if not 0 <= bits < 64:
            raise MalformedLineError(f"{sign!r} does not occur in a line")
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift:
        raise MalformedLineError("the line is cut short")
    return numbers
