"""A table of correspondence, pasted from a spreadsheet or saved as text or workbook."""

import csv
import io
from dataclasses import dataclass

import openpyxl

MAX_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A row: an object of 1C and what ours is called."""

    number: int
    external_id: str
    name: str
    ours: str


def from_text(text):
    """Rows of cells of a text with tabs, semicolons or commas between them.

    >>> from_text("62.01;121000\\n62.02;121100")
    [['62.01', '121000'], ['62.02', '121100']]
    """
    lines = text.splitlines()[:MAX_ROWS]
    sample = "\n".join(lines[:20])
    separator = next((char for char in "\t;" if char in sample), ",")
    return [
        [cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)
    ]


def from_bytes(data):
    """Rows of cells of a workbook (.xlsx), or of a text in UTF-8 or windows-1251."""
    if data[:4] == b"PK\x03\x04":
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_row=MAX_ROWS, values_only=True)
        return [
            ["" if cell is None else str(cell).strip() for cell in row] for row in rows
        ]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1251", errors="replace")
    return from_text(text)


def pairs(rows):
    """Pairs of rows of two cells (id, ours) or three (id, name in 1C, ours).

    >>> pairs([["20", "VAT 20 %"], [], ["18", "НДС 18%", "VAT 18 %"]])[1].name
    'НДС 18%'
    """
    answer = []
    for number, row in enumerate(rows, 1):
        if not any(row):
            continue
        external_id, *rest = [*row, "", ""][: max(len(row), 2)]
        name, ours = (rest[0], rest[1]) if len(rest) > 1 else ("", rest[0])
        answer.append(Pair(number, external_id, name, ours))
    return answer
