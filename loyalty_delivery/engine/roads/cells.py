"""What is known between cells of the map, filled by one source after another."""

from collections.abc import Collection, Mapping, Sequence

from .base import Table
from .pairs import Block


class CellMatrix:
    """Metres and seconds between distinct cells, ``None`` where nobody told yet.

    A thousand cells are a million pairs: they are kept and moved by whole rows.
    """

    def __init__(self, cells: Sequence[str]):
        self.cells = cells
        self.metres = [[None] * len(cells) for _cell in cells]
        self.seconds = [[None] * len(cells) for _cell in cells]
        for place in range(len(cells)):
            self.metres[place][place] = self.seconds[place][place] = 0

    def count_missing(self) -> int:
        return sum(row.count(None) for row in self.metres)

    def missing(self, but: Collection[tuple[int, int]] = ()) -> list[list[int]]:
        """For each row the columns that are not known.

        :param but: pairs of which it is known that there is no way

        >>> CellMatrix(["a", "b"]).missing(), CellMatrix(["a", "b"]).missing({(0, 1)})
        ([[1], [0]], [[], [0]])
        """
        return [
            [
                column
                for column, value in enumerate(values)
                if value is None and (row, column) not in but
            ]
            if None in values
            else []
            for row, values in enumerate(self.metres)
        ]

    def fill_by_cell(self, kept: Mapping[str, tuple], factor: float) -> set:
        """Take what was kept by the names of cells.

        :param kept: ``{origin: (destinations, metres, seconds)}``
        :param factor: by which seconds are multiplied
        :return: the pairs of rows and columns that have no way
        """
        place_of = {cell: place for place, cell in enumerate(self.cells)}
        closed = set()
        for origin, (others, metres, seconds) in kept.items():
            row = place_of[origin]
            own_metres, own_seconds = self.metres[row], self.seconds[row]
            for there, length, time in zip(others, metres, seconds, strict=True):
                column = place_of[there]
                if length is None:
                    closed.add((row, column))
                elif own_metres[column] is None:
                    own_metres[column] = length
                    own_seconds[column] = round(time * factor)
        return closed

    def fill(self, tile: Block, table: Table, factor: float) -> None:
        """Take an answer, where nobody told before."""
        size = len(self.cells)
        for row, metres, seconds in zip(
            tile.rows, table.metres, table.seconds, strict=True
        ):
            if factor != 1:
                seconds = [time and round(time * factor) for time in seconds]
            is_whole = len(tile.columns) == size
            is_whole = is_whole and None not in metres and None not in seconds
            if is_whole and self.metres[row].count(None) == size - 1:
                # All of a row at once; the answer's own way from a door to itself is 0.
                self.metres[row], self.seconds[row] = list(metres), list(seconds)
                self.metres[row][row] = self.seconds[row][row] = 0
                continue
            self._fill_row(row, tile.columns, metres, seconds)

    def _fill_row(self, row, columns, metres, seconds):
        own_metres, own_seconds = self.metres[row], self.seconds[row]
        for column, length, time in zip(columns, metres, seconds, strict=True):
            if own_metres[column] is None and length is not None and time is not None:
                own_metres[column], own_seconds[column] = length, time

    def named(self, tile: Block, table: Table):
        """An answer by the names of cells, to be kept.

        :return: (origin, destination, metres or None, seconds or None) of each pair
        """
        for row, metres, seconds in zip(
            tile.rows, table.metres, table.seconds, strict=True
        ):
            for column, length, time in zip(tile.columns, metres, seconds, strict=True):
                if row != column:
                    closed = length is None or time is None
                    way = (None, None) if closed else (length, time)
                    yield self.cells[row], self.cells[column], *way

    def overlay(self, metres, seconds, cells: Sequence[str]) -> None:
        """Put what is known in place of the figures of a matrix of places.

        :param cells: the cell of each place
        """
        place_of = {cell: place for place, cell in enumerate(self.cells)}
        columns = [place_of[cell] for cell in cells]
        is_same = columns == list(range(len(self.cells)))
        for row, place in enumerate(columns):
            known_metres, known_seconds = self.metres[place], self.seconds[place]
            if is_same and None not in known_metres:
                metres[row], seconds[row] = known_metres, known_seconds
                continue
            own_metres, own_seconds = metres[row], seconds[row]
            for column, there in enumerate(columns):
                # Within a cell the straight line stands.
                if there != place and known_metres[there] is not None:
                    own_metres[column] = known_metres[there]
                    own_seconds[column] = known_seconds[there]
