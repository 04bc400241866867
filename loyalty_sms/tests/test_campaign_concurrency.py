"""Two processes plan at once: what they leave is committed, the database is a clone."""

import threading
import time
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.loyalty_sms.models import loyalty_sms_campaign_plan

MEMBERS = 300


@tagged("post_install", "-at_install", "database_breaking")
class TestCampaignConcurrency(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Inside a test run every cursor is the test's own; these must be real.
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            name = f"Concurrent campaigns {time.time()}"
            company = env["res.company"].create({"name": name})
            env.user.company_ids |= company
            env = env(context={"allowed_company_ids": company.ids})
            env["loyalty.sms.gateway"].create(
                {"name": "Concurrent", "kind": "demo", "company_id": company.id}
            )
            env["loyalty.sms.limit"].create(
                {"message_class": "service", "company_id": company.id}
            )
            template = env["loyalty.sms.template"].create(
                {"name": "Concurrent", "company_id": company.id, "body": "Hello"}
            )
            partners = env["res.partner"].create(
                [
                    {
                        "name": f"Concurrent {number}",
                        "phone": f"+37493{number:06}",
                        "company_id": company.id,
                    }
                    for number in range(MEMBERS)
                ]
            )
            audience = env["loyalty.sms.audience"].create(
                {
                    "name": "Concurrent",
                    "company_id": company.id,
                    "members_only": False,
                    "partner_domain": str([("id", "in", partners.ids)]),
                }
            )
            campaign = env["loyalty.sms.campaign"].create(
                {
                    "name": "Concurrent",
                    "company_id": company.id,
                    "audience_id": audience.id,
                    "template_id": template.id,
                    "message_class": "service",
                    "control_percent": 0,
                }
            )
            campaign.action_submit()
            campaign.action_approve()
            cls.campaign_id, cls.partner_ids = campaign.id, partners.ids
            cr.commit()  # pylint: disable=invalid-commit

    def _plan_in_a_process(self, start, errors):
        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                start.wait(timeout=30)
                for _round in range(5):
                    env["loyalty.sms.campaign"]._cron_plan()
        except Exception as error:  # noqa: BLE001 the test's thread tells it
            errors.append(error)

    @mute_logger("odoo.sql_db")
    def test_two_planners_write_to_each_customer_once(self):
        start, errors = threading.Barrier(2), []
        threads = [
            threading.Thread(target=self._plan_in_a_process, args=(start, errors))
            for _process in range(2)
        ]
        # Many small portions: each of them may meet the other process.
        with patch.object(loyalty_sms_campaign_plan, "CHUNK", 20):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=120)
        self.assertFalse(errors)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            messages = env["loyalty.message"].search(
                [("campaign_id", "=", self.campaign_id)]
            )
            self.assertEqual(len(messages), MEMBERS)
            self.assertEqual(sorted(messages.partner_id.ids), sorted(self.partner_ids))
            recipients = env["loyalty.sms.campaign"].browse(self.campaign_id)
            self.assertEqual(set(recipients.recipient_ids.mapped("state")), {"planned"})
            # Nobody sends what the test left behind.
            recipients.action_cancel()
