from odoo.tests import tagged

from odoo.addons.loyalty_1c_bridge.engine.commerceml.records import Offer
from odoo.addons.loyalty_1c_bridge.tests.test_onec_apply_product import OnecGoodsCommon


@tagged("post_install", "-at_install")
class TestOnecApplyVariant(OnecGoodsCommon):
    def _variants_of(self, good_id):
        record = self._product(good_id)
        template = (
            record if record._name == "product.template" else record.product_tmpl_id
        )
        return template.with_context(active_test=False).product_variant_ids

    def _names(self, product):
        return product.product_template_attribute_value_ids.mapped("name")

    def test_variants_of_a_file_are_those_it_lists(self):
        self._goods(
            self._good("m1"),
            self._variant("m1#a", "Кружка (Белый, S)", Цвет="Белый", Размер="S"),
            self._variant("m1#b", "Кружка (Синий, L)", Цвет="Синий", Размер="L"),
        )
        self.assertEqual(len(self._variants_of("m1")), 2)
        self.assertEqual(set(self._names(self._product("m1#a"))), {"Белый", "S"})
        self.assertEqual(self._product("m1")._name, "product.template")

    def test_variants_alone_make_their_good(self):
        self._goods(self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"))
        self.assertEqual(self._product("m1").name, "Кружка")
        self.assertEqual(self._variants_of("m1"), self._product("m1#a"))

    def test_an_unused_product_becomes_the_first_variant(self):
        self._goods(self._good("m1"))
        simple = self._product("m1")
        self._goods(self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"))
        self.assertEqual(self._product("m1#a"), simple)
        self.assertEqual(self._product("m1"), simple.product_tmpl_id)

    def test_a_sold_product_stays_itself_beside_its_variants(self):
        self._goods(self._good("m1"))
        simple = self._product("m1")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Ani"}).id,
                "order_line": [(0, 0, {"product_id": simple.id})],
            }
        )
        self._goods(
            self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"),
            self._variant("m1#b", "Кружка (Синий)", Цвет="Синий"),
        )
        self.assertEqual(self._product("m1"), simple)
        self.assertTrue(simple.active)
        self.assertEqual(order.order_line.product_id, simple)
        self.assertEqual(len(self._variants_of("m1")), 3)
        self.assertEqual(self._names(simple), ["–"])

    def test_one_more_characteristic_loses_no_variant_and_no_stock(self):
        self._goods(
            self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"),
            self._variant("m1#b", "Кружка (Синий)", Цвет="Синий"),
        )
        white = self._product("m1#a")
        location = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id
        )
        self.env["stock.quant"]._update_available_quantity(white, location, 5)
        self._goods(
            self._variant("m1#c", "Кружка (Белый, L)", Цвет="Белый", Размер="L")
        )
        self.assertTrue(all(self._variants_of("m1").mapped("active")))
        self.assertEqual(len(self._variants_of("m1")), 3)
        self.assertEqual(self._product("m1#a"), white)
        self.assertEqual(white.qty_available, 5)
        self.assertEqual(set(self._names(white)), {"Белый", "–"})

    def test_other_characteristics_move_a_variant_and_keep_it(self):
        self._goods(self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"))
        product = self._product("m1#a")
        self._goods(self._variant("m1#a", "Кружка (Молочный)", Цвет="Молочный"))
        self.assertEqual(self._product("m1#a"), product)
        self.assertEqual(self._names(product), ["Молочный"])
        self.assertEqual(self._variants_of("m1"), product)

    def test_a_deleted_variant_is_archived_alone_and_comes_back(self):
        self._goods(
            self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"),
            self._variant("m1#b", "Кружка (Синий)", Цвет="Синий"),
        )
        white, blue = self._product("m1#a"), self._product("m1#b")
        self._goods(self._good("m1#a", attributes=' Статус="Удален"'))
        self.assertEqual((white.active, blue.active), (False, True))
        self._goods(self._variant("m1#c", "Кружка (Рыжий)", Цвет="Рыжий"))
        self.assertFalse(white.active)
        self._goods(self._good("m1", attributes=' Статус="Удален"'))
        self.assertFalse(blue.active)
        self._goods(self._good("m1"))
        self.assertEqual((white.active, blue.active), (False, True))
        self._goods(self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"))
        self.assertTrue(white.active)

    def test_equal_characteristics_of_two_ids_are_asked(self):
        self._goods(self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"))
        message = self._goods(self._variant("m1#z", "Кружка (Белый)", Цвет="Белый"))
        self.assertEqual(message.count_conflict, 1)
        self.assertEqual(len(self._variants_of("m1")), 1)

    def test_a_good_with_variants_of_ours_is_left_alone(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "create_variant": "always",
                "value_ids": [(0, 0, {"name": "S"}), (0, 0, {"name": "L"})],
            }
        )
        self._goods(self._good("m1"))
        template = self._product("m1").product_tmpl_id
        template.attribute_line_ids = [
            (
                0,
                0,
                {
                    "attribute_id": attribute.id,
                    "value_ids": [(6, 0, attribute.value_ids.ids)],
                },
            )
        ]
        before = template.product_variant_ids
        message = self._goods(self._variant("m1#a", "Кружка (Белый)", Цвет="Белый"))
        self.assertEqual(message.count_error, 1)
        self.assertIn("Size", message.line_ids.error)
        self.assertEqual(template.product_variant_ids, before)

    def test_offers_make_the_variants_they_speak_of(self):
        message = self._goods(self._good("m1"))
        offers = {
            "m1#a": Offer("m1#a", characteristics=[("Цвет", "Белый")], article="W"),
            "m1#b": Offer("m1#b", name="Кружка (синяя)"),
            "m1#c": Offer("m1#c"),
            "m9#a": Offer("m9#a", characteristics=[("Цвет", "Белый")]),
        }
        found = self.env["onec.apply.product"]._variants(message, offers)
        self.assertEqual(set(found), {"m1#a", "m1#b"})
        self.assertEqual(found["m1#a"].default_code, "W")
        self.assertEqual(self._variants_of("m1"), found["m1#a"] | found["m1#b"])
        again = self.env["onec.apply.product"]._variants(message, offers)
        self.assertEqual(again, found)
