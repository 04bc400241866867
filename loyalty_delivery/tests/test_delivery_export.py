import io
import json
from urllib.parse import urlencode

import openpyxl

from odoo.tests import HttpCase, tagged

from .common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestDeliveryExport(DeliveryCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._user("xd", "loyalty_delivery.group_delivery_dispatcher")
        cls.stops = cls._make_stops(2, contact_name="=1+1", amount_total=23000)

    def _export(self, names):
        fields = self.env["loyalty.delivery.stop"].fields_get(names)
        data = {
            "model": "loyalty.delivery.stop",
            "fields": [
                {
                    "name": name,
                    "label": fields[name]["string"],
                    "type": fields[name]["type"],
                    "store": True,
                }
                for name in names
            ],
            "ids": self.stops.ids,
            "domain": [],
            "groupby": [],
            "context": {"allowed_company_ids": self.company.ids},
            "import_compat": False,
        }
        self.authenticate("xd", "xd")
        answer = self.url_open(
            f"/web/export/xlsx?{urlencode({'data': json.dumps(data)})}"
        )
        self.assertEqual(answer.status_code, 200)
        return openpyxl.load_workbook(io.BytesIO(answer.content)).active

    def test_the_journal_goes_to_excel_with_figures_and_totals(self):
        names = ["name", "contact_name", "amount_total", "state"]
        rows = [list(row) for row in self._export(names).rows]
        self.assertEqual(len(rows), 4, "a header, two deliveries, the total")
        told = {row[0].value: [cell.value for cell in row[1:]] for row in rows[1:3]}
        for stop in self.stops:
            self.assertEqual(told[stop.name], ["=1+1", 23000, "Ready"])
        self.assertEqual(rows[1][1].data_type, "s", "words of customers never count")
        self.assertEqual(rows[3][2].value, "=SUBTOTAL(9,C2:C3)")
