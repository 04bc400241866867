import base64
import io

from PIL import Image

from odoo.tests import tagged

from odoo.addons.loyalty_1c_bridge.tests.test_onec_message_apply import (
    GROUPS,
    OnecMessageCommon,
)


class OnecGoodsCommon(OnecMessageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.backend.company_id
        taxes = cls.env["account.tax"]
        taxes.search([("company_id", "=", cls.company.id)]).active = False
        cls.tax = taxes.create(
            {
                "name": "НДС 20%",
                "amount": 20,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
            }
        )

    def _good(self, good_id="m1", name="Кружка", inner="", attributes=""):
        return (
            f"<Товар{attributes}><Ид>{good_id}</Ид>"
            f"<Наименование>{name}</Наименование>{inner}</Товар>"
        )

    def _goods(self, *goods, **values):
        return self._import(
            f"<Каталог><Товары>{''.join(goods)}</Товары></Каталог>", **values
        )

    def _product(self, good_id, backend=None):
        return (backend or self.backend)._find("product", [good_id])[good_id]._records()

    def _variant(self, good_id, name, **characteristics):
        rows = "".join(
            "<ХарактеристикаТовара><Наименование>"
            f"{key}</Наименование><Значение>{value}</Значение></ХарактеристикаТовара>"
            for key, value in characteristics.items()
        )
        return self._good(
            good_id, name, f"<ХарактеристикиТовара>{rows}</ХарактеристикиТовара>"
        )


@tagged("post_install", "-at_install")
class TestOnecApplyProduct(OnecGoodsCommon):
    FULL = """<Штрихкод>4601234567893</Штрихкод><Артикул>MUG</Артикул>
    <БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт</БазоваяЕдиница>
    <Группы><Ид>g2</Ид></Группы><Описание>Кружка 300 мл</Описание>
    <СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>20</Ставка>
    </СтавкаНалога></СтавкиНалогов><ЗначенияРеквизитов><ЗначениеРеквизита>
    <Наименование>Вес</Наименование><Значение>0,35</Значение></ЗначениеРеквизита>
    </ЗначенияРеквизитов>"""

    def test_a_good_becomes_a_product_with_all_it_says(self):
        self._import(GROUPS)
        message = self._goods(self._good(inner=self.FULL))
        self.assertEqual((message.state, message.count_created), ("done", 1))
        product = self._product("m1")
        self.assertRecordValues(
            product,
            [
                {
                    "name": "Кружка",
                    "default_code": "MUG",
                    "barcode": "4601234567893",
                    "weight": 0.35,
                    "description_sale": "Кружка 300 мл",
                    "uom_id": self.env.ref("uom.product_uom_unit").id,
                    "taxes_id": self.tax.ids,
                    "categ_id": self.backend._find("category", ["g2"])["g2"].res_id,
                    "type": "consu",
                    "is_storable": True,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(product.product_tmpl_id.default_code, "MUG")
        self.assertEqual(len(product.product_tmpl_id.product_variant_ids), 1)

    def test_only_what_changed_is_written_and_shown(self):
        self._goods(self._good(inner="<Артикул>MUG</Артикул>"))
        message = self._goods(self._good(name="Чашка", inner="<Артикул>MUG</Артикул>"))
        self.assertEqual(message.count_updated, 1)
        self.assertEqual(message.line_ids.diff, {"Name": ["Кружка", "Чашка"]})
        self.assertEqual(self._product("m1").name, "Чашка")

    def test_silence_about_a_field_changes_nothing(self):
        self._goods(
            self._good(inner=self.FULL.replace("<Группы><Ид>g2</Ид></Группы>", ""))
        )
        product = self._product("m1")
        self._goods(self._good())
        self.assertEqual((product.default_code, product.weight), ("MUG", 0.35))
        self.assertEqual(product.barcode, "4601234567893")

    def test_a_good_missing_from_a_full_catalogue_stays(self):
        self._goods(self._good("m1"), self._good("m2", "Ложка"))
        self._goods(self._good("m2", "Ложка столовая"))
        self.assertTrue(self._product("m1").active)

    def test_marks_of_deletion_archive_and_bring_back(self):
        for mark, inner in (
            (' Статус="Удален"', ""),
            ("", "<ПометкаУдаления>true</ПометкаУдаления>"),
        ):
            self._goods(self._good("m1"))
            product = self._product("m1")
            message = self._goods(self._good("m1", inner=inner, attributes=mark))
            self.assertEqual(message.line_ids.mapped("action"), ["archive"])
            self.assertFalse(product.active or product.product_tmpl_id.active)
            self.assertEqual(self._product("m1"), product)
            self._goods(self._good("m1"))
            self.assertTrue(product.active and product.product_tmpl_id.active)

    def test_what_was_archived_here_is_not_brought_back(self):
        self._goods(self._good("m1"))
        product = self._product("m1")
        product.product_tmpl_id.action_archive()
        self._goods(self._good("m1", "Чашка"))
        self.assertFalse(product.product_tmpl_id.active)
        self.assertEqual(product.name, "Чашка")

    def test_a_deleted_good_we_never_had_is_not_created(self):
        message = self._goods(self._good("m9", attributes=' Статус="Удален"'))
        self.assertEqual((message.state, message.count_unchanged), ("done", 1))
        self.assertFalse(self.backend._find("product", ["m9"]))

    def test_an_unknown_tax_stops_its_good_only(self):
        strange = """<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование>
        <Ставка>33</Ставка></СтавкаНалога></СтавкиНалогов>"""
        message = self._goods(
            self._good("m1", inner=strange), self._good("m2", "Ложка")
        )
        self.assertEqual(message.state, "partial")
        self.assertEqual((message.count_created, message.count_conflict), (1, 1))
        self.assertFalse(self.backend._find("product", ["m1"]))
        conflict = self.env["onec.conflict"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "tax_unknown")]
        )
        self.assertEqual(conflict.key, "tax:33")
        self.tax.copy({"name": "НДС 33%", "amount": 33})
        line = message.line_ids.filtered(lambda line: line.action == "conflict")
        self.assertEqual(line._apply_again(), line)
        self.assertEqual(self._product("m1").taxes_id.amount, 33)
        self.assertEqual(message.state, "done")

    def test_a_taken_barcode_is_asked_and_the_good_comes_without_it(self):
        code = "<Штрихкод>4601234567893</Штрихкод>"
        self._goods(self._good("m1", inner=code))
        message = self._goods(self._good("m2", "Ложка", code))
        self.assertEqual(message.count_conflict, 1)
        self.assertFalse(self._product("m2").barcode)
        self.assertEqual(self._product("m1").barcode, "4601234567893")
        self._product("m1").barcode = False
        again = self._goods(self._good("m2", "Ложка", code))
        self.assertEqual(again.count_updated, 1)
        self.assertEqual(self._product("m2").barcode, "4601234567893")

    def test_a_barcode_twice_in_a_file_is_given_once(self):
        code = "<Штрихкод>4601234567893</Штрихкод>"
        message = self._goods(
            self._good("m1", inner=code), self._good("m2", inner=code)
        )
        self.assertEqual((message.count_created, message.count_conflict), (1, 1))
        self.assertEqual(self._product("m1").barcode, "4601234567893")
        self.assertFalse(self._product("m2").barcode)

    def test_a_product_with_the_same_barcode_is_taken_for_the_good(self):
        product = self.env["product.product"].create(
            {"name": "Mug", "barcode": "4601234567893"}
        )
        self._goods(self._good(inner="<Штрихкод>4601234567893</Штрихкод>"))
        self.assertEqual(self._product("m1"), product)
        self.assertEqual(product.name, "Кружка")

    def test_names_never_match(self):
        product = self.env["product.product"].create({"name": "Кружка"})
        self._goods(self._good())
        self.assertNotEqual(self._product("m1"), product)

    def test_a_service_is_no_stock(self):
        self._goods(
            self._good(
                inner="""<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>
                ТипНоменклатуры</Наименование><Значение>Услуга</Значение>
                </ЗначениеРеквизита></ЗначенияРеквизитов>"""
            )
        )
        self.assertEqual(self._product("m1").type, "service")

    def test_a_bad_good_never_holds_up_the_others(self):
        goods = [self._good(f"x{n}", f"Товар {n}") for n in range(20)]
        goods.insert(7, "<Товар><Наименование>Без ид</Наименование></Товар>")
        message = self._goods(*goods)
        self.assertEqual((message.count_created, message.count_error), (20, 1))
        self.assertEqual(message.state, "partial")

    def test_an_error_of_the_database_is_the_errors_of_one_good(self):
        field = self.env["ir.model.fields"]._get("product.template", "weight")
        self.env["onec.map"].create(
            {
                "backend_id": self.backend.id,
                "otype": "attribute",
                "external_id": "p1",
                "model": "ir.model.fields",
                "res_id": field.id,
            }
        )
        value = """<ЗначенияСвойств><ЗначенияСвойства><Ид>p1</Ид><Значение>%s</Значение>
        </ЗначенияСвойства></ЗначенияСвойств>"""
        message = self._goods(
            self._good("m1", inner=value % "0,5"),
            self._good("m2", inner=value % "heavy"),
        )
        self.assertEqual((message.count_created, message.count_error), (1, 1))
        self.assertEqual(self._product("m1").weight, 0.5)
        self.assertFalse(self.backend._find("product", ["m2"]))

    # --- ownership ------------------------------------------------------------------

    def _rule(self, field_name, owner):
        self.env["onec.rule"].create(
            {
                "backend_id": self.backend.id,
                "otype": "product",
                "field_name": field_name,
                "owner": owner,
            }
        )

    def test_a_field_of_ours_is_kept(self):
        self._rule("name", "odoo")
        self._goods(self._good())
        product = self._product("m1")
        self.assertEqual(product.name, "Кружка")
        product.name = "Mug"
        message = self._goods(self._good(name="Чашка"))
        self.assertEqual((product.name, message.count_unchanged), ("Mug", 1))

    def test_an_empty_field_is_filled(self):
        self._rule("article", "if_empty")
        self._goods(self._good())
        product = self._product("m1")
        self._goods(self._good(inner="<Артикул>A1</Артикул>"))
        self.assertEqual(product.default_code, "A1")
        self._goods(self._good(inner="<Артикул>A2</Артикул>"))
        self.assertEqual(product.default_code, "A1")

    def test_a_description_of_ours_survives_until_1c_changes_its_own(self):
        text = "<Описание>%s</Описание>"
        self._goods(self._good(inner=text % "one"))
        product = self._product("m1")
        product.description_sale = "ours"
        message = self._goods(self._good(name="Чашка", inner=text % "one"))
        self.assertEqual((product.name, product.description_sale), ("Чашка", "ours"))
        self.assertEqual(message.state, "done")

    def _both(self):
        text = "<Описание>%s</Описание>"
        self._goods(self._good(inner=text % "one"))
        product = self._product("m1")
        product.description_sale = "ours"
        message = self._goods(self._good(name="Чашка", inner=text % "two"))
        self.assertEqual(message.state, "partial")
        self.assertEqual((product.name, product.description_sale), ("Чашка", "ours"))
        conflict = self.env["onec.conflict"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "both_changed")]
        )
        self.assertEqual(conflict.left, {"Description": "ours"})
        self.assertEqual(conflict.right, {"Description": "two"})
        return product, conflict, message

    def test_both_changed_and_1c_is_chosen(self):
        product, conflict, message = self._both()
        conflict._resolve("1c")
        self.assertEqual(product.description_sale, "two")
        self.assertEqual((conflict.state, message.state), ("solved", "done"))

    def test_both_changed_and_ours_is_chosen_for_good(self):
        product, conflict, message = self._both()
        conflict._resolve("here")
        self.assertEqual((product.description_sale, message.state), ("ours", "done"))
        again = self._goods(self._good(name="Чашка", inner="<Описание>two</Описание>"))
        self.assertEqual((again.state, product.description_sale), ("done", "ours"))

    # --- pictures -------------------------------------------------------------------

    def _picture_message(self, data):
        message = self._message(
            "<Каталог><Товары>"
            + self._good(inner="<Картинка>import_files/a.png</Картинка>")
            + "</Товары></Каталог>"
        )
        if data is not None:
            self.env["ir.attachment"].create(
                {
                    "name": "import_files/a.png",
                    "raw": data,
                    "res_model": message._name,
                    "res_id": message.id,
                }
            )
        self.assertTrue(message._work(600))
        return message

    def _png(self, colour):
        output = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(output, "PNG")
        return output.getvalue()

    def test_a_picture_is_drawn_anew_and_renewed(self):
        self._picture_message(None)
        product = self._product("m1")
        self.assertFalse(product.image_1920)
        message = self._picture_message(self._png("red") + b"trailing <script>")
        self.assertEqual(message.count_updated, 1)
        raw = base64.b64decode(product.image_1920)
        self.assertNotIn(b"script", raw)
        self.assertEqual(Image.open(io.BytesIO(raw)).size, (40, 30))
        self._picture_message(self._png("red") + b"trailing <script>")
        self.assertEqual(base64.b64decode(product.image_1920), raw)

    def test_a_hostile_picture_leaves_the_good_without(self):
        self._picture_message(b"GIF89a not at all")
        self.assertFalse(self._product("m1").image_1920)
        conflict = self.env["onec.conflict"].search(
            [("backend_id", "=", self.backend.id), ("otype", "=", "image")]
        )
        self.assertEqual(conflict.kind, "invalid")

    # --- properties -----------------------------------------------------------------

    def test_properties_tell_and_make_no_variants(self):
        self._import(
            """<Классификатор><Свойства><Свойство><Ид>p1</Ид><Наименование>Цвет
            </Наименование><ВариантыЗначений><Справочник><ИдЗначения>v1</ИдЗначения>
            <Значение>Белый</Значение></Справочник></ВариантыЗначений></Свойство>
            </Свойства></Классификатор>"""
        )
        value = """<ЗначенияСвойств><ЗначенияСвойства><Ид>p1</Ид><Значение>%s</Значение>
        </ЗначенияСвойства></ЗначенияСвойств>"""
        self._goods(
            self._good(inner=value % "v1"), self._good("m2", inner=value % "v1")
        )
        product = self._product("m1")
        line = product.product_tmpl_id.attribute_line_ids
        self.assertEqual(line.attribute_id.name, "Цвет")
        self.assertEqual(line.value_ids.name, "Белый")
        self.assertEqual(line.attribute_id.create_variant, "no_variant")
        other = self._product("m2").product_tmpl_id.attribute_line_ids
        self.assertEqual(other.value_ids, line.value_ids)
        self._goods(self._good(inner=value % "Красный"))
        self.assertEqual(line.value_ids.name, "Красный")
        self.assertEqual(line.product_template_value_ids.name, "Красный")
        self.assertEqual(product.product_tmpl_id.product_variant_ids, product)
        self._goods(self._good(name="Чашка"))
        self.assertEqual(line.value_ids.name, "Красный")
