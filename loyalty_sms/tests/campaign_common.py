"""Members, texts and a gateway for tests of campaigns."""

from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

SATURDAY = datetime(2026, 3, 7, 8)  # noon in Yerevan


class CampaignCommon(LoyaltyCommon):
    """A demo gateway, two texts, an audience of all members."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.sms.holiday"].search([]).unlink()
        cls.gateway = cls.env["loyalty.sms.gateway"].create(
            {"name": "Demo phone", "kind": "demo", "company_id": cls.company.id}
        )
        cls.template, cls.template_b = cls.env["loyalty.sms.template"].create(
            [
                {
                    "name": f"Saturday {half}",
                    "message_class": "marketing",
                    "company_id": cls.company.id,
                    "body": f"{half}: double points today, {{{{ name }}}}",
                }
                for half in ("A", "B")
            ]
        )
        cls.audience = cls.env["loyalty.sms.audience"].create({"name": "All members"})
        cls.user = cls._user("camp_user", "loyalty_sms.group_sms_user")
        cls.manager = cls._user("camp_manager", "loyalty_sms.group_sms_manager")
        cls.second = cls._user("camp_second", "loyalty_sms.group_sms_manager")

    @classmethod
    def _members(cls, count, consent=True, name="Member", first=0, **values):
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"{name} {number}",
                    "phone": f"+37491{first + number:06}",
                    "consent_sms": consent,
                    **values,
                }
                for number in range(1, count + 1)
            ]
        )
        for partner in partners:
            cls.club._enroll(partner)
        return partners

    @classmethod
    def _campaign(cls, **values):
        return cls.env["loyalty.sms.campaign"].create(
            {
                "name": "Saturday",
                "audience_id": cls.audience.id,
                "template_id": cls.template.id,
                "control_percent": 0,
                **values,
            }
        )

    @contextmanager
    def _commits(self, on_commit=None):
        """Let jobs commit, without committing in the test."""
        portions = []

        def commit(cron, processed=0, *, remaining=None, deactivate=False):
            portions.append(processed)
            if on_commit:
                on_commit(len(portions))
            return 1000.0

        with patch.object(IrCron, "_commit_progress", commit):
            yield portions

    def _plan(self):
        with self._commits():
            self.env["loyalty.sms.campaign"]._cron_plan()
        self.env.invalidate_all()

    def _run(self, campaign):
        """Hand in, approve and plan."""
        campaign.action_submit()
        campaign.action_approve()
        self._plan()
        return campaign

    def _messages(self, campaign, **values):
        domain = [("campaign_id", "=", campaign.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["loyalty.message"].search(domain, order="id")

    def _send(self, messages, moment, state="delivered"):
        """What the gateway would have said."""
        self.env.flush_all()
        messages.write({"state": state, "accepted_at": moment})
        self.env.flush_all()
