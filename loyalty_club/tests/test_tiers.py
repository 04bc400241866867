from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestTiers(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.multiplier_ids.active = False
        with freeze_time("2026-01-10 08:00:00"):
            cls.card = cls._enroll()

    def _buy(self, amount):
        self._pay(self._invoice(amount))

    def _night(self):
        self.env["loyalty.card"]._mark_window_members()
        self.card._update_tiers()

    def test_upgrade_at_once_with_history_and_customer_field(self):
        with freeze_time("2026-03-02 08:00:00"):
            self._buy(350000)
        self.assertEqual(self.card.tier_id, self.gold)
        change = self.card.tier_change_ids[0]
        self.assertEqual(
            (change.from_tier_id, change.to_tier_id, change.cause, change.metric_value),
            (self.bronze, self.gold, "upgrade", 350000),
        )
        self.assertEqual(self.ani.loyalty_tier_id, self.gold)

    def test_downgrade_after_grace_only(self):
        with freeze_time("2026-03-02 08:00:00"):
            self._buy(150000)
        with freeze_time("2027-03-10 08:00:00"):
            self._night()
            self.assertEqual(self.card.tier_id, self.silver)
            self.assertEqual(str(self.card.tier_grace_until), "2027-04-09")
        with freeze_time("2027-04-09 08:00:00"):
            self._night()
            self.assertEqual(self.card.tier_id, self.silver)
        with freeze_time("2027-04-10 08:00:00"):
            self._night()
            self.assertEqual(self.card.tier_id, self.bronze)
            self.assertEqual(self.card.tier_change_ids[0].cause, "downgrade")

    def test_retain_threshold_keeps_a_tier_that_it_would_not_reach(self):
        self.silver.retain_threshold = 40000
        with freeze_time("2026-03-02 08:00:00"):
            self._buy(100000)
        with freeze_time("2026-09-02 08:00:00"):
            self._buy(50000)
        with freeze_time("2027-05-02 08:00:00"):
            self._night()
            self.assertEqual(self.card.tier_metric_value, 50000)
            self.assertEqual(self.card.tier_id, self.silver)
            self.assertFalse(self.card.tier_grace_until)

    def test_one_step_down_and_never(self):
        self.club.write({"downgrade_policy": "one_step", "grace_days": 0})
        with freeze_time("2026-03-02 08:00:00"):
            self._buy(350000)
        with freeze_time("2027-05-02 08:00:00"):
            self._night()
            self.assertEqual(self.card.tier_id, self.silver)
            self.club.downgrade_policy = "never"
            self._night()
            self.assertEqual(self.card.tier_id, self.silver)

    def test_calendar_year_tells_the_deadline(self):
        self.club.tier_window = "calendar"
        with freeze_time("2026-03-02 08:00:00"):
            self._buy(97600)
            self.card._update_tiers()
            self.assertRegex(
                self.card.tier_progress_text, r"2,400.* to Silver until 31 December"
            )

    def test_tier_by_hand_stays_until_its_end(self):
        manager = self._user("arev_manager", "loyalty_club.group_loyalty_manager")
        with freeze_time("2026-03-02 08:00:00"):
            self.card.with_user(manager)._set_tier(
                self.gold.with_user(manager), "Opening guest", "2026-06-30"
            )
            self._night()
            self.assertEqual(self.card.tier_id, self.gold)
            self.assertEqual(self.card.tier_change_ids[0].reason, "Opening guest")
        self.club.grace_days = 0
        with freeze_time("2026-07-02 08:00:00"):
            self._night()
            self.assertEqual(self.card.tier_id, self.bronze)
            self.assertFalse(self.card.tier_locked)

    def test_cashier_cannot_set_a_tier(self):
        cashier = self._user("arev_cashier", "loyalty_club.group_loyalty_cashier")
        with self.assertRaises(AccessError):
            self.card.with_user(cashier)._set_tier(self.gold, "Friend")
        self.assertEqual(self.card.tier_id, self.bronze)

    def test_tiers_by_purchases_points_and_margin(self):
        self.product.standard_price = 400
        with freeze_time("2026-03-02 08:00:00"):
            for _purchase in range(3):
                self._buy(1200)
            figures = {}
            for metric in ("orders", "points", "margin", "spend"):
                self.club.tier_metric = metric
                figures[metric] = self.card._tier_metrics()[self.card.id]
        self.assertEqual(
            figures, {"orders": 3, "points": 108, "margin": 1800, "spend": 3600}
        )

    def test_unpaid_and_refunded_money_does_not_count(self):
        with freeze_time("2026-03-02 08:00:00"):
            invoice = self._invoice(100000)
            self.card._update_tiers()
            self.assertEqual(self.card.tier_metric_value, 0)
            self._pay(invoice, 30000)
            self._credit(invoice, 20000)
            self.card._update_tiers()
            self.assertEqual(self.card.tier_metric_value, 30000)

    def test_past_purchases_count(self):
        self.env["loyalty.purchase"].create(
            {
                "program_id": self.club.id,
                "partner_id": self.ani.id,
                "date": "2026-02-01",
                "amount": 120000,
            }
        )
        with freeze_time("2026-03-02 08:00:00"):
            self.card._update_tiers()
            self.assertEqual(self.card.tier_id, self.silver)

    def test_price_list_follows_the_tier_and_yields_to_a_chosen_one(self):
        self.env.user.group_ids |= self.env.ref("product.group_product_pricelist")
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        silver_prices, chosen = self.env["product.pricelist"].create(
            [
                {"name": "Silver", "currency_id": self.company.currency_id.id},
                {"name": "Chosen", "currency_id": self.company.currency_id.id},
            ]
        )
        self.silver.pricelist_id = silver_prices
        with freeze_time("2026-03-02 08:00:00"):
            self._buy(150000)
        contact = self.env["res.partner"].create(
            {"name": "Ani's contact", "parent_id": self.ani.id}
        )
        self.assertEqual(self.ani.property_product_pricelist, silver_prices)
        self.assertEqual(contact.property_product_pricelist, silver_prices)
        self.assertFalse(self.ani.specific_property_product_pricelist)
        self.ani.property_product_pricelist = chosen
        self.assertEqual(self.ani.property_product_pricelist, chosen)

    def test_a_shared_club_counts_all_companies_in_its_currency(self):
        other = self._make_company("Arev Europe")
        euro = self.env.ref("base.EUR")
        euro.active = True
        other.currency_id = euro
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": "2020-01-01",
                "rate": 0.0025,
                "company_id": self.company.id,
            }
        )
        self.assertNotIn(self.club.id, self.env["loyalty.program"]._club_ids(other.id))
        self.club.company_id = False
        self.assertIn(self.club.id, self.env["loyalty.program"]._club_ids(other.id))
