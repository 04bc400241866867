from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .campaign_common import SATURDAY, CampaignCommon


@tagged("post_install", "-at_install")
@freeze_time(SATURDAY)
class TestCampaignAccess(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(SATURDAY):
            cls.members = cls._members(3)

    def _draft(self, user):
        return (
            self.env["loyalty.sms.campaign"]
            .with_user(user)
            .create(
                {
                    "name": "Draft",
                    "company_id": self.company.id,
                    "audience_id": self.audience.id,
                    "template_id": self.template.id,
                }
            )
        )

    def test_a_marketing_user_drafts_and_hands_in(self):
        campaign = self._draft(self.user)
        campaign.action_submit()
        self.assertEqual(campaign.state, "approval")
        self.assertEqual(campaign.submitted_by_id, self.user)
        self.assertEqual(campaign.recipient_count + campaign.control_count, 3)

    def test_a_marketing_user_does_not_send(self):
        campaign = self._draft(self.user)
        campaign.action_submit()
        with self.assertRaisesRegex(AccessError, "Campaign managers"):
            campaign.action_approve()
        self.assertEqual(campaign.state, "approval")
        campaign.with_user(self.manager).action_approve()
        self._plan()
        for step in ("action_pause", "action_cancel"):
            with self.assertRaisesRegex(AccessError, "Campaign managers"):
                getattr(campaign, step)()
        campaign.with_user(self.manager).action_pause()
        with self.assertRaisesRegex(AccessError, "Campaign managers"):
            campaign.action_resume()
        self.assertEqual(campaign.state, "paused")

    def test_what_is_approved_is_not_taken_back_by_a_marketing_user(self):
        campaign = self._draft(self.user)
        campaign.schedule_date = "2026-03-09 08:00:00"
        campaign.action_submit()
        campaign.with_user(self.manager).action_approve()
        with self.assertRaises(AccessError):
            campaign.action_reset()
        self.assertEqual(campaign.state, "scheduled")

    def test_others_do_not_see_campaigns(self):
        cashier = self._user("camp_cashier", "loyalty_club.group_loyalty_cashier")
        campaign = self._draft(self.user)
        with self.assertRaises(AccessError):
            campaign.with_user(cashier).read(["name"])
        with self.assertRaises(AccessError):
            campaign.with_user(cashier).get_progress()
        with self.assertRaises(AccessError):
            campaign.with_user(cashier).action_approve()
        with self.assertRaises(AccessError):
            self.audience.with_user(cashier).action_view_customers()

    def test_nobody_writes_recipients_or_results(self):
        campaign = self._draft(self.manager)
        campaign.action_submit()
        recipient = campaign.recipient_ids[:1]
        with self.assertRaises(AccessError):
            recipient.write({"is_control": True})
        with self.assertRaises(AccessError):
            recipient.unlink()
        with self.assertRaises(AccessError):
            campaign.result_ids.create(
                {"campaign_id": campaign.id, "dimension": "total", "revenue": 10**9}
            )

    def test_another_company_does_not_see_it(self):
        other = self._make_company("Other LLC")
        stranger = self._user("camp_stranger", "loyalty_sms.group_sms_manager")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        campaign = self._draft(self.user)
        campaign.action_submit()
        campaigns = self.env["loyalty.sms.campaign"].with_user(stranger)
        campaigns = campaigns.with_context(allowed_company_ids=other.ids)
        self.assertFalse(campaigns.search([("id", "=", campaign.id)]))
        with self.assertRaises(AccessError):
            campaigns.browse(campaign.id).action_approve()
        recipients = self.env["loyalty.sms.campaign.recipient"].with_env(campaigns.env)
        self.assertFalse(recipients.search([("campaign_id", "=", campaign.id)]))
        audiences = self.env["loyalty.sms.audience"].with_env(campaigns.env)
        self.assertFalse(audiences.search([("id", "=", self.audience.id)]))

    # -- approval above an amount ---------------------------------------------------
    def _costly(self, user, limit=10):
        self.company.loyalty_campaign_approval_amount = limit
        campaign = self._draft(user)
        campaign.action_submit()
        campaign.sudo().cost_estimate = 15
        return campaign

    def test_above_the_limit_the_author_does_not_approve(self):
        campaign = self._costly(self.manager)
        self.assertTrue(campaign.needs_second)
        with self.assertRaisesRegex(UserError, "ask another manager"):
            campaign.action_approve()
        self.assertEqual(campaign.state, "approval")
        campaign.with_user(self.second).action_approve()
        self.assertEqual(campaign.state, "scheduled")
        self.assertEqual(campaign.approved_by_id, self.second)

    def test_who_handed_it_in_does_not_approve_it_either(self):
        campaign = self._costly(self.user)
        campaign.with_user(self.manager).action_reset()
        campaign.with_user(self.second).action_submit()
        campaign.sudo().cost_estimate = 15
        with self.assertRaisesRegex(UserError, "ask another manager"):
            campaign.with_user(self.second).action_approve()
        campaign.with_user(self.manager).action_approve()
        self.assertEqual(campaign.state, "scheduled")

    def test_the_responsible_person_cannot_be_changed_to_get_round_it(self):
        campaign = self._costly(self.manager)
        campaign.with_user(self.manager).user_id = self.user
        with self.assertRaisesRegex(UserError, "ask another manager"):
            campaign.action_approve()
        self.assertEqual(campaign.state, "approval")

    def test_nobody_writes_the_cost_to_get_round_the_second_person(self):
        campaign = self._costly(self.manager)
        with self.assertRaises(AccessError):
            campaign.write({"cost_estimate": 0})
        with self.assertRaises(AccessError):
            campaign.write({"submitted_by_id": self.user.id})
        self.assertEqual(campaign.cost_estimate, 15)
        self.assertTrue(campaign.needs_second)

    def test_the_text_that_was_handed_in_is_the_text_that_is_sent(self):
        campaign = self._draft(self.user)
        template = self.template.with_user(self.user)
        template.body = "Before"
        campaign.action_submit()
        with self.assertRaisesRegex(UserError, "handed in"):
            template.body = "Something else"
        with self.assertRaisesRegex(UserError, "handed in"):
            template.update_field_translations("body", {"en_US": "Something else"})
        self.assertEqual(template.body, "Before")
        campaign.action_reset()
        template.body = "After"
        self.assertEqual(template.body, "After")

    def test_below_the_limit_one_person_is_enough(self):
        campaign = self._costly(self.manager, limit=20)
        campaign.action_approve()
        self.assertEqual(campaign.state, "scheduled")


@tagged("post_install", "-at_install")
class TestCampaignReportDownload(HttpCase, CampaignCommon):
    def test_only_who_may_read_the_campaign_gets_its_report(self):
        self._members(2)
        campaign = self._campaign()
        campaign._refresh_results()
        url = f"/loyalty_sms/campaign/{campaign.id}/report.xlsx"
        self._user("camp_till", "loyalty_club.group_loyalty_cashier")
        self.authenticate("camp_till", "camp_till")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(
            self.url_open("/loyalty_sms/campaign/999999999/report.xlsx").status_code,
            404,
        )
        self.authenticate("camp_user", "camp_user")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content[:2], b"PK")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
