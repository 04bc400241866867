from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SmsCommon

LOGGER = "odoo.addons.loyalty_sms.models.loyalty_sms_event"


@tagged("post_install", "-at_install")
class TestEvents(SmsCommon):
    def _codes(self, partner=None):
        return self._happened(partner=partner).mapped("code")

    # -- telling ------------------------------------------------------------------
    def test_the_same_key_is_one_event(self):
        for _time in range(2):
            self.events._emit("tier_up", self.ani, "tier:7", self.ani, {"x": 1})
        event = self._happened("tier_up")
        self.assertRecordValues(
            event,
            [
                {
                    "dedupe_key": "tier_up:tier:7",
                    "res_model": "res.partner",
                    "res_id": self.ani.id,
                    "company_id": self.company.id,
                    "payload": {"x": 1},
                    "planned_at": False,
                }
            ],
        )

    def test_several_customers_have_an_event_each(self):
        boris = self.env["res.partner"].create({"name": "Boris"})
        self.events._emit("balance", self.ani | boris, "balance:2026-03")
        self.assertEqual(len(self._happened("balance")), 1)
        self.assertEqual(len(self._happened("balance", boris)), 1)

    def test_an_event_is_one_statement(self):
        self.events._emit("balance", self.ani, "warm")
        with self.assertQueryCount(1):
            self.events._emit("balance", self.ani, "once")

    def test_a_sale_passes_when_events_cannot_be_stored(self):
        card = self._enroll()
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE loyalty_sms_event RENAME TO broken")
        try:
            with mute_logger(LOGGER):
                invoice = self._invoice(20000)
                self._pay(invoice)
                self.env.flush_all()
        finally:
            self.env.cr.execute("ALTER TABLE broken RENAME TO loyalty_sms_event")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertLedger(card, 600)
        self.assertFalse(self._happened("purchase"))

    def test_a_sale_passes_when_the_facts_are_broken(self):
        card = self._enroll()
        with (
            mute_logger(LOGGER),
            patch.object(
                type(self.env["loyalty.card"]),
                "_member_events",
                side_effect=ZeroDivisionError,
            ),
        ):
            invoice = self._invoice(20000)
            self._pay(invoice)
        self.assertLedger(card, 600)

    def test_facts_that_are_no_json_do_not_stop_the_caller(self):
        circle = {}
        circle["self"] = circle
        with self.assertLogs(LOGGER, "ERROR"):
            self.events._emit("balance", self.ani, "circle", values=circle)
        self.assertFalse(self._happened("balance"))
        self.ani.name = "Ani P."
        self.env.flush_all()

    # -- what is told -------------------------------------------------------------
    def test_a_new_member_is_welcomed_once(self):
        self._enroll()
        self._enroll()
        self.assertEqual(self._codes(), ["welcome"])

    def test_thanks_come_with_the_payment_once(self):
        self._enroll()
        invoice = self._invoice(20000)
        self.assertFalse(self._happened("purchase"))
        self._pay(invoice)
        event = self._happened("purchase")
        self.assertEqual(event.payload, {"earned": 600})
        self.assertEqual((event.res_model, event.res_id), ("account.move", invoice.id))
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self._happened("purchase"), event)

    def test_points_spent_are_told(self):
        card = self._enroll()
        card._post_points([card._entry("bonus", 500)])
        card._post_points(
            [card._entry("spend", -200, res_model="account.move", res_id=1)]
        )
        self.assertEqual(self._happened("points_spent").payload, {"spent": 200})

    def test_points_spent_from_several_lots_are_told_as_one_sum(self):
        card = self._enroll()
        card._post_points([card._entry("bonus", 500)])
        card._post_points([card._entry("bonus", 300)])
        order = self._order(5000)
        card._post_points(
            [card._entry("spend", -700, res_model=order._name, res_id=order.id)]
        )
        event = self._happened("points_spent")
        self.assertEqual(len(event), 1)
        self.assertEqual(event.payload, {"spent": 700})

    def test_points_given_are_told_with_their_last_day(self):
        card = self._enroll()
        card._post_points([card._entry("bonus", 500, reason="Sorry")])
        event = self._happened("points_earned")
        self.assertEqual(event.payload["earned"], 500)
        self.assertEqual(
            event.payload["valid_until"], str(card.lot_ids.expiration_date)
        )

    def test_a_friends_purchase_is_told_to_the_referrer(self):
        self._enroll()
        boris = self.env["res.partner"].create(
            {"name": "Boris", "loyalty_referrer_id": self.ani.id}
        )
        self._enroll(boris)
        self.club.tier_ids.referral_rate = 10
        self._pay(self._invoice(20000, partner=boris))
        event = self._happened("referral_reward")
        self.assertEqual(event.payload, {"earned": 60, "friend": "Boris"})
        self.assertFalse(self._happened("points_earned"))

    def test_tiers_up_and_down_are_told_but_not_the_first(self):
        card = self._enroll()
        self.env["loyalty.tier.change"].create(
            [
                {
                    "card_id": card.id,
                    "from_tier_id": self.bronze.id,
                    "to_tier_id": self.silver.id,
                    "cause": "upgrade",
                },
                {
                    "card_id": card.id,
                    "from_tier_id": self.silver.id,
                    "to_tier_id": self.bronze.id,
                    "cause": "downgrade",
                },
                {"card_id": card.id, "to_tier_id": self.bronze.id, "cause": "manual"},
                {
                    "card_id": card.id,
                    "from_tier_id": self.bronze.id,
                    "to_tier_id": self.silver.id,
                    "cause": "merge",
                },
            ]
        )
        self.assertEqual(self._happened("tier_up").payload["new_tier"], "Silver")
        self.assertEqual(self._happened("tier_down").payload["new_tier"], "Bronze")

    def test_a_replaced_card_is_told(self):
        card = self._enroll()
        card.action_replace_code("lost")
        self.assertEqual(self._happened("card_replaced").res_id, card.id)

    def test_gift_cards_tell_buyer_and_holder(self):
        program = self.env["loyalty.program"].create(
            {"name": "Gift", "program_type": "gift_card"}
        )
        gift = self.env["loyalty.card"].create({"program_id": program.id})
        invoice = self._invoice(5000)
        sold = {"res_model": "account.move", "res_id": invoice.id}
        gift._post_points([gift._entry("earn", 5000, **sold)])
        sold = self._happened("gift_sold")
        self.assertEqual(sold.payload["amount"], 5000)
        self.assertEqual(sold.payload["gift_card"], f"*{gift.code[-4:]}")
        boris = self.env["res.partner"].create({"name": "Boris"})
        gift.partner_id = boris
        gift._post_points([gift._entry("spend", -1000)])
        used = self._happened("gift_used", boris)
        self.assertEqual(used.payload["gift_balance"], 4000)

    def test_birthday_points_of_the_club_are_told(self):
        self.ani._loyalty_notify("birthday", {"points": 500, "valid_until": ""})
        event = self._happened("birthday_points")
        self.assertEqual(event.payload, {"earned": 500, "valid_until": ""})

    def test_a_notice_without_an_event_is_none(self):
        self.ani._loyalty_notify("something_else", {})
        self.assertFalse(self._happened())

    def test_couriers_tell_by_the_same_door(self):
        for _time in range(2):
            self.ani._loyalty_notify(
                "delivery_started", {"key": "trip:5", "eta": "14:00–15:00"}
            )
        event = self._happened("delivery_started")
        self.assertEqual(event.dedupe_key, "delivery_started:trip:5")
        self.assertEqual(event.payload, {"eta": "14:00–15:00"})

    def test_who_tells_learns_whether_a_rule_carries_it(self):
        template = self.env.ref("loyalty_sms.template_delivery_started")
        rule = self.env["loyalty.sms.rule"].create(
            {
                "name": "On its way",
                "event": "delivery_started",
                "template_id": template.copy({"company_id": self.company.id}).id,
                "company_id": self.company.id,
            }
        )
        facts = {"key": "trip:6"}
        self.assertIs(self.ani._loyalty_notify("delivery_started", facts), True)
        rule.active = False
        self.assertIs(self.ani._loyalty_notify("delivery_started", facts), False)
        self.assertIs(self.ani._loyalty_notify("something_else", {}), False)

    def test_orders_against_prepayment_tell_what_to_pay_and_what_came(self):
        self.ani.prepayment_only = True
        order = self._order(10000)
        order.write({"state": "sent"})
        needed = self._happened("prepayment_needed")
        self.assertEqual(needed.payload["amount"], 10000)
        self.assertFalse(self._happened("prepayment_received"))
        with patch.object(type(order), "_loyalty_prepaid_amount", return_value=10000.0):
            order.action_confirm()
        self.assertEqual(self._happened("prepayment_received").payload["amount"], 10000)

    def test_other_orders_tell_nothing_of_prepayment(self):
        order = self._order(10000)
        order.write({"state": "sent"})
        order.action_confirm()
        self.assertFalse(self._happened("prepayment_needed"))
        self.assertFalse(self._happened("prepayment_received"))

    # -- back in stock ------------------------------------------------------------
    def test_who_waits_for_a_product_hears_when_it_is_back_once(self):
        beans = self.env["product.product"].create(
            {"name": "Beans", "type": "consu", "is_storable": True}
        )
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        requests = self.env["loyalty.stock.request"]
        request = requests.create({"product_id": beans.id, "partner_id": self.ani.id})
        self.assertEqual(beans.stock_request_count, 1)
        self.assertFalse(requests._tell_arrivals())
        self.env["stock.quant"]._update_available_quantity(
            beans, warehouse.lot_stock_id, 3
        )
        self.assertEqual(requests._tell_arrivals(), request)
        self.assertFalse(requests._tell_arrivals())
        self.assertTrue(request.told_at)
        self.assertEqual(self._happened("back_in_stock").payload["product"], "Beans")

    # -- cost of the hot path -----------------------------------------------------
    def _queries(self, prepare, run):
        for _run in range(2):
            record = prepare()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run(record)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
        return queries

    def _without_events(self):
        return patch.object(type(self.events), "_emit_many", lambda *args: None)

    def test_documents_cost_two_queries_more_at_most(self):
        self._enroll()
        for prepare, run in (
            (lambda: self._order(1000), lambda order: order.action_confirm()),
            (lambda: self._invoice(1000, post=False), lambda move: move.action_post()),
            (lambda: self._invoice(1000), lambda move: self._pay(move)),
        ):
            told = self._queries(prepare, run)
            with self._without_events():
                silent = self._queries(prepare, run)
            self.assertLessEqual(told, silent + 2)
