from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from odoo.addons.loyalty_1c_bridge.engine.commerceml.records import (
    Offer,
    Price,
    PriceType,
    Warehouse,
)
from odoo.addons.loyalty_1c_bridge.tests.common import OnecCommon

from .test_onec_message_apply import OnecMessageCommon


class OfferCommon(OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.backend.company_id.id)], limit=1
        )
        cls.mug = cls._good("mug", "Mug")
        cls._types(PriceType("retail", "Розничная", "AMD"))
        cls.pricelist = cls.backend._find("price_type", ["retail"])["retail"]._records()

    @classmethod
    def _good(cls, external_id, name, **values):
        product = cls._make_product(
            name, 0, **{"type": "consu", "is_storable": True, **values}
        )
        cls.backend._bind("product", {external_id: product})
        return product

    @classmethod
    def _journal(cls, **values):
        return cls.env["onec.message"].create(
            {
                "backend_id": cls.backend.id,
                "channel": "cml",
                "filename": "offers.xml",
                "state": "applying",
                **values,
            }
        )

    @classmethod
    def _apply(cls, otype, *records, message=None, **values):
        """Apply records as one message; its outcomes."""
        message = message or cls._journal(**values)
        items = list(enumerate(records, 1))
        outcomes = message._apply_items(otype, items)
        message._write_lines(outcomes, dict.fromkeys(range(1, len(records) + 1)))
        message.state = "done"
        return outcomes

    @classmethod
    def _types(cls, *types, **values):
        return cls._apply("price_type", *types, **values)

    def _offer(self, external_id="mug", message=None, **values):
        return self._apply("offer", Offer(external_id, **values), message=message)[0]

    def _price(self, amount, message=None, offer="mug", **values):
        price = Price("retail", Decimal(amount), **values)
        return self._offer(offer, message, prices=[price])

    def _fixed(self, product=None, pricelist=None):
        product = product or self.mug
        return (pricelist or self.pricelist)._get_product_price(product, 1)

    def _count(self, product=None, warehouse=None):
        product = product or self.mug
        warehouse = warehouse or self.warehouse
        product.invalidate_recordset(["qty_available"])
        return product.with_context(warehouse_id=warehouse.id).qty_available


@tagged("post_install", "-at_install")
class TestOnecApplyOfferPrice(OfferCommon):
    def test_a_type_of_prices_becomes_a_pricelist_of_the_company(self):
        self.assertRecordValues(
            self.pricelist,
            [
                {
                    "name": "Розничная",
                    "currency_id": self.env.ref("base.AMD").id,
                    "company_id": self.backend.company_id.id,
                }
            ],
        )
        again = self._types(PriceType("retail", "Розничная", "AMD"))
        self.assertEqual(again[0].action, "skip")

    def test_a_pricelist_of_the_same_name_is_taken(self):
        mine = self.env["product.pricelist"].create(
            {"name": "Оптовая", "company_id": self.backend.company_id.id}
        )
        self._types(PriceType("bulk", "оптовая", "AMD"))
        row = self.backend._find("price_type", ["bulk"])["bulk"]
        self.assertEqual(row._records(), mine)

    def test_an_unknown_currency_stops_the_type_not_the_others(self):
        outcomes = self._types(
            PriceType("odd", "Странная", "XXW"), PriceType("bulk", "Опт", "AMD")
        )
        self.assertEqual([o.action for o in outcomes], ["conflict", "create"])
        conflict = self.env["onec.conflict"].search([("key", "=", "currency:XXW")])
        self.assertEqual(conflict.kind, "currency_unknown")
        self.assertFalse(self.backend._find("price_type", ["odd"]))

    def test_without_leave_to_make_pricelists_a_type_waits(self):
        self.backend.create_pricelists = False
        before = self.env["product.pricelist"].search_count([])
        outcome = self._types(PriceType("bulk", "Опт", "AMD"))[0]
        self.assertEqual(
            (outcome.action, outcome.waits_for), ("conflict", "price_type:bulk")
        )
        self.assertEqual(self.env["product.pricelist"].search_count([]), before)

    def test_prices_go_to_the_pricelist_and_only_changes_are_written(self):
        self.assertEqual(self._price("1200").action, "update")
        self.assertEqual(self._fixed(), 1200)
        self.assertEqual(self._price("1200").action, "skip")
        outcome = self._price("1300.50")
        self.assertEqual(outcome.diff, {"Розничная": ["1200", "1300.5"]})
        self.assertEqual(self._fixed(), 1300.5)
        self.assertEqual(len(self.pricelist.item_ids), 1)

    def test_the_chosen_type_is_the_sales_price(self):
        self.backend.list_price_type_id = self.backend._find("price_type", ["retail"])[
            "retail"
        ]
        self._price("1500")
        self.assertEqual(self.mug.list_price, 1500)
        self.assertFalse(self.pricelist.item_ids)

    def test_the_price_of_a_box_is_told_per_unit(self):
        self._price("1200", factor=Decimal(12), unit="кор")
        self.assertEqual(self._fixed(), 100)

    def test_inclusion_of_the_tax_follows_the_product(self):
        self._types(PriceType("net", "Без НДС", "AMD", tax_included=False))
        net = self.backend._find("price_type", ["net"])["net"]._records()
        self._offer(prices=[Price("net", Decimal(100))])
        self.assertEqual(self._fixed(pricelist=net), 120)
        self.tax.price_include_override = "tax_excluded"
        self._types(PriceType("gross", "С НДС", "AMD", tax_included=True))
        gross = self.backend._find("price_type", ["gross"])["gross"]._records()
        self._offer(prices=[Price("gross", Decimal(120))])
        self.assertEqual(self._fixed(pricelist=gross), 100)

    def test_a_price_in_another_currency_is_converted(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        usd.rate_ids.unlink()
        outcome = self._price("10", currency="840")
        self.assertEqual(outcome.action, "conflict")
        self.assertIn("no rate of USD", outcome.error)
        self.assertFalse(self.pricelist.item_ids)
        self.env["res.currency.rate"].create(
            {
                "currency_id": usd.id,
                "rate": 0.0025,
                "company_id": self.backend.company_id.id,
            }
        )
        self._price("10", currency="840")
        self.assertEqual(self._fixed(), 4000)

    def test_an_unknown_currency_stops_the_line_only(self):
        self._good("tea", "Tea")
        outcomes = self._apply(
            "offer",
            Offer("mug", prices=[Price("retail", Decimal(1), currency="XXW")]),
            Offer("tea", prices=[Price("retail", Decimal(2))]),
        )
        self.assertEqual([o.action for o in outcomes], ["conflict", "update"])
        self.assertEqual(outcomes[0].waits_for, "currency:XXW")

    def test_zero_is_no_price_and_a_negative_one_is_refused(self):
        self._price("100")
        self.assertEqual(self._price("0").action, "skip")
        outcome = self._price("-5")
        self.assertEqual(outcome.action, "conflict")
        self.assertIn("-5", outcome.error)
        self.assertEqual(self._fixed(), 100)

    def test_a_type_to_be_ignored_is_passed_over(self):
        row = self.backend._find("price_type", ["retail"])["retail"]
        row.state = "ignored"
        self.assertEqual(self._price("100").action, "skip")
        self.assertFalse(self.pricelist.item_ids)

    def test_prices_of_people_stay_where_the_rule_says_so(self):
        self._price("100")
        self.env["onec.rule"].create(
            {
                "backend_id": self.backend.id,
                "otype": "offer",
                "field_name": "price",
                "owner": "odoo",
            }
        )
        self.assertEqual(self._price("200").action, "skip")
        self.assertEqual(self._fixed(), 100)

    def test_an_offer_before_its_good_waits_and_is_applied_when_it_comes(self):
        message = self._journal()
        outcome = self._price("70", message, "late")
        self.assertEqual(
            (outcome.action, outcome.waits_for), ("conflict", "product:late")
        )
        line = message.line_ids
        line.payload = {
            "@": "Offer",
            "id": "late",
            "prices": [{"@": "Price", "type_id": "retail", "amount": {"#": "70"}}],
        }
        late = self._good("late", "Late")
        self.assertEqual(self.env["onec.line"]._wake_offers(self.backend), 1)
        self.assertEqual(self.env["onec.line"]._retry_some(10), 0)
        self.assertEqual(line.state, "solved")
        self.assertEqual(self._fixed(late), 70)

    def test_what_waited_never_undoes_what_came_later(self):
        early, late = self._journal(), self._journal()
        self._price("200", late)
        self.assertEqual(self._price("100", early).action, "skip")
        self.assertEqual(self._fixed(), 200)

    def test_a_dry_run_tells_and_writes_nothing(self):
        outcome = self._price("100", self._journal(dry_run=True))
        self.assertEqual(outcome.diff, {"Розничная": ["", "100"]})
        self.assertFalse(self.pricelist.item_ids)
        self.assertFalse(self.backend._find("offer", ["mug"]))

    def test_a_deleted_offer_archives_its_variant_and_wakes_it_again(self):
        outcome = self._offer(deleted=True)
        self.assertEqual(outcome.action, "archive")
        self.assertFalse(self.mug.active)
        self._offer()
        self.assertTrue(self.mug.active)

    def test_a_changed_price_takes_few_queries(self):
        ids = [f"g{number}" for number in range(40)]
        for external_id in ids:
            self._good(external_id, external_id)
        message = self._journal()
        offers = [Offer(i, prices=[Price("retail", Decimal(5))]) for i in ids]
        self._apply("offer", *offers)
        self.env.flush_all()
        changed = [Offer(i, prices=[Price("retail", Decimal(6))]) for i in ids]
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            message._apply_items("offer", list(enumerate(changed, 1)))
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestOnecApplyOfferStock(OfferCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend._bind("warehouse", {"w1": cls.warehouse})

    def _stock(self, quantity, external_id="mug", **values):
        return self._offer(external_id, stock={"w1": Decimal(quantity)}, **values)

    def test_stock_is_written_as_a_difference(self):
        self._stock("10")
        self.assertEqual(self._count(), 10)
        outcome = self._stock("7")
        self.assertEqual(list(outcome.diff.values()), [["10", "7"]])
        self.assertEqual(self._count(), 7)
        moves = self.env["stock.move"].search([("product_id", "=", self.mug.id)])
        self.assertEqual(sorted(moves.mapped("quantity")), [3, 10])
        self.assertTrue(all(moves.mapped("is_inventory")))
        self.assertEqual(self._stock("7").action, "skip")
        again = self.env["stock.move"].search([("product_id", "=", self.mug.id)])
        self.assertEqual(again, moves)

    def test_what_is_reserved_stays_reserved(self):
        self._stock("10")
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 4,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "company_id": self.backend.company_id.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertEqual(move.quantity, 4)
        self._stock("6")
        self.assertEqual((move.state, move.quantity), ("assigned", 4))
        self.assertEqual(self._count(), 6)

    def test_a_negative_stock_is_told_as_it_is(self):
        self._stock("-3")
        self.assertEqual(self._count(), -3)
        self._stock("2")
        self.assertEqual(self._count(), 2)

    def test_services_have_no_stock(self):
        self._good("work", "Work", type="service", is_storable=False)
        self.assertEqual(self._stock("5", "work").action, "skip")

    def test_an_unknown_warehouse_stops_the_line_and_is_asked_for(self):
        outcome = self._offer(
            stock={"w1": Decimal(3), "w9": Decimal(4)},
            prices=[Price("retail", Decimal(10))],
        )
        self.assertEqual(
            (outcome.action, outcome.waits_for), ("conflict", "warehouse:w9")
        )
        # What is known is applied all the same.
        self.assertEqual((self._count(), self._fixed()), (3, 10))
        self.assertTrue(
            self.env["onec.conflict"].search([("key", "=", "warehouse:w9")])
        )

    def test_a_warehouse_of_the_same_name_is_found_another_is_asked_for(self):
        outcomes = self._apply(
            "warehouse",
            Warehouse("w2", self.warehouse.name.upper()),
            Warehouse("w3", "Склад на луне"),
        )
        self.assertEqual([o.action for o in outcomes], ["skip", "conflict"])
        row = self.backend._find("warehouse", ["w2"])["w2"]
        self.assertEqual(row._records(), self.warehouse)

    def test_a_quantity_without_warehouse_goes_to_the_chosen_one(self):
        other = self.env["stock.warehouse"].create(
            {
                "name": "Second",
                "code": "SEC",
                "company_id": self.backend.company_id.id,
            }
        )
        outcome = self._offer(quantity=Decimal(8))
        self.assertEqual(outcome.action, "conflict")
        self.assertEqual(self._count(), 0)
        self.backend.stock_warehouse_id = other
        self._offer(quantity=Decimal(8))
        self.assertEqual(self._count(warehouse=other), 8)

    def test_the_total_empties_warehouses_it_leaves_nothing_for(self):
        other = self.env["stock.warehouse"].create(
            {
                "name": "Second",
                "code": "SEC",
                "company_id": self.backend.company_id.id,
            }
        )
        self.backend._bind("warehouse", {"w2": other})
        self._offer(stock={"w1": Decimal(5), "w2": Decimal(2)})
        self._offer(stock={"w1": Decimal(5)})
        self.assertEqual(self._count(warehouse=other), 2)
        self._offer(stock={"w1": Decimal(5)}, quantity=Decimal(5))
        self.assertEqual(self._count(warehouse=other), 0)

    def test_variants_never_overwrite_each_other_and_the_parent_is_their_sum(self):
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": n}) for n in ("S", "M")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "type": "consu",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": size.id,
                            "value_ids": [Command.set(size.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        small, medium = template.product_variant_ids
        self.backend._bind("product", {"s#1": small, "s#2": medium})
        self.backend._bind("product", {"s": template})
        offers = [
            Offer(
                "s#1", stock={"w1": Decimal(3)}, prices=[Price("retail", Decimal(1))]
            ),
            Offer(
                "s#2", stock={"w1": Decimal(4)}, prices=[Price("retail", Decimal(2))]
            ),
            Offer("s", stock={"w1": Decimal(99)}),
        ]
        for order in (offers, offers[::-1]):
            self._apply("offer", *order)
            self.assertEqual((self._count(small), self._count(medium)), (3, 4))
            self.assertEqual(template.qty_available, 7)
            self.assertEqual((self._fixed(small), self._fixed(medium)), (1, 2))

    def test_goods_counted_by_lots_are_left_to_people(self):
        self._good("lot", "Lot", tracking="lot")
        outcome = self._stock("5", "lot")
        self.assertEqual(outcome.action, "conflict")
        self.assertIn("lots", outcome.error)

    def test_stock_of_our_own_stays_where_the_rule_says_so(self):
        self.env["onec.rule"].create(
            {
                "backend_id": self.backend.id,
                "otype": "offer",
                "field_name": "stock",
                "owner": "odoo",
            }
        )
        self.assertEqual(self._stock("5").action, "skip")
        self.assertEqual(self._count(), 0)


GOODS = """<Классификатор><Ид>c</Ид><Наименование>К</Наименование></Классификатор>
<Каталог СодержитТолькоИзменения="false"><Ид>k</Ид>
<ИдКлассификатора>c</ИдКлассификатора>
<Наименование>К</Наименование><Товары><Товар><Ид>cup</Ид>
<Наименование>Чашка</Наименование>
<БазоваяЕдиница Код="796">шт</БазоваяЕдиница></Товар></Товары></Каталог>"""
OFFERS = """<ПакетПредложений СодержитТолькоИзменения="false">
<Ид>p</Ид><ИдКаталога>k</ИдКаталога>
<ТипыЦен><ТипЦены><Ид>t1</Ид><Наименование>Оптовая</Наименование><Валюта>AMD</Валюта>
</ТипЦены></ТипыЦен><Предложения><Предложение><Ид>cup#red</Ид>
<Наименование>Чашка (красная)</Наименование><ХарактеристикиТовара><ХарактеристикаТовара>
<Наименование>Цвет</Наименование><Значение>красная</Значение></ХарактеристикаТовара>
</ХарактеристикиТовара><Цены><Цена><ИдТипаЦены>t1</ИдТипаЦены>
<ЦенаЗаЕдиницу>50</ЦенаЗаЕдиницу></Цена></Цены><Количество>4</Количество></Предложение>
<Предложение><Ид>cup#blue</Ид><Наименование>Чашка (синяя)</Наименование>
<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Цвет</Наименование>
<Значение>синяя</Значение></ХарактеристикаТовара></ХарактеристикиТовара><Цены><Цена>
<ИдТипаЦены>t1</ИдТипаЦены><ЦенаЗаЕдиницу>60</ЦенаЗаЕдиницу></Цена></Цены>
<Количество>5</Количество></Предложение></Предложения></ПакетПредложений>"""


@tagged("post_install", "-at_install")
class TestOnecOfferFiles(OfferCommon, OnecMessageCommon):
    def _state(self):
        rows = self.backend._find("product", ["cup#red", "cup#blue"])
        prices = self.backend._find("price_type", ["t1"])["t1"]._records()
        return {
            key: (
                self._count(row._records()),
                self._fixed(row._records(), prices),
                row._records().active,
            )
            for key, row in rows.items()
        }

    def test_the_order_of_files_does_not_matter(self):
        expected = {"cup#red": (4, 50, True), "cup#blue": (5, 60, True)}
        offers = self._import(OFFERS)
        self.assertEqual(offers.state, "partial")
        goods = self._import(GOODS)
        self.assertEqual(goods.state, "done")
        self.env["onec.line"]._retry_some(100)
        self.assertEqual(self._state(), expected)
        self.assertEqual(offers.state, "done")
        again = self._import(GOODS), self._import(OFFERS)
        self.assertEqual([m.state for m in again], ["done", "done"])
        self.assertFalse(again[1].line_ids)
        self.assertEqual(self._state(), expected)

    def test_goods_first_gives_the_same(self):
        self._import(GOODS)
        self.assertEqual(self._import(OFFERS).state, "done")
        self.assertEqual(
            self._state(), {"cup#red": (4, 50, True), "cup#blue": (5, 60, True)}
        )

    def test_a_dry_run_of_both_writes_nothing(self):
        before = self.env["product.product"].search_count([])
        self._import(GOODS, dry_run=True)
        message = self._import(OFFERS, dry_run=True)
        self.assertEqual(message.state, "review")
        self.assertEqual(set(message.line_ids.mapped("action")), {"create"})
        self.assertEqual(self.env["product.product"].search_count([]), before)
        self.assertFalse(self.backend._find("price_type", ["t1"]))
