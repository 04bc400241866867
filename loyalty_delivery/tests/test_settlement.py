import contextlib
import re

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .books_common import BooksCommon


@freeze_time("2026-03-06 18:00:00")
class TestSettlement(BooksCommon):
    """Levon hands in 61 000 against 61 500."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.delivery_till_journal_id = cls.cash
        cls.manager = cls._user("manager", "loyalty_delivery.group_delivery_manager")
        cls.cashier = cls._user("cashier", "loyalty_delivery.group_delivery_cashier")
        cls.trip._transition("planned")
        cls.stops = cls._make_stops(3)
        cls.stops._transition("planned", {"trip_id": cls.trip.id})
        cls.trip._transition("en_route")
        cls.stops._transition("out")
        for stop, amount, method in zip(
            cls.stops, (23000, 38500, 7000), ("cash", "cash", "card"), strict=True
        ):
            cls._deliver(stop, cod_collected=amount, payment_method=method)
        bank = cls.env["account.journal"].create(
            {"name": "Terminals", "type": "bank", "code": "TERM"}
        )
        cls.company.delivery_card_journal_id = bank
        cls.trip._transition("returned", {"returned_at": "2026-03-06 16:00:00"})

    def _count_cash(self, counted=61000, user=None):
        env = self.env(user=user or self.cashier)
        settle = env["loyalty.delivery.settle"].create(
            {"courier_id": self.levon.id, "counted": counted}
        )
        settle.action_count()
        return settle

    def _balance(self, journal):
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", journal.default_account_id.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("balance"))

    def test_the_difference_is_booked_with_its_reason(self):
        settle = self._count_cash()
        self.assertEqual((settle.expected, settle.difference), (61500, -500))
        with self.assertRaisesRegex(UserError, "500.*Give the reason"):
            settle.action_settle()
        self.assertEqual(self.trip.state, "returned")
        settle.reason = "Wrong change"
        settle.action_settle()
        settlement = settle.settlement_id.sudo()
        self.assertRecordValues(
            settlement, [{"state": "done", "card_amount": 7000, "qr_amount": 0}]
        )
        self.assertEqual(self.trip.state, "settled")
        self.assertEqual(self._balance(self.cash), 61000)
        self.assertEqual(self._balance(self.purse), 0)
        loss = settlement.move_id.line_ids.filtered(lambda p: p.balance == 500)
        self.assertEqual(loss.account_id, self.purse.loss_account_id)
        self.assertEqual(loss.name, "Wrong change")

    def test_too_much_is_a_gain(self):
        settle = self._count_cash(62000)
        settle.reason = "A tip?"
        settle.action_settle()
        gain = settle.settlement_id.sudo().move_id.line_ids.filtered(
            lambda line: line.balance == -500
        )
        self.assertEqual(gain.account_id, self.purse.profit_account_id)

    def test_nobody_reads_what_is_expected_before_counting(self):
        env = self.env(user=self.cashier)
        for model in ("stop", "event", "pay.line", "settlement"):
            with self.subTest(model):
                records = env[f"loyalty.delivery.{model}"].search_read([])
                self.assertEqual(records, [])
        sums = env["loyalty.delivery.stop"].formatted_read_group(
            [], aggregates=["cod_collected:sum", "cod_due:sum"]
        )
        self.assertFalse(sums[0]["cod_collected:sum"])
        with self.assertRaises(AccessError):
            self.stops.with_user(self.cashier).read(["cod_collected"])
        with self.assertRaises(AccessError):
            env["account.payment"].search_read([])
        with self.assertRaises(AccessError):
            env["loyalty.delivery.booking"].search_read([])
        readable = {}
        for name in env["loyalty.delivery.trip"].fields_get():
            with contextlib.suppress(AccessError):
                readable |= self.trip.with_user(self.cashier).read([name])[0]
        self.assertEqual(readable["name"], self.trip.name)
        figures = re.findall(r"\d{4,}", str(readable).replace(".0", ""))
        self.assertFalse({"23000", "38500", "61500", "68500"} & set(figures))
        domain = [("stop_ids.cod_collected", ">", 60000)]
        self.assertFalse(env["loyalty.delivery.trip"].search(domain))

    def test_settlements_are_not_written_by_rpc(self):
        settlement = self._count_cash().settlement_id
        for user in (self.cashier, self.manager):
            mine = settlement.with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    mine.write({"counted": 61500})
                with self.assertRaises(AccessError):
                    mine.write({"state": "cancelled"})
                with self.assertRaises(AccessError):
                    mine.create({"courier_id": self.levon.id})
        self.assertRecordValues(settlement, [{"counted": 61000, "state": "counted"}])

    def test_who_is_no_cashier_settles_nothing(self):
        portal = new_test_user(self.env, "door", groups="base.group_portal")
        auditor = self._user("auditor", "loyalty_club.group_loyalty_auditor")
        for user in (self.dispatcher, auditor, portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._count_cash(user=user)
        self.assertEqual(self.trip.state, "returned")
        self.assertFalse(self.trip.settlement_id)

    def test_a_trip_is_counted_once(self):
        self._count_cash()
        with self.assertRaisesRegex(UserError, "No trip of Levon is back"):
            self._count_cash()
        settlements = self.env["loyalty.delivery.settlement"].with_user(self.cashier)
        with self.assertRaisesRegex(UserError, "counted already"):
            settlements._count(self.levon, self.trip, 1, self.cash)
        self.assertEqual(len(settlements.search([])), 1)

    def test_a_settled_trip_is_closed_to_change_for_everybody(self):
        self._count_cash(61500).action_settle()
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        for user in (self.manager, admin):
            trip, stops = self.trip.with_user(user), self.stops.with_user(user)
            with self.subTest(user.login):
                with self.assertRaisesRegex(UserError, "closed to change"):
                    trip.write({"vehicle_name": "other"})
                with self.assertRaisesRegex(UserError, "closed to change"):
                    stops[0].write({"cod_due": 1})
                with self.assertRaisesRegex(UserError, "closed to change"):
                    stops[0]._transition("failed")
                with self.assertRaisesRegex(UserError, "closed to change"):
                    stops.unlink()
                with self.assertRaisesRegex(UserError, "closed to change"):
                    self._make_stops(1)[0].with_user(user).trip_id = trip
                with self.assertRaisesRegex(UserError, "closed to change"):
                    trip.sudo().settlement_id = False
        self.assertEqual(self.trip.state, "settled")
        self.assertEqual(len(self.trip.stop_ids), 3)
        self.stops[0]._rate(5)
        self.assertEqual(self.stops[0].rating, 5)

    def test_a_manager_cancels_and_the_entry_is_reversed(self):
        settle = self._count_cash()
        settle.reason = "?"
        settle.action_settle()
        settlement = settle.settlement_id
        with self.assertRaises(AccessError):
            settlement.with_user(self.cashier).action_cancel()
        self.assertEqual(self.trip.state, "settled")
        settlement.with_user(self.manager).action_cancel()
        self.assertEqual(self.trip.state, "returned")
        self.assertEqual(self._balance(self.cash), 0)
        self.assertEqual(self._balance(self.purse), 61500)
        again = self._count_cash(61500)
        again.action_settle()
        self.assertEqual(self._balance(self.cash), 61500)

    def test_what_is_not_booked_is_not_settled(self):
        self.company.delivery_card_journal_id = False
        settle = self._count_cash(61500)
        with self.assertRaisesRegex(UserError, self.stops[2].name):
            settle.action_settle()
        self.assertEqual(self.trip.state, "returned")
        self.assertFalse(settle.settlement_id.sudo().move_id)

    def test_a_correction_after_counting_asks_for_a_new_count(self):
        settle = self._count_cash(61500)
        self.stops[0]._transition("out")
        self._deliver(self.stops[0], cod_collected=20000)
        with self.assertRaisesRegex(UserError, "corrected after"):
            settle.action_settle()
        self.assertEqual(self.trip.state, "returned")

    def test_too_much_cash_is_told_to_the_dispatcher_until_it_is_handed_in(self):
        self.levon.cash_limit = 50000
        alerts = self.env["loyalty.delivery.alert"]
        about = [("kind", "=", "cash_limit"), ("state", "=", "open")]
        self.levon._check_cash()
        alert = alerts.search(about)
        self.assertEqual(alert.courier_id, self.levon)
        self.assertIn("61,500", alert.detail)
        courier = self.env["loyalty.delivery.courier"].with_user(self.cashier)
        self.assertNotIn("cash_carried", courier.fields_get())
        self._count_cash(61500).action_settle()
        self.assertFalse(alerts.search(about))
        self.assertEqual(self.levon.cash_carried, 0)

    def test_notes_are_summed_on_the_form(self):
        form = Form(self.env["loyalty.delivery.settle"].with_user(self.cashier))
        form.courier_id = self.levon
        for value, number in ((20000, 3), (500, 2)):
            with form.note_ids.new() as note:
                note.value, note.number = value, number
        self.assertEqual(form.counted, 61000)
        settle = form.save()
        self.assertEqual(settle.trip_ids, self.trip)
        settle.action_count()
        self.assertEqual(settle.settlement_id.denominations, "3 × 20000, 2 × 500")

    def test_the_cashier_takes_the_till_of_the_branch(self):
        till = self.env["account.journal"].create(
            {"name": "Till K", "type": "cash", "code": "TILLK"}
        )
        self.kentron.write(
            {"journal_id": till.id, "operator_ids": [Command.set(self.cashier.ids)]}
        )
        self._count_cash(61500).action_settle()
        self.assertEqual(self._balance(till), 61500)

    def test_another_company_sees_nothing(self):
        self._count_cash()
        other = self._make_company("Other LLC")
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="loyalty_delivery.group_delivery_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("settlement", "booking", "pay.line", "pay.scheme"):
            with self.subTest(model):
                env = self.env(user=stranger, context={})
                self.assertFalse(env[f"loyalty.delivery.{model}"].search([]))

    def test_the_receipt_tells_both_sums(self):
        settlement = self._count_cash().settlement_id
        html = self.env["ir.actions.report"]._render_qweb_html(
            "loyalty_delivery.settlement_receipt", settlement.ids
        )[0]
        self.assertIn(b"61,000", html)
        self.assertIn(b"61,500", html)
