"""The journal as dispatchers use it."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import DOORS, DeliveryCommon


@freeze_time("2026-03-06 08:00:00")
class TestJournal(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls._make_zone()
        cls.carrier = cls._make_carrier()
        cls.goods = cls._make_goods()
        cls.boris = cls._make_customer()
        cls.dispatcher = cls._user(
            "dispatcher", "loyalty_delivery.group_delivery_dispatcher"
        )
        cls.seller = cls._user("seller", "sales_team.group_sale_salesman")

    def _failed(self):
        order = self._delivered_order(23000, self.boris)
        stop = order.delivery_stop_ids
        stop.write({"state": "failed", "window_end": "2026-03-06 12:00:00"})
        stop._sync_claims()
        return stop

    # -- attempts ---------------------------------------------------------------------
    def test_another_attempt_has_the_same_number_and_the_goods(self):
        failed = self._failed()
        again = failed._try_again("2026-03-07 10:00:00", "2026-03-07 12:00:00")
        self.assertRecordValues(
            again,
            [
                {
                    "name": failed.name,
                    "attempt_no": 2,
                    "previous_stop_id": failed.id,
                    "picking_ids": failed.picking_ids.ids,
                    "amount_total": 24000,
                    "cod_due": 24000,
                }
            ],
        )
        self.assertEqual(again.display_name, f"{failed.name}/2")
        self.assertEqual(str(again.date), "2026-03-07")
        self.assertGreater(again.prize, failed.prize)

    def test_it_is_tried_again_once(self):
        failed = self._failed()
        failed._try_again("2026-03-07 10:00:00", "2026-03-07 12:00:00")
        with self.assertRaisesRegex(UserError, "tried again already"):
            failed._try_again()

    def test_what_did_not_fail_is_not_tried_again(self):
        stop = self._make_stops()
        with self.assertRaisesRegex(UserError, "did not fail"):
            stop._try_again()

    def test_several_are_tried_again_by_the_dialog(self):
        failed = self._failed()
        wizard = (
            self.env["loyalty.delivery.stop.again"]
            .with_user(self.dispatcher)
            .with_context(active_ids=failed.ids)
            .create({"date": "2026-03-08", "hour_from": 14, "hour_to": 16})
        )
        wizard.action_apply()
        again = self.env["loyalty.delivery.stop"].search(
            [("previous_stop_id", "=", failed.id)]
        )
        self.assertEqual(str(again.window_start), "2026-03-08 10:00:00")

    # -- cancelling and collecting ----------------------------------------------------
    def test_cancelled_by_hand_is_not_collected_by_itself(self):
        order = self._delivered_order(23000, self.boris)
        stop = order.delivery_stop_ids
        wizard = (
            self.env["loyalty.delivery.stop.cancel"]
            .with_user(self.dispatcher)
            .with_context(active_ids=stop.ids)
            .create({"reason": "Collects it at the shop"})
        )
        wizard.action_apply()
        self.assertEqual(stop.state, "cancelled")
        self.assertEqual(stop.cancel_reason, "Collects it at the shop")
        self.env["loyalty.delivery.stop"]._cron_collect()
        self.assertEqual(order.delivery_stop_ids, stop)
        collect = self.env["loyalty.delivery.collect"].with_user(self.dispatcher)
        plain = collect.create({})
        self.assertEqual(plain.total, 0)
        again = collect.create({"is_again": True})
        self.assertEqual(again.picking_count, 1)
        again.action_collect()
        self.assertEqual(len(order.delivery_stop_ids - stop), 1)

    def test_what_is_driven_is_not_cancelled_by_hand(self):
        stop = self._make_stops(state="out")
        with self.assertRaisesRegex(UserError, "on its way"):
            stop.action_cancel("No")
        self.assertEqual(stop.state, "out")

    def test_the_nightly_net_collects_what_was_missed(self):
        order = self._delivered_order(23000, self.boris)
        order.delivery_stop_ids.unlink()
        cron = self.env.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", return_value=60):
            self.env["loyalty.delivery.stop"]._cron_collect()
        self.assertEqual(len(order.delivery_stop_ids), 1)

    # -- by hand ----------------------------------------------------------------------
    def test_a_delivery_is_entered_by_hand(self):
        self.boris.delivery_note = "Ring twice"
        with Form(self.env["loyalty.delivery.stop"].with_user(self.dispatcher)) as form:
            form.partner_id = self.boris
            form.amount_total = 500
        stop = form.record
        self.assertRecordValues(
            stop,
            [
                {
                    "address": "Abovyan 1, 0010, Yerevan",
                    "door_note": "Ring twice",
                    "zone_id": self.zone.id,
                    "state": "draft",
                }
            ],
        )

    def test_another_day_takes_the_window_along(self):
        stop = self._make_stops(
            window_start="2026-03-06 10:00:00", window_end="2026-03-06 12:00:00"
        )
        stop.date = "2026-03-07"
        self.assertEqual(str(stop.window_start), "2026-03-07 10:00:00")
        self.assertEqual(str(stop.window_end), "2026-03-07 12:00:00")

    # -- figures ----------------------------------------------------------------------
    def test_lateness_is_against_what_was_told(self):
        stop = self._make_stops(
            window_end="2026-03-06 12:00:00",
            promised_end="2026-03-06 11:00:00",
            arrived_at="2026-03-06 11:25:00",
        )
        self.assertEqual(stop.late_minutes, 25)
        overdue = self._make_stops(window_end="2026-03-06 07:59:00")
        fine = self._make_stops(window_end="2026-03-06 18:00:00")
        found = self.env["loyalty.delivery.stop"].search(
            [("is_overdue", "=", True), ("id", "in", (stop | overdue | fine).ids)]
        )
        self.assertEqual(found, stop | overdue)

    def test_days_are_counted_by_zone_and_courier(self):
        self._make_stops(2, zone_id=self.zone.id, state="delivered", amount_total=1000)
        self._make_stops(zone_id=self.zone.id, amount_total=300)
        self._make_stops(zone_id=self.zone.id, state="failed", amount_total=50)
        self._make_stops(zone_id=self.zone.id, state="cancelled", amount_total=9)
        self.env.flush_all()
        day = (
            self.env["loyalty.delivery.day"]
            .with_user(self.dispatcher)
            .search([("date", "=", "2026-03-06"), ("zone_id", "=", self.zone.id)])
        )
        self.assertRecordValues(
            day,
            [
                {
                    "stop_count": 4,
                    "delivered_count": 2,
                    "pending_count": 1,
                    "failed_count": 1,
                    "amount_total": 2350,
                    "amount_delivered": 2000,
                    "amount_pending": 300,
                }
            ],
        )
        stops = self.env["loyalty.delivery.stop"].search(
            day.action_view_stops()["domain"]
        )
        self.assertEqual(len(stops), 4)

    # -- rights -----------------------------------------------------------------------
    def test_a_dispatcher_without_other_rights_reads_the_whole_form(self):
        order = self._delivered_order(23000, self.boris)
        stop = order.delivery_stop_ids.with_user(self.dispatcher)
        with Form(stop) as form:
            form.door_note = "Second floor"
        self.assertEqual(stop.picking_count, 1)
        self.assertEqual(stop.door_note, "Second floor")

    def test_a_salesperson_sees_the_status_and_not_the_delivery(self):
        order = self._delivered_order(23000, self.boris, user_id=self.seller.id)
        seen = order.with_user(self.seller)
        self.assertIn(order.sudo().delivery_stop_ids.name, seen.delivery_stop_text)
        with self.assertRaises(AccessError):
            self.env["loyalty.delivery.stop"].with_user(self.seller).search([])

    def test_a_salesperson_chooses_a_time_in_the_dialog(self):
        slot = self.env["loyalty.delivery.slot"].create(
            {"zone_id": self.zone.id, "weekday": "5", "hour_from": 10, "hour_to": 12}
        )
        order = self._order(23000, self.boris, product=self.goods)
        order.user_id = self.seller
        order.set_delivery_line(self.carrier, 1000)
        seen = order.with_user(self.seller)
        action = seen.action_delivery_choose()
        wizard = self.env[action["res_model"]].with_user(self.seller)
        wizard = wizard.browse(action["res_id"])
        wizard.line_ids[0].action_take()
        self.assertEqual(order.delivery_slot_id, slot)
        self.assertIn("10:00–12:00", seen.delivery_slot_text)

    def test_the_dialog_of_the_method_tells_zone_price_and_times(self):
        self.env["loyalty.delivery.slot"].create(
            {"zone_id": self.zone.id, "weekday": "5", "hour_from": 10, "hour_to": 12}
        )
        order = self._order(23000, self.boris, product=self.goods)
        order.user_id = self.seller
        form = Form(
            self.env["choose.delivery.carrier"]
            .with_user(self.seller)
            .with_context(default_order_id=order.id)
        )
        form.carrier_id = self.carrier
        self.assertEqual(form.display_price, 1000)
        self.assertIn("Yerevan", form.delivery_zone_text)
        self.assertIn("10:00–12:00", form.delivery_zone_text)

    def test_portal_users_read_no_zones_slots_or_deliveries(self):
        portal = self._user("portal", "base.group_portal")
        for model in (
            "loyalty.delivery.zone",
            "loyalty.delivery.slot",
            "loyalty.delivery.stop",
            "loyalty.delivery.closing",
            "loyalty.delivery.day",
            "loyalty.delivery.zone.tier",
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])

    def test_a_dispatcher_of_another_company_sees_nothing(self):
        stop = self._make_stops(zone_id=self.zone.id)
        other = self._make_company("Other LLC")
        user = self._user("other", "loyalty_delivery.group_delivery_dispatcher")
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for records in (stop, self.zone):
            seen = records.with_user(user).with_context(allowed_company_ids=other.ids)
            with self.assertRaises(AccessError):
                seen.read(["name"])

    def test_a_dispatcher_does_not_change_zones(self):
        with self.assertRaises(AccessError):
            self.zone.with_user(self.dispatcher).base_fee = 5
        self.assertEqual(self.zone.base_fee, 1000)

    def test_door_of_the_map(self):
        stop = self._make_stops(address="Somewhere", geo_quality="none", state="draft")
        stop.write(
            {
                "latitude": DOORS[1][0],
                "longitude": DOORS[1][1],
                "geo_quality": "manual",
                "window_start": "2026-03-06 10:00:00",
                "window_end": "2026-03-06 12:00:00",
            }
        )
        self.assertEqual(stop.state, "ready")
