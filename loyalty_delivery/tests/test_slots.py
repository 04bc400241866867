"""Slots: what is offered, to whom, and how a place is taken."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import DOORS, DeliveryCommon

FRIDAY = date(2026, 3, 6)


@freeze_time("2026-03-05 08:00:00")  # Thursday noon in Yerevan
class TestSlots(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls._make_zone()
        cls.carrier = cls._make_carrier()
        cls.goods = cls._make_goods()
        cls.boris = cls._make_customer()
        cls.slot = cls._make_slot()
        cls.none = cls.env["loyalty.tier"]

    @classmethod
    def _make_slot(cls, **values):
        return cls.env["loyalty.delivery.slot"].create(
            {
                "zone_id": cls.zone.id,
                "weekday": "4",
                "hour_from": 14,
                "hour_to": 16,
                "capacity": 2,
                **values,
            }
        )

    def _quotation(self, amount=5000, partner=None):
        order = self._order(amount, partner or self.boris, product=self.goods)
        order.set_delivery_line(
            self.carrier, self.carrier.rate_shipment(order)["price"]
        )
        return order

    def _offers(self, tier=None, days=3):
        return self.zone._slots(date(2026, 3, 5), days, tier or self.none)

    # -- offers -----------------------------------------------------------------------
    def test_a_weekday_is_offered_on_its_days(self):
        offers = self._offers(days=14)
        self.assertEqual([str(o.day) for o in offers], ["2026-03-06", "2026-03-13"])
        self.assertEqual(str(offers[0].start), "2026-03-06 10:00:00")
        self.assertEqual(offers[0].free, 2)
        self.assertEqual(offers[0].hours, "14:00–16:00")

    def test_a_date_of_its_own(self):
        self._make_slot(weekday=False, date="2026-03-07", hour_from=9, hour_to=10)
        self.assertEqual([str(o.day) for o in self._offers()][1], "2026-03-07")

    def test_a_slot_has_a_weekday_or_a_date(self):
        with self.assertRaisesRegex(ValidationError, "either on a weekday or"):
            self._make_slot(date="2026-03-07")

    def test_closed_days_are_not_offered(self):
        closing = self.env["loyalty.delivery.closing"].create(
            {"name": "Holiday", "date_from": "2026-03-06", "date_to": "2026-03-08"}
        )
        self.assertFalse(self._offers())
        closing.zone_ids = self._make_zone(name="Other")
        self.assertTrue(self._offers())

    def test_after_the_cutoff_it_is_gone(self):
        with freeze_time("2026-03-06 08:00:00"):  # two hours before
            self.assertTrue(self._offers())
        with freeze_time("2026-03-06 08:00:01"):
            self.assertFalse(self._offers())
        self.slot.write({"cutoff_kind": "day", "cutoff_days": 1, "cutoff_hour": 12})
        self.assertTrue(self._offers())
        with freeze_time("2026-03-05 08:00:01"):
            self.assertFalse(self._offers())

    def test_places_are_kept_for_the_best_tiers_until_a_time(self):
        self.slot.write({"reserved": 1, "reserved_minutes": 60, "tier_ids": self.gold})
        self.assertEqual(self._offers()[0].free, 1)
        self.assertEqual(self._offers(self.gold)[0].free, 2)
        self._quotation()._delivery_choose(self.slot.id, FRIDAY)
        self.assertFalse(self._offers())
        self.assertEqual(self._offers(self.gold)[0].free, 1)
        self.slot.write({"reserved_minutes": 1560})  # since noon of the day before
        self.assertEqual(self._offers()[0].free, 1)

    def test_a_tier_of_high_priority_is_best_by_itself(self):
        self.slot.reserved = 2
        self.assertFalse(self._offers())
        self.gold.priority = "1"
        self.assertEqual(self._offers(self.gold)[0].free, 2)

    def test_your_street_s_day_gives_points(self):
        self.zone.write({"neighbour_points": 50, "neighbour_m": 300})
        self.slot.flex_points = 10
        self._make_stops(1, zone_id=self.zone.id)
        near = self.zone._slots(date(2026, 3, 5), 14, self.none, DOORS[0])
        far = self.zone._slots(date(2026, 3, 5), 14, self.none, DOORS[5])
        self.assertEqual(
            [(o.points, o.is_street) for o in near[:2]], [(60, True), (10, False)]
        )
        self.assertEqual((far[0].points, far[0].is_street), (10, False))
        self.assertIn("your street on that day: +60", self.zone._offer_text(near[0]))

    def test_queries_do_not_grow_with_slots_and_deliveries(self):
        self.zone.neighbour_points = 50

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            offers = self._offers(days=14)
            return self.cr.sql_log_count - before, len(offers)

        count()
        few, offered = count()
        for hour in range(8, 13):
            self._make_slot(hour_from=hour, hour_to=hour + 1)
        self._make_stops(30, zone_id=self.zone.id, slot_id=self.slot.id)
        many, offered_many = count()
        self.assertEqual(many, few)
        self.assertGreater(offered_many, offered)
        self.assertLess(few, 16)

    # -- choosing ---------------------------------------------------------------------
    def test_a_chosen_slot_is_held_and_then_kept(self):
        order = self._quotation()
        order._delivery_choose(self.slot.id, FRIDAY)
        self.assertEqual(self._offers()[0].free, 1)
        with freeze_time("2026-03-05 08:31:00"):
            self.assertEqual(self._offers()[0].free, 2)
            order.action_confirm()
            self.assertEqual(self._offers()[0].free, 1)
        stop = order.delivery_stop_ids
        self.assertRecordValues(
            stop,
            [
                {
                    "slot_id": self.slot.id,
                    "date": FRIDAY,
                    "window_start": stop.promised_start,
                    "window_end": stop.promised_end,
                }
            ],
        )
        self.assertEqual(str(stop.window_start), "2026-03-06 10:00:00")
        self.assertEqual(self._offers()[0].free, 1)  # the same place, not two

    def test_a_full_slot_is_refused_and_nothing_changes(self):
        for _number in range(2):
            self._quotation()._delivery_choose(self.slot.id, FRIDAY)
        order = self._quotation()
        with self.assertRaisesRegex(UserError, "not free any more"):
            order._delivery_choose(self.slot.id, FRIDAY)
        self.assertFalse(order.delivery_slot_id)

    def test_a_lost_place_is_told_before_the_order_is_confirmed(self):
        order = self._quotation()
        order._delivery_choose(self.slot.id, FRIDAY)
        with freeze_time("2026-03-05 09:00:00"):
            for _number in range(2):
                self._quotation()._delivery_choose(self.slot.id, FRIDAY)
            with self.assertRaises(UserError) as caught:
                order.action_confirm()
            self.assertIn("not kept", str(caught.exception))
            self.assertEqual(order.state, "draft")

    def test_a_slot_of_another_zone_is_refused(self):
        other = self._make_zone(name="Other", postal_codes="2301")
        slot = self._make_slot(zone_id=other.id)
        order = self._quotation()
        with self.assertRaises(UserError):
            order._delivery_choose(slot.id, FRIDAY)
        self.assertFalse(order.delivery_slot_id)

    def test_the_fee_of_a_slot_is_in_the_price(self):
        self.slot.fee = 300
        order = self._quotation()
        self.assertEqual(order._delivery_fee(), 1000)
        order._delivery_choose(self.slot.id, FRIDAY)
        self.assertEqual(order._delivery_fee(), 1300)

    def test_another_time_moves_the_delivery_until_it_is_driven(self):
        late = self._make_slot(hour_from=18, hour_to=20)
        order = self._quotation()
        order._delivery_choose(self.slot.id, FRIDAY)
        order.action_confirm()
        stop = order.delivery_stop_ids
        order._delivery_choose(late.id, FRIDAY)
        self.assertEqual(stop.slot_id, late)
        self.assertEqual(str(stop.window_start), "2026-03-06 14:00:00")
        stop.state = "out"
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            order._delivery_choose(self.slot.id, FRIDAY)
        self.assertEqual(stop.slot_id, late)

    def test_after_the_cutoff_the_time_stays(self):
        late = self._make_slot(hour_from=18, hour_to=20)
        order = self._quotation()
        order._delivery_choose(self.slot.id, FRIDAY)
        order.action_confirm()
        with (
            freeze_time("2026-03-06 08:30:00"),
            self.assertRaisesRegex(UserError, "cannot be changed"),
        ):
            order._delivery_choose(late.id, FRIDAY)
        self.assertEqual(order.delivery_slot_id, self.slot)

    def test_a_cancelled_order_gives_its_place_back(self):
        order = self._quotation()
        order._delivery_choose(self.slot.id, FRIDAY)
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(self._offers()[0].free, 2)

    def test_another_address_makes_the_choice_void(self):
        order = self._quotation()
        order._delivery_choose(self.slot.id, FRIDAY)
        order.partner_shipping_id = self._make_customer(
            "Vera", zip="2301", city="Gyumri"
        )
        self.assertFalse(order.delivery_slot_id)
        self.assertEqual(self._offers()[0].free, 2)

    # -- points -----------------------------------------------------------------------
    def test_who_sells_writes_no_slot_and_no_points_by_hand(self):
        seller = self._user("slot_seller", "sales_team.group_sale_salesman_all_leads")
        order = self._quotation().with_user(seller)
        for values in (
            {"delivery_slot_points": 100_000},
            {"delivery_slot_id": self.slot.id, "delivery_slot_date": FRIDAY},
            {"delivery_slot_best": True},
        ):
            with self.assertRaises(AccessError):
                order.write(values)
            with self.assertRaises(AccessError):
                order.create({"partner_id": self.boris.id, **values})
        with self.assertRaises(AccessError):
            order.with_context(default_delivery_slot_points=100_000).create(
                {"partner_id": self.boris.id}
            )
        order._delivery_choose(self.slot.id, FRIDAY)
        self.assertRecordValues(
            order.sudo(),
            [{"delivery_slot_id": self.slot.id, "delivery_slot_points": 0}],
        )

    def test_points_for_the_slot_are_given_once_when_delivered(self):
        self.slot.flex_points = 50
        card = self._enroll(self.boris)
        order = self._quotation()
        order._delivery_choose(self.slot.id, FRIDAY)
        order.action_confirm()
        stop = order.delivery_stop_ids
        self.assertEqual(stop.flex_points, 50)
        self.assertEqual(card.points, 0)
        stop.state = "out"
        stop._transition("delivered")
        self.assertEqual(card.points, 50)
        stop._post_flex_points()
        self.assertEqual(card.points, 50)
        stop._transition("failed")
        self.assertEqual(card.points, 0)
        stop._transition("delivered")
        self.assertEqual(card.points, 50)
