"""Where a zone is: a polygon, postal codes, cities."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .geo import contains

Place = tuple[float, float]
Box = tuple[float, float, float, float]
_SEPARATORS = re.compile(r"[,;\n]+")
MAX_CORNERS = 2000


class BadArea(ValueError):
    """A border or a list of codes that cannot be understood.

    ``problem`` is "polygon", "corners", "corner" or "range"; ``value`` what was wrong.
    """

    def __init__(self, problem: str, value: object = None):
        super().__init__(problem, value)
        self.problem = problem
        self.value = value


def check_polygon(value: object) -> list[list[float]]:
    """A border as a list of [latitude, longitude], without a repeated last corner.

    >>> check_polygon([[0, 0], [0, 2], [2, 2], [0, 0]])
    [[0.0, 0.0], [0.0, 2.0], [2.0, 2.0]]
    """
    if not isinstance(value, list):
        raise BadArea("polygon", value)
    corners = [_corner(item) for item in value]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len({tuple(corner) for corner in corners}) < 3 or len(corners) > MAX_CORNERS:
        raise BadArea("corners", len(corners))
    return corners


def _corner(item: object) -> list[float]:
    if (
        not isinstance(item, list | tuple)
        or len(item) != 2
        or not all(
            isinstance(number, int | float) and not isinstance(number, bool)
            for number in item
        )
        or not (-90 <= item[0] <= 90 and -180 <= item[1] <= 180)
    ):
        raise BadArea("corner", item)
    return [float(item[0]), float(item[1])]


def box(corners: Sequence[Sequence[float]]) -> Box:
    """South, west, north and east ends.

    >>> box([[0, 1], [4, 3], [2, -1]])
    (0, -1, 4, 3)
    """
    lats = [corner[0] for corner in corners]
    lons = [corner[1] for corner in corners]
    return min(lats), min(lons), max(lats), max(lons)


def plain(text: str | None) -> str:
    """A code or a name as it is compared: without case and spaces around or doubled."""
    return " ".join((text or "").split()).casefold()


def parse_list(text: str | None) -> list[str]:
    """Entries between commas, semicolons and lines.

    >>> parse_list("Yerevan; Abovyan,\\n Masis ")
    ['yerevan', 'abovyan', 'masis']
    """
    return [plain(part) for part in _SEPARATORS.split(text or "") if plain(part)]


def parse_codes(text: str | None) -> list[tuple[str, str]]:
    """Postal codes as pairs from–to; a code is also the beginning of longer ones.

    >>> parse_codes("0010-0019, 37*")
    [('0010', '0019'), ('37', '37')]
    """
    codes = []
    for entry in parse_list(text):
        first, dash, last = (part.strip(" *") for part in entry.partition("-"))
        # "SW1A-1AA" is one code, "0010-0019" a range: a range is of digits.
        if dash and first.isdigit() and last.isdigit():
            if len(first) != len(last) or first > last:
                raise BadArea("range", entry)
            codes.append((first, last))
            continue
        whole = entry.strip(" *").replace(" ", "")
        if not whole:
            raise BadArea("range", entry)
        codes.append((whole, whole))
    return codes


def holds_code(codes: Sequence[tuple[str, str]], code: str | None) -> bool:
    """Whether a postal code begins with one of the codes.

    >>> holds_code(parse_codes("0010-0019, 37"), "0014"), holds_code([], "0014")
    (True, False)
    """
    wanted = plain(code).replace(" ", "")
    return bool(wanted) and any(
        len(wanted) >= len(first) and first <= wanted[: len(first)] <= last
        for first, last in codes
    )


@dataclass(frozen=True, slots=True)
class Area:
    """One zone's area, parsed."""

    corners: tuple[Place, ...] = ()
    box: Box | None = None
    codes: tuple[tuple[str, str], ...] = ()
    cities: frozenset[str] = frozenset()

    def holds(self, place: Place | None, code: str | None, city: str | None) -> bool:
        """Whether an address belongs here.

        A known position is judged by the border alone, if there is one: codes and
        cities then speak only for addresses without a position.
        """
        if place and self.corners:
            south, west, north, east = self.box or box(self.corners)
            return (
                south <= place[0] <= north
                and west <= place[1] <= east
                and contains(self.corners, place)
            )
        if holds_code(self.codes, code):
            return True
        return bool(self.cities) and plain(city) in self.cities
