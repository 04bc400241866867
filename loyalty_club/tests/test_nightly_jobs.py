from freezegun import freeze_time

from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestNightlyJobs(LoyaltyCommon):
    """The ERP's scheduler releases and expires points and looks at tiers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.multiplier_ids.active = False
        with freeze_time("2026-03-02 08:00:00"):
            cls.card = cls._enroll()

    def _run(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"loyalty_club.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def test_expiry_leaves_what_is_still_valid(self):
        with freeze_time("2026-03-02 08:00:00"):
            self._pay(self._invoice(10000))
        with freeze_time("2026-04-02 08:00:00"):
            self._pay(self._invoice(20000))
        with freeze_time("2027-04-01 08:00:00"):
            self._run("cron_expire")
            self.assertLedger(self.card, 600)
            self._run("cron_expire")
            self.assertLedger(self.card, 600)
        with freeze_time("2027-05-01 08:00:00"):
            self._run("cron_expire")
            self.assertLedger(self.card, 0)

    def test_release_on_the_day(self):
        self.club.write({"release_policy": "days", "release_days": 10})
        with freeze_time("2026-03-02 08:00:00"):
            self._invoice(10000)
        with freeze_time("2026-03-11 08:00:00"):
            self._run("cron_release")
            self.assertLedger(self.card, 0, 300)
        with freeze_time("2026-03-12 08:00:00"):
            self._run("cron_release")
            self.assertLedger(self.card, 300)

    def test_points_held_by_a_debt_are_released_when_it_is_credited(self):
        self.club.hold_if_overdue = True
        with freeze_time("2026-03-02 08:00:00"):
            debt = self._invoice(5000, invoice_date_due="2026-03-10")
        with freeze_time("2026-03-20 08:00:00"):
            self._pay(self._invoice(10000))
            self._run("cron_release")
            self.assertLedger(self.card, 0, 450)
            self._credit(debt)
            self._run("cron_release")
            self.assertLedger(self.card, 300)

    def test_tiers_fall_by_time_alone(self):
        self.club.grace_days = 0
        with freeze_time("2026-03-02 08:00:00"):
            self._pay(self._invoice(150000))
            self.assertEqual(self.card.tier_id, self.silver)
        with freeze_time("2027-03-03 08:00:00"):
            self._run("cron_tiers")
        self.assertEqual(self.card.tier_id, self.bronze)
        self.assertFalse(self.card.tier_dirty)
