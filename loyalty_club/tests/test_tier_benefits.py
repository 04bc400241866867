from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestTierBenefits(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.multiplier_ids.active = False
        cls.card = cls._enroll()
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Own courier",
                "delivery_type": "fixed",
                "fixed_price": 1000,
                "free_over": True,
                "amount": 30000,
                "product_id": cls._make_product("Delivery", 1000).id,
            }
        )

    def _delivery_price(self, amount):
        return self.carrier.rate_shipment(self._order(amount))["price"]

    def _prices(self):
        return [self._delivery_price(amount) for amount in (14999, 15000, 30000)]

    def test_delivery_is_free_as_the_tier_says(self):
        prices = {}
        for tier in (self.bronze, self.silver, self.gold):
            self.card._set_tier(tier, "Test")
            prices[tier.name] = self._prices()
        self.assertEqual(
            prices,
            {"Bronze": [1000, 1000, 0], "Silver": [1000, 0, 0], "Gold": [0, 0, 0]},
        )

    def test_customers_without_a_card_pay_for_delivery(self):
        order = self._order(20000, self.env["res.partner"].create({"name": "Boris"}))
        self.assertEqual(self.carrier.rate_shipment(order)["price"], 1000)

    def _davit_refers_ani(self, rate=10):
        davit = self.env["res.partner"].create({"name": "Davit"})
        card = self._enroll(davit)
        self.bronze.referral_rate = rate
        self.ani.loyalty_referrer_id = davit
        return card

    def test_referrer_earns_a_part_of_what_the_friend_earns_when_it_is_paid(self):
        davit = self._davit_refers_ani()
        invoice = self._invoice(20000)
        self.assertLedger(davit, 0)
        self._pay(invoice)
        self.assertLedger(self.card, 600)
        self.assertLedger(davit, 60)
        self.assertEqual(davit.move_ids.counterpart_card_id, self.card)

    def test_refund_takes_the_referral_back_by_the_rate_of_its_time(self):
        davit = self._davit_refers_ani()
        invoice = self._invoice(20000)
        self._pay(invoice)
        self.bronze.referral_rate = 50
        self._credit(invoice, 5000)
        self.assertLedger(davit, 45)
        self._credit(invoice, 15000)
        self.assertLedger(davit, 0)

    def test_no_referral_without_a_rate(self):
        davit = self._davit_refers_ani(rate=0)
        self._pay(self._invoice(20000))
        self.assertLedger(davit, 0)

    def test_nobody_refers_himself(self):
        with self.assertRaises(UserError):
            self.ani.loyalty_referrer_id = self.ani
