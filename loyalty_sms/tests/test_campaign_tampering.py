"""Campaigns among users who would rather not wait for an approval."""

from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .campaign_common import SATURDAY, CampaignCommon


@tagged("post_install", "-at_install")
@freeze_time(SATURDAY)
class TestCampaignTampering(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(SATURDAY):
            cls.members = cls._members(3)

    def _handed_in(self, **values):
        campaign = self._campaign(**values).with_user(self.user)
        campaign.action_submit()
        return campaign

    def test_a_context_approves_nothing(self):
        campaigns = self.env["loyalty.sms.campaign"].with_user(self.user)
        campaign = campaigns.with_context(
            default_state="scheduled",
            default_approved_by_id=self.manager.id,
            default_cost_estimate=0.01,
            default_name="From the context",
        ).create(
            {
                "company_id": self.company.id,
                "audience_id": self.audience.id,
                "template_id": self.template.id,
            }
        )
        self.assertRecordValues(
            campaign,
            [
                {
                    "name": "From the context",
                    "state": "draft",
                    "approved_by_id": False,
                    "cost_estimate": 0,
                }
            ],
        )

    def test_what_was_approved_costs_and_says_what_it_did(self):
        self._handed_in()
        template = self.template.with_user(self.user)
        for vals in (
            {"encoding_policy": "as_is"},
            {"max_segments": 20},
            {"whatsapp_template": "another"},
            {"whatsapp_lang": "ru"},
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "handed in"):
                template.write(vals)
        template.write({"name": "Another name"})
        self.assertEqual(template.max_segments, 3)

    @mute_logger("odoo.sql_db")
    def test_what_a_campaign_needs_is_not_deleted(self):
        campaign = self._handed_in()
        for record in (self.template, self.audience):
            with self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
                record.with_user(self.user).unlink()
        self.assertTrue(campaign.template_id and campaign.audience_id)

    def test_a_campaign_that_fails_does_not_stop_the_others(self):
        bad, good = self._handed_in(), self._handed_in(name="Good")
        (bad | good).with_user(self.manager).action_approve()
        portion = type(bad)._plan_portion

        def plan(campaign):
            if campaign.id == bad.id:
                raise ValueError("broken")
            return portion(campaign)

        with (
            patch.object(type(bad), "_plan_portion", plan),
            self._commits(),
            self.assertLogs("odoo.addons.loyalty_sms", "ERROR") as logs,
        ):
            self.env["loyalty.sms.campaign"]._cron_plan()
        self.assertIn(f"campaign not planned: {bad.id}", logs.output[0])
        self.assertEqual(good.queued_count, 3)
        self.assertFalse(bad.queued_count)
        self.assertEqual((bad | good).mapped("planning_error"), ["broken", False])
        with self._commits():
            self.env["loyalty.sms.campaign"]._cron_plan()
        self.assertFalse(bad.planning_error)
        self.assertFalse(bad._next_recipients(1), "all were dealt with")

    def test_an_audience_asks_what_its_writer_may_ask(self):
        audiences = self.env["loyalty.sms.audience"].with_user(self.user)
        for domain, error in (
            ([("signup_type", "=", "reset")], AccessError),
            ([("user_ids.signup_type", "like", "r")], AccessError),
            ([("user_ids.password", "like", "pbkdf2")], ValidationError),
        ):
            values = {
                "name": "Curious",
                "company_id": self.company.id,
                "partner_domain": str(domain),
            }
            with self.subTest(domain), self.assertRaises(error):
                audiences.create(values)
            with self.subTest(domain), self.assertRaises(error):
                self.audience.with_user(self.user).partner_domain = str(domain)
        self.assertFalse(audiences.search([("name", "=", "Curious")]))
        self.assertEqual(self.audience.partner_domain, "[]")

    def test_a_rule_asks_what_its_writer_may_ask(self):
        rules = self.env["loyalty.sms.rule"].with_user(self.manager)
        with self.assertRaises(AccessError):
            rules.create(
                {
                    "name": "Curious",
                    "event": "purchase",
                    "template_id": self.template.id,
                    "company_id": self.company.id,
                    "partner_domain": "[('signup_type', '=', 'reset')]",
                }
            )
        self.assertFalse(rules.search([("name", "=", "Curious")]))

    def test_a_test_goes_by_the_gateways_of_ones_own_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.env["res.partner"].create(
            {"name": "Secret customer", "company_id": other.id}
        )
        tests = self.env["loyalty.sms.template.test"].with_user(self.user)
        template = self.template.copy({"company_id": False})
        values = {"template_id": template.id, "number": "+37491234567"}
        before = self.env["loyalty.message"].search_count([])
        for wrong in ({"company_id": other.id}, {"partner_id": stranger.id}):
            with self.subTest(wrong), self.assertRaises(AccessError):
                tests.create({**values, **wrong}).action_send()
            with self.subTest(wrong), self.assertRaises(AccessError):
                tests.create({**values, **wrong}).read(["body"])
        self.assertEqual(self.env["loyalty.message"].search_count([]), before)
        tests.create(values).action_send()
        self.assertEqual(self.env["loyalty.message"].search_count([]), before + 1)
