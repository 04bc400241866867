from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import DOORS, DeliveryCommon

HERE, NEAR = (40.1811, 44.5144), (40.1812, 44.5146)
FAR = (40.2005, 44.4950)


class TestDeliveryGeo(DeliveryCommon):
    def _unknown(self, address, count=1, **values):
        return self._make_stops(
            count,
            address=address,
            latitude=0,
            longitude=0,
            geo_quality="none",
            **values,
        )

    def _place(self, stop):
        return stop.geo_quality, round(stop.latitude, 6), round(stop.longitude, 6)

    def test_a_pin_is_remembered_however_the_address_is_spelt(self):
        self._unknown("Abovyan st. 12, Yerevan")._pin(*HERE)
        again = self._unknown("abovyan street 12  apt. 7,\nYEREVAN")
        again._locate()
        self.assertEqual(self._place(again), ("manual", *HERE))

    def test_nothing_moves_a_pin_but_a_pin(self):
        stop = self._unknown("Abovyan 12")
        stop._pin(*HERE)
        for later in self._unknown("Abovyan 12", 3):
            later._learn(*FAR, 5)
        stop._locate()
        self.assertEqual(self._place(stop), ("manual", *HERE))
        other = self._unknown("Abovyan 12")
        other._pin(*FAR)
        self.assertEqual(self._place(other), ("manual", *FAR))

    def test_two_deliveries_that_agree_teach_the_door(self):
        one, two, three = self._unknown("Tumanyan 5", 3)
        self.assertFalse(one._learn(*HERE, 10))
        self.assertFalse(two._learn(*FAR, 10))
        self.assertTrue(three._learn(*NEAR, 12))
        other = self._unknown("Tumanyan street 5")
        other._locate()
        self.assertEqual(self._place(other)[0], "learned")
        self.assertAlmostEqual(other.latitude, 40.18115, 5)

    def test_one_delivery_confirmed_twice_teaches_nothing(self):
        stop = self._unknown("Tumanyan 5")
        self.assertFalse(stop._learn(*HERE, 10))
        self.assertFalse(stop._learn(*NEAR, 10))
        self.assertEqual(stop.geo_address_id.fix_count, 1)

    def test_confirming_on_the_phone_teaches_the_door(self):
        stops = self._unknown("Tumanyan 5", 2)
        stops.state = "out"
        for stop, place in zip(stops, (HERE, NEAR), strict=True):
            event = self.env["loyalty.delivery.event"].create(
                {
                    "client_uuid": f"door-{stop.id}",
                    "kind": "deliver",
                    "stop_id": stop.id,
                    "server_time": "2026-03-06 10:00:00",
                    "latitude": place[0],
                    "longitude": place[1],
                    "accuracy_m": 12,
                }
            )
            stop._transition("delivered", {"done_event_id": event.id})
        self.assertEqual(stops.geo_address_id.quality, "learned")

    def test_a_pin_does_not_follow_to_another_address(self):
        stop = self._unknown("Abovyan 12")
        stop._pin(*HERE)
        stop.address = "Baghramyan 9"
        stop._locate()
        self.assertEqual(stop.geo_quality, "none")
        self.assertEqual(stop.geo_address_id.name, "Baghramyan 9")

    def test_a_phone_that_does_not_know_where_it_is_teaches_nothing(self):
        stop = self._unknown("Tumanyan 5")
        self.assertFalse(stop._learn(*HERE, 3000))
        self.assertFalse(stop._learn(0, 0, 10))
        self.assertFalse(stop._learn(*HERE, -1))
        self.assertFalse(stop.geo_address_id.fixes)

    def test_a_customers_zero_is_not_a_place_and_another_number_is(self):
        self.ani.write({"street": "Sayat-Nova 3", "city": "Yerevan"})
        stop = self._unknown("Sayat-Nova 3, Yerevan")
        stop._locate()
        self.assertEqual(stop.geo_quality, "none")
        self.ani.write({"partner_latitude": HERE[0], "partner_longitude": HERE[1]})
        stop._locate()
        self.assertEqual(self._place(stop), ("street", *HERE))
        elsewhere = self._unknown("Baghramyan 9, Yerevan")
        elsewhere._locate()
        self.assertEqual(elsewhere.geo_quality, "none")

    def test_the_middle_of_the_postal_code_when_nothing_better_is_known(self):
        self.ani.zip = "0001"
        for number, door in enumerate(DOORS[:3]):
            self._unknown(f"Abovyan {number + 1}")._pin(*door)
        stop = self._unknown("Unheard of lane 5")
        stop._locate()
        self.assertEqual(self._place(stop), ("zip", *DOORS[1]))

    def test_the_middle_of_the_zone_when_the_postal_code_is_new(self):
        zone = self.env["loyalty.delivery.zone"].create(
            {"name": "Square", "polygon": [[40, 44], [40, 46], [42, 46], [42, 44]]}
        )
        stop = self._unknown("Unheard of lane 5", zone_id=zone.id)
        stop._locate()
        self.assertEqual(self._place(stop), ("zip", 41, 45))

    def test_a_delivery_without_address_stays_unknown(self):
        stop = self._unknown(False)
        stop._locate()
        self.assertFalse(stop.geo_address_id)
        self.assertEqual(stop.geo_quality, "none")

    def test_a_good_position_is_written_on_a_customer_without_one(self):
        self.ani.street = "Tumanyan 5"
        stop, before = self._unknown("Tumanyan 5", 2)
        stop._learn(*HERE, 10)
        before._learn(*NEAR, 10)
        stop._locate()
        self.assertAlmostEqual(self.ani.partner_latitude, 40.18115, 5)
        self.ani.write({"partner_latitude": 1, "partner_longitude": 2})
        stop._locate()
        self.assertEqual(self.ani.partner_latitude, 1)

    def test_a_place_that_is_none_is_refused(self):
        stop = self._make_stops()
        for wrong in ((91, 0), (0, 181), (0, 0)):
            with self.assertRaisesRegex(UserError, "not a place"):
                stop._pin(*wrong)
        self.assertEqual(self._place(stop), ("house", *DOORS[0]))

    def test_a_dispatcher_pins_and_others_do_not(self):
        stop = self._unknown("Abovyan 12")
        dispatcher = new_test_user(
            self.env,
            "roads-dispatcher",
            "loyalty_delivery.group_delivery_dispatcher",
            company_id=self.company.id,
        )
        cashier = new_test_user(
            self.env,
            "roads-cashier",
            "loyalty_delivery.group_delivery_cashier",
            company_id=self.company.id,
        )
        with self.assertRaisesRegex(Exception, "not allowed"):
            stop.with_user(cashier).action_pin(*HERE)
        self.assertEqual(stop.geo_quality, "none")
        stop.with_user(dispatcher).action_pin(*HERE)
        self.assertEqual(self._place(stop), ("manual", *HERE))

    def test_queries_do_not_grow_with_the_deliveries(self):
        few = self._unknown("x", 5)
        many = self._unknown("x", 60)
        for number, stop in enumerate([*few, *many]):
            stop.address = f"Abovyan {number}"
        self.env.flush_all()
        counts = []
        for stops in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            stops._locate()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)
