from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

NOON = datetime(2026, 3, 5, 8)  # Thursday, 12:00 in Yerevan
NIGHT = datetime(2026, 3, 5, 20)  # midnight


@tagged("post_install", "-at_install")
class TestDecide(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.messages = cls.env["loyalty.message"]
        cls.ani.write({"consent_sms": True, "email": "ani@example.com"})
        cls.boris = cls.env["res.partner"].create(
            {"name": "Boris", "phone": "+37491000001"}
        )
        cls.nobody = cls.env["res.partner"].create({"name": "Nobody"})
        cls.env["loyalty.sms.holiday"].search([]).unlink()

    def _decide(self, partners, message_class="marketing", when=NOON, **kwargs):
        channels = kwargs.pop("channels", "sms")
        with freeze_time(when):
            return self.messages._decide(
                partners, channels, message_class, self.company, when, **kwargs
            )

    def _sent(self, partner, moment, **values):
        self.messages._enqueue(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": partner.id,
                    "number": partner.phone_sanitized,
                    "message_class": "marketing",
                    "channel": "sms",
                    "body": "Hello",
                    "create_date": moment,
                    "not_before": moment,
                    **values,
                }
            ]
        )

    def test_consent_decides_who_gets_an_offer(self):
        found = self._decide(self.ani | self.boris | self.nobody)
        self.assertEqual(
            [found[p.id].reason for p in (self.ani, self.boris, self.nobody)],
            [None, "no_consent", "no_number"],
        )
        self.assertEqual(found[self.ani.id].number, "+37491234567")
        self.assertEqual(found[self.ani.id].not_before, NOON)

    def test_a_receipt_needs_no_consent(self):
        found = self._decide(self.boris, "transactional")
        self.assertIsNone(found[self.boris.id].reason)

    def test_the_first_channel_that_is_allowed_is_taken(self):
        found = self._decide(self.ani, channels=["viber", "sms"])
        self.assertEqual(found[self.ani.id].channel, "sms")
        found = self._decide(self.boris, channels=["sms", "email"])
        self.assertEqual(found[self.boris.id].channel, "sms")
        self.assertEqual(found[self.boris.id].reason, "no_consent")

    def test_an_offer_at_night_waits_for_the_morning_of_the_customer(self):
        self.boris.write({"consent_sms": True, "tz": "Europe/Moscow"})
        found = self._decide(self.ani | self.boris, when=NIGHT)
        self.assertEqual(found[self.ani.id].not_before, datetime(2026, 3, 6, 6))
        self.assertEqual(found[self.ani.id].window_end, datetime(2026, 3, 6, 16))
        self.assertEqual(found[self.boris.id].not_before, datetime(2026, 3, 6, 7))

    def test_the_zone_of_the_employee_is_not_the_customers(self):
        guest = (
            self.env["res.partner"]
            .with_context(tz="America/New_York")
            .create({"name": "Guest", "phone": "+37491000009", "consent_sms": True})
        )
        self.assertEqual(guest.tz, "America/New_York")
        found = self._decide(guest)
        self.assertEqual(found[guest.id].not_before, NOON)

    def test_a_holiday_is_left_out(self):
        self.env["loyalty.sms.holiday"].create(
            {"name": "Women's Day", "date": "2020-03-06"}
        )
        found = self._decide(self.ani, when=NIGHT)
        self.assertEqual(found[self.ani.id].not_before, datetime(2026, 3, 7, 6))
        service = self._decide(self.ani, "service", when=NIGHT)
        self.assertEqual(service[self.ani.id].not_before, datetime(2026, 3, 6, 4))
        receipt = self._decide(self.ani, "transactional", when=NIGHT)
        self.assertEqual(receipt[self.ani.id].not_before, NIGHT)

    def test_one_offer_a_day_and_three_a_week(self):
        self._sent(self.ani, datetime(2026, 3, 5, 7))
        self.assertEqual(self._decide(self.ani)[self.ani.id].reason, "capped")
        self.messages.search([]).write({"state": "failed"})
        self.env.flush_all()
        self.assertIsNone(self._decide(self.ani)[self.ani.id].reason)
        for day in (1, 2, 3):
            self._sent(self.ani, datetime(2026, 3, day, 7))
        self.assertEqual(self._decide(self.ani)[self.ani.id].reason, "capped")

    def test_what_waits_in_the_queue_counts_too(self):
        self._sent(self.ani, datetime(2026, 3, 5, 14), create_date=NOON)
        self.assertEqual(self._decide(self.ani)[self.ani.id].reason, "capped")
        self.assertIsNone(self._decide(self.ani, caps=False)[self.ani.id].reason)

    def test_service_messages_do_not_use_up_offers(self):
        self._sent(self.ani, datetime(2026, 3, 5, 7), message_class="service")
        self.assertIsNone(self._decide(self.ani)[self.ani.id].reason)

    def test_a_group_has_limits_of_its_own(self):
        self.env["loyalty.sms.limit"].create(
            {"message_class": "service", "cap_group": "points", "per_day": 1}
        )
        self._sent(self.ani, NOON, message_class="service", cap_group="points")
        later = datetime(2026, 3, 5, 12)
        found = self._decide(self.ani, "service", later, cap_group="points")
        self.assertEqual(found[self.ani.id].reason, "capped")
        found = self._decide(self.ani, "service", later, cap_group="tier")
        self.assertIsNone(found[self.ani.id].reason)

    def test_a_gap_makes_the_next_message_wait(self):
        limit = self.env.ref("loyalty_sms.limit_service")
        limit.gap_hours = 3
        self._sent(self.ani, NOON, message_class="service")
        found = self._decide(self.ani, "service", datetime(2026, 3, 5, 9))
        self.assertEqual(found[self.ani.id].not_before, datetime(2026, 3, 5, 11))

    def test_the_line_of_the_company_wins(self):
        self.env["loyalty.sms.limit"].create(
            {
                "message_class": "marketing",
                "company_id": self.company.id,
                "is_limited_to_hours": False,
            }
        )
        found = self._decide(self.ani, when=NIGHT)
        self.assertEqual(found[self.ani.id].not_before, NIGHT)

    def test_hours_that_never_come_are_refused(self):
        limit = self.env.ref("loyalty_sms.limit_marketing")
        with self.assertRaises(ValidationError):
            limit.hour_to = 10
        with self.assertRaises(ValidationError):
            limit.hour_to = 25
        with self.assertRaises(ValidationError):
            limit.per_day = -1

    def test_many_customers_cost_as_many_queries_as_few(self):
        people = self.env["res.partner"]._create_members(
            [
                {"name": f"P{n}", "phone": f"+37491{n:06}", "consent_sms": n % 2 == 0}
                for n in range(600)
            ]
        )
        self.env.flush_all()
        self._decide(people[:1])
        before = self.env.cr.sql_log_count
        found = self._decide(people)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 6)
        reasons = [decision.reason for decision in found.values()]
        self.assertEqual(reasons.count(None), 300)
        self.assertEqual(reasons.count("no_consent"), 300)

    def test_managers_set_limits_and_users_read_them(self):
        limit = self.env.ref("loyalty_sms.limit_marketing")
        user = self._user("reader", "loyalty_sms.group_sms_user")
        manager = self._user("setter", "loyalty_sms.group_sms_manager")
        self.assertEqual(limit.with_user(user).per_day, 1)
        with self.assertRaises(AccessError):
            limit.with_user(user).per_day = 5
        self.assertEqual(limit.per_day, 1)
        limit.with_user(manager).per_day = 2
        self.assertEqual(limit.per_day, 2)
