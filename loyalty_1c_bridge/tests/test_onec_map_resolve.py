from odoo.tests import tagged

from .common import OnecCommon


@tagged("post_install", "-at_install")
class TestOnecMapResolve(OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        taxes = cls.env["account.tax"]
        taxes.search([("company_id", "=", cls.backend.company_id.id)]).active = False
        cls.tax = taxes.create(
            {
                "name": "НДС 20%",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": cls.backend.company_id.id,
            }
        )

    def _tax(self, rate, included=None, key="k"):
        facts = {"name": "НДС", "rate": rate, "included": included}
        return self.backend._resolve("tax", {key: facts})

    def test_the_one_tax_of_a_rate_is_taken_and_remembered(self):
        for rate in ("20", "20%", "20/120", "20,00"):
            self.assertEqual(self._tax(rate, key=rate)[rate], self.tax, rate)
        row = self.backend._find("tax", ["20"])["20"]
        self.assertEqual((row.model, row.res_id), ("account.tax", self.tax.id))
        # Four keys of one tax are four objects of 1C, told apart by their role.
        self.assertEqual(
            self.env["onec.map"].search_count([("res_id", "=", self.tax.id)]), 4
        )

    def test_two_taxes_of_a_rate_are_nobodys_guess(self):
        self.tax.copy({"name": "Another 20%"})
        self.assertEqual(self._tax("20"), {})
        self.assertFalse(self.backend._find("tax", ["k"]))

    def test_inclusion_decides(self):
        self.assertEqual(self._tax("20", included=False), {})
        net = self.tax.copy(
            {"name": "20% net", "price_include_override": "tax_excluded"}
        )
        self.assertEqual(self._tax("20", included=False)["k"], net)

    def test_without_tax_is_known_and_empty(self):
        for rate in ("Без НДС", "Без налога"):
            answer = self._tax(rate, key=rate)
            self.assertIn(rate, answer)
            self.assertFalse(answer[rate])

    def test_an_unknown_rate_is_no_answer(self):
        self.assertEqual(self._tax("17"), {})
        self.assertEqual(self._tax("льготная"), {})

    def test_of_another_company_nothing_is_taken(self):
        other = self._make_company("Other LLC")
        self.tax.active = False
        self.env["account.tax"].create(
            {
                "name": "20%",
                "amount": 20,
                "company_id": other.id,
                "country_id": self.tax.country_id.id,
                "tax_group_id": self.env["account.tax.group"]
                .create(
                    {
                        "name": "VAT",
                        "company_id": other.id,
                        "country_id": self.tax.country_id.id,
                    }
                )
                .id,
            }
        )
        self.assertEqual(self._tax("20"), {})

    def test_units_by_code_word_and_name(self):
        unit = self.env.ref("uom.product_uom_unit")
        bundle = self.env["uom.uom"].create({"name": "Связка"})
        answer = self.backend._resolve(
            "uom",
            {
                "796": {"code": "796 ", "name": "шт"},
                "word": {"name": "шт."},
                "bundle": {"code": "", "name": "связка"},
                "no": {"code": "999", "name": "невесть что"},
            },
        )
        self.assertEqual(answer, {"796": unit, "word": unit, "bundle": bundle})

    def test_currencies_by_number_letters_and_word(self):
        rub = self.env.ref("base.RUB")
        rub.active = True
        answer = self.backend._resolve(
            "currency",
            {code: {"code": code} for code in ("643", "RUB", "руб.", "XXX", "")},
        )
        self.assertEqual(answer, {"643": rub, "RUB": rub, "руб.": rub})

    def test_nothing_is_taken_where_people_want_to_choose(self):
        self.backend.accept_exact = False
        self.assertEqual(self._tax("20"), {})
        self.backend._bind("tax", {"k": self.tax})
        self.assertEqual(self._tax("20"), {"k": self.tax})

    def test_an_ignored_row_is_no_answer(self):
        self.backend.accept_exact = False
        self.backend._bind("tax", {"k": self.tax})
        self.backend._find("tax", ["k"])["k"].state = "ignored"
        self.assertEqual(self._tax("20"), {})
