import io
import json
from datetime import datetime
from urllib.parse import urlencode

import openpyxl

from odoo.tests import HttpCase, tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestExport(LoyaltyCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("xm", "loyalty_club.group_loyalty_manager")
        cls.hostile = cls.env["res.partner"].create({"name": '=HYPERLINK("x")'})
        cls.env["loyalty.purchase"].create(
            [
                cls._purchase(cls.ani, "2026-03-01", 1000.5, "+1"),
                cls._purchase(cls.ani, "2026-03-02", 234, "-R2"),
                cls._purchase(cls.hostile, "2026-04-01", 10000, "@R3"),
            ]
        )

    @classmethod
    def _purchase(cls, partner, day, amount, reference):
        return {
            "partner_id": partner.id,
            "program_id": cls.club.id,
            "company_id": cls.company.id,
            "date": day,
            "amount": amount,
            "reference": reference,
        }

    def _export(self, model="loyalty.purchase", groupby=(), domain=None, names=None):
        names = names or ["partner_id", "date", "amount", "reference", "create_date"]
        fields = self.env[model].fields_get(names)
        params = {
            "model": model,
            "fields": [
                {
                    "name": name,
                    "label": fields[name]["string"],
                    "type": fields[name]["type"],
                    "store": True,
                }
                for name in names
            ],
            "ids": False,
            "domain": domain or [("program_id", "=", self.club.id)],
            "groupby": list(groupby),
            "context": {"allowed_company_ids": self.company.ids},
            "import_compat": False,
        }
        self.authenticate("xm", "xm")
        query = urlencode({"data": json.dumps(params)})
        answer = self.url_open(f"/web/export/xlsx?{query}")
        self.assertEqual(answer.status_code, 200)
        return openpyxl.load_workbook(io.BytesIO(answer.content))

    def test_a_list_has_types_widths_totals_and_a_frozen_header(self):
        book = self._export()
        page = book.active
        self.assertEqual(page.title, "Past purchase")
        self.assertEqual(page.freeze_panes, "A2")
        self.assertEqual(page.auto_filter.ref, "A1:E4")
        self.assertEqual(
            [cell.value for cell in page[1]],
            ["Customer", "Date", "Amount", "Reference", "Created on"],
        )
        self.assertTrue(page["A1"].font.b)
        self.assertEqual(page["A2"].value, '=HYPERLINK("x")')
        self.assertEqual(page["A2"].data_type, "s")
        self.assertEqual(page["B2"].value, datetime(2026, 4, 1))
        self.assertEqual(page["B2"].number_format, "yyyy-mm-dd")
        self.assertEqual((page["C2"].value, page["C2"].data_type), (10000, "n"))
        self.assertIn("#,##0", page["C2"].number_format)
        self.assertEqual(
            [page[f"D{row}"].value for row in (2, 3, 4)], ["@R3", "-R2", "+1"]
        )
        self.assertIsInstance(page["E2"].value, datetime)
        self.assertEqual(page["A5"].value, "Total")
        self.assertEqual(page["C5"].value, "=SUBTOTAL(9,C2:C4)")
        self.assertIsNone(page["B5"].value or None)
        widths = {name: page.column_dimensions[name].width for name in "ABC"}
        self.assertGreater(widths["A"], 14)
        self.assertLess(widths["C"], 16)

    def test_groups_fold_and_have_their_sums(self):
        page = self._export(groupby=["date:month", "partner_id"]).active
        rows = [
            (
                page.cell(row, 1).value,
                page.cell(row, 3).value,
                page.row_dimensions[row].outlineLevel or 0,
            )
            for row in range(2, page.max_row + 1)
        ]
        self.assertEqual(
            rows,
            [
                ("March 2026 (2)", 1234.5, 0),
                ("    Ani (2)", 1234.5, 1),
                ("Ani", 234, 2),
                ("Ani", 1000.5, 2),
                ("April 2026 (1)", 10000, 0),
                ('    =HYPERLINK("x") (1)', 10000, 1),
                ('=HYPERLINK("x")', 10000, 2),
                ("Total", 11234.5, 0),
            ],
        )

    def test_figures_that_say_nothing_summed_are_not_summed(self):
        card = self._enroll()
        card._post_points([card._entry("bonus", 100), card._entry("bonus", 50)])
        page = self._export(
            "loyalty.point.move",
            domain=[("card_id", "=", card.id)],
            names=["sequence_number", "points", "balance_after", "kind"],
        ).active
        self.assertEqual(
            [page.cell(4, column).value for column in (1, 2, 3)],
            ["Total", "=SUBTOTAL(9,B2:B3)", None],
        )

    def test_an_empty_list_is_a_header(self):
        page = self._export(domain=[("id", "=", 0)]).active
        self.assertEqual(page.max_row, 1)

    def test_other_lists_are_exported_as_the_erp_does(self):
        page = self._export(
            "res.country", domain=[("code", "in", ("AM", "GE"))], names=["name", "code"]
        ).active
        self.assertIsNone(page.freeze_panes)
        self.assertEqual(page.max_row, 3)

    def test_customers_shown_as_members_are_exported_as_our_lists(self):
        card = self._enroll()
        card._post_points([card._entry("adjust", 120)])
        page = self._export(
            "res.partner",
            domain=[("id", "in", (self.ani + self.hostile).ids)],
            names=["name", "loyalty_points"],
        ).active
        self.assertEqual(page.freeze_panes, "A2")
        self.assertIn(120, [row[1].value for row in page.iter_rows()])
        page = self._export(
            "res.partner", domain=[("id", "=", self.ani.id)], names=["name"]
        ).active
        self.assertIsNone(page.freeze_panes)
