"""Where a zone is and what a delivery to it costs."""

from odoo.exceptions import ValidationError

from .common import DOORS, DeliveryCommon

NORTH = [[40.19, 44.47], [40.19, 44.53], [40.21, 44.53], [40.21, 44.47]]


class TestZones(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls._make_zone()
        cls.north = cls._make_zone(
            name="North", sequence=1, postal_codes=False, polygon=NORTH
        )
        cls.ani.write({"street": "Abovyan 1", "zip": "0010", "city": "Yerevan"})
        cls.carrier = cls._make_carrier()

    def _find(self, lat=0.0, lon=0.0, code=False, city=False):
        zones = self.env["loyalty.delivery.zone"]
        return zones._find(lat, lon, code, city, self.company)

    def test_position_decides_before_the_postal_code(self):
        self.assertEqual(self._find(*DOORS[4], code="0010"), self.north)
        self.assertEqual(self._find(*DOORS[0], code="0010"), self.zone)
        self.assertEqual(self._find(code="0010"), self.zone)

    def test_outside_of_all_zones_there_is_none(self):
        self.assertFalse(self._find(*DOORS[0], code="2301"))
        self.assertFalse(self._find())

    def test_cities_are_compared_without_case(self):
        self.zone.write({"postal_codes": False, "cities": "Yerevan, Masis"})
        self.assertEqual(self._find(city=" yerevan "), self.zone)

    def test_zones_of_another_company_are_not_found(self):
        other = self._make_company("Other LLC")
        found = self.env["loyalty.delivery.zone"]._find(0, 0, "0010", False, other)
        self.assertFalse(found)

    def test_the_ends_of_the_border_are_kept(self):
        self.assertRecordValues(
            self.north, [{"south": 40.19, "west": 44.47, "north": 40.21, "east": 44.53}]
        )

    def test_a_border_of_two_corners_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "from 3 to 2000"):
            self.zone.polygon = [[1, 1], [2, 2]]
        self.assertFalse(self.zone.polygon)

    def test_latitude_out_of_range_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "latitude from -90 to 90"):
            self._make_zone(name="Wrong", polygon=[[91, 1], [2, 2], [3, 1]])

    def test_a_range_of_codes_upside_down_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "0019-0010"):
            self.zone.postal_codes = "0019-0010"

    # -- the price of the story -------------------------------------------------------
    def _member(self, tier):
        card = self._enroll()
        card.tier_id = tier
        return card

    def _rate(self, amount):
        return self.carrier.rate_shipment(self._order(amount))

    def test_bronze_pays_up_to_30000(self):
        self._member(self.bronze)
        self.assertEqual(self._rate(29999)["price"], 1000)
        self.assertEqual(self._rate(30000)["price"], 0)

    def test_silver_is_free_from_15000(self):
        self._member(self.silver)
        self.assertEqual(self._rate(14999)["price"], 1000)
        rate = self._rate(15000)
        self.assertEqual(rate["price"], 0)
        self.assertEqual(
            rate["warning_message"], "Delivery is free for Silver members."
        )

    def test_gold_is_always_free(self):
        self._member(self.gold)
        self.assertEqual(self._rate(100)["price"], 0)

    def test_a_tier_s_discount_and_free_delivery_are_not_added(self):
        self.zone.tier_price_ids = [
            (0, 0, {"tier_id": self.silver.id, "discount": 40}),
        ]
        self.assertEqual(self.zone._price(1000, 0, 0, self.silver), (600, 1000))
        self.assertEqual(self.zone._price(15000, 0, 0, self.silver), (0, 1000))
        self.assertEqual(self.zone._price(30000, 0, 0, self.silver), (0, 0))

    def test_kilometres_and_kilograms_begun_count(self):
        self.zone.write(
            {"km_fee": 100, "km_included": 3, "kg_fee": 50, "kg_included": 10}
        )
        price = self.zone._price(1000, 10.2, 4100, self.env["loyalty.tier"])
        self.assertEqual(price, (1000 + 2 * 100 + 50,) * 2)

    def test_what_the_tier_gave_is_kept_on_the_order(self):
        self._member(self.silver)
        order = self._order(20000)
        order.set_delivery_line(self.carrier, self._price_of(order))
        self.assertEqual(order.delivery_perk_amount, 1000)
        self.assertEqual(order._delivery_fee(), 0)

    def _price_of(self, order):
        return self.carrier.rate_shipment(order)["price"]

    def test_below_the_minimum_it_says_how_much_is_missing(self):
        self.zone.minimum_order = 5000
        rate = self._rate(4000)
        self.assertFalse(rate["success"])
        self.assertIn("1,000", rate["error_message"])

    def test_outside_of_the_zones_it_says_so(self):
        self.ani.zip = "2301"
        rate = self._rate(4000)
        self.assertFalse(rate["success"])
        self.assertIn("outside our delivery zones", rate["error_message"])

    def test_an_address_without_code_and_city_asks_for_them(self):
        self.ani.write({"zip": False, "city": False})
        self.assertIn("Fill in the city", self._rate(4000)["error_message"])

    def test_a_salesperson_without_delivery_rights_gets_the_price(self):
        user = self._user("seller", "sales_team.group_sale_salesman")
        order = self._order(4000, user_id=user.id)
        rate = self.carrier.with_user(user).rate_shipment(order.with_user(user))
        self.assertEqual(rate["price"], 1000)
