from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SmsCommon

MORNING = "2026-02-28 06:00:00"  # 10:00 in Yerevan


@tagged("post_install", "-at_install")
class TestRules(SmsCommon):
    # -- shipped ------------------------------------------------------------------
    def test_every_event_has_a_rule_and_words(self):
        rules = self.env["loyalty.sms.rule"].with_context(active_test=False)
        shipped = rules.search([]).filtered(
            lambda rule: rule.get_external_id()[rule.id]
        )
        self.assertEqual(
            set(shipped.mapped("event")),
            set(self.events._catalogue()),
        )

    def test_the_event_brings_its_class_into_the_form(self):
        rule = self.env["loyalty.sms.rule"].new({"event": "birthday"})
        rule._onchange_event()
        self.assertEqual((rule.message_class, rule.delay_unit), ("marketing", "days"))

    def test_shipped_words_are_in_five_languages(self):
        langs = ("hy_AM", "ru_RU", "ka_GE", "fa_IR")
        for lang in langs:
            self.env["res.lang"]._activate_lang(lang)
        self.env["ir.module.module"].search(
            [("name", "=", "loyalty_sms")]
        )._update_translations(list(langs))
        template = self.env.ref("loyalty_sms.template_purchase")
        words = {template.with_context(lang=lang).body for lang in (*langs, "en_US")}
        self.assertEqual(len(words), 5)
        self.assertIn("Спасибо", template.with_context(lang="ru_RU").body)
        self.assertIn("Շնորհակալություն", template.with_context(lang="hy_AM").body)

    # -- refusals -----------------------------------------------------------------
    def test_an_event_is_not_told_before_it_happens(self):
        with self.assertRaisesRegex(ValidationError, "before it happens"):
            self._rule("purchase", delay=-5)

    def test_dates_count_in_days(self):
        with self.assertRaisesRegex(ValidationError, "in days"):
            self._rule("birthday", delay_unit="hours")

    def test_a_condition_that_cannot_be_read_is_refused(self):
        for domain in ("[('no_such_field', '=', 1)]", "[(", "__import__('os')"):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self._rule("purchase", partner_domain=domain)

    def test_a_test_needs_a_number(self):
        with self.assertRaisesRegex(ValidationError, "enter the number"):
            self._rule("purchase", is_test=True)

    def test_a_channel_is_tried_once(self):
        with self.assertRaisesRegex(ValidationError, "tried once"):
            self._rule("purchase", channel="sms", second_channel="sms")

    # -- dates --------------------------------------------------------------------
    def _birthdays(self, rule, now, partner=None):
        with freeze_time(now):
            rule._find_dates(self.company)
        return self._happened(rule.event, partner).filtered(
            lambda event: event.rule_id == rule
        )

    def _member(self, name, **values):
        partner = self.env["res.partner"].create({"name": name, **values})
        self._enroll(partner)
        return partner

    def test_a_birthday_is_found_once_a_year(self):
        rule = self._rule("birthday", delay_unit="days")
        self.ani.birthday = "1990-03-04"
        self._enroll()
        self.assertFalse(self._birthdays(rule, "2026-03-03 12:00:00"))
        first = self._birthdays(rule, "2026-03-04 06:00:00")
        self.assertEqual(first.payload, {"years": 36})
        self.assertEqual(first.dedupe_key, f"birthday:{rule.id}:{self.ani.id}:2026")
        self.assertEqual(self._birthdays(rule, "2026-03-04 12:00:00"), first)
        self.assertEqual(len(self._birthdays(rule, "2027-03-04 06:00:00")), 2)

    def test_the_29th_of_february_is_the_28th_in_other_years(self):
        rule = self._rule("birthday", delay_unit="days")
        self.ani.birthday = "1996-02-29"
        self._enroll()
        self.assertTrue(self._birthdays(rule, MORNING))
        self.assertEqual(len(self._birthdays(rule, "2028-02-28 06:00:00")), 1)
        self.assertEqual(len(self._birthdays(rule, "2028-02-29 06:00:00")), 2)

    def test_the_day_is_the_customers_own(self):
        rule = self._rule("birthday", delay_unit="days")
        self.ani.birthday = "1990-03-04"
        self._enroll()
        late = self._member("Lee", birthday="1990-03-04", tz="America/Los_Angeles")
        now = "2026-03-03 21:00:00"  # 4 March 01:00 in Yerevan, 3 March in California
        self.assertTrue(self._birthdays(rule, now))
        self.assertFalse(self._birthdays(rule, now, late))
        self.assertTrue(self._birthdays(rule, "2026-03-04 10:00:00", late))

    def test_days_before_and_across_the_year(self):
        rule = self._rule("birthday", delay_unit="days", delay=-3)
        self.ani.birthday = "1990-01-02"
        self._enroll()
        found = self._birthdays(rule, "2026-12-30 12:00:00")
        self.assertEqual(found.payload, {"years": 37})
        self.assertTrue(found.dedupe_key.endswith(":2027"))

    def test_who_is_no_member_is_not_found(self):
        rule = self._rule("birthday", delay_unit="days")
        self.ani.birthday = "1990-02-28"
        self.assertFalse(self._birthdays(rule, MORNING))

    def test_a_wedding_day_is_found(self):
        rule = self._rule("anniversary", delay_unit="days")
        self.ani.wedding_date = "2016-02-28"
        self._enroll()
        self.assertEqual(self._birthdays(rule, MORNING).payload, {"years": 10})

    def test_points_about_to_expire_are_told_once_a_month(self):
        rule = self._rule("points_expiring", delay_unit="days", delay=-14)
        with freeze_time("2026-01-05 08:00:00"):
            card = self._enroll()
            for day, points in ((20, 300), (21, 200), (60, 700)):
                last = date(2026, 1, 31) + timedelta(days=day)
                card._post_points([card._entry("bonus", points, expiration_date=last)])
        self.assertFalse(self._birthdays(rule, "2026-02-01 06:00:00"))
        found = self._birthdays(rule, "2026-02-08 06:00:00")
        self.assertEqual(found.payload, {"earned": 500, "valid_until": "2026-02-20"})
        self.assertEqual(self._birthdays(rule, "2026-02-10 06:00:00"), found)

    def test_who_has_not_bought_for_long_is_found_once(self):
        rule = self._rule("win_back", delay_unit="days", delay=30)
        with freeze_time("2026-01-05 08:00:00"):
            self._enroll()
            self._pay(self._invoice(20000))
        self.assertFalse(self._birthdays(rule, "2026-02-03 06:00:00"))
        found = self._birthdays(rule, "2026-02-04 06:00:00")
        self.assertEqual(len(found), 1)
        self.assertEqual(self._birthdays(rule, "2026-02-05 06:00:00"), found)
        self.assertEqual(self._birthdays(rule, "2026-04-05 06:00:00"), found)

    def test_who_bought_again_is_not_won_back(self):
        rule = self._rule("win_back", delay_unit="days", delay=30)
        with freeze_time("2026-01-05 08:00:00"):
            self._enroll()
            self._pay(self._invoice(20000))
        with freeze_time("2026-01-20 08:00:00"):
            self._pay(self._invoice(20000))
        self.assertFalse(self._birthdays(rule, "2026-02-04 06:00:00"))

    def test_a_debt_is_reminded_of_some_days_after_it_was_due(self):
        rule = self._rule("debt_reminder", delay_unit="days", delay=3)
        self._enroll()
        with freeze_time("2026-02-01 08:00:00"):
            invoice = self._invoice(12000, invoice_date_due="2026-02-10")
        self.assertFalse(self._birthdays(rule, "2026-02-12 06:00:00"))
        found = self._birthdays(rule, "2026-02-13 06:00:00")
        self.assertEqual(found.res_id, invoice.id)
        self.assertEqual(found.payload["debt"], 12000)
        self.assertEqual(found.payload["due_date"], "2026-02-10")
        self.assertEqual(self._birthdays(rule, "2026-02-14 06:00:00"), found)

    def test_a_paid_invoice_is_no_debt(self):
        rule = self._rule("debt_reminder", delay_unit="days", delay=3)
        self._enroll()
        with freeze_time("2026-02-01 08:00:00"):
            self._pay(self._invoice(12000, invoice_date_due="2026-02-10"))
        self.assertFalse(self._birthdays(rule, "2026-02-13 06:00:00"))

    def test_the_balance_is_told_on_its_day_of_the_month(self):
        rule = self._rule("balance", delay_unit="days", delay=5)
        card = self._enroll()
        card._post_points([card._entry("bonus", 10)])
        self.assertFalse(self._birthdays(rule, "2026-03-04 06:00:00"))
        self.assertEqual(len(self._birthdays(rule, "2026-03-05 06:00:00")), 1)
        self.assertEqual(len(self._birthdays(rule, "2026-03-05 15:00:00")), 1)

    def test_the_hourly_search_goes_through_all_rules(self):
        rule = self._rule("birthday", delay_unit="days")
        self.ani.birthday = "1990-02-28"
        self._enroll()
        with freeze_time(MORNING), self._no_commits():
            self.env["loyalty.sms.rule"]._cron_dates()
        self.assertEqual(self._happened("birthday").rule_id, rule)

    # -- access -------------------------------------------------------------------
    def test_managers_write_rules_and_users_read_them(self):
        rule = self._rule("purchase")
        user = self._user("reader", "loyalty_sms.group_sms_user")
        with self.assertRaises(AccessError):
            rule.with_user(user).active = False
        self.assertTrue(rule.active)
        manager = self._user("chief", "loyalty_sms.group_sms_manager")
        rule.with_user(manager).active = False
        self.assertFalse(rule.active)
        with self.assertRaises(AccessError):
            self.logs.with_user(manager).create(
                {"rule_id": rule.id, "event_id": 1, "state": "done"}
            )


@tagged("post_install", "-at_install")
class TestPlanner(SmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.noon = datetime(2026, 3, 5, 8)

    def _emit(self, code="points_earned", partner=None, key="1", **values):
        self.events._emit(code, partner or self.ani, key, values=values)

    def _log(self, rule):
        return self.logs.search([("rule_id", "=", rule.id)])

    @freeze_time("2026-03-05 08:00:00")
    def test_an_event_becomes_a_message_with_its_facts(self):
        self._enroll()
        rule = self._rule(
            "points_earned", "{{ first_name }}: {{ earned }}", cap_group="points"
        )
        self._emit(earned=600)
        self._plan()
        message = self._told()
        self.assertRecordValues(
            message,
            [
                {
                    "number": "+37491234567",
                    "channel": "sms",
                    "message_class": "service",
                    "state": "queued",
                    "body": "Ani: 600",
                    "rule_id": rule.id,
                    "template_id": rule.template_id.id,
                    "cap_group": "points",
                    "priority": 5,
                    "segments": 1,
                    "not_before": self.noon,
                    "window_end": datetime(2026, 3, 5, 18),
                    "expires_at": datetime(2026, 3, 7, 8),
                }
            ],
        )
        self.assertRecordValues(
            self._log(rule), [{"state": "done", "message_id": message.id}]
        )
        self._plan()
        self.assertEqual(self._told(), message)

    @freeze_time("2026-03-05 08:00:00")
    def test_thanks_say_what_the_document_says(self):
        self._enroll()
        self._rule(
            "purchase", "{{ document }} {{ amount }} +{{ earned }} = {{ points }}"
        )
        invoice = self._invoice(20000)
        self._pay(invoice)
        self._plan()
        body = self._told().body
        self.assertIn(invoice.name, body)
        self.assertIn("20,000", body)
        self.assertIn("+600 = 600", body)

    @freeze_time("2026-03-05 08:00:00")
    def test_points_spent_in_a_purchase_are_told_with_the_thanks(self):
        self._enroll()
        self._rule("purchase")
        spent = self._rule("points_spent")
        document = self._invoice(1000)
        for code in ("points_spent", "purchase"):
            self.events._emit(code, self.ani, f"{code}:1", document)
        self._plan()
        self.assertEqual(self._told().rule_id.event, "purchase")
        self.assertRecordValues(
            self._log(spent), [{"state": "dropped", "reason": "merged"}]
        )

    @freeze_time("2026-03-05 08:00:00")
    def test_points_spent_on_an_order_are_told_with_the_thanks_for_its_invoice(self):
        card = self._enroll()
        card._post_points([card._entry("bonus", 5000)])
        spent = self._rule("points_spent")
        self._rule("purchase")
        order = self._order(20000)
        order.action_loyalty_spend(3000)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        self._plan()
        self.assertEqual(self._told().rule_id.event, "purchase")
        self.assertRecordValues(
            self._log(spent), [{"state": "dropped", "reason": "merged"}]
        )

    def test_a_delay_is_waited_for(self):
        rule = self._rule("points_earned", delay=2, delay_unit="hours")
        with freeze_time("2026-03-05 08:00:00"):
            self._emit()
            self._plan()
            self.assertEqual(self._log(rule).state, "waiting")
        with freeze_time("2026-03-05 10:00:01"):
            self._plan()
            self.assertEqual(self._log(rule).state, "done")
            self.assertEqual(len(self._told()), 1)

    @freeze_time("2026-03-05 20:00:00")
    def test_at_night_a_service_message_waits_for_the_morning(self):
        self._rule("points_earned")
        self._rule("card_replaced", message_class="transactional")
        self._emit()
        self._emit("card_replaced")
        self._plan()
        moments = {m.rule_id.event: m.not_before for m in self._told()}
        self.assertEqual(moments["points_earned"], datetime(2026, 3, 6, 4))
        self.assertEqual(moments["card_replaced"], datetime(2026, 3, 5, 20))

    @freeze_time("2026-03-05 20:00:00")
    def test_what_is_too_late_by_the_morning_is_not_sent(self):
        rule = self._rule("points_earned", validity_hours=2)
        self._emit()
        self._plan()
        self.assertRecordValues(
            self._told(), [{"state": "expired", "reason": "expired"}]
        )
        self.assertEqual(self._log(rule).reason, "expired")

    @freeze_time("2026-03-05 08:00:00")
    def test_why_a_message_was_not_sent_is_in_the_history(self):
        offer = self._rule("win_back", message_class="marketing", delay_unit="days")
        self._emit("win_back")
        self._plan()
        self.assertRecordValues(
            self._told(),
            [{"state": "suppressed", "reason": "no_consent", "number": "+37491234567"}],
        )
        self.assertRecordValues(
            self._log(offer), [{"state": "dropped", "reason": "no_consent"}]
        )

    @freeze_time("2026-03-05 08:00:00")
    def test_limits_count_within_one_batch(self):
        self.ani.consent_sms = True
        self._rule("win_back", message_class="marketing", delay_unit="days")
        for key in ("1", "2", "3"):
            self._emit("win_back", key=key)
        self._plan()
        self.assertEqual(self._told().mapped("reason"), [False, "capped", "capped"])

    @freeze_time("2026-03-05 08:00:00")
    def test_conditions_of_the_rule(self):
        boris = self.env["res.partner"].create(
            {
                "name": "Boris",
                "phone": "+37491000001",
                "loyalty_branch_id": self.kentron.id,
            }
        )
        rule = self._rule(
            "points_earned",
            branch_ids=[(6, 0, self.kentron.ids)],
            partner_domain="[('name', 'like', 'B')]",
            min_amount=100,
        )
        self._emit(key="a", amount=500)
        self._emit(key="b", partner=boris, amount=99)
        self._emit(key="c", partner=boris, amount=100)
        self._plan()
        self.assertFalse(self._told())
        self.assertEqual(len(self._told(boris)), 1)
        self.assertEqual(
            self._log(rule).sorted("event_id").mapped("reason"),
            ["condition", "condition", False],
        )

    @freeze_time("2026-03-05 08:00:00")
    def test_the_tier_is_a_condition(self):
        self._enroll()
        self._rule("points_earned", tier_ids=[(6, 0, self.silver.ids)])
        self._emit()
        self._plan()
        self.assertFalse(self._told())

    @freeze_time("2026-03-05 08:00:00")
    def test_words_are_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        rule = self._rule("points_earned", "Hello")
        rule.template_id.with_context(lang="ru_RU").body = "Привет"
        self.ani.lang = "ru_RU"
        self._emit()
        self._plan()
        self.assertRecordValues(
            self._told(), [{"body": "Привет", "lang": "ru_RU", "encoding": "UCS2"}]
        )

    @freeze_time("2026-03-05 08:00:00")
    def test_a_text_that_is_too_long_is_not_sent(self):
        rule = self._rule("points_earned", "a" * 200)
        rule.template_id.max_segments = 1
        self._emit()
        self._plan()
        self.assertRecordValues(
            self._told(), [{"state": "suppressed", "reason": "too_long"}]
        )

    @freeze_time("2026-03-05 08:00:00")
    def test_the_next_channel_stands_ready(self):
        self.ani.email = "ani@example.com"
        self._rule(
            "points_earned",
            channel="viber",
            second_channel="sms",
            third_channel="email",
        )
        self._emit()
        self._plan()
        message = self._told()
        self.assertEqual(message.channel, "viber")
        self.assertEqual(
            [(f["channel"], f["number"]) for f in message.fallback],
            [("sms", "+37491234567"), ("email", "ani@example.com")],
        )

    @freeze_time("2026-03-05 08:00:00")
    def test_a_rule_on_trial_writes_to_the_test_number_alone(self):
        rule = self._rule("points_earned", is_test=True, test_number="+37491999999")
        self._emit()
        self._plan()
        self.assertEqual(self._told().number, "+37491999999")
        self.assertEqual(self._log(rule).state, "done")

    @freeze_time("2026-03-05 08:00:00")
    def test_a_broken_event_is_set_aside_and_the_others_go_on(self):
        boris = self.env["res.partner"].create(
            {"name": "Boris", "phone": "+37491000001"}
        )
        rule = self._rule("points_earned", "{{ earned }}")
        self._emit(key="bad", amount="no number")
        self._emit(key="good", partner=boris, earned=5)
        with mute_logger("odoo.addons.loyalty_sms.models.loyalty_sms_event_plan"):
            self._plan()
        self.assertFalse(self._told())
        self.assertEqual(self._told(boris).body, "5")
        bad = self._log(rule).filtered(lambda log: log.partner_id == self.ani)
        self.assertEqual(bad.state, "failed")
        self.assertIn("no number", bad.error)

    @freeze_time("2026-03-05 08:00:00")
    def test_rules_of_another_company_are_not_asked(self):
        other = self._make_company("Other LLC")
        self._rule("points_earned", company_id=other.id)
        self._emit()
        self._plan()
        self.assertFalse(self._told())

    @freeze_time("2026-03-05 08:00:00")
    def test_the_scheduler_plans_as_well(self):
        self._rule("points_earned")
        self._emit()
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_sms.ir_cron_plan").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self._told()), 1)

    # -- the last look before it leaves -------------------------------------------
    def _claimed(self, message):
        gateway = self.env["loyalty.sms.gateway"].create(
            {"name": "Demo", "channel": "sms", "company_id": self.company.id}
        )
        message.gateway_id = gateway
        self.env.flush_all()
        self.messages._claim(gateway, 10)
        self.env.invalidate_all()
        return message.state, message.reason

    def _queued(self, **values):
        return self.messages._enqueue(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.ani.id,
                    "number": "+37491234567",
                    "channel": "sms",
                    "message_class": "marketing",
                    "body": "Hello",
                    **values,
                }
            ]
        )

    def test_a_withdrawn_consent_stops_what_waits(self):
        self.ani.consent_sms = True
        message = self._queued()
        self.ani.consent_sms = False
        self.assertEqual(self._claimed(message), ("suppressed", "opted_out"))

    def test_a_receipt_goes_in_spite_of_a_withdrawn_consent(self):
        self.ani.consent_sms = True
        message = self._queued(message_class="transactional")
        self.ani.consent_sms = False
        self.assertEqual(self._claimed(message), ("sending", False))

    def test_a_blocked_number_gets_nothing(self):
        message = self._queued(message_class="transactional")
        self.env["phone.blacklist"].create({"number": "+37491234567"})
        self.assertEqual(self._claimed(message), ("suppressed", "blocked"))

    def test_of_two_offers_planned_at_once_one_leaves(self):
        self.ani.consent_sms = True
        first, second = self._queued(), self._queued()
        first.gateway_id = second.gateway_id
        self.assertEqual(self._claimed(first | second and first)[0], "sending")
        self.assertEqual(self._claimed(second), ("suppressed", "capped"))

    def test_a_late_message_waits_for_the_next_hours(self):
        with freeze_time("2026-03-05 08:00:00"):
            self._rule("points_earned", validity_hours=72)
            self._emit()
            self._plan()
            message = self._told()
        with freeze_time("2026-03-05 19:00:00"):
            self.assertEqual(self._claimed(message)[0], "queued")
            self._plan()
            self.assertEqual(message.not_before, datetime(2026, 3, 6, 4))
            self.assertEqual(message.window_end, datetime(2026, 3, 6, 18))
        with freeze_time("2026-03-06 04:00:01"):
            self.assertEqual(self._claimed(message)[0], "sending")
