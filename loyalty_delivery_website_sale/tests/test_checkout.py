"""The delivery time at the checkout of the web shop."""

from datetime import timedelta

from odoo import Command, fields, http
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.loyalty_delivery.tests.common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestCheckout(DeliveryCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.company_id = cls.company
        cls.zone = cls._make_zone(neighbour_points=50)
        cls.carrier = cls._make_carrier(website_published=True)
        cls.day = fields.Date.today() + timedelta(days=3)
        cls.slot = cls.env["loyalty.delivery.slot"].create(
            {
                "zone_id": cls.zone.id,
                "date": cls.day,
                "hour_from": 10,
                "hour_to": 12,
                "capacity": 1,
                "fee": 200,
            }
        )
        cls.goods = cls._make_goods(is_published=True)
        cls.user = cls._user("ani.shop", "base.group_portal", password="ani.shop")
        cls.user.partner_id.write(
            {
                "street": "Abovyan 1",
                "zip": "0010",
                "city": "Yerevan",
                "country_id": cls.env.ref("base.am").id,
                "phone": "+37491234567",
                "email": "ani@example.com",
            }
        )
        cls.cart = cls._cart(cls.user.partner_id)

    @classmethod
    def _cart(cls, partner):
        cart = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "website_id": cls.website.id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create({"product_id": cls.goods.id, "price_unit": 20000})
                ],
            }
        )
        cart._set_delivery_method(cls.carrier)
        return cart

    def _shop(self):
        session = self.authenticate("ani.shop", "ani.shop")
        session["sale_order_id"] = self.cart.id
        http.root.session_store.save(session)

    def _rpc(self, route, **params):
        return self.make_jsonrpc_request(route, params)

    @property
    def _key(self):
        return f"{self.slot.id}:{self.day}"

    def test_times_are_offered_with_their_fees_and_points(self):
        self._make_stops(zone_id=self.zone.id, date=self.day)
        self._shop()
        html = self._rpc("/shop/delivery_times")
        self.assertIn("10:00–12:00", html)
        self.assertIn("+50 points", html)
        self.assertIn(self._key, html)

    def test_a_taken_time_is_in_the_price_and_holds_its_place(self):
        self._shop()
        summary = self._rpc("/shop/set_delivery_time", key=self._key)
        self.assertNotIn("error", summary)
        self.assertEqual(self.cart.delivery_slot_id, self.slot)
        self.assertEqual(self.cart._delivery_fee(), 1200)
        other = self._cart(self._make_customer("Vera"))
        self.assertFalse(other._delivery_offers())

    def test_a_time_that_is_gone_is_told(self):
        other = self._cart(self._make_customer("Vera"))
        other._delivery_choose(self.slot.id, self.day)
        self._shop()
        summary = self._rpc("/shop/set_delivery_time", key=self._key)
        self.assertIn("not free any more", summary["error"])
        self.assertFalse(self.cart.delivery_slot_id)

    def test_a_key_that_is_none_is_refused(self):
        self._shop()
        for key in (None, 5, [self._key], {"slot": 1}, f"{10**20}:{self.day}"):
            summary = self._rpc("/shop/set_delivery_time", key=key)
            self.assertIn("Choose one of the times", summary["error"])
        self.assertFalse(self.cart.delivery_slot_id)

    def test_without_a_time_there_is_no_payment(self):
        with self.assertRaisesRegex(ValidationError, "Choose a delivery time"):
            self.cart._check_cart_is_ready_to_be_paid()
        self.cart._delivery_choose(self.slot.id, self.day)
        before = self.cart.delivery_slot_until
        self.cart._check_cart_is_ready_to_be_paid()
        self.assertGreater(self.cart.delivery_slot_until, before)

    def test_a_place_lost_meanwhile_stops_the_payment(self):
        self.cart._delivery_choose(self.slot.id, self.day)
        self.cart.delivery_slot_until = fields.Datetime.now() - timedelta(minutes=1)
        self._cart(self._make_customer("Vera"))._delivery_choose(self.slot.id, self.day)
        with self.assertRaisesRegex(ValidationError, "not kept"):
            self.cart._check_cart_is_ready_to_be_paid()

    def test_a_tier_s_price_is_told(self):
        card = self._enroll(self.user.partner_id)
        card.tier_id = self.silver
        self._shop()
        self.assertIn("free for Silver members", self._rpc("/shop/delivery_times"))

    def test_without_a_cart_nothing_is_offered(self):
        self.authenticate(None, None)
        self.assertEqual(self._rpc("/shop/delivery_times"), "")
        self.assertIn("error", self._rpc("/shop/set_delivery_time", key=self._key))
