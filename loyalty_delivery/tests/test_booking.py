from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .books_common import BooksCommon


@freeze_time("2026-03-06 11:00:00")
class TestBookingOfGoods(BooksCommon):
    def test_a_delivered_stop_validates_its_transfer_after_the_time_to_correct(self):
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._make_delivery(order)
        with freeze_time("2026-03-06 10:40:00"):
            self._deliver(stop)
        booking = stop.booking_ids
        self.assertRecordValues(
            booking, [{"state": "waiting", "kind": "finish", "version": 1}]
        )
        self.assertEqual(str(booking.due_at), "2026-03-06 10:55:00")
        self.assertEqual(order.picking_ids.state, "assigned")
        self._book()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(booking.state, "done")

    def test_the_scheduler_leaves_what_may_still_be_corrected(self):
        early, late = (
            self._make_delivery(self._make_sale((self.cups, 1, 500))) for _ in range(2)
        )
        self._deliver(early)
        self._deliver(late, done_at="2026-03-06 10:50:00")
        self.env["loyalty.delivery.booking"]._due()._book_or_fail()
        self.assertEqual(early.booking_ids.state, "done")
        self.assertEqual(late.booking_ids.state, "waiting")

    def test_a_part_delivery_leaves_a_backorder_of_the_rest(self):
        order = self._make_sale((self.beans, 2, 23000), (self.cups, 6, 500))
        stop = self._make_delivery(order)
        beans, cups = order.picking_ids.move_ids
        lines = {beans.id: 2, cups.id: 4}
        self._deliver(stop, "partial", delivered_lines=self._told(lines))
        self._book()
        done, rest = order.picking_ids.sorted("id")
        self.assertEqual(done.state, "done")
        self.assertEqual(done.move_ids.mapped("quantity"), [2, 4])
        self.assertRecordValues(
            rest.move_ids, [{"product_id": self.cups.id, "product_uom_qty": 2}]
        )

    def test_what_was_refused_is_not_delivered_any_more_where_the_company_says_so(self):
        self.company.delivery_rest_policy = "cancel"
        order = self._make_sale((self.beans, 2, 23000), (self.cups, 6, 500))
        stop = self._make_delivery(order)
        beans = order.picking_ids.move_ids[0]
        lines = {beans.id: 1}
        self._deliver(stop, "partial", delivered_lines=self._told(lines))
        self._book()
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1, 0])

    def test_goods_of_a_failed_attempt_stay_reserved(self):
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._make_delivery(order)
        self._deliver(stop, "failed")
        self._book()
        self.assertEqual(stop.booking_ids.state, "done")
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_what_failed_is_tried_again_under_the_same_number(self):
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._make_delivery(order, cod_due=23000, door_note="Code 12")
        self._deliver(stop, "failed")
        self.assertFalse(stop._following())
        self._book()
        self.assertRecordValues(
            stop._following(),
            [
                {
                    "name": stop.name,
                    "attempt_no": 2,
                    "state": "ready",
                    "cod_due": 23000,
                    "cod_collected": 0,
                    "door_note": "Code 12",
                    "trip_id": False,
                    "picking_ids": order.picking_ids.ids,
                }
            ],
        )
        self._deliver(stop, "delivered", cod_collected=23000)
        self._book()
        self.assertFalse(stop._following())

    def test_a_reason_may_say_that_nobody_tries_again(self):
        refused = self.env["loyalty.delivery.reason"].create(
            {"name": "Refused", "try_again": False}
        )
        stop = self._make_delivery(self._make_sale((self.beans, 1, 23000)))
        self._deliver(stop, "failed", reason_id=refused.id)
        self._book()
        self.assertFalse(stop._following())

    def test_a_shortage_is_a_task_of_the_dispatcher_and_mended_by_one_button(self):
        order = self._make_sale((self.beans, 101, 1000))
        stop = self._make_delivery(order)
        self._deliver(stop)
        self._book()
        self.assertEqual(stop.state, "delivered")
        self.assertEqual(stop.booking_ids.state, "error")
        self.assertRegex(stop.booking_ids.error, "101.* of Beans .*100.*are reserved")
        self.assertIn(stop.name, self.trip.activity_ids.summary)
        self.assertNotEqual(order.picking_ids.state, "done")
        self._stock(self.beans, 1)
        order.picking_ids.action_assign()
        stop.booking_ids.with_user(self.dispatcher).action_book_now()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertFalse(self.trip.activity_ids)

    def test_partly_delivered_without_quantities_is_asked_back(self):
        order = self._make_sale((self.beans, 2, 23000))
        stop = self._make_delivery(order)
        self._deliver(stop, "partial")
        self._book()
        self.assertIn("how much of what", stop.booking_ids.error)
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_serial_numbers_that_are_reserved_leave(self):
        self.cups.tracking = "serial"
        lot = self.env["stock.lot"].create({"name": "S1", "product_id": self.cups.id})
        self.env["stock.quant"]._update_available_quantity(
            self.cups, self.warehouse.lot_stock_id, 1, lot_id=lot
        )
        order = self._make_sale((self.cups, 1, 500))
        order.picking_ids.move_line_ids.lot_id = lot
        self._deliver(self._make_delivery(order))
        self._book()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.picking_ids.move_line_ids.lot_id, lot)

    def test_a_correction_within_its_time_books_only_what_was_told_last(self):
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._make_delivery(order)
        self._deliver(stop)
        self._deliver(stop, "failed")
        self.assertEqual(
            stop.booking_ids.sorted("version").mapped("state"), ["cancelled", "waiting"]
        )
        self._book()
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_a_correction_after_booking_returns_the_goods(self):
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._make_delivery(order)
        self._deliver(stop)
        self._book()
        self._deliver(stop, "failed")
        self._book()
        sent, back = order.picking_ids.sorted("id")
        self.assertEqual(back.return_id, sent)
        self.assertEqual(back.move_ids.product_uom_qty, 1)
        self.assertIn(back.name, self.trip.activity_ids.note)
        self._deliver(stop, "failed", note="again")
        self._book()
        self.assertEqual(len(order.picking_ids), 2)

    def test_at_loading_goods_leave_with_the_trip_and_failed_ones_come_back(self):
        self.company.delivery_stock_policy = "at_loading"
        order = self._make_sale((self.beans, 1, 23000))
        (stop,) = self._make_stops(
            1, sale_ids=order.ids, picking_ids=order.picking_ids.ids
        )
        stop._transition("planned", {"trip_id": self.trip.id})
        self.trip._transition("planned")
        self.trip._transition("loaded")
        self._book()
        self.assertEqual(order.picking_ids.state, "done")
        self.trip._transition("en_route")
        stop._transition("out")
        self._deliver(stop, "failed")
        self._book()
        waiting = stop.booking_ids.filtered(lambda b: b.state == "waiting")
        self.assertGreater(str(waiting.due_at), "2026-03-07")
        self.trip._transition("returned", {"returned_at": "2026-03-06 10:59:00"})
        self.assertEqual(str(waiting.due_at), "2026-03-06 11:00:00")
        self._book()
        back = order.picking_ids.return_ids
        self.assertEqual(back.state, "assigned")
        again = self.env["loyalty.delivery.stop"].search(
            [("previous_stop_id", "=", stop.id)]
        )
        back.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 0)
        again._transition("planned", {"trip_id": self._make_trip().id})
        again.trip_id._transition("planned")
        again.trip_id._transition("loaded")
        self._book()
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_goods_still_on_the_road_for_the_next_attempt_do_not_come_back(self):
        self.company.delivery_stock_policy = "at_loading"
        order = self._make_sale((self.beans, 1, 23000))
        (stop,) = self._make_stops(
            1, sale_ids=order.ids, picking_ids=order.picking_ids.ids
        )
        stop._transition("planned", {"trip_id": self.trip.id})
        self.trip._transition("planned")
        self.trip._transition("loaded")
        self._book()
        stop._transition("out")
        self._deliver(stop, "failed")
        self._book()
        again = stop._following()
        again._transition("planned", {"trip_id": self.trip.id})
        self._deliver(again)
        self._book()
        self.assertFalse(order.picking_ids.return_ids)
        self.assertEqual(set(again.booking_ids.mapped("state")), {"done"})

    def test_only_dispatchers_book_by_hand(self):
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._make_delivery(order)
        self._deliver(stop)
        auditor = self._user("auditor", "loyalty_club.group_loyalty_auditor")
        portal = new_test_user(self.env, "door", groups="base.group_portal")
        for user in (auditor, portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                stop.booking_ids.with_user(user).action_book_now()
        with self.assertRaises(AccessError):
            stop.booking_ids.with_user(self.dispatcher).write({"state": "done"})
        self.assertEqual(stop.booking_ids.state, "waiting")
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_a_problem_shown_to_the_dispatcher_books_nothing(self):
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._make_delivery(order, cod_due=23000)
        self._deliver(stop, cod_collected=23000, payment_method="qr")
        with self.assertRaisesRegex(UserError, "QR payments in the settings"):
            stop.booking_ids.with_user(self.dispatcher).action_book_now()
        own = [("company_id", "=", self.company.id)]
        self.assertFalse(self.env["account.payment"].search_count(own))


@freeze_time("2026-03-06 11:00:00")
class TestBookingOfPayments(BooksCommon):
    def _booked(self, order, **values):
        stop = self._make_delivery(order, cod_due=values.get("cod_collected", 0))
        self._deliver(stop, **values)
        self._book()
        self.assertEqual(
            stop.booking_ids.mapped("state"), ["done"], stop.booking_ids.error
        )
        return stop

    def test_cash_collected_pays_the_invoice_from_the_couriers_purse(self):
        self.company.delivery_invoice_on_delivery = True
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._booked(order, cod_collected=23000)
        self.assertRecordValues(
            stop.payment_ids,
            [{"amount": 23000, "journal_id": self.purse.id, "state": "paid"}],
        )
        self.assertIn(order.invoice_ids.payment_state, ("paid", "in_payment"))
        purse = self.env["account.move.line"].search(
            [("account_id", "=", self.purse.default_account_id.id)]
        )
        self.assertEqual(sum(purse.mapped("balance")), 23000)

    def test_the_club_rewards_what_was_paid_at_the_door(self):
        self.company.delivery_invoice_on_delivery = True
        card = self._enroll()
        card.sudo().tier_id = self.silver
        self._booked(self._make_sale((self.beans, 1, 23000)), cod_collected=23000)
        self.assertLedger(card, 1035)

    def test_without_an_invoice_the_payment_waits_with_the_customer(self):
        stop = self._booked(
            self._make_sale((self.beans, 1, 23000)), cod_collected=23000
        )
        self.assertFalse(stop.sale_ids.invoice_ids)
        _purse, open_line, _rest = stop.payment_ids._seek_for_lines()
        self.assertEqual(open_line.amount_residual, -23000)
        self.assertEqual(open_line.partner_id, self.ani)

    def test_an_open_invoice_is_paid(self):
        order = self._make_sale((self.product, 1, 5000), (self.beans, 1, 23000))
        invoice = order._create_invoices()
        invoice.action_post()
        self._booked(order, cod_collected=invoice.amount_residual)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_card_payments_go_to_the_companys_journal(self):
        bank = self.env["account.journal"].create(
            {"name": "Terminals", "type": "bank", "code": "TERM"}
        )
        self.company.delivery_card_journal_id = bank
        stop = self._booked(
            self._make_sale((self.beans, 1, 23000)),
            cod_collected=23000,
            payment_method="card",
        )
        self.assertEqual(stop.payment_ids.journal_id, bank)

    def test_doing_a_booking_twice_books_once(self):
        stop = self._booked(
            self._make_sale((self.beans, 1, 23000)), cod_collected=23000
        )
        stop.booking_ids._book()
        self.assertEqual(len(stop.payment_ids), 1)

    def test_a_correction_of_the_amount_replaces_the_payment(self):
        self.company.delivery_invoice_on_delivery = True
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._booked(order, cod_collected=23000)
        stop._transition("out")
        self._deliver(stop, cod_collected=20000)
        self._book()
        alive = stop.payment_ids.filtered(lambda p: p.state == "paid")
        self.assertEqual(alive.amount, 20000)
        self.assertEqual(order.invoice_ids.amount_residual, 3000)
        self.assertEqual(len(order.picking_ids), 1)

    def test_a_courier_without_purse_is_a_task_and_changes_nothing(self):
        self.levon.cash_journal_id = False
        order = self._make_sale((self.beans, 1, 23000))
        stop = self._make_delivery(order, cod_due=23000)
        self._deliver(stop, cod_collected=23000)
        self._book()
        self.assertIn("a cash journal on courier Levon", stop.booking_ids.error)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertFalse(stop.payment_ids)
