"""Excel files that people can work with: types, widths, totals, a frozen header."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

MAX_WIDTH = 60
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
_FORBIDDEN_IN_NAMES = str.maketrans("[]:*?/\\", "       ")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    :param type: ``text``, ``integer``, ``number``, ``date``, ``datetime`` or
        ``boolean``; a cell of another type is written as what it is
    :param digits: decimals shown of a ``number``
    :param total: sum it up under the last row
    """

    title: str
    type: str = "text"
    digits: int = 2
    total: bool = False


class Book:
    """An Excel file in the making.

    >>> book = Book()
    >>> book.add_sheet("Tiers", [Column("Tier"), Column("Members", "integer")],
    ...                [("Gold", 3)])
    >>> book.close()[:2]
    b'PK'
    """

    def __init__(self):
        self._output = io.BytesIO()
        # Nothing a customer typed may become a formula, a link or a number.
        self._book = xlsxwriter.Workbook(
            self._output,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "remove_timezone": True,
            },
        )
        self._formats: dict = {}
        self._names: set[str] = set()

    def add_sheet(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence],
        *,
        total_label: str = "",
    ) -> None:
        """Write one sheet with a frozen, filtered header.

        :param total_label: first cell of the line of totals, where a column has one
        """
        sheet = Sheet(self, self._book.add_worksheet(self._sheet_name(name)), columns)
        for row in rows:
            sheet.add_row(row)
        sheet.finish(total_label)

    def open_sheet(self, name: str, columns: Sequence[Column]) -> "Sheet":
        """Begin a sheet that the caller fills row by row and finishes."""
        worksheet = self._book.add_worksheet(self._sheet_name(name))
        return Sheet(self, worksheet, columns)

    def close(self) -> bytes:
        """Give the bytes of the file."""
        self._book.close()
        return self._output.getvalue()

    def style(self, **properties):
        """One format object for the same properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", **properties})
        return self._formats[key]

    def _sheet_name(self, name: str) -> str:
        # Excel's rules: 31 characters, some forbidden, no apostrophe at the ends.
        base = " ".join(name.translate(_FORBIDDEN_IN_NAMES).split()).strip("'")[:31]
        base = base or "Sheet"
        if base.casefold() == "history":
            base = f"{base} "
        found, number = base, 2
        while found.casefold() in self._names:
            suffix = f" {number}"
            found, number = base[: 31 - len(suffix)] + suffix, number + 1
        self._names.add(found.casefold())
        return found


class Sheet:
    """One sheet while it is written; rows may be groups of an outline."""

    def __init__(self, book: Book, worksheet, columns: Sequence[Column]):
        self.book = book
        self.worksheet = worksheet
        self.columns = list(columns)
        self.row = 0
        self._widths = [_width(column.title) + 4 for column in self.columns]
        self._sums: dict[int, float] = {}
        self._write_header()

    def add_row(self, cells: Sequence, level: int = 0) -> None:
        """Write a row of values, ``level`` deep in the outline."""
        self.row += 1
        if level:
            self.worksheet.set_row(self.row, None, None, {"level": min(level, 7)})
        for index, (cell, column) in enumerate(zip(cells, self.columns, strict=True)):
            self._write(index, cell, column, {})

    def add_group(self, label: str, aggregates: Sequence, level: int = 0) -> None:
        """Write the heading of a group: its label, then figures by column."""
        self.row += 1
        bold = {"bold": True, "bg_color": "#E9ECEF"}
        if level:
            self.worksheet.set_row(self.row, None, None, {"level": min(level, 7)})
        self._write(0, label, Column(""), bold)
        for index, (cell, column) in enumerate(
            zip(aggregates, self.columns[1:], strict=True), start=1
        ):
            self._write(index, cell, column, bold)

    def finish(self, total_label: str = "", *, totals: Sequence | None = None) -> None:
        """Write totals, widths, filter and frozen header; nothing is added after.

        :param totals: figures of the last line where it cannot be a formula, since
            headings of groups stand between the rows
        """
        last = self.row
        if self.columns and last:
            self.worksheet.autofilter(0, 0, last, len(self.columns) - 1)
        if last and any(column.total for column in self.columns):
            self._write_totals(last, total_label, totals)
        for index, width in enumerate(self._widths):
            self.worksheet.set_column(index, index, min(max(width, 8), MAX_WIDTH))
        self.worksheet.freeze_panes(1, 0)
        self.worksheet.repeat_rows(0)
        self.worksheet.set_landscape()
        self.worksheet.fit_to_pages(1, 0)

    def _write_header(self) -> None:
        style = {"bold": True, "bg_color": "#D9E2F3", "bottom": 1, "text_wrap": True}
        for index, column in enumerate(self.columns):
            align = {"align": "right"} if _is_figure(column) else {}
            self.worksheet.write_string(
                0, index, column.title, self.book.style(**style, **align)
            )

    def _write_totals(self, last: int, label: str, totals) -> None:
        self.row += 1
        bold = {"bold": True, "top": 1}
        for index, column in enumerate(self.columns):
            style = {**bold, **_number_format(column)}
            if not column.total:
                self._write(index, label if index == 0 else None, Column(""), bold)
            elif totals is not None:
                self._write(index, totals[index], column, bold)
            else:
                name = xl_col_to_name(index)
                self.worksheet.write_formula(
                    self.row,
                    index,
                    f"=SUBTOTAL(9,{name}2:{name}{last + 1})",
                    self.book.style(**style),
                    round(self._sums.get(index, 0), 6),
                )

    def _write(self, index: int, cell: object, column: Column, extra: dict) -> None:
        worksheet, row, style = self.worksheet, self.row, self.book.style
        if cell is None or cell == "" or (cell is False and column.type != "boolean"):
            worksheet.write_blank(row, index, None, style(**extra))
            return
        if isinstance(cell, bool):
            worksheet.write_boolean(row, index, cell, style(**extra))
        elif isinstance(cell, datetime):
            form = {"num_format": "yyyy-mm-dd hh:mm"}
            worksheet.write_datetime(row, index, cell, style(**form, **extra))
            self._widen(index, 16)
        elif isinstance(cell, date):
            form = {"num_format": "yyyy-mm-dd"}
            worksheet.write_datetime(row, index, cell, style(**form, **extra))
            self._widen(index, 10)
        elif isinstance(cell, (int, float, Decimal)):
            self._write_number(index, cell, column, extra)
        else:
            words = str(cell)[:MAX_TEXT]
            wrap = {"text_wrap": True} if _width(words) > MAX_WIDTH else {}
            worksheet.write_string(row, index, words, style(**wrap, **extra))
            self._widen(index, _width(words))

    def _write_number(self, index: int, cell, column: Column, extra: dict) -> None:
        number = float(cell)
        if number != number or number in (float("inf"), float("-inf")):
            self.worksheet.write_string(
                self.row, index, str(cell), self.book.style(**extra)
            )
            return
        if column.total and not extra:
            self._sums[index] = self._sums.get(index, 0) + number
        if column.type in ("integer", "number"):
            extra = {**extra, **_number_format(column)}
        self.worksheet.write_number(self.row, index, number, self.book.style(**extra))
        self._widen(index, len(f"{number:,.{column.digits}f}"))

    def _widen(self, index: int, width: int) -> None:
        self._widths[index] = max(self._widths[index], width + 2)


def _is_figure(column: Column) -> bool:
    return column.type in ("integer", "number")


def _number_format(column: Column) -> dict:
    if column.type == "integer" or not column.digits:
        return {"num_format": "#,##0"}
    return {"num_format": f"#,##0.{'0' * column.digits}"}


def _width(words: str) -> int:
    return max((len(line) for line in words.splitlines()), default=0)
