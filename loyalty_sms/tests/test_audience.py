from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.loyalty_sms.engine import rfm

from .campaign_common import SATURDAY, CampaignCommon


@tagged("post_install", "-at_install")
@freeze_time(SATURDAY)
class TestAudience(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(SATURDAY):
            cls.members = cls._members(5)
            cls.one, cls.two, cls.three, cls.four, cls.five = cls.members
            cls.stranger = cls.env["res.partner"].create({"name": "No member"})

    def _found(self, audience=None, **values):
        audience = audience or self.audience
        audience.write(values)
        self.env.flush_all()
        ids = [row[0] for row in self.env.execute_query(audience._query())]
        return self.env["res.partner"].browse(sorted(ids))

    def _sold(self, amount, partner, days_ago, product=None):
        with freeze_time(SATURDAY - timedelta(days=days_ago)):
            return self._invoice(amount, partner, product=product)

    # -- who they are ---------------------------------------------------------------
    def test_members_are_holders_of_active_cards(self):
        self.assertEqual(self._found(), self.members)
        self.one.loyalty_card_ids.active = False
        self.two.loyalty_card_ids.sudo().write({"state": "closed"})
        self.assertEqual(self._found(), self.three | self.four | self.five)
        found = self._found(members_only=False)
        self.assertIn(self.stranger, found)
        self.assertIn(self.one, found)

    def test_tiers_branches_languages_interests(self):
        self.one.with_company(self.company).loyalty_tier_id = self.gold
        self.assertEqual(self._found(tier_ids=self.gold.ids), self.one)
        self.two.loyalty_branch_id = self.kentron
        self.assertEqual(
            self._found(tier_ids=[Command.clear()], branch_ids=self.kentron.ids),
            self.two,
        )
        self.env["res.lang"]._activate_lang("ru_RU")
        russian = self.env["res.lang"].search([("code", "=", "ru_RU")])
        self.three.lang = "ru_RU"
        self.assertEqual(
            self._found(branch_ids=[Command.clear()], lang_ids=russian.ids), self.three
        )
        attribute = self.env["loyalty.attribute"].create({"name": "Drinks"})
        tea = self.env["loyalty.attribute.value"].create(
            {"name": "Tea", "attribute_id": attribute.id}
        )
        self.four.loyalty_attribute_ids = tea
        self.assertEqual(
            self._found(lang_ids=[Command.clear()], attribute_ids=tea.ids), self.four
        )

    def test_classes_are_those_of_the_company(self):
        self.one.with_company(self.company).loyalty_class = "vip"
        self.two.with_company(self.company).loyalty_class = "problem"
        self.assertEqual(self._found(loyalty_class="vip"), self.one)
        self.assertEqual(self._found(loyalty_class="problem"), self.two)
        self.assertEqual(self._found(loyalty_class="good"), self.members - self.two)
        self.assertEqual(
            self._found(loyalty_class="normal"), self.three | self.four | self.five
        )

    def test_points_from_and_to(self):
        for points, member in enumerate(self.members):
            member.loyalty_card_ids.sudo().points = points * 100
        self.assertEqual(
            self._found(points_min=100, points_max=300),
            self.two | self.three | self.four,
        )

    def test_birthdays_of_a_month(self):
        self.one.birthday = date(1990, 3, 31)
        self.two.birthday = date(1985, 4, 1)
        self.assertEqual(self._found(birthday_month="this"), self.one)
        self.assertEqual(self._found(birthday_month="next"), self.two)
        self.assertEqual(self._found(birthday_month="4"), self.two)

    def test_any_condition_on_customers(self):
        self.one.gender = "female"
        self.assertEqual(
            self._found(partner_domain="[('gender', '=', 'female')]"), self.one
        )
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.audience.partner_domain = "[('no_such_field', '=', 1)]"

    def test_another_audience_is_left_out(self):
        vips = self.audience.copy({"name": "First", "partner_domain": "[]"})
        vips.partner_domain = f"[('id', 'in', {self.one.ids})]"
        self.assertEqual(self._found(exclude_ids=vips.ids), self.members - self.one)
        with self.assertRaisesRegex(ValidationError, "leave out itself"):
            vips.exclude_ids = self.audience

    def test_customers_of_another_company_are_not_found(self):
        other = self._make_company("Other LLC")
        self.one.company_id = self.company
        self.stranger.company_id = other
        found = self._found(members_only=False)
        self.assertIn(self.one, found)
        self.assertNotIn(self.stranger, found)

    # -- what they bought -------------------------------------------------------------
    def test_spent_and_number_of_purchases_in_a_period(self):
        self._sold(1200, self.one, 3)
        self._sold(1200, self.one, 2)
        self._sold(6000, self.two, 2)
        self._sold(6000, self.three, 50)
        self.assertEqual(
            self._found(period_days=30, spent_min=2000), self.one | self.two
        )
        self.assertEqual(self._found(spent_max=3000), self.one)
        self.assertEqual(self._found(spent_min=0), self.members - self.two)
        self.assertEqual(self._found(spent_max=0, purchases_min=2), self.one)
        self.assertEqual(
            self._found(purchases_min=0, purchases_max=1), self.members - self.one
        )
        self.assertEqual(
            self._found(
                purchases_max=0, purchases_min=1, period_days=0, period_to="2026-02-01"
            ),
            self.three,
        )

    def test_last_purchase(self):
        self._sold(1200, self.one, 40)
        self._sold(1200, self.one, 5)
        self._sold(1200, self.two, 40)
        self.assertEqual(self._found(idle_days_min=30), self.two)
        self.assertEqual(self._found(idle_days_min=0, idle_days_max=30), self.one)
        self.assertEqual(
            self._found(idle_days_max=0, last_from="2026-01-20", last_to="2026-02-01"),
            self.two,
        )

    def test_bought_or_not_bought_products_and_categories(self):
        category = self.env["product.category"].create({"name": "Drinks"})
        child = self.env["product.category"].create(
            {"name": "Teas", "parent_id": category.id}
        )
        tea = self._make_product("Tea", 500, categ_id=child.id)
        self._sold(1200, self.one, 3)
        self._sold(500, self.two, 3, product=tea)
        self.assertEqual(
            self._found(bought="yes", product_ids=self.product.ids), self.one
        )
        self.assertEqual(
            self._found(product_ids=[Command.clear()], categ_ids=category.ids), self.two
        )
        self.assertEqual(self._found(bought="no"), self.members - self.two)
        self.assertEqual(
            self._found(bought="yes", period_days=2), self.env["res.partner"]
        )

    def test_returned_purchases_are_no_spending(self):
        invoice = self._sold(6000, self.one, 3)
        self._credit(invoice)
        self.assertFalse(self._found(spent_min=1))

    # -- recency, frequency, monetary value -----------------------------------------
    def test_scores_are_those_of_the_engine(self):
        facts = {
            self.one: [(1, 1200), (2, 1200)],
            self.two: [(1, 1200)],
            self.three: [(30, 60000)],
            self.four: [(200, 120)],
            self.five: [(5, 1200), (6, 1200), (300, 600)],
        }
        for partner, sales in facts.items():
            for days_ago, amount in sales:
                self._sold(amount, partner, days_ago)
        self.env.flush_all()
        rows = {
            row[0]: row[1:]
            for row in self.env.execute_query(
                SQL(
                    "SELECT partner_id, recency, frequency, monetary FROM %s scored",
                    self.audience._rfm_scores(),
                )
            )
        }
        people = list(facts)
        recency = rfm.scores([-min(d for d, _a in facts[p]) for p in people])
        frequency = rfm.scores([len(facts[p]) for p in people])
        monetary = rfm.scores([sum(a for _d, a in facts[p]) for p in people])
        for partner, *expected in zip(
            people, recency, frequency, monetary, strict=True
        ):
            self.assertEqual(list(rows[partner.id]), expected, partner.name)
        self.assertEqual(self._found(use_rfm=True, monetary_min="5"), self.three)

    # -- counts -----------------------------------------------------------------
    def test_counts_say_why_some_cannot_be_reached(self):
        self.one.consent_sms = False
        self.two.phone = False
        self.three.phone = self.four.phone
        self.env["loyalty.message"]._enqueue(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.five.id,
                    "message_class": "marketing",
                    "number": self.five.phone_sanitized,
                }
            ]
        )
        self.assertEqual(
            self.audience._counts(),
            {
                "total": 5,
                "reachable": 1,
                "no_consent": 1,
                "no_number": 1,
                "duplicate": 1,
                "capped": 1,
                "quiet": 0,
            },
        )
        with freeze_time(SATURDAY + timedelta(hours=12)):
            self.assertEqual(self.audience._counts()["quiet"], 1)

    def test_counts_agree_with_the_planner(self):
        self.one.consent_sms = False
        self.two.phone = False
        counts = self.audience._counts()
        decided = self.env["loyalty.message"]._decide(
            self.members, "sms", "marketing", self.company
        )
        allowed = [key for key, decision in decided.items() if not decision.reason]
        self.assertEqual(counts["reachable"], len(allowed))

    def test_customers_can_be_searched_by_audience(self):
        action = self.audience.with_user(self.user).action_view_customers()
        partners = self.env["res.partner"].with_user(self.user)
        self.assertEqual(partners.search(action["domain"], order="id"), self.members)
