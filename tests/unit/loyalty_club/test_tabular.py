import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine import tabular
from odoo.addons.loyalty_club.engine.tabular import Unreadable


def workbook(rows, sheet="Members", change=None):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rewritten(content, change):
    """The archive with ``change(name, data)`` applied to each part."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()


def read(content, filename="", **changes):
    return list(tabular.rows(content, tabular.sniff(content, filename, **changes)))


def assert_unreadable(code, content, filename=""):
    with pytest.raises(Unreadable) as caught:
        read(content, filename)
    assert caught.value.code == code


@pytest.mark.parametrize("delimiter", tabular.DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_csv_files_of_any_make_are_read(delimiter, encoding):
    text = delimiter.join(["Имя", "Город"]) + "\r\n"
    text += delimiter.join(['"Ани, Арам; и |"', "Ереван"]) + "\r\n"
    assert read(text.encode(encoding)) == [
        (1, ("Имя", "Город")),
        (2, ("Ани, Арам; и |", "Ереван")),
    ]


def test_western_accents_are_no_cyrillic():
    content = "name;city\nJosé;Málaga\n".encode("cp1252")
    assert read(content)[1] == (2, ("José", "Málaga"))


def test_utf16_without_a_mark_is_read():
    content = "name,city\nAni,Yerevan\n".encode("utf-16-le")
    assert read(content)[1] == (2, ("Ani", "Yerevan"))


def test_a_decimal_comma_does_not_look_like_a_delimiter():
    content = b"card;points\nA;1,5\nB;2,5\n"
    assert tabular.sniff(content).delimiter == ";"


def test_blank_rows_are_left_out_and_rows_keep_their_numbers():
    assert read(b"a,b\n\n , \n1,2\n") == [(1, ("a", "b")), (4, ("1", "2"))]
    content = workbook([["a", "b"], [None, None], ["", "  "], [1, 2]])
    assert read(content) == [(1, ("a", "b")), (4, (1, 2))]


def test_a_sheet_is_chosen_by_name():
    def add(book):
        book.create_sheet("Points").append(["x"])

    content = workbook([["a"]], change=add)
    assert tabular.sniff(content).sheets == ("Members", "Points")
    assert read(content, sheet="Points") == [(1, ("x",))]
    with pytest.raises(Unreadable, match="sheet"):
        tabular.sniff(content, sheet="Nothing")


def test_merged_cells_are_reported():
    content = workbook(
        [["a", "b"], [1, 2], [3, 4]],
        change=lambda book: book.active.merge_cells("A2:A3"),
    )
    assert tabular.sniff(content).merged == ((2, 3, "A2:A3"),)


def test_a_formula_gives_its_value_or_is_named():
    content = workbook([["a"], ["=1+1"]])
    assert isinstance(read(content)[1][1][0], tabular.FormulaWithoutValue)

    def compute(name, data):
        return data.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")

    assert read(rewritten(content, compute))[1] == (2, (2,))


def test_a_claimed_size_of_the_sheet_is_not_believed():
    def lie(name, data):
        return data.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')

    content = rewritten(workbook([["a", "b"], [1, 2]]), lie)
    assert b"XFD1048576" in zipfile.ZipFile(io.BytesIO(content)).read(
        "xl/worksheets/sheet1.xml"
    )
    assert read(content) == [(1, ("a", "b")), (2, (1, 2))]


def test_a_row_number_beyond_excel_is_refused():
    def lie(name, data):
        return data.replace(b'<row r="2"', b'<row r="999999999"')

    assert_unreadable("rows", rewritten(workbook([["a"], [1]]), lie))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    def blow_up(name, data):
        return b"<a>" + b"0" * (40 * 2**20) if name.endswith("sheet1.xml") else data

    assert_unreadable("bomb", rewritten(workbook([["a"]]), blow_up))


def test_a_claim_of_a_gigabyte_is_refused():
    content = bytearray(workbook([["a"]]))
    where = content.find(b"PK\x01\x02")
    content[where + 24 : where + 28] = (2**30).to_bytes(4, "little")
    assert_unreadable("bomb", bytes(content))


def test_entities_are_refused():
    def explode(name, data):
        if not name.endswith("sheet1.xml"):
            return data
        return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>'

    assert_unreadable("bomb", rewritten(workbook([["a"]]), explode))


def test_entities_behind_a_long_comment_are_refused():
    def explode(name, data):
        if not name.endswith("sheet1.xml"):
            return data
        padding = b"<!--" + b"<a " * 30000 + b"-->"
        doctype = b'<!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>'
        return b'<?xml version="1.0"?>' + padding + doctype

    assert_unreadable("bomb", rewritten(workbook([["a"]]), explode))


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("empty", b""),
        ("empty", b" \n\n"),
        ("old_excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100),
        ("damaged", b"PK\x03\x04" + b"\x00" * 100),
        ("format", b"%PDF-1.7"),
        ("format", b"<html><table></table></html>"),
        ("columns", b"," * 300 + b"x\n"),
        ("damaged", b'a,b\n"' + b"x" * 200_000 + b"\n"),
    ],
)
def test_what_cannot_be_read_is_refused(code, content):
    assert_unreadable(code, content)


def test_a_workbook_without_a_workbook_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert_unreadable("format", stream.getvalue())


def test_a_truncated_workbook_is_refused():
    content = workbook([["a"], [1]])
    assert_unreadable("damaged", content[: len(content) // 2])


def test_a_file_above_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(tabular, "MAX_FILE", 10)
    assert_unreadable("large", b"name,phone\nAni,1\n")


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    try:
        for row_number, cells in read(content):
            assert row_number > 0
            assert cells
    except Unreadable as error:
        assert error.code


CARDS = """BEGIN:VCARD
VERSION:3.0
N:Petrosyan;Ani;;;
FN:Ani Petrosyan
TEL;TYPE=HOME:+374 10 111111
TEL;TYPE=CELL:+374 91 234567
EMAIL:ani@example.com
BDAY:1990-05-17
ADR:;;7 Abovyan St;Yerevan;;0001;Armenia
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Aram
TEL;VALUE=uri:tel:+37499111222
BDAY:--0203
END:VCARD
"""


def test_cards_are_rows_too():
    header, ani, aram = read(CARDS.encode(), "contacts.vcf")
    assert header == (1, tabular.CARD_HEADER)
    assert ani == (
        2,
        (
            "Ani Petrosyan",
            "+374 91 234567",
            "ani@example.com",
            "",
            "1990-05-17",
            "",
            "7 Abovyan St",
            "Yerevan",
        ),
    )
    assert aram == (3, ("Aram", "+37499111222"))


def test_a_broken_card_is_refused():
    assert_unreadable("damaged", b"BEGIN:VCARD\nFN:Ani\n", "x.vcf")
