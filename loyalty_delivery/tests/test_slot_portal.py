"""Customers choose the delivery time on the portal."""

from datetime import timedelta

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestSlotPortal(DeliveryCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls._make_zone()
        cls.carrier = cls._make_carrier()
        cls.day = fields.Date.today() + timedelta(days=3)
        cls.slot = cls.env["loyalty.delivery.slot"].create(
            {
                "zone_id": cls.zone.id,
                "date": cls.day,
                "hour_from": 10,
                "hour_to": 12,
                "capacity": 1,
            }
        )
        cls.user = cls._user("ani.portal", "base.group_portal", password="ani.portal")
        cls.user.partner_id.write({"zip": "0010", "city": "Yerevan"})
        cls.order = cls._quotation_of(cls.user.partner_id)

    @classmethod
    def _quotation_of(cls, partner):
        order = cls._order(5000, partner)
        order.set_delivery_line(cls.carrier, cls.carrier.rate_shipment(order)["price"])
        order.action_quotation_sent()
        return order

    def _post(self, order, key, **data):
        return self.url_open(
            f"/my/orders/{order.id}/delivery-time",
            {"slot": key, "csrf_token": Request.csrf_token(self), **data},
        )

    @property
    def _key(self):
        return f"{self.slot.id}:{self.day}"

    def test_the_customer_sees_the_times_and_takes_one(self):
        self.authenticate("ani.portal", "ani.portal")
        page = self.url_open(f"/my/orders/{self.order.id}/delivery-time")
        self.assertIn("10:00–12:00", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self._post(self.order, self._key)
        self.assertEqual(self.order.delivery_slot_id, self.slot)
        page = self.url_open(f"/my/orders/{self.order.id}")
        self.assertIn("10:00–12:00", page.text)

    def test_a_full_time_says_so_and_is_not_taken(self):
        other = self._quotation_of(self._make_customer("Vera"))
        self.authenticate("ani.portal", "ani.portal")
        other._delivery_choose(self.slot.id, self.day)
        page = self._post(self.order, self._key)
        self.assertIn("not free any more", page.text)
        self.assertFalse(self.order.delivery_slot_id)

    def test_a_key_that_is_none_is_refused(self):
        self.authenticate("ani.portal", "ani.portal")
        for key in ("1 OR 1:today", f"{10**20}:{self.day}", "\0:2026-03-06"):
            page = self._post(self.order, key)
            self.assertIn("Choose one of the times", page.text)
        self.assertFalse(self.order.delivery_slot_id)

    def test_the_order_of_another_customer_is_not_found(self):
        other = self._quotation_of(self._make_customer("Vera"))
        self.authenticate("ani.portal", "ani.portal")
        page = self.url_open(f"/my/orders/{other.id}/delivery-time")
        self.assertEqual(page.status_code, 404)
        self.assertEqual(self._post(other, self._key).status_code, 404)
        self.assertFalse(other.delivery_slot_id)

    def test_the_link_of_the_order_is_enough_and_a_wrong_one_is_not(self):
        token = self.order._portal_ensure_token()
        self.authenticate(None, None)
        url = f"/my/orders/{self.order.id}/delivery-time?access_token="
        self.assertEqual(self.url_open(url + "wrong").status_code, 404)
        self.assertEqual(self.url_open(url + token).status_code, 200)
        self._post(self.order, self._key, access_token=token)
        self.assertEqual(self.order.delivery_slot_id, self.slot)

    def test_an_order_that_goes_otherwise_has_no_times(self):
        post = self._make_carrier(name="Post", delivery_type="fixed")
        self.order.set_delivery_line(post, 100)
        self.authenticate("ani.portal", "ani.portal")
        page = self.url_open(f"/my/orders/{self.order.id}/delivery-time")
        self.assertEqual(page.status_code, 404)
