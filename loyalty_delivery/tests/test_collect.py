"""Deliveries made of transfers and orders."""

from freezegun import freeze_time

from odoo import Command
from odoo.tests import warmup

from .common import DOORS, DeliveryCommon


@freeze_time("2026-03-05 08:00:00")
class TestCollect(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls._make_zone()
        cls.carrier = cls._make_carrier()
        cls.goods = cls._make_goods(weight=2.5, volume=0.1)
        cls.boris = cls._make_customer(delivery_note="Code 12, second floor")

    def _stops(self, order):
        return order.delivery_stop_ids.sorted("id")

    def test_a_ready_transfer_becomes_a_delivery(self):
        order = self._delivered_order(
            23000, self.boris, commitment_date="2026-03-06 10:00:00"
        )
        stop = self._stops(order)
        self.assertRecordValues(
            stop,
            [
                {
                    "picking_ids": order.picking_ids.ids,
                    "partner_id": self.boris.id,
                    "phone": "+37491000001",
                    "address": "Abovyan 1, 0010, Yerevan",
                    "door_note": "Code 12, second floor",
                    "items": "1 × Coffee machine",
                    "weight_kg": 2.5,
                    "volume_m3": 0.1,
                    "amount_total": 24000,
                    "cod_due": 24000,
                    "fee_amount": 1000,
                    "zone_id": self.zone.id,
                    "depot_id": self.depot.id,
                    "state": "draft",
                }
            ],
        )
        self.assertEqual(str(stop.date), "2026-03-06")
        self.assertEqual(str(stop.window_start), "2026-03-06 10:00:00")
        self.assertEqual(str(stop.window_end), "2026-03-06 12:00:00")
        self.assertEqual(stop.promised_start, stop.window_start)
        self.assertEqual(order.picking_ids.carrier_tracking_ref, stop.name)

    def test_without_an_agreed_time_the_window_is_the_company_s_day(self):
        stop = self._stops(self._delivered_order(100, self.boris))
        self.assertEqual(str(stop.window_start), "2026-03-05 05:00:00")  # 9 in Yerevan
        self.assertEqual(str(stop.window_end), "2026-03-05 14:00:00")
        self.assertFalse(stop.promised_start)

    def test_it_gets_ready_when_its_place_is_known(self):
        stop = self._stops(self._delivered_order(100, self.boris))
        self.assertIn("position", stop.missing)
        stop.write(
            {
                "latitude": DOORS[0][0],
                "longitude": DOORS[0][1],
                "geo_quality": "manual",
            }
        )
        self.assertFalse(stop.missing)
        self.assertEqual(stop.state, "ready")
        stop.window_start = False
        self.assertEqual(stop.state, "draft")

    def test_two_orders_of_one_address_and_day_are_one_delivery(self):
        first = self._delivered_order(23000, self.boris)
        second = self._delivered_order(7000, self.boris)
        stop = self._stops(first)
        self.assertEqual(self._stops(second), stop)
        self.assertEqual(stop.picking_ids, first.picking_ids | second.picking_ids)
        self.assertEqual(stop.amount_total, 24000 + 8000)
        self.assertEqual(stop.items, "1 × Coffee machine\n1 × Coffee machine")

    def test_what_is_driven_takes_no_more(self):
        stop = self._stops(self._delivered_order(23000, self.boris))
        stop.geo_quality = "manual"
        stop.write({"latitude": DOORS[0][0], "longitude": DOORS[0][1]})
        stop._transition("planned")
        stop._transition("out")
        second = self._delivered_order(7000, self.boris)
        self.assertNotEqual(self._stops(second), stop)
        self.assertEqual(stop.amount_total, 24000)

    def test_collecting_again_doubles_nothing(self):
        order = self._delivered_order(23000, self.boris)
        self.assertFalse(order.picking_ids._delivery_collect())
        order.picking_ids.action_assign()
        self.assertEqual(len(self._stops(order)), 1)

    def test_an_open_delivery_lets_no_other_take_its_transfer(self):
        order = self._delivered_order(23000, self.boris)
        with self.assertRaisesRegex(Exception, "picking_id"), self.cr.savepoint():
            self._make_stops(picking_ids=[Command.set(order.picking_ids.ids)])
        self.assertEqual(len(self._stops(order)), 1)

    def test_a_cancelled_transfer_cancels_its_delivery(self):
        order = self._delivered_order(23000, self.boris)
        stop = self._stops(order)
        order.picking_ids.action_cancel()
        self.assertEqual(stop.state, "cancelled")
        self.assertEqual(stop.cancel_reason, "The transfer was cancelled.")

    def test_a_cancelled_order_leaves_the_other_s_delivery(self):
        first = self._delivered_order(23000, self.boris)
        second = self._delivered_order(7000, self.boris)
        stop = self._stops(first)
        second._action_cancel()
        self.assertEqual(stop.state, "draft")
        self.assertEqual(stop.picking_ids, first.picking_ids)
        self.assertEqual(stop.sale_ids, first)
        self.assertEqual(stop.amount_total, 24000)

    def test_a_changed_quantity_changes_the_delivery(self):
        order = self._delivered_order(23000, self.boris)
        order.order_line.filtered(
            lambda line: line.product_id == self.goods
        ).product_uom_qty = 3
        stop = self._stops(order)
        self.assertEqual(stop.items, "3 × Coffee machine")
        self.assertEqual(stop.amount_total, 70000)

    def test_a_change_while_it_is_driven_is_told_to_the_dispatcher(self):
        order = self._delivered_order(10000, self.boris)
        stop = self._stops(order)
        trip = self.env["loyalty.delivery.trip"].create(
            {"courier_id": self.levon.id, "depot_id": self.depot.id}
        )
        stop.write({"trip_id": trip.id, "state": "out"})
        order.picking_ids.action_cancel()
        self.assertEqual(stop.state, "out")
        self.assertIn("cancelled", trip.activity_ids.summary)

    def test_of_several_steps_only_the_last_is_delivered(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_ship"
        order = self._delivered_order(10000, self.boris)
        self.assertFalse(self._stops(order))
        pick = order.picking_ids.filtered(lambda p: p.state == "assigned")
        pick.move_ids.picked = True
        pick.button_validate()
        stop = self._stops(order)
        self.assertEqual(len(stop), 1)
        self.assertEqual(stop.picking_ids.picking_type_code, "outgoing")

    def test_an_order_of_services_is_a_delivery_without_transfer(self):
        order = self._delivered_order(5000, self.boris, product=self.product)
        stop = self._stops(order)
        self.assertFalse(stop.picking_ids)
        self.assertEqual(stop.items, "1 × Coffee beans")
        self.assertEqual(stop.amount_total, 6000)

    def test_another_delivery_method_is_none_of_ours(self):
        carrier = self._make_carrier(name="Post", delivery_type="fixed")
        order = self._order(5000, self.boris, product=self.goods)
        order.set_delivery_line(carrier, 500)
        order.action_confirm()
        self.assertFalse(self._stops(order))

    def test_a_method_changed_later_withdraws_the_delivery(self):
        order = self._delivered_order(5000, self.boris)
        post = self._make_carrier(name="Post", delivery_type="fixed")
        order.picking_ids.carrier_id = post
        self.assertEqual(self._stops(order).state, "cancelled")

    def test_what_is_paid_is_not_asked_again(self):
        order = self._delivered_order(23000, self.boris)
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice, 20000)
        self._stops(order)._refresh()
        self.assertEqual(self._stops(order).cod_due, 4000)

    def test_who_pays_by_a_term_pays_nothing_at_the_door(self):
        term = self.env.ref("account.account_payment_term_30days")
        order = self._delivered_order(23000, self.boris, payment_term_id=term.id)
        self.assertEqual(self._stops(order).cod_due, 0)

    def test_the_phone_is_found_in_any_notation(self):
        stop = self._stops(self._delivered_order(100, self.boris))
        for text in ("091 00-00-01", "+374 91 000001", "91000001"):
            with self.subTest(text):
                found = self.env["loyalty.delivery.stop"].search(
                    [("phone_search", "ilike", text), ("id", "=", stop.id)]
                )
                self.assertEqual(found, stop)

    def test_a_bad_prize_orders_the_day(self):
        normal, high = self._make_stops(2)
        high.priority = "1"
        self.assertGreater(high.prize, normal.prize)

    @warmup
    def test_queries_do_not_grow_with_the_transfers(self):
        def pickings(count):
            orders = self.env["sale.order"]
            for number in range(count):
                order = self._order(
                    1000,
                    self._make_customer(f"Customer {number}", number),
                    product=self.goods,
                )
                order.carrier_id = self.carrier
                orders |= order
            orders.action_confirm()
            self.env["loyalty.delivery.stop"].search(
                [("sale_ids", "in", orders.ids)]
            ).unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            return orders.picking_ids

        counts = []
        for size in (5, 25):
            some = pickings(size)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            stops = some._delivery_collect()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(stops), size)
        self.assertLess(counts[1] - counts[0], 20, counts)
