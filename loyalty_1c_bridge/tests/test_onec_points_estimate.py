from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_onec_outbox import OnecDocumentsCommon


@tagged("post_install", "-at_install")
class TestOnecPointsEstimate(OnecDocumentsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._enroll()
        cls.estimates = cls.env["onec.points.estimate"]
        cls.rule = cls.env["onec.posting.rule"]._of(cls.company, "points")
        accounts = cls.env["account.account"].create(
            [
                {
                    "name": "Points",
                    "code": "526000",
                    "account_type": "liability_current",
                },
                {
                    "name": "Sales less points",
                    "code": "611900",
                    "account_type": "income",
                },
            ]
        )
        cls.rule.write(
            {
                "redemption_rate": 80,
                "credit_account_id": accounts[0].id,
                "debit_account_id": accounts[1].id,
            }
        )

    def _earn(self, points, moment):
        with freeze_time(moment):
            return self.card._post_points([self.card._entry("bonus", points)])

    def test_templates_are_those_of_the_country_and_stay_as_changed(self):
        rules = self.env["onec.posting.rule"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(rules), 6)
        self.assertEqual((self.rule.debit, self.rule.credit), ("611", "523"))
        self.rule.credit = "541"
        self._make_backend("УТ", use_ed=True)
        self.assertEqual(self.rule.credit, "541")

    def test_a_month_is_booked_once_with_the_points_at_its_end(self):
        self._earn(5000, "2026-03-31 19:30:00")  # 23:30 in Yerevan
        self._earn(700, "2026-03-31 20:30:00")  # half past midnight of 1 April
        estimate = self.estimates._book(self.company, date(2026, 3, 15))
        self.assertRecordValues(
            estimate,
            [
                {
                    "month": date(2026, 3, 1),
                    "date": date(2026, 3, 31),
                    "points": 5000,
                    "liability": 4000,
                    "previous": 0,
                    "difference": 4000,
                }
            ],
        )
        self.assertRecordValues(
            estimate.move_id.line_ids.sorted("balance"),
            [
                {"account_id": self.rule.credit_account_id.id, "balance": -4000},
                {"account_id": self.rule.debit_account_id.id, "balance": 4000},
            ],
        )
        self.assertFalse(self.estimates._book(self.company, date(2026, 3, 31)))
        april = self.estimates._book(self.company, date(2026, 4, 30))
        self.assertEqual((april.liability, april.difference), (4560, 560))

    def test_1c_is_told_what_to_enter_by_hand(self):
        self._earn(5000, "2026-03-31 10:00:00")
        estimate = self.estimates._book(self.company, date(2026, 3, 1))
        row = self._rows(estimate)
        self.assertEqual((row.otype, row.state), ("entry", "blocked"))
        self.assertIn("debit 611, credit 523", row.error)
        self.outbox._cron_retry_blocked()
        self.env["onec.ed.build"]._build(self.backend, self._queued())
        self.assertEqual(row.state, "blocked")
        row.action_entered_by_hand()
        self.assertEqual(row.state, "posted")

    def test_the_cron_books_the_month_that_ended(self):
        self._earn(5000, "2026-03-31 10:00:00")
        for _again in range(2):
            with freeze_time("2026-04-02 03:00:00"):
                self.estimates._cron_estimate()
        estimate = self.estimates.search([("company_id", "=", self.company.id)])
        self.assertEqual(estimate.mapped("month"), [date(2026, 3, 1)])

    def test_the_preview_writes_nothing_and_the_button_books(self):
        self._earn(5000, "2026-03-31 10:00:00")
        accountant = self._user("acc", "loyalty_1c_bridge.group_onec_accountant")
        wizard = (
            self.env["onec.points.estimate.book"]
            .with_user(accountant)
            .create({"company_id": self.company.id, "month": date(2026, 3, 31)})
        )
        self.assertEqual((wizard.line_ids.points, wizard.difference), (5000, 4000))
        self.assertFalse(self.estimates.search([]))
        wizard.action_book()
        self.assertEqual(self.estimates.search([]).liability, 4000)

    def test_others_neither_see_nor_book_it(self):
        stranger = self._user("stranger", "base.group_user")
        for model in ("onec.points.estimate", "onec.posting.rule", "onec.retail.day"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(stranger).search([])
        auditor = self._user("auditor", "loyalty_club.group_loyalty_auditor")
        rule = self.rule.with_user(auditor)
        self.assertEqual(rule.credit, "523")
        with self.assertRaises(AccessError):
            rule.credit = "541"
        self.assertEqual(self.rule.credit, "523")
        accountant = self._user("acc", "loyalty_1c_bridge.group_onec_accountant")
        self.rule.with_user(accountant).credit = "541"
        self.assertEqual(self.rule.credit, "541")
