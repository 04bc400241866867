import pathlib
import random
import unittest

from odoo.tests import tagged

from odoo.addons.loyalty_1c_bridge.tests.test_onec_apply_product import (
    OnecGoodsCommon,
)
from odoo.addons.loyalty_1c_bridge.tests.test_onec_message_apply import GROUPS

FOLDERS = ("catalog", "offers", "prices-rests")
PROPERTIES = """<Классификатор><Свойства><Свойство><Ид>p1</Ид><Наименование>Цвет
</Наименование><ВариантыЗначений><Справочник><ИдЗначения>v1</ИдЗначения>
<Значение>Белый</Значение></Справочник></ВариантыЗначений></Свойство></Свойства>
</Классификатор>"""


def samples():
    """Real files beside the repository, by size."""
    for parent in pathlib.Path(__file__).resolve().parents:
        folder = parent / "shared/data/1c/samples"
        if folder.is_dir():
            files = [path for name in FOLDERS for path in folder.glob(f"{name}/*.xml")]
            return sorted(files, key=lambda path: path.stat().st_size)
    return []


class OnecFilesCommon(OnecGoodsCommon):
    def _state(self, backend):
        """What a base made here, without ids of the database."""
        rows = self.env["onec.map"].search(
            [
                ("backend_id", "=", backend.id),
                ("otype", "in", ("category", "product", "attribute")),
            ]
        )
        state = {}
        for row in rows:
            record = row._records()
            facts = [row.model, record.display_name, row.state]
            if row.otype == "product":
                facts += [record.default_code, record.barcode, record.active]
                facts += [record.categ_id.name, record.weight]
                facts += sorted(record.attribute_line_ids.value_ids.mapped("name"))
            state[row.otype, row.external_id] = facts
        return state

    def _import_into(self, backend, body):
        message = self._message(body, backend=backend)
        self.assertTrue(message._work(3600))
        return message


@tagged("post_install", "-at_install")
class TestOnecCatalogueFiles(OnecFilesCommon):
    def _portions(self):
        value = """<ЗначенияСвойств><ЗначенияСвойства><Ид>p1</Ид><Значение>v1</Значение>
        </ЗначенияСвойства></ЗначенияСвойств>"""
        goods = [
            self._good(f"m{n}", f"Товар {n}", f"<Артикул>A{n}</Артикул>{value}")
            for n in range(12)
        ]
        goods += [
            self._variant(f"v#{n}", f"Чашка ({n} мл)", Объём=f"{n} мл")
            for n in range(3)
        ]
        return goods

    def _in_portions(self, backend, goods, size):
        for start in range(0, len(goods), size):
            body = "".join(goods[start : start + size])
            self._import_into(backend, f"<Каталог><Товары>{body}</Товары></Каталог>")

    def test_portions_and_their_order_do_not_matter(self):
        chance = random.Random(1)
        states = []
        for size in (100, 4, 1):
            backend = self._make_backend(f"portions of {size}")
            self._import_into(backend, GROUPS)
            self._import_into(backend, PROPERTIES)
            goods = self._portions()
            if size < 100:
                chance.shuffle(goods)
            self._in_portions(backend, goods, size)
            states.append(self._state(backend))
        self.assertEqual(states[0], states[1])
        self.assertEqual(states[0], states[2])
        self.assertEqual(len(states[0]), 2 + 1 + 1 + 12 + 1 + 3)

    def test_a_file_cut_anywhere_changes_nothing(self):
        goods = "".join(self._portions())
        whole = self._message(f"{GROUPS}<Каталог><Товары>{goods}</Товары></Каталог>")
        data = whole.attachment_id.raw
        whole.unlink()
        before = self._state(self.backend)
        products = self.env["product.template"].search_count([])
        chance = random.Random(2)
        for length in [0, len(data) - 1, *chance.sample(range(len(data)), 20)]:
            message = self._message(data[:length])
            self.assertTrue(message._work(600))
            self.assertEqual(message.state, "failed", length)
            self.assertFalse(message.line_ids or message.part_ids)
        self.assertEqual(self._state(self.backend), before)
        self.assertEqual(self.env["product.template"].search_count([]), products)

    # --- companies ------------------------------------------------------------------

    def test_goods_belong_to_the_company_of_their_base(self):
        other = self.env["res.company"].create({"name": "Second"})
        backend = self._make_backend("Second", company_id=other.id)
        code = "<Штрихкод>4601234567893</Штрихкод>"
        self._goods(self._good("m1", inner=code))
        message = self._import_into(
            backend,
            f"<Каталог><Товары>{self._good('m1', inner=code)}</Товары></Каталог>",
        )
        self.assertEqual(message.state, "done")
        first, second = self._product("m1"), self._product("m1", backend)
        self.assertEqual((first.company_id, second.company_id), (self.company, other))
        self.assertEqual((first.barcode, second.barcode), ("4601234567893",) * 2)

    def test_shared_goods_clash_across_companies(self):
        other = self.env["res.company"].create({"name": "Second"})
        code = "<Штрихкод>4601234567893</Штрихкод>"
        self._goods(self._good("m1", inner=code))
        backend = self._make_backend(
            "Second", company_id=other.id, share_products=True, match_products="never"
        )
        message = self._import_into(
            backend,
            f"<Каталог><Товары>{self._good('m1', inner=code)}</Товары></Каталог>",
        )
        self.assertEqual((message.state, message.count_conflict), ("partial", 1))
        product = self._product("m1", backend)
        self.assertFalse(product.company_id or product.barcode)

    def test_a_file_of_another_organization_is_not_taken(self):
        self.company.vat = "7701234567"
        owner = """<Классификатор><Владелец><Ид>%s</Ид><Наименование>ООО</Наименование>
        <ИНН>%s</ИНН></Владелец></Классификатор>"""
        good = f"<Каталог><Товары>{self._good()}</Товары></Каталог>"
        message = self._import(owner % ("o2", "7707654321") + good)
        self.assertEqual(message.state, "failed")
        self.assertIn("another organization", message.error)
        self.assertFalse(self.backend._find("product", ["m1"]))
        conflict = self.env["onec.conflict"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "other_company")]
        )
        self.assertEqual(self._import(owner % ("o1", "7701234567")).state, "done")
        conflict._resolve("1c")
        self.assertTrue(message._work(600))
        self.assertEqual((message.state, self._product("m1").name), ("done", "Кружка"))


@tagged("post_install", "-at_install")
@unittest.skipUnless(samples(), "no real files here")
class TestOnecRealFiles(OnecFilesCommon):
    def _backend_of_its_own(self, name):
        return self._make_backend(name, match_products="never")

    def test_real_catalogues_twice_are_the_same(self):
        for path in samples():
            if path.stat().st_size > 100_000:
                continue
            with self.subTest(path.name):
                backend = self._backend_of_its_own(path.name)
                first = self._import_into(backend, path.read_bytes())
                self.assertIn(first.state, ("done", "partial"), first.error)
                self.assertEqual(first.counts["seen"], first.counts.get("total"))
                state = self._state(backend)
                again = self._import_into(backend, path.read_bytes())
                self.assertEqual(again.count_created + again.count_updated, 0)
                self.assertEqual(self._state(backend), state)
