"""Places as geohashes, and which rows and columns of a matrix have to be asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SIGNS = "0123456789bcdefghjkmnpqrstuvwxyz"


def geohash(place: tuple[float, float], length: int = 8) -> str:
    """The cell that holds a place; of 8 signs it is 38 m by 19 m at the equator.

    >>> geohash((57.64911, 10.40744), 11)
    'u4pruydqqvj'
    """
    lat, lon = place
    low_lat, high_lat, low_lon, high_lon = -90.0, 90.0, -180.0, 180.0
    signs, bits, value, on_lon = [], 0, 0, True
    while len(signs) < length:
        if on_lon:
            middle = (low_lon + high_lon) / 2
            above = lon >= middle
            low_lon, high_lon = (middle, high_lon) if above else (low_lon, middle)
        else:
            middle = (low_lat + high_lat) / 2
            above = lat >= middle
            low_lat, high_lat = (middle, high_lat) if above else (low_lat, middle)
        value = value << 1 | above
        on_lon = not on_lon
        bits += 1
        if bits == 5:
            signs.append(_SIGNS[value])
            bits = value = 0
    return "".join(signs)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows and columns of a matrix, asked for together."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def blocks(missing: Sequence[Iterable[int]]) -> list[Block]:
    """Few rectangles that cover what is missing of a matrix.

    A new door among known ones misses a row and a column: these are asked for, and
    not the whole again.

    :param missing: for each row, the columns that are not known

    >>> blocks([[2], [2], [0, 1]])
    [Block(rows=(2,), columns=(0, 1)), Block(rows=(0, 1), columns=(2,))]
    """
    left = {row: set(columns) for row, columns in enumerate(missing) if columns}
    found = []
    count = len(missing)
    new = [row for row, columns in left.items() if 2 * len(columns) > count]
    for rows in (new, [row for row in left if row not in set(new)]):
        if rows:
            columns = set().union(*(left[row] for row in rows))
            found.append(Block(tuple(rows), tuple(sorted(columns))))
    return found


def tiles(block: Block, rows: int, columns: int) -> Iterable[Block]:
    """A block cut into ones of at most so many rows and columns.

    >>> [(len(t.rows), len(t.columns)) for t in
    ...  tiles(Block((0, 1, 2), (3, 4, 5)), 2, 2)]
    [(2, 2), (2, 1), (1, 2), (1, 1)]
    """
    for top in range(0, len(block.rows), rows):
        for side in range(0, len(block.columns), columns):
            yield Block(
                block.rows[top : top + rows], block.columns[side : side + columns]
            )
