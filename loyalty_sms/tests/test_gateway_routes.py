from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_gateways import GatewayCommon

YEREVAN, GYUMRI, ALMATY, MOSCOW = (
    "+37491234567",
    "+37477234567",
    "+77011234567",
    "+79161234567",
)


@tagged("post_install", "-at_install")
class TestRoutes(GatewayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.routes = cls.env["loyalty.sms.route"]
        cls.routes.search([]).active = False
        cls.main, cls.cheap, cls.abroad = (
            cls._gateway(name, kind="kannel") for name in ("Main", "Cheap", "Abroad")
        )

    def _route(self, name, gateways, **values):
        lines = [
            Command.create({"gateway_id": gateway.id, "sequence": place})
            for place, gateway in enumerate(gateways)
        ]
        return self.routes.create({"name": name, "line_ids": lines, **values})

    def _resolve(self, number=YEREVAN, message_class="service", channel="sms"):
        return self.routes._resolve(self.company, channel, number, message_class)

    def test_without_a_route_every_gateway_in_turn(self):
        self.assertEqual(self._resolve(), self.main | self.cheap | self.abroad)

    def test_the_order_of_a_route_is_the_order_of_trying(self):
        self._route("All", [self.abroad, self.main])
        self.assertEqual(self._resolve().ids, [self.abroad.id, self.main.id])

    def test_the_longest_prefix_wins(self):
        self._route("All", [self.abroad])
        self._route("Armenia", [self.main], prefix="+374")
        self._route("Viva", [self.cheap], prefix="+374 77")
        self.assertEqual(self._resolve(YEREVAN), self.main)
        self.assertEqual(self._resolve(GYUMRI), self.cheap)
        self.assertEqual(self._resolve(MOSCOW), self.abroad)

    def test_countries_that_share_a_code_are_told_apart(self):
        self._route("All", [self.main])
        self._route("KZ", [self.abroad], country_id=self.env.ref("base.kz").id)
        self.assertEqual(self._resolve(ALMATY), self.abroad)
        self.assertEqual(self._resolve(MOSCOW), self.main)

    def test_a_route_of_the_class_comes_before_one_for_all(self):
        self._route("All", [self.main])
        self._route("Campaigns", [self.cheap], message_class="marketing")
        self.assertEqual(self._resolve(), self.main)
        self.assertEqual(self._resolve(message_class="marketing"), self.cheap)

    def test_a_route_of_the_company_comes_before_one_for_all(self):
        self.main.company_id = False
        self._route("Everybody", [self.main], company_id=False, sequence=1)
        self._route("Ours", [self.cheap], sequence=9)
        self.assertEqual(self._resolve(), self.cheap)

    def test_gateways_of_other_companies_and_channels_are_left_out(self):
        other = self._make_company("Other LLC")
        foreign = self._gateway("Foreign", kind="kannel", company_id=other.id)
        self._gateway("WA", kind="whatsapp", channel="whatsapp")
        self.assertNotIn(foreign, self._resolve())
        self.assertEqual(self._resolve(channel="whatsapp").name, "WA")
        self.assertFalse(self._resolve(channel="viber"))

    def test_a_stopped_gateway_is_the_last_resort(self):
        self._route("All", [self.main, self.cheap])
        self.main.is_paused = True
        self.assertEqual(self._resolve().ids, [self.cheap.id, self.main.id])

    def test_a_demo_phone_does_not_swallow_real_messages(self):
        demo = self._gateway("Demo", sequence=1)
        self.assertNotIn(demo, self._resolve())
        (self.main | self.cheap | self.abroad).active = False
        self.assertEqual(self._resolve(), demo)

    def test_many_numbers_cost_no_more_queries_than_one(self):
        self._route("Armenia", [self.main], prefix="+374")
        numbers = [f"+3749{n:07d}" for n in range(500)]
        self._resolve()
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            found = self.routes._resolve_many(self.company, "sms", numbers, "service")
        self.assertEqual(set(found.values()), {self.main})

    def test_a_prefix_is_the_beginning_of_a_number(self):
        for prefix in ("091", "Armenia", "+"):
            with self.assertRaises(ValidationError):
                self._route("Wrong", [self.main], prefix=prefix)


@tagged("post_install", "-at_install")
class TestTariffsAndSenders(GatewayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tariffs = cls.env["loyalty.sms.tariff"]
        cls.gateway = cls._gateway(kind="kannel", default_sender="Shop")

    def _tariff(self, prefix, price, since="2026-01-01"):
        return self.tariffs.create(
            {
                "gateway_id": self.gateway.id,
                "prefix": prefix,
                "price": price,
                "valid_from": since,
            }
        )

    def _price(self, number, date="2026-06-01"):
        day = fields.Date.to_date(date)
        return self.tariffs._price(self.gateway, number, "sms", day)

    def test_the_longest_prefix_and_the_last_date_give_the_price(self):
        self._tariff("+374", 8)
        self._tariff("37477", 6)
        self._tariff("+374", 9, "2026-05-01")
        amd = self.env.ref("base.AMD")
        self.assertEqual(self._price(YEREVAN), (9, amd))
        self.assertEqual(self._price(YEREVAN, "2026-04-30"), (8, amd))
        self.assertEqual(self._price(GYUMRI), (6, amd))
        self.assertEqual(self._price(YEREVAN, "2025-12-31"), (0, amd))
        self.assertEqual(self._price(MOSCOW), (0, amd))

    def test_a_price_for_all_is_the_last_that_fits(self):
        self._tariff(False, 20)
        self._tariff("+374", 8)
        self.assertEqual(self._price(MOSCOW)[0], 20)
        self.assertEqual(self._price(YEREVAN)[0], 8)

    def test_many_prices_cost_one_query(self):
        self._tariff("+374", 8)
        numbers = [f"+3749{n:07d}" for n in range(1000)]
        self._price(YEREVAN)
        self.env.invalidate_all()
        with self.assertQueryCount(3):
            prices = self.tariffs._prices(
                self.gateway, numbers, "sms", fields.Date.to_date("2026-06-01")
            )
        self.assertEqual({price for price, _currency in prices.values()}, {8})

    def test_the_sender_of_the_country_and_class_is_shown(self):
        self.env["loyalty.sms.sender"].create(
            [
                {"gateway_id": self.gateway.id, "name": "Arev"},
                {
                    "gateway_id": self.gateway.id,
                    "name": "ArevKZ",
                    "country_id": self.env.ref("base.kz").id,
                },
                {
                    "gateway_id": self.gateway.id,
                    "name": "ArevPromo",
                    "message_class": "marketing",
                },
            ]
        )
        choose = self.env["loyalty.sms.sender"]._choose_many
        self.assertEqual(
            choose(self.gateway, [YEREVAN, ALMATY], "service"),
            {YEREVAN: "Arev", ALMATY: "ArevKZ"},
        )
        self.assertEqual(
            choose(self.gateway, [YEREVAN], "marketing"), {YEREVAN: "ArevPromo"}
        )

    def test_without_senders_the_gateways_own(self):
        self.assertEqual(
            self.env["loyalty.sms.sender"]._choose_many(self.gateway, [YEREVAN]),
            {YEREVAN: "Shop"},
        )

    def test_messages_take_the_sender_of_their_country_at_the_handover(self):
        self.env["loyalty.sms.sender"].create(
            {"gateway_id": self.gateway.id, "name": "Arev"}
        )
        messages = self.env["loyalty.message"]
        values = {
            "company_id": self.company.id,
            "gateway_id": self.gateway.id,
            "number": YEREVAN,
            "body": "Barev",
        }
        messages._enqueue([values, {**values, "sender": "Own"}])
        _token, rows = messages._claim(self.gateway, 10)
        sent = self.gateway._outgoing(rows)
        self.assertEqual([message.sender for message in sent], ["Arev", "Own"])

    def test_operators_take_short_latin_names_only(self):
        for name in ("Արև", "A name too long", "12"):
            with self.assertRaises(ValidationError):
                self.env["loyalty.sms.sender"].create(
                    {"gateway_id": self.gateway.id, "name": name}
                )
