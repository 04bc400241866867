"""Rows of a CSV file, an Excel workbook or a vCard, read as a stream.

Files come from strangers. What is refused, is refused before it is unpacked; what is
read, is read with bounds. Rows are numbered as the person sees them in the program
they made the file with.
"""

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

DELIMITERS = (",", ";", "\t", "|")
MAX_ROWS = 1_048_576
MAX_COLUMNS = 200
MAX_FILE = 64 * 2**20
MAX_UNPACKED = 512 * 2**20
MAX_RATIO = 150
_SMALL_PART = 4 * 2**20

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD = 2**16
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ELEMENT = re.compile(rb"<[A-Za-z_:]")
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


class Unreadable(ValueError):
    """The file cannot be read at all.

    :param code: ``empty``, ``large``, ``bomb``, ``damaged``, ``old_excel``,
        ``encrypted``, ``macros``, ``encoding``, ``columns``, ``rows``, ``sheet`` or
        ``format``
    """

    def __init__(self, code: str, **facts):
        super().__init__(code)
        self.code = code
        self.facts = facts


class FormulaWithoutValue:
    """A formula that the program which wrote the file has not computed."""

    def __bool__(self):
        return True

    def __str__(self):
        return "=…"


@dataclass(frozen=True, slots=True)
class Source:
    """How to read a file; every guess may be replaced by what the person knows.

    :param kind: ``xlsx``, ``csv`` or ``vcf``
    :param merged: ``(first row, last row, "A2:A5")`` of cells that were merged
    """

    kind: str
    encoding: str = "utf-8"
    delimiter: str = ","
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    merged: tuple[tuple[int, int, str], ...] = ()

    def changed(self, **changes) -> "Source":
        """The same file, read in another way."""
        return replace(self, **changes)


def sniff(content: bytes, filename: str = "", sheet: str = "") -> Source:
    """Find out what a file is and how to read it.

    :raise Unreadable: nothing of it can be used

    >>> sniff("имя;телефон\\nАни;091234567".encode("cp1251")).encoding
    'cp1251'
    """
    if not content.strip():
        raise Unreadable("empty")
    if len(content) > MAX_FILE:
        raise Unreadable("large", limit=MAX_FILE // 2**20)
    if content.startswith(_OLE):
        raise Unreadable("old_excel")
    if content.startswith(_ZIP):
        return _sniff_workbook(content, sheet)
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"<")):
        raise Unreadable("format")
    encoding = _encoding(content)
    head = _decode(content, encoding)[: 2**16]
    if filename.lower().endswith(
        (".vcf", ".vcard")
    ) or head.lstrip().upper().startswith("BEGIN:VCARD"):
        return Source("vcf", encoding)
    return Source("csv", encoding, _delimiter(head))


def rows(content: bytes, source: Source) -> Iterator[tuple[int, tuple]]:
    """Yield ``(row number from 1, cells)``, blank rows left out.

    :raise Unreadable: where the file breaks
    """
    read = {"csv": _csv_rows, "xlsx": _workbook_rows, "vcf": _card_rows}[source.kind]
    for row_number, cells in read(content, source):
        if row_number > MAX_ROWS:
            raise Unreadable("rows", limit=MAX_ROWS)
        while cells and (cells[-1] is None or cells[-1] == ""):
            cells = cells[:-1]
        if len(cells) > MAX_COLUMNS:
            raise Unreadable("columns", row=row_number, limit=MAX_COLUMNS)
        if any(
            cell is not None and (not isinstance(cell, str) or cell.strip())
            for cell in cells
        ):
            yield row_number, tuple(cells)


def table(
    content: bytes, source: Source, samples: int = 0
) -> tuple[int, tuple[str, ...], Iterator[tuple[int, tuple]]]:
    """Split the rows into the header and the rest.

    :param samples: read so many rows only; 0 for all
    :return: ``(row number of the header, its names, rows)``
    """
    stream = rows(content, source)
    first = next(stream, None)
    if first is None:
        raise Unreadable("empty")
    header = tuple("" if cell is None else str(cell).strip() for cell in first[1])
    return first[0], header, islice(stream, samples) if samples else stream


# -- CSV -------------------------------------------------------------------------
def _encoding(content: bytes) -> str:
    for bom, name in _BOMS:
        if content.startswith(bom):
            return name
    if b"\x00" in content[:4096]:
        return "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte_encoding(content[: 2**16])
    return "utf-8"


def _single_byte_encoding(sample: bytes) -> str:
    # Cyrillic words are runs of high bytes; accents of western languages stand alone.
    high = sum(byte >= 0x80 for byte in sample)
    in_runs = sum(len(run) for run in re.findall(rb"[\xc0-\xff\xa8\xb8]{2,}", sample))
    return "cp1251" if in_runs * 2 >= high else "cp1252"


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise Unreadable("encoding", encoding=encoding) from error


def _delimiter(head: str) -> str:
    best, best_score = ",", (0, 0)
    lines = head.splitlines()
    sample = "\n".join(lines[:-1] if len(head) >= 2**16 else lines)
    for delimiter in DELIMITERS:
        try:
            parsed = list(
                islice(csv.reader(io.StringIO(sample), delimiter=delimiter), 50)
            )
        except csv.Error:
            continue
        widths = Counter(len(cells) for cells in parsed if any(cells))
        width, count = max(
            widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0)
        )
        if width > 1 and (count, width) > best_score:
            best, best_score = delimiter, (count, width)
    return best


def _csv_rows(content: bytes, source: Source) -> Iterator[tuple[int, list]]:
    stream = io.StringIO(_decode(content, source.encoding), newline="")
    reader = csv.reader(stream, delimiter=source.delimiter)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        raise Unreadable("damaged", detail=str(error)) from error


# -- Excel -----------------------------------------------------------------------
def _sniff_workbook(content: bytes, sheet: str) -> Source:
    archive = _checked_archive(content)
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise Unreadable("format")
    if "xl/vbaProject.bin" in names:
        raise Unreadable("macros")
    book = _open_workbook(content)
    try:
        sheets = tuple(worksheet.title for worksheet in book.worksheets)
    finally:
        book.close()
    if not sheets:
        raise Unreadable("empty")
    if sheet and sheet not in sheets:
        raise Unreadable("sheet", sheet=sheet, sheets=", ".join(sheets))
    source = Source("xlsx", sheets=sheets, sheet=sheet or sheets[0])
    return replace(source, merged=tuple(_merged(archive, content, source)))


def _checked_archive(content: bytes) -> zipfile.ZipFile:
    """Open the archive after looking at what its parts claim to unpack to."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("damaged", detail=str(error)) from error
    if len(parts) > 5000 or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable("bomb")
    for part in parts:
        if part.flag_bits & 1:
            raise Unreadable("encrypted")
        packed = max(part.compress_size, 1)
        if part.file_size > _SMALL_PART and part.file_size / packed > MAX_RATIO:
            raise Unreadable("bomb")
        if part.filename.endswith((".xml", ".rels")):
            _check_no_doctype(archive, part)
    return archive


def _check_no_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    # Office never writes a document type; entities are how XML is made to explode.
    try:
        with archive.open(part) as stream:
            head = stream.read(_HEAD)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise Unreadable("damaged", detail=str(error)) from error
    if (
        b"<!DOCTYPE" in head
        or b"<!ENTITY" in head
        or head[:2] in (b"\xff\xfe", b"\xfe\xff")
    ):
        raise Unreadable("bomb")
    # A long comment could push a document type out of what was read.
    before_root = _COMMENT.sub(b"", head).split(b"<!--")[0]
    if len(head) == _HEAD and not _ELEMENT.search(before_root):
        raise Unreadable("bomb")


def _open_workbook(content: bytes, *, formulas: bool = False):
    from openpyxl import load_workbook

    try:
        return load_workbook(
            io.BytesIO(content),
            read_only=True,
            data_only=not formulas,
            keep_links=False,
        )
    # openpyxl lets the errors of its parsers and its own typing through.
    except Exception as error:
        raise Unreadable("damaged", detail=str(error)[:200]) from error


def _sheet_part(content: bytes, source: Source) -> str:
    book = _open_workbook(content)
    try:
        return book[source.sheet]._worksheet_path
    finally:
        book.close()


def _merged(archive, content: bytes, source: Source) -> Iterator[tuple[int, int, str]]:
    # Merged cells are written after the rows, and so are at the end of the part.
    tail = b""
    with archive.open(_sheet_part(content, source)) as stream:
        while chunk := stream.read(2**20):
            tail = (tail + chunk)[-(2**20) :]
    for left, top, right, bottom in islice(_MERGED.findall(tail), 1000):
        name = b"%s%s:%s%s" % (left, top, right, bottom)
        yield int(top), int(bottom), name.decode()


def _has_formulas(content: bytes, source: Source) -> bool:
    overlap = b""
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        archive.open(_sheet_part(content, source)) as stream,
    ):
        while chunk := stream.read(2**20):
            if re.search(rb"<f[ />]", overlap + chunk):
                return True
            overlap = chunk[-4:]
    return False


def _workbook_rows(content: bytes, source: Source) -> Iterator[tuple[int, tuple]]:
    try:
        if _has_formulas(content, source):
            yield from _rows_with_formulas(content, source)
        else:
            yield from _plain_rows(content, source)
    except Unreadable:
        raise
    # A damaged part shows anywhere inside openpyxl, while the rows are read.
    except Exception as error:
        raise Unreadable("damaged", detail=str(error)[:200]) from error


def _plain_rows(content: bytes, source: Source, formulas: bool = False):
    book = _open_workbook(content, formulas=formulas)
    try:
        worksheet = book[source.sheet]
        # What the sheet says about its size may be a lie.
        worksheet.reset_dimensions()
        for row_number, cells in enumerate(
            worksheet.iter_rows(values_only=True), start=1
        ):
            yield row_number, cells
            if row_number > MAX_ROWS:
                return
    finally:
        book.close()


def _rows_with_formulas(content: bytes, source: Source):
    # The computed values count, as the person sees them.
    pairs = zip(
        _plain_rows(content, source),
        _plain_rows(content, source, formulas=True),
        strict=True,
    )
    for (row_number, computed), (_number, written) in pairs:
        yield (
            row_number,
            tuple(
                FormulaWithoutValue()
                if value is None and formula is not None
                else value
                for value, formula in zip_longest(computed, written)
            ),
        )


# -- vCard -----------------------------------------------------------------------
CARD_HEADER = (
    "Name",
    "Phone",
    "Email",
    "Gender",
    "Birthday",
    "Wedding anniversary",
    "Street",
    "City",
    "Note",
)


def _card_rows(content: bytes, source: Source) -> Iterator[tuple[int, tuple]]:
    import vobject

    text = _decode(content, source.encoding)
    yield 1, CARD_HEADER
    try:
        for row_number, card in enumerate(vobject.readComponents(text), start=2):
            yield row_number, _card_cells(card)
            if row_number > MAX_ROWS:
                return
    except (vobject.base.VObjectError, ValueError, AttributeError, IndexError) as error:
        raise Unreadable("damaged", detail=str(error)[:200]) from error


def _card_cells(card) -> tuple:
    def first(name):
        values = card.contents.get(name, [])
        return values[0].value if values else ""

    name = first("fn")
    if not name and (parts := first("n")):
        name = " ".join(filter(None, [parts.given, parts.family]))
    address = first("adr")
    return (
        name,
        _preferred_phone(card),
        first("email"),
        str(first("gender"))[:1],
        _card_day(first("bday")),
        _card_day(first("anniversary") or first("x-anniversary")),
        _joined(address.street) if address else "",
        _joined(address.city) if address else "",
        str(first("note")).replace("\n", " ")[:1000],
    )


def _preferred_phone(card) -> str:
    phones = card.contents.get("tel", [])
    mobiles = [
        phone
        for phone in phones
        if "CELL" in {kind.upper() for kind in phone.params.get("TYPE", [])}
    ]
    words = str((mobiles or phones)[0].value) if phones else ""
    return words.removeprefix("tel:")


def _card_day(words: str) -> str:
    # RFC 6350: a day without a year is --MMDD; it is no date for us.
    return "" if str(words).startswith("--") else str(words)


def _joined(value) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
