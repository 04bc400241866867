import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine.sheet import Book, Column


def written(columns, rows, name="Members", **options):
    book = Book()
    book.add_sheet(name, columns, rows, **options)
    return openpyxl.load_workbook(io.BytesIO(book.close())).active


def test_values_keep_their_types():
    page = written(
        [
            Column("Name"),
            Column("Points", "number"),
            Column("Count", "integer"),
            Column("Day", "date"),
            Column("Moment", "datetime"),
            Column("Yes", "boolean"),
        ],
        [("Ani", Decimal("1.5"), 3, date(2026, 3, 2), datetime(2026, 3, 2, 10), True)],
    )
    assert [cell.value for cell in page[2]] == [
        "Ani",
        1.5,
        3,
        datetime(2026, 3, 2),
        datetime(2026, 3, 2, 10),
        True,
    ]
    assert [cell.number_format for cell in page[2]][1:5] == [
        "#,##0.00",
        "#,##0",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm",
    ]


def test_totals_are_formulas_over_the_rows_and_remember_the_sum():
    columns = [Column("Name"), Column("Points", "number", total=True)]
    rows = [("a", 1.25), ("b", None), ("c", 2)]
    page = written(columns, rows, total_label="Total")
    assert page["A5"].value == "Total"
    assert page["B5"].value == "=SUBTOTAL(9,B2:B4)"
    book = Book()
    book.add_sheet("x", columns, rows, total_label="Total")
    seen = openpyxl.load_workbook(io.BytesIO(book.close()), data_only=True).active
    assert seen["B5"].value == 3.25


@pytest.mark.parametrize(
    "words", ["=1+1", "+1", "-1", "@A1", "{=1}", "http://x.y", "1"]
)
def test_what_people_type_stays_text(words):
    cell = written([Column("Name")], [(words,)])["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (words, "s", None)


def test_names_of_sheets_follow_the_rules_of_excel():
    book = Book()
    for name in ("A/B:[x]" * 9, "a b x " * 9, "", "History", "Lots", "lots"):
        book.add_sheet(name, [Column("x")], [])
    names = openpyxl.load_workbook(io.BytesIO(book.close())).sheetnames
    assert len({name.casefold() for name in names}) == 6
    assert all(len(name) <= 31 for name in names)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-(10**12), 10**12),
            st.floats(),
            st.decimals(allow_nan=False, allow_infinity=False, places=2),
            st.text(st.characters(codec="utf-8"), max_size=40),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_row_gives_a_file_that_opens(cells):
    columns = [Column(f"c{n}", "number", total=True) for n in range(len(cells))]
    page = written(columns, [cells], total_label="Total")
    assert page.max_row == 3
