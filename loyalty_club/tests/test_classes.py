from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .test_card_operations import OperationsCommon


@tagged("post_install", "-at_install")
class ClassesCommon(OperationsCommon):
    @classmethod
    def _rule(cls, criterion, threshold, **values):
        return cls.env["loyalty.class.rule"].create(
            {
                "name": "Debtors",
                "criterion": criterion,
                "threshold": threshold,
                "company_id": cls.company.id,
                **values,
            }
        )

    def _classify(self):
        def commit(cron, processed=0, *, remaining=None, deactivate=False):
            return float("inf")

        with patch.object(IrCron, "_commit_progress", commit):
            self.env["loyalty.class.rule"]._cron_classify(batch_size=1)
        self.env.invalidate_all()

    def assertClasses(self, ani, davit="normal"):
        self._classify()
        found = [p.loyalty_class or "normal" for p in (self.ani, self.davit)]
        self.assertEqual(found, [ani, davit])


@tagged("post_install", "-at_install")
class TestClasses(ClassesCommon):
    # -- criteria -----------------------------------------------------------------
    def test_overdue_amount(self):
        self._rule("overdue_amount", 20000)
        with freeze_time("2026-03-01 08:00:00"):
            self._invoice(25000)
            self._invoice(15000, self.davit)
            self.assertClasses("normal")
        with freeze_time("2026-03-02 08:00:00"):
            self.assertClasses("problem")
        self.assertIn("25,000", self.ani.loyalty_class_reason)
        self.assertIn("20,000", self.ani.loyalty_class_reason)
        self.assertIn("Debtors", self.ani.loyalty_class_reason)

    def test_overdue_days(self):
        self._rule("overdue_days", 30)
        with freeze_time("2026-03-01 08:00:00"):
            invoice = self._invoice(1000)
        with freeze_time("2026-03-30 08:00:00"):
            self.assertClasses("normal")
        with freeze_time("2026-03-31 08:00:00"):
            self.assertClasses("problem")
            self.assertIn("30", self.ani.loyalty_class_reason)
            self._pay(invoice)
            self.assertClasses("normal")
            self.assertFalse(self.ani.loyalty_class_reason)

    def test_share_of_returns(self):
        self._rule("return_share", 50, months=6)
        with freeze_time("2026-03-01 08:00:00"):
            self._credit(self._invoice(10000), 4000)
            self._credit(self._invoice(10000, self.davit), 5000)
            self.assertClasses("normal", "problem")
        with freeze_time("2026-10-01 08:00:00"):
            self.assertClasses("normal", "normal")

    @freeze_time("2026-03-01 08:00:00")
    def test_spend(self):
        self._rule("spend", 100000, loyalty_class="vip", months=3)
        self._invoice(100000)
        big = self._invoice(150000, self.davit)
        self._credit(big, 60000)
        self.assertClasses("vip", "normal")
        self.assertFalse(self.ani.prepayment_only)

    @freeze_time("2026-03-01 08:00:00")
    def test_number_of_purchases(self):
        self._rule("purchases", 2, loyalty_class="vip", months=1)
        self._invoice(100)
        self._invoice(100)
        self._invoice(100, self.davit)
        self.assertClasses("vip")

    def test_days_since_the_last_purchase(self):
        self._rule("recency_days", 7, loyalty_class="vip", comparison="at_most")
        with freeze_time("2026-03-01 08:00:00"):
            self._invoice(100)
        with freeze_time("2026-03-08 08:00:00"):
            self.assertClasses("vip", "normal")
        with freeze_time("2026-03-09 08:00:00"):
            self.assertClasses("normal")

    def test_at_most_counts_members_without_any_purchase(self):
        self._rule("purchases", 0, comparison="at_most", loyalty_class="problem")
        with freeze_time("2026-03-01 08:00:00"):
            self._invoice(100)
            self.assertClasses("normal", "problem")

    def test_only_members_are_classified(self):
        self._rule("overdue_days", 1)
        self.club.auto_enroll = False
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with freeze_time("2026-03-01 08:00:00"):
            self._invoice(100, stranger)
        with freeze_time("2026-03-05 08:00:00"):
            self._classify()
        self.assertNotEqual(stranger.loyalty_class, "problem")

    def test_the_first_rule_decides(self):
        self._rule("spend", 1000, loyalty_class="vip", sequence=2)
        self._rule("overdue_days", 1, sequence=1)
        with freeze_time("2026-03-01 08:00:00"):
            self._invoice(5000)
            self._pay(self._invoice(5000, self.davit))
        with freeze_time("2026-03-05 08:00:00"):
            self.assertClasses("problem", "vip")

    # -- companies ----------------------------------------------------------------
    def test_each_company_has_its_own_class(self):
        second = self.env["res.company"].create({"name": "Second LLC"})
        self._rule("overdue_days", 1)
        with freeze_time("2026-03-01 08:00:00"):
            self._invoice(100)
        with freeze_time("2026-03-05 08:00:00"):
            self.assertClasses("problem")
        there = self.ani.with_company(second)
        self.assertNotEqual(there.loyalty_class, "problem")
        self.assertFalse(there.prepayment_only)

    # -- prepayment ---------------------------------------------------------------
    @freeze_time("2026-03-05 08:00:00")
    def test_prepayment_comes_and_goes_with_the_class(self):
        rule = self._rule("purchases", 0, comparison="at_most")
        self.davit.prepayment_only = True
        self.assertClasses("problem", "problem")
        self.assertTrue(self.ani.prepayment_only)
        rule.active = False
        self.assertClasses("normal", "normal")
        self.assertFalse(self.ani.prepayment_only)
        self.assertTrue(self.davit.prepayment_only, "set by hand, stays")

    # -- by hand ------------------------------------------------------------------
    def _set(self, user, **values):
        self.env["loyalty.class.set"].with_user(user).create(
            {
                "partner_id": self.ani.id,
                "loyalty_class": "problem",
                "reason": "Did not collect two orders",
                **values,
            }
        ).action_set_class()

    def test_what_was_set_by_hand_stays_until_its_end(self):
        self._rule("purchases", 1, loyalty_class="vip")
        with freeze_time("2026-03-01 08:00:00"):
            self._invoice(100)
            self._set(self.manager, until="2026-03-31")
            self.assertTrue(self.ani.loyalty_class_manual)
            self.assertIn("two orders", self.ani.loyalty_class_reason)
            self.assertIn(self.manager.name, self.ani.loyalty_class_reason)
        with freeze_time("2026-03-31 08:00:00"):
            self.assertClasses("problem")
        with freeze_time("2026-04-01 08:00:00"):
            self.assertClasses("vip")
            self.assertFalse(self.ani.loyalty_class_manual)
            self.assertFalse(self.ani.prepayment_only)

    def test_a_manager_releases_the_class(self):
        self._set(self.manager)
        self.assertTrue(self.ani.prepayment_only)
        self.ani.with_user(self.manager).action_loyalty_release_class()
        self.assertEqual(self.ani.loyalty_class, "normal")
        self.assertFalse(self.ani.loyalty_class_manual)
        self.assertFalse(self.ani.prepayment_only)

    def test_only_managers_set_a_class(self):
        with self.assertRaises(AccessError):
            self._set(self.officer)
        seller = self._user(
            "seller_cls", "sales_team.group_sale_salesman,base.group_partner_manager"
        )
        ani = self.ani.with_user(seller)
        for values in ({"loyalty_class": "vip"}, {"prepayment_only": True}):
            with self.assertRaises(AccessError):
                ani.write(values)
        with self.assertRaises(AccessError):
            ani.create({"name": "Mine", "loyalty_class": "vip"})
        self._set(self.manager)
        with self.assertRaises(AccessError):
            ani.write({"prepayment_only": False})
        self.assertTrue(self.ani.prepayment_only)
        with self.assertRaises(UserError):
            self._set(self.manager, until="2020-01-01")

    def test_contacts_of_a_firm_follow_it_whoever_adds_them(self):
        seller = self._user(
            "seller_cls", "sales_team.group_sale_salesman,base.group_partner_manager"
        )
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        firm.with_user(self.manager)._loyalty_set_class("problem", "Late")
        contact = (
            self.env["res.partner"]
            .with_user(seller)
            .create({"name": "Clerk", "parent_id": firm.id})
        )
        self.assertTrue(contact.prepayment_only)

    # -- benefit ------------------------------------------------------------------
    @freeze_time("2026-03-02 08:00:00")
    def test_a_multiplier_for_vip_customers_only(self):
        self.env["loyalty.multiplier"].create(
            {
                "name": "VIP",
                "program_id": self.club.id,
                "factor": 3,
                "class_filter": "vip",
            }
        )
        self.ani.with_user(self.manager)._loyalty_set_class("vip", "Best customer")
        self._pay(self._invoice(10000))
        self._pay(self._invoice(10000, self.davit))
        self.assertLedger(self.card, 900)
        self.assertLedger(self.other, 300)
